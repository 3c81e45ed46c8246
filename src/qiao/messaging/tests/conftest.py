"""The cast, and a mail server."""

from collections.abc import Iterator

import pytest
from pytest_django.fixtures import Settings

from qiao.messaging.tests.mailserver import MailServer, mail_server
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company() -> Company:
    """Two branches with their people."""
    return make_company()


@pytest.fixture
def server(settings: Settings) -> Iterator[MailServer]:
    """A mail server on this machine."""
    with mail_server(settings) as running:
        yield running
