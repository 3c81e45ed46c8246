"""The cast, and browsers for its people."""

from collections.abc import Callable

import pytest
from django.test import Client

from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    """Two branches with their people."""
    return make_company()


@pytest.fixture
def client_of() -> Callable[[Staff], Client]:
    """Signs somebody in."""

    def signed_in(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        return client

    return signed_in
