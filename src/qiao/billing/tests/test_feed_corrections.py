"""Feeds: corrected, late, out of order, cancelled, taken back."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.billing.models import (
    BillingAccount,
    Delivery,
    FedBill,
    FedPayment,
    FedStanding,
    Feed,
)
from qiao.billing.operations import feeds
from qiao.billing.operations.feeds import deliveries
from qiao.billing.queries.panels import money_of
from qiao.billing.tests.feeding import (
    NOW,
    SIX,
    balance,
    bill,
    current,
    number_of,
    payment,
    send,
    state_of,
)
from qiao.core.table_uploads import FileMovedOn
from qiao.core.transactions import acting
from qiao.staff.tests.cast import Company


def test_the_same_again_changes_nothing_and_other_content_corrects(
    company: Company, feed: Feed
) -> None:
    account = number_of(company)
    send(company, feed, "D1", {"bills": [bill("B1", account, "80.00")]})
    before = state_of(feed)
    again = send(company, feed, "D2", {"bills": [bill("B1", account, "80.00")]}, hours=0,
                 sequence=1)  # fmt: skip
    assert again.found["bills"]["same"] == 1
    assert state_of(feed) == before
    corrected = send(company, feed, "D3", {"bills": [bill("B1", account, "60.00")]}, hours=1)
    assert corrected.found["bills"] == {
        "rows": 1, "minor": 6_000, "taken": 1, "taken_minor": 6_000, "same": 0, "changed": 1,
        "new": 0, "late": 0,
    }  # fmt: skip
    assert current(feed, "B1").open_minor == 6_000
    (old,) = FedBill.objects.filter(feed=feed, is_current=False)
    assert (old.minor, old.open_minor) == (8_000, 0)


def test_what_comes_late_is_kept_but_changes_nothing_newer(company: Company, feed: Feed) -> None:
    account = number_of(company)
    send(company, feed, "D2", {"bills": [bill("B1", account, "60.00")]}, hours=2)
    late = send(company, feed, "D1", {"bills": [bill("B1", account, "80.00")]}, hours=1)
    assert late.found["bills"]["late"] == 1
    assert current(feed, "B1").minor == 6_000
    feed.refresh_from_db()
    assert feed.as_of == SIX + timedelta(hours=2)
    send(company, feed, "D0", {"bills": [bill("B1", account, "60.00")]}, hours=0)
    assert current(feed, "B1").minor == 6_000


_ACCOUNTS = st.integers(0, 1)
_AMOUNTS = st.integers(0, 3).map(lambda n: f"{n * 10}.00")
_FLAG = st.sampled_from(["", "yes"])
_DELIVERY = st.fixed_dictionaries(
    {
        "hours": st.integers(0, 2),
        "sequence": st.integers(0, 1),
        "bills": st.lists(
            st.tuples(st.integers(1, 2), _ACCOUNTS, _AMOUNTS, _FLAG), max_size=2,
            unique_by=lambda row: row[0],
        ),
        "payments": st.lists(
            st.tuples(st.integers(1, 2), _ACCOUNTS, _AMOUNTS, _FLAG, st.integers(0, 2)),
            max_size=2, unique_by=lambda row: row[0],
        ),
        "balances": st.lists(
            st.tuples(_ACCOUNTS, _AMOUNTS, st.integers(0, 2)), max_size=2,
            unique_by=lambda row: row[0],
        ),
    }
)  # fmt: skip


@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],  # each example is rolled back
)
@given(
    told=st.lists(_DELIVERY, min_size=2, max_size=4),
    chance=st.randoms(use_true_random=False),
    gone=st.integers(0, 4),
)
def test_whatever_the_order_the_end_is_the_same(
    world_of_two: tuple[Company, Feed, list[str]],
    told: list[dict[str, Any]],
    chance: Any,
    gone: int,
) -> None:
    """Also where a delivery is taken back: then as if it had never come."""
    company, feed, accounts = world_of_two
    named = [(f"D{place}", each) for place, each in enumerate(told)]

    def after(order: list[tuple[str, dict[str, Any]]], back: str = "") -> Any:
        with transaction.atomic():
            for key, each in order:
                rows = {
                    "bills": [
                        bill(f"B{n}", accounts[a], amount, void=void)
                        for n, a, amount, void in each["bills"]
                    ],
                    "payments": [
                        payment(f"P{n}", accounts[a], amount, void=void,
                                bills=f"B{named}" if named else "")
                        for n, a, amount, void, named in each["payments"]
                    ],
                    "balances": [
                        balance(accounts[a], amount, at=f"2026-11-{28 + day} 12:00")
                        for a, amount, day in each["balances"]
                    ],
                }  # fmt: skip
                send(company, feed, key, rows, hours=each["hours"], sequence=each["sequence"])
            if back:
                delivery = Delivery.objects.get(feed=feed, key=back)
                deliveries.take_back(
                    actor=company.agent, delivery_id=delivery.pk, reason="x", now=NOW
                )
            state = state_of(feed)
            transaction.set_rollback(True)
        return state

    shuffled = list(named)
    chance.shuffle(shuffled)
    assert after(shuffled) == after(named)
    back = f"D{gone % len(named)}"
    assert after(shuffled, back) == after([each for each in named if each[0] != back])


@pytest.fixture
def world_of_two(company: Company, feed: Feed) -> tuple[Company, Feed, list[str]]:
    return company, feed, [number_of(company), number_of(company)]


def test_a_delivery_that_is_taken_back_gives_its_accounts_free(
    company: Company, feed: Feed
) -> None:
    account = number_of(company)
    other = number_of(company)
    first = send(company, feed, "D1", {"bills": [bill("B1", account, "80.00")]})
    second = send(
        company, feed, "D2",
        {"bills": [bill("B1", account, "60.00"), bill("B2", other, "5.00")]}, hours=1,
    )  # fmt: skip
    with acting(company.agent):
        feeds.take_back(actor=company.agent, delivery_id=second.pk, reason="wrong", now=NOW)
    assert current(feed, "B1").minor == 8_000
    assert FedStanding.objects.get(feed=feed).owed_minor == 8_000
    feed.refresh_from_db()
    assert feed.as_of == SIX
    with acting(company.agent), pytest.raises(FileMovedOn):
        feeds.take_back(actor=company.agent, delivery_id=second.pk, reason="wrong", now=NOW)
    with acting(company.agent):
        feeds.take_back(actor=company.agent, delivery_id=first.pk, reason="wrong", now=NOW)
    assert not BillingAccount.objects.filter(feed=feed).exists()
    assert not FedBill.objects.filter(feed=feed).exists()


def test_reversed_payments_and_cancelled_bills_count_no_more(company: Company, feed: Feed) -> None:
    account = number_of(company)
    rows = {
        "bills": [bill("B1", account, "80.00"),
                  bill("B2", account, "9.00", start="2026-09-01", until="2026-10-01")],
        "payments": [payment("P1", account, "80.00", bills="B1")],
    }  # fmt: skip
    send(company, feed, "D1", rows)
    assert FedStanding.objects.get(feed=feed).owed_minor == 900
    send(
        company, feed, "D2",
        {
            "bills": [bill("B2", account, "9.00", start="2026-09-01", until="2026-10-01",
                           void="yes")],
            "payments": [payment("P1", account, "80.00", bills="B1", void="yes")],
        },
        hours=1,
    )  # fmt: skip
    assert FedStanding.objects.get(feed=feed).owed_minor == 8_000
    pk = BillingAccount.objects.get(feed=feed).pk
    row = money_of(actor=company.agent, account_id=pk, now=NOW)
    assert row is not None
    assert row["last_payment"] is None
    assert len(row["bills"]) == 1
    assert FedPayment.objects.filter(feed=feed).count() == 2
