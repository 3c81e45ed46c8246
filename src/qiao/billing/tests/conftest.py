"""The cast."""

import pytest

from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    """Two branches with their people."""
    return make_company()
