"""A run of bills: what meters say is billed once, and a bill taken back frees its readings."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.db import connection

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BillingAccount, Payment
from qiao.billing.operations.running import run_bills, unbilled_accounts
from qiao.billing.tests.lives import NOW, assert_reckons_again, audit
from qiao.billing.tests.reading import SINCE, UNTIL, a_read_account
from qiao.core.actor import Forbidden
from qiao.staff.tests.cast import Company


def _states(point_id: int) -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT state FROM metering_reading WHERE service_point_id = %s ORDER BY read_date",
            [point_id],
        )
        return [state for (state,) in cursor.fetchall()]


@pytest.fixture
def read(company: Company) -> tuple[int, int]:
    """An account whose meter was read three times: its id and that of its point."""
    account, point, _meter = a_read_account(company.agent)
    return account, point


def test_what_was_read_is_billed_once(company: Company, read: tuple[int, int]) -> None:
    account, point = read
    units = [company.lake.pk]
    assert unbilled_accounts(organisation_ids=units, until=UNTIL) == [account]
    result = run_bills(
        account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20, actor=company.agent,
        now=NOW,
    )  # fmt: skip
    (bill,) = Bill.objects.filter(pk__in=result.bill_ids)
    assert (bill.start_date, bill.end_date, bill.usage) == (SINCE, UNTIL, Decimal(30))
    assert _states(point) == ["billed", "billed", "billed"]
    assert unbilled_accounts(organisation_ids=units, until=UNTIL) == []
    again = run_bills(
        account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20, actor=None, now=NOW
    )
    assert again.bill_ids == ()
    assert_reckons_again([account])
    assert not audit()


def test_a_bill_taken_back_frees_its_readings(company: Company, read: tuple[int, int]) -> None:
    account, point = read
    result = run_bills(
        account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20, actor=None, now=NOW
    )
    (bill_id,) = result.bill_ids
    with pytest.raises(Forbidden):
        ops.reverse_bill(bill_id=bill_id, day=UNTIL, reason="x", actor=company.outsider, now=NOW)
    ops.reverse_bill(bill_id=bill_id, day=UNTIL, reason="misread", actor=company.agent, now=NOW)
    assert "billed" not in _states(point)
    assert BillingAccount.objects.get(pk=account).billed_until == SINCE
    anew = run_bills(
        account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20, actor=None, now=NOW
    )
    assert len(anew.bill_ids) == 1
    assert not audit()


def test_two_payments_of_one_account_do_not_come_in_one_batch(
    company: Company, read: tuple[int, int]
) -> None:
    account, _point = read
    del company
    one = ops.NewPayment(
        account, 100, "CNY", Payment.Channel.BANK, Payment.Means.TRANSFER, "A1", NOW, UNTIL
    )
    with pytest.raises(ValueError, match="one payment for each account"):
        ops.take_payments(payments=[one, replace(one, reference="A2")], actor=None, now=NOW)
