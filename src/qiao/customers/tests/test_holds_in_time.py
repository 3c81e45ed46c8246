"""A hold and a batch of retention take turns: nothing goes that was held before it went."""

from dataclasses import replace
from typing import Any

import pytest
from django.db import connection, transaction

from qiao.core.retention import rule, run_rule
from qiao.customers.operations.holds import place_hold
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import make_company

pytestmark = pytest.mark.django_db
BATCH = "SELECT pg_try_advisory_xact_lock(hashtext('retention holds'))"
HOLD = "SELECT pg_try_advisory_xact_lock_shared(hashtext('retention holds'))"


def could_go_on(statement: str) -> bool:
    """Whether another connection would get its turn now."""
    other: Any = connection.copy()
    try:
        with other.cursor() as cursor:
            cursor.execute(statement)
            return bool(cursor.fetchone()[0])
    finally:
        other.close()


def test_a_batch_waits_for_a_hold_that_is_being_placed_and_another_hold_does_not() -> None:
    company = make_company()
    customer = make_customer(company.agent)
    assert could_go_on(BATCH)
    place_hold(actor=company.chief, now=NOW, customer_id=customer.pk, reason="lawsuit")
    assert not could_go_on(BATCH)
    assert could_go_on(HOLD)


@pytest.mark.parametrize(("key", "waits"), [("customers.documents", True), ("core.jobs", False)])
def test_a_hold_waits_for_a_batch_that_lets_go_of_customers_data(key: str, waits: bool) -> None:
    with transaction.atomic():
        run_rule(replace(rule(key), batch=1), clock=lambda: NOW)
        assert could_go_on(HOLD) is not waits
