"""Fixtures of the tests of introducing."""

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qiao.cases.operations import install_packs
from qiao.cases.tests.browsing import client_of
from qiao.core.packs.enabled import catalogue
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    """The cast, with the packs that are shipped."""
    install_packs(catalogue=catalogue(), now=timezone.now() - timedelta(days=800))
    return make_company()


@pytest.fixture
def chief(company: Company) -> Client:
    """The browser of somebody of the company."""
    return client_of(company.chief_staff)


@pytest.fixture
def agent(company: Company) -> Client:
    """The browser of an agent of the lake branch."""
    return client_of(company.agent_staff)
