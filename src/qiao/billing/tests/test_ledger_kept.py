"""What the ledger refuses whatever code writes: SQL past all operations is refused as well."""

import os
from collections.abc import Callable
from datetime import date, timedelta
from urllib.parse import urlsplit, urlunsplit

import psycopg
import pytest
from django.db import IntegrityError, ProgrammingError, connection, transaction

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BillLine, ClosedDay, Entry, Posting, Standing
from qiao.billing.rules.money.postings import Entry as NewEntry
from qiao.billing.rules.money.postings import Event, Ledger, Unbalanced
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    an_account,
    audit,
    issue,
    pay,
    standing,
)
from qiao.staff.tests.cast import Company

DAY = date(2026, 11, 22)
Raw = list[tuple[str, int]]


def _raw(company: Company, account: int, entries: Raw, count: int | None = None) -> None:
    """Write a posting by SQL: entries, then the posting."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT nextval(pg_get_serial_sequence('billing_posting', 'id'))")
        (posting_id,) = cursor.fetchone()
        for place, (ledger, minor) in enumerate(entries, 1):
            cursor.execute(
                "INSERT INTO billing_entry (posting_id, place, ledger, minor, account_id, owner,"
                " kind, charge) VALUES (%s, %s, %s, %s, %s, 'company', '', '')",
                [posting_id, place, ledger, minor, account],
            )
        cursor.execute(
            "INSERT INTO billing_posting (id, event, organisation_id, currency, booked_date,"
            " recorded_at, source, key, entry_count, reason)"
            " VALUES (%s, 'deposit_taken', %s, 'CNY', %s, now(), 'test', %s, %s, '')",
            [posting_id, company.lake.pk, DAY, str(posting_id), count or len(entries)],
        )


def _refused(write: Callable[[], object], words: str) -> None:
    with pytest.raises(IntegrityError, match=words), transaction.atomic():
        write()


def test_entries_that_do_not_come_to_nothing_are_refused(company: Company) -> None:
    account = an_account(company)
    _raw(company, account, [("cash", 500), ("deposit", -500)])
    _refused(lambda: _raw(company, account, [("cash", 500), ("deposit", -499)]), "not to 0")
    assert standing(account, Ledger.DEPOSIT) == {(0, "company"): -500}
    assert not audit()


def test_a_posting_lacks_no_entry_and_gets_none_afterwards(company: Company) -> None:
    account = an_account(company)
    both: Raw = [("cash", 500), ("deposit", -500)]
    _refused(lambda: _raw(company, account, both, count=3), "2 entries of 3")
    _raw(company, account, both)
    posting = Posting.objects.get()
    row = Entry.objects.filter(posting=posting)[0]
    row.pk, row.place = None, 3
    _refused(row.save, "written already")


CHANGES = (
    "UPDATE billing_entry SET minor = minor + 1",
    "DELETE FROM billing_entry",
    "UPDATE billing_posting SET booked_date = booked_date - 1",
    "DELETE FROM billing_posting",
    "TRUNCATE billing_entry",
    "UPDATE billing_billline SET minor = 0",
    "DELETE FROM billing_billline",
    "DELETE FROM billing_closedday",
    "DELETE FROM billing_bill",
)


@pytest.mark.parametrize("statement", CHANGES)
def test_the_owner_of_the_tables_changes_and_deletes_nothing_either(
    own_database: str, statement: str
) -> None:
    address = urlsplit(os.environ["DATABASE_OWNER_URL"])
    url = urlunsplit(address._replace(path=f"/{own_database}"))
    with (
        psycopg.connect(url, autocommit=True) as owner,
        pytest.raises(
            psycopg.errors.IntegrityConstraintViolation, match="never changed or deleted"
        ),
    ):
        owner.execute(statement)


@pytest.mark.parametrize("statement", CHANGES[:-1])
def test_web_and_worker_may_not_even_try(company: Company, statement: str) -> None:
    del company
    with (
        pytest.raises(ProgrammingError, match="permission denied"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)


def test_an_issued_bill_is_only_taken_back(company: Company) -> None:
    (bill,) = issue(a_bill(an_account(company), 0, "10"))
    _refused(lambda: Bill.objects.filter(pk=bill.pk).update(total_minor=1), "only taken back")
    _refused(lambda: Bill.objects.filter(pk=bill.pk).update(due_date=DAY), "only taken back")
    ops.reverse_bill(bill_id=bill.pk, day=DAY, reason="misread", actor=None, now=NOW)
    _refused(lambda: Bill.objects.filter(pk=bill.pk).update(state="issued"), "only taken back")


def test_a_bill_is_the_sum_of_its_lines_and_gets_none_afterwards(company: Company) -> None:
    (bill,) = issue(a_bill(an_account(company), 0, "10"))
    line = BillLine.objects.filter(bill=bill)[0]
    line.pk, line.place = None, 90
    _refused(line.save, "written already")
    bill.pk, bill.number = None, "ZD1"
    bill.account_id = an_account(company)
    bill.before = None
    _refused(bill.save, "its lines come to 0")


def test_nothing_is_booked_into_a_closed_day(company: Company) -> None:
    account = an_account(company)
    ops.close_day(
        organisation_id=company.lake.pk, day=DAY, today=DAY, actor=company.agent, now=NOW
    )
    both: Raw = [("cash", 500), ("deposit", -500)]
    _refused(lambda: _raw(company, account, both), "is closed")
    with pytest.raises(ops.DayClosed):
        pay(account, 500)
    with pytest.raises(ops.DayClosed):
        pay(account, 500, booked_date=DAY - timedelta(days=3))
    assert pay(account, 500, booked_date=DAY + timedelta(days=1)).minor == 500


def test_a_reversal_takes_back_entry_by_entry_and_once(company: Company) -> None:
    account = an_account(company)
    _raw(company, account, [("cash", 500), ("deposit", -500)])
    posting = Posting.objects.get()
    (back,) = ops.reverse_postings(
        [posting.pk], booked_date=DAY, reason="slip", actor=company.agent, now=NOW
    )
    assert not Standing.objects.filter(account=account).exists()
    for again in (posting.pk, back):
        with pytest.raises(ops.ReversedAlready):
            ops.reverse_postings([again], booked_date=DAY, reason="x", actor=None, now=NOW)
    other = ops.NewPosting(
        Event.DEPOSIT_TAKEN, company.lake.pk, "CNY", DAY, "test", "other",
        (NewEntry(Ledger.CASH, 7, account), NewEntry(Ledger.DEPOSIT, -7, account)),
    )  # fmt: skip
    (wrong,) = ops.post([other], actor=None, now=NOW)
    mirror = ops.NewPosting(
        Event.DEPOSIT_TAKEN, company.lake.pk, "CNY", DAY, "test", "mirror",
        (NewEntry(Ledger.CASH, -6, account), NewEntry(Ledger.DEPOSIT, 6, account)),
        reverses_id=wrong,
    )  # fmt: skip
    _refused(lambda: ops.post([mirror], actor=None, now=NOW), "entry by entry")


def test_what_was_paid_ahead_is_never_overdrawn(company: Company) -> None:
    account = an_account(company)
    pay(account, 500)
    refund = ops.NewPosting(
        Event.PREPAID_REFUNDED, company.lake.pk, "CNY", DAY, "test", "refund",
        (NewEntry(Ledger.PREPAID, 501, account), NewEntry(Ledger.BANK, -501, account)),
    )  # fmt: skip
    _refused(lambda: ops.post([refund], actor=None, now=NOW), "not_overdrawn")


def test_an_event_posts_only_where_its_rule_says(company: Company) -> None:
    account = an_account(company)
    wrong = ops.NewPosting(
        Event.DEPOSIT_TAKEN, company.lake.pk, "CNY", DAY, "test", "wrong",
        (NewEntry(Ledger.CASH, 7, account), NewEntry(Ledger.REVENUE, -7, account)),
    )  # fmt: skip
    with pytest.raises(Unbalanced, match="not in its rule"):
        ops.post([wrong], actor=None, now=NOW)


def test_an_account_that_is_not_billed_gets_no_entry(company: Company) -> None:
    account = an_account(company)
    _refused(
        lambda: _raw(company, account + 10_000, [("cash", 5), ("deposit", -5)]),
        "not billed in its currency",
    )


def test_a_closed_day_says_what_was_booked(company: Company) -> None:
    account = an_account(company)
    issue(a_bill(account, 0, "10", day=DAY))
    pay(account, 10_000)
    closed = ops.close_day(
        organisation_id=company.lake.pk, day=DAY, today=DAY, actor=company.agent, now=NOW
    )
    assert sum(total["debit"] - total["credit"] for total in closed.totals) == 0
    bank = next(total for total in closed.totals if total["ledger"] == "bank")
    assert (bank["debit"], bank["credit"]) == (10_000, 0)
    again = ops.close_day(
        organisation_id=company.lake.pk, day=DAY, today=DAY, actor=company.agent, now=NOW
    )
    assert again.pk == closed.pk
    assert ClosedDay.objects.count() == 1
    with pytest.raises(ops.NotOver):
        ops.close_day(
            organisation_id=company.lake.pk, day=DAY + timedelta(days=1), today=DAY,
            actor=company.agent, now=NOW,
        )  # fmt: skip
