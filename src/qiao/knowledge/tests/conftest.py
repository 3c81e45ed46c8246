"""Fixtures of the tests of knowledge."""

import pytest
from django.test import Client

from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    """The cast."""
    return make_company()


@pytest.fixture
def agent(company: Company) -> Client:
    """The browser of an agent of the lake branch."""
    return _browser(company.agent_staff)


@pytest.fixture
def colleague(company: Company) -> Client:
    """The browser of another agent of the branch."""
    return _browser(company.colleague_staff)


@pytest.fixture
def outsider(company: Company) -> Client:
    """The browser of somebody of the branch next door."""
    return _browser(company.outsider_staff)


def _browser(staff: Staff) -> Client:
    client = Client()
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client
