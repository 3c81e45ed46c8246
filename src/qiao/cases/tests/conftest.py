"""Fixtures of the tests of cases."""

from collections.abc import Iterator

import pytest

from qiao.cases.tests.world import pack_installed
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[Company]:
    """The cast, with the test pack installed."""
    with pack_installed(monkeypatch):
        yield make_company()
