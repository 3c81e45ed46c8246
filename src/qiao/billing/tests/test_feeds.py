"""Feeds: what is told is shown, figures are reconciled, an account has one biller."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DatabaseError, IntegrityError, connection, transaction

from qiao.billing import operations as ops
from qiao.billing.models import (
    BillingAccount,
    FedBill,
    Feed,
    Payment,
    StagedRow,
)
from qiao.billing.operations import feeds
from qiao.billing.queries.due import due_now
from qiao.billing.queries.feeds import differences_of, not_delivered, totals_of
from qiao.billing.queries.panels import account_money, money_of
from qiao.billing.queries.told import arrears_of
from qiao.billing.tests.feeding import (
    NOW,
    SIX,
    a_feed,
    balance,
    bill,
    current,
    number_of,
    payment,
    send,
    state_of,
    stated,
)
from qiao.billing.tests.lives import (
    a_bill,
    an_account,
    issue,
    owners_of,
    told_to_owner,
)
from qiao.core.actor import Forbidden
from qiao.core.transactions import acting
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company


def first(row: StagedRow) -> dict[str, Any]:
    return dict((row.faults or [{}])[0])


def test_a_delivery_shows_balance_bills_and_payments(company: Company, feed: Feed) -> None:
    account = number_of(company)
    rows = {
        "bills": [
            bill("B1", account, "80.00", usage="20", unit="m3"),
            bill("B2", account, "90.00", start="2026-09-01", until="2026-10-01",
                 issued="2026-10-01", due="2026-10-20"),
        ],
        "payments": [payment("P1", account, "100.00", bills="B2", way="微信")],
        "balances": [balance(account, "70.00")],
    }  # fmt: skip
    delivery = send(company, feed, "D1", rows)
    assert (delivery.state, delivery.is_whole) == ("done", True)
    pk = BillingAccount.objects.get(feed=feed).pk
    row = money_of(actor=company.agent, account_id=pk, now=NOW)
    assert row is not None
    assert (row["owed"], row["late"], row["ahead"]) == (7_000, 7_000, 0)
    assert [each["open"] for each in row["bills"]] == [0, 7_000]
    shown = account_money(row)
    assert shown.told.endswith("SAP")
    assert "2026-11-30 06:00" in shown.told
    assert shown.differs == ""
    assert "WeChat" in shown.paid_how or "微信" in shown.paid_how
    told = told_to_owner(company, pk)
    assert told is not None
    assert told.as_of is not None
    assert (told.as_of.hour, told.as_of.minute) == (6, 0)
    (arrears,) = arrears_of(account_id=pk, customer_ids=owners_of(pk), now=NOW)
    assert (arrears.minor, arrears.open_minor) == (8_000, 7_000)


def test_bad_rows_are_set_aside_and_nothing_else_is_lost(company: Company, feed: Feed) -> None:
    account = number_of(company)
    here = make_account(company.agent)
    billed = an_account(company)
    own = BillingAccount.objects.get(pk=billed)
    other = a_feed(company, "other", "Oracle")
    send(company, other, "O1", {"bills": [bill("X1", here.number, "1.00")]})
    rows = {
        "bills": [
            bill("B1", account, "80.00"),
            bill("B2", "NOWHERE", "1.00"),
            bill("B3", own.account.number, "1.00"),
            bill("B4", here.number, "1.00"),
            bill("B5", account, "2.00", due="soon"),
            bill("B6", account, "3.00", start="2026-09-01"),
            bill("B6", account, "4.00", start="2026-09-01"),
        ]
    }
    delivery = send(company, feed, "D1", rows)
    assert (delivery.state, delivery.is_whole, delivery.refused_count) == ("done", False, 6)
    assert [each.number for each in FedBill.objects.filter(feed=feed)] == ["B1"]
    aside = StagedRow.objects.filter(delivery=delivery).order_by("row_number")
    assert [(row.number, first(row)["code"]) for row in aside] == [
        ("B2", "unknown_account"), ("B3", "billed_here"), ("B4", "other_feed"), ("B5", "day"),
        ("B6", "twice"), ("B6", "twice"),
    ]  # fmt: skip
    assert first(aside[2])["expected"] == "Oracle"
    feed.refresh_from_db()
    assert feed.as_of is None
    (totals,) = totals_of(delivery)
    assert (totals.counts, totals.refused) == ("-6", 6)
    with acting(company.agent):
        feeds.accept(actor=company.agent, delivery_id=delivery.pk, reason="known", now=NOW)
    feed.refresh_from_db()
    assert feed.as_of == SIX


def test_figures_that_do_not_fit_are_told_and_the_moment_stays(
    company: Company, feed: Feed
) -> None:
    account = number_of(company)
    rows = {"bills": [bill("B1", account, "80.00")]}
    delivery = send(company, feed, "D1", rows, stated={"bills": feeds.Stated(2, 10_000)})
    (totals,) = totals_of(delivery)
    assert not delivery.is_whole
    assert (totals.counts, totals.stated_count, totals.taken_count) == ("-1", 2, 1)
    assert totals.sums.startswith("−")
    assert current(feed, "B1").minor == 8_000
    feed.refresh_from_db()
    assert feed.as_of is None
    rest = {"bills": [bill("B2", account, "20.00", start="2026-09-01", until="2026-10-01")]}
    part = send(company, feed, "D2", rest, completes=False, hours=1)
    feed.refresh_from_db()
    assert part.is_whole
    assert feed.as_of is None
    send(company, feed, "D3", {"bills": []}, hours=1)
    feed.refresh_from_db()
    assert feed.as_of == SIX + timedelta(hours=1)


def test_a_number_is_taken_once_and_refused_with_other_rows(company: Company, feed: Feed) -> None:
    account = number_of(company)
    rows = {"bills": [bill("B1", account, "80.00")]}
    first = send(company, feed, "D1", rows)
    assert send(company, feed, "D1", rows).pk == first.pk
    with pytest.raises(feeds.DeliveryKnown) as known:
        send(company, feed, "D1", {"bills": [bill("B1", account, "81.00")]})
    assert known.value.delivery_id == first.pk
    with pytest.raises(feeds.NotStated):
        send(company, feed, "D2", rows, stated={})
    with acting(company.agent):
        feeds.take_back(actor=company.agent, delivery_id=first.pk, reason="wrong", now=NOW)
    assert send(company, feed, "D1", rows).pk != first.pk


def test_balances_that_differ_and_bills_that_are_missing_are_listed(
    company: Company, feed: Feed
) -> None:
    account = number_of(company)
    rows = {
        "bills": [bill("B1", account, "80.00")],
        "payments": [payment("P1", account, "30.00", bills="B0")],
        "balances": [balance(account, "95.00")],
    }
    send(company, feed, "D1", rows)
    (found,), more = differences_of(feed)
    assert (found.number, more) == (account, None)
    assert "+" in found.difference
    assert "15.00" in found.difference
    (missing,) = not_delivered(feed)
    assert (missing.number, missing.payment) == ("B0", "P1")
    row = money_of(actor=company.agent, account_id=found.account_id, now=NOW)
    assert row is not None
    assert (row["owed"], row["late"], row["differs"]) == (9_500, 8_000, 1_500)
    assert "80.00" in account_money(row).differs
    send(company, feed, "D2", {"bills": [bill("B0", account, "45.00", start="2026-08-01",
         until="2026-09-01", issued="2026-09-01", due="2026-09-20")]}, hours=1)  # fmt: skip
    assert differences_of(feed) == ([], None)
    assert not_delivered(feed) == []


def test_runs_pass_fed_accounts_over_and_nothing_is_charged_or_taken(
    company: Company, feed: Feed
) -> None:
    account = make_account(company.agent)
    send(company, feed, "D1", {"bills": [bill("B1", account.number, "80.00")]})
    found = due_now(unit_ids=[company.lake.pk], until=date(2030, 1, 1))
    assert (found.free, found.elsewhere) == (0, 0)
    with pytest.raises(ops.AccountFed, match=str(account.pk)) as refusal:
        issue(a_bill(account.pk, 0, "4"))
    assert refusal.value.name == "SAP"
    with pytest.raises(ops.AccountFed):
        ops.take_payment(
            payment=ops.NewPayment(
                account_id=account.pk, minor=1, currency="CNY", channel=Payment.Channel.BANK,
                means=Payment.Means.TRANSFER, reference="x", received_at=NOW,
                booked_date=NOW.date(),
            ),
            actor=None,
            now=NOW,
        )  # fmt: skip


def test_the_database_takes_no_bill_for_a_fed_account(company: Company, feed: Feed) -> None:
    account = make_account(company.agent)
    send(company, feed, "D1", {"bills": [bill("B1", account.number, "80.00")]})
    own = an_account(company)
    (written,) = issue(a_bill(own, 0, "4"))
    copied = (
        "currency, unit, usage, is_estimated, facts, organisation_id, kind, state, start_date,"
        " end_date, issued_date, due_date, reversal_reason, recorded_at"
    )
    with (
        pytest.raises(IntegrityError, match="billed by another system"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(
            f"INSERT INTO billing_bill (number, account_id, total_minor, {copied})"
            f" SELECT 'ZZ', %s, 0, {copied} FROM billing_bill WHERE id = %s",
            [account.pk, written.pk],
        )


def test_a_load_that_was_killed_is_run_again_to_the_same_end(company: Company, feed: Feed) -> None:
    account = number_of(company)
    rows = {"bills": [bill("B1", account, "80.00"), bill("B2", "NOWHERE", "1.00")]}
    new = feeds.NewDelivery(feed.pk, "D1", SIX, stated(rows), rows=rows)
    with acting(company.agent):
        delivery = feeds.receive_rows(new, actor=company.agent, now=NOW)

    def dies(execute: Any, sql: str, *more: Any) -> Any:
        if sql.strip().startswith("UPDATE billing_feed "):
            raise DatabaseError("killed")
        return execute(sql, *more)

    with pytest.raises(DatabaseError, match="killed"), connection.execute_wrapper(dies):
        feeds.run_take(delivery_id=delivery.pk, now=NOW)
    delivery.refresh_from_db()
    assert delivery.state == "running"
    assert not FedBill.objects.exists()
    done = feeds.run_take(delivery_id=delivery.pk, now=NOW)
    assert (done.state, done.refused_count) == ("done", 1)
    before = state_of(feed)
    feeds.run_take(delivery_id=delivery.pk, now=NOW)
    assert state_of(feed) == before


def test_who_may_not_look_after_feeds_does_nothing(company: Company, feed: Feed) -> None:
    new = feeds.NewDelivery(feed.pk, "D1", SIX, {"bills": feeds.Stated(0, 0)})
    with acting(company.outsider), pytest.raises(Forbidden):
        feeds.receive_rows(new, actor=company.outsider, now=NOW)
    with pytest.raises(Forbidden):
        feeds.add_feed(
            feeds.NewFeed(company.lake.pk, "x", "x", "CNY"), actor=company.outsider, now=NOW
        )
    river = make_account(company.outsider)
    delivery = send(company, feed, "D2", {"bills": [bill("B1", river.number, "1.00")]})
    assert delivery.refused_count == 1  # an account of the branch next door
