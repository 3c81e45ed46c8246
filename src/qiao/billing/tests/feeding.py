"""Feeds in tests: rows of an account, deliveries as a program sends them, what stands after."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from qiao.billing.models import Delivery, FedBalance, FedBill, FedPayment, FedStanding, Feed
from qiao.billing.operations import feeds
from qiao.core.transactions import acting
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company

NOW = datetime(2026, 11, 30, 1, 0, tzinfo=UTC)
SIX = datetime(2026, 11, 29, 22, 0, tzinfo=UTC)  # six o'clock in the morning in China
Rows = Mapping[str, Sequence[Mapping[str, str]]]


def a_feed(company: Company, key: str = "sap", name: str = "SAP") -> Feed:
    """A feed of the lake branch."""
    new = feeds.NewFeed(company.lake.pk, key, name, "CNY")
    return feeds.add_feed(new, actor=company.agent, now=NOW)


def number_of(company: Company) -> str:
    """The number of a new account of the lake branch."""
    return make_account(company.agent).number


def current(feed: Feed, number: str) -> FedBill:
    """What holds of a bill."""
    return FedBill.objects.get(feed=feed, number=number, is_current=True)


def bill(number: str, account: str, amount: str, **more: str) -> dict[str, str]:
    """A bill for October 2026, due on 20 November."""
    told = {
        "number": number, "account": account, "amount": amount, "start": "2026-10-01",
        "until": "2026-11-01", "issued": "2026-11-01", "due": "2026-11-20",
    }  # fmt: skip
    return told | more


def payment(number: str, account: str, amount: str, **more: str) -> dict[str, str]:
    """A payment on 10 November."""
    told = {"number": number, "account": account, "amount": amount, "at": "2026-11-10 09:00"}
    return told | more


def balance(account: str, amount: str, **more: str) -> dict[str, str]:
    """What the other system says is owed."""
    return {"account": account, "amount": amount} | more


def stated(rows: Rows) -> dict[str, feeds.Stated]:
    """Figures that fit the rows."""
    return {
        kind: feeds.Stated(len(told), sum(int(Decimal(each["amount"]) * 100) for each in told))
        for kind, told in rows.items()
    }


def send(
    company: Company,
    feed: Feed,
    key: str,
    rows: Rows,
    *,
    hours: int = 0,
    **more: Any,
) -> Delivery:
    """Send rows as of six o'clock, or so many hours later, and have them taken in."""
    values: dict[str, Any] = {
        "stated": stated(rows),
        "rows": rows,
        "as_of": SIX + timedelta(hours=hours),
    }
    new = feeds.NewDelivery(feed_id=feed.pk, key=key, **(values | more))
    with acting(company.agent):
        delivery = feeds.receive_rows(new, actor=company.agent, now=NOW)
    return feeds.run_take(delivery_id=delivery.pk, now=NOW)


def state_of(feed: Feed) -> dict[str, list[tuple[Any, ...]]]:
    """All that follows from what a feed told, whatever came first: what holds, what was told
    otherwise, what stands, up to when it is whole."""
    feed.refresh_from_db()
    versions = {
        model.__name__: sorted(
            model.objects.filter(feed=feed).values_list(
                "number", "digest", "account__account__number", "minor", "is_current",
                *(["open_minor"] if model is FedBill else []),
            )
        )
        for model in (FedBill, FedPayment, FedBalance)
    }  # fmt: skip
    standings = FedStanding.objects.filter(feed=feed).order_by("pk")
    return {
        **versions,
        "standings": list(standings.values_list()),
        "as_of": [(feed.bills_as_of, feed.payments_as_of, feed.balances_as_of)],
    }
