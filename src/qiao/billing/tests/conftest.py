"""The cast."""

import pytest

from qiao.billing.models import Feed
from qiao.billing.tests.feeding import a_feed
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    """Two branches with their people."""
    return make_company()


@pytest.fixture
def feed(company: Company) -> Feed:
    """A feed of the lake branch."""
    return a_feed(company)
