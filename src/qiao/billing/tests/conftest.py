"""The cast."""

from collections.abc import Iterator

import pytest
from django.utils.translation import override

from qiao.billing.models import Feed
from qiao.billing.operations.summaries import start_collecting
from qiao.billing.tests.feeding import a_feed
from qiao.billing.tests.lives import NOW
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None) -> Company:
    """Two branches with their people."""
    return make_company()


@pytest.fixture
def feed(company: Company) -> Feed:
    """A feed of the lake branch."""
    return a_feed(company)


@pytest.fixture
def english() -> Iterator[None]:
    """Amounts that tests reckon are said in English."""
    with override("en"):
        yield


@pytest.fixture
def school(company: Company) -> Customer:
    """A customer whose bills are collected."""
    found = make_customer(company.agent, name="临江第一中学", kind="organisation")
    start_collecting(
        customer_id=found.pk, organisation_id=company.lake.pk, actor=company.agent, now=NOW
    )
    return found
