"""Fixtures of the tests of cases."""

from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client

from qiao.cases.operations import install_packs
from qiao.cases.tests.browsing import client_of
from qiao.cases.tests.world import NOW, pack_in_memory, pack_installed
from qiao.core.packs import enabled
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The cast, with the test pack installed."""
    with pack_installed(monkeypatch):
        yield make_company()


@pytest.fixture
def own_company(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The cast and the test pack in a database whose transactions are real."""
    del own_database
    with pack_in_memory(monkeypatch):
        with transaction.atomic():
            install_packs(catalogue=enabled.catalogue(), now=NOW - timedelta(days=800))
            made = make_company()
        yield made


@pytest.fixture
def agent(company: Company) -> Client:
    """The browser of an agent of the lake branch."""
    return client_of(company.agent_staff)


@pytest.fixture
def colleague(company: Company) -> Client:
    """The browser of another agent of the branch."""
    return client_of(company.colleague_staff)


@pytest.fixture
def outsider(company: Company) -> Client:
    """The browser of somebody of the branch next door."""
    return client_of(company.outsider_staff)
