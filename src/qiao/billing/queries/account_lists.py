"""The bills and payments of an account, as its page lists them, whoever bills it."""
# ruff: noqa: S608 - put together from pieces of `seen`; values are bound

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.urls import reverse

from qiao.billing import showing
from qiao.billing import showing_bills as words
from qiao.billing.queries import seen
from qiao.billing.queries.bills import VIEW
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all

PAGE: Final = 24
_SEEN: Final = """EXISTS (
       SELECT 1 FROM billing_billingaccount b WHERE b.account_id = %(account_id)s
          AND b.organisation_id = ANY(%(units)s::bigint[]))"""
_BILLS: Final = f"""
SELECT i.id, i.feed_id, i.number, i.start_date, i.end_date, i.due_date, i.total_minor, i.asked,
       i.currency, i.unit, i.usage, i.holds, i.open
  FROM ({seen.every_bill("%(account_id)s::bigint", limit=PAGE + 1, before="%(before)s::date")}) i
 WHERE {_SEEN} ORDER BY i.end_date DESC, i.id DESC
"""
_OWED: Final = f"""
SELECT i.id, i.feed_id, i.number, i.due_date, i.minor, i.currency
  FROM ({seen.arrears("%(account_id)s::bigint")}) i
 WHERE {_SEEN} ORDER BY i.due_date, i.id LIMIT %(limit)s
"""
_PAYMENTS: Final = f"""
SELECT y.number, y.received_at, y.minor, y.currency, y.way, y.holds
  FROM ({seen.payments("%(account_id)s::bigint", limit=PAGE, every=True)}) y
 WHERE {_SEEN} ORDER BY y.received_at DESC, y.id DESC
"""


@dataclass(frozen=True, slots=True)
class BillLineShown:
    """A bill in a list; how it stands in words, the tone of that, and the address of its page.
    `asked` is what is asked of it, where that is not its total."""

    number: str
    href: str
    start: date
    end: date
    total: str
    asked: str
    open: str
    usage: str
    state: str
    tone: str

    @property
    def last_day(self) -> date:
        """The last day that it is for."""
        return self.end - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Debt:
    """A bill of which something is owed, with how much in minor units, and the address of its
    page."""

    number: str
    href: str
    due_date: date
    minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class BillPage:
    """Bills in a list, and before which day the next page ended; None for the last page."""

    rows: tuple[BillLineShown, ...]
    next: date | None


@dataclass(frozen=True, slots=True)
class PaymentShown:
    """A payment in a list."""

    number: str
    received_at: datetime
    amount: str
    channel: str
    is_taken_back: bool


def bills_of(
    *, actor: Actor, account_id: int, today: date, before: date | None = None
) -> BillPage:
    """A page of an account's bills, the newest first: those that ended before a day."""
    values = _values(actor, account_id) | {"before": before or date.max}
    rows = fetch_all(_BILLS, values)
    more, rows = len(rows) > PAGE, rows[:PAGE]
    shown = tuple(_shown(row, today) for row in rows)
    return BillPage(shown, shown[-1].end if more else None)


def _shown(row: tuple[Any, ...], today: date) -> BillLineShown:
    pk, feed_id, number, start, end, due, total, asked, currency, unit, usage, holds, open_ = row
    state, tone = words.state_of(
        holds=holds, total=asked, open_minor=open_, due_date=due, today=today
    )
    return BillLineShown(
        number=number,
        href=_address(pk, feed_id),
        start=start,
        end=end,
        total=showing.money(total, currency),
        asked=showing.money(asked, currency) if asked != total else "",
        open=showing.money(open_, currency) if open_ else "",
        usage=words.used_words(usage, unit),
        state=state,
        tone=tone,
    )


def debts_of(*, actor: Actor, account_id: int, limit: int) -> list[Debt]:
    """The bills of an account of which something is owed, the oldest first."""
    rows = fetch_all(_OWED, _values(actor, account_id) | {"limit": limit})
    return [
        Debt(number, _address(pk, feed_id), due, minor, currency)
        for pk, feed_id, number, due, minor, currency in rows
    ]


def _address(bill_id: int, feed_id: int | None) -> str:
    return reverse("billing:bill" if feed_id is None else "billing:fed_bill", args=[bill_id])


def payments_of(*, actor: Actor, account_id: int) -> list[PaymentShown]:
    """The latest payments of an account, the newest first."""
    rows = fetch_all(_PAYMENTS, _values(actor, account_id))
    return [
        PaymentShown(
            number, at, showing.money(minor, currency), words.channel_name(way), not holds
        )
        for number, at, minor, currency, way, holds in rows
    ]


def _values(actor: Actor, account_id: int) -> dict[str, Any]:
    return {"account_id": account_id, "units": list(actor.organisations(VIEW))}
