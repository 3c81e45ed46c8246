"""A bill that another system told: what it says, what it said before, what paid it, and why it is
higher or lower than another."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, cast

from qiao.billing import showing
from qiao.billing import showing_bills as words
from qiao.billing.models import Delivery, FedBill, FedPayment, Told
from qiao.billing.queries.bills import VIEW, BillMissing
from qiao.billing.queries.why import (
    A_YEAR,
    NEAR,
    days_words,
    other_things,
    sentence_of,
    signed,
    use_words,
)
from qiao.billing.rules.feeds.kinds import BILLS
from qiao.billing.showing_feeds import field_word, told_by, yes_or_no
from qiao.core.actor import Actor
from qiao.customers.queries import AccountRecord, account_record

_FIELDS: Final = {
    "start_date": "start",
    "end_date": "until",
    "issued_date": "issued",
    "due_date": "due",
    "minor": "amount",
    "usage": "usage",
    "unit": "unit",
    "lines": "lines",
    "is_cancelled": "void",
}


@dataclass(frozen=True, slots=True)
class Before:
    """What was told of a bill otherwise: since when it is known here, by which deliveries (their
    numbers, as of when they are, and whose), and what of it differed, as names with what was
    said."""

    recorded_at: datetime
    deliveries: tuple[tuple[str, datetime, str], ...]
    said: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class FedWhy:
    """The bill that another is compared with, the causes of the difference, and a sentence."""

    other: FedBill
    causes: tuple[tuple[str, str], ...]
    sentence: str
    total: str


@dataclass(frozen=True, slots=True)
class FedBillShown:
    """A bill of another system with all that its page tells."""

    bill: FedBill
    account: AccountRecord
    total: str
    open: str
    usage: str
    state: str
    tone: str
    last_day: date
    told: str
    lines: tuple[tuple[str, str], ...]
    paid: tuple[tuple[datetime, str, str, bool], ...]
    before: tuple[Before, ...]
    why: FedWhy | None


def fed_bill_for(*, actor: Actor, bill_id: int) -> FedBill:
    """A bill that holds, of a unit in which the actor sees bills. Raises `BillMissing`."""
    seen = list(actor.organisations(VIEW))
    rows = FedBill.objects.filter(account__organisation__in=seen, is_current=True)
    bill = rows.select_related("feed").filter(pk=bill_id).first()
    if bill is None:
        raise BillMissing(bill_id)
    return bill


def fed_bill_shown(*, actor: Actor, bill_id: int, today: date) -> FedBillShown:
    """A bill of another system. Raises `BillMissing`, `NotVisible`."""
    bill = fed_bill_for(actor=actor, bill_id=bill_id)
    state, tone = words.state_of(
        holds=not bill.is_cancelled, total=bill.minor, open_minor=bill.open_minor,
        due_date=bill.due_date, today=today,
    )  # fmt: skip
    currency = bill.feed.currency
    return FedBillShown(
        bill=bill,
        account=account_record(actor=actor, account_id=bill.account_id),
        total=showing.money(bill.minor, currency),
        open=showing.money(bill.open_minor, currency) if bill.open_minor else "",
        usage=words.used_words(bill.usage, bill.unit),
        state=state,
        tone=tone,
        last_day=bill.end_date - timedelta(days=1),
        told=told_by(bill.feed),
        lines=tuple((name, showing.money(minor, currency)) for name, minor in bill.lines),
        paid=_paid(bill),
        before=_before(bill),
        why=fed_why(bill),
    )


def _paid(bill: FedBill) -> tuple[tuple[datetime, str, str, bool], ...]:
    """Payments that name the bill: when, by which way, how much in all, whether taken back."""
    rows = FedPayment.objects.filter(
        feed=bill.feed_id, account=bill.account_id, is_current=True, bills__contains=[bill.number]
    )
    currency = bill.feed.currency
    return tuple(
        (row.received_at, words.channel_name(row.way), showing.money(row.minor, currency),
         row.is_reversed)
        for row in rows.order_by("received_at", "number")
    )  # fmt: skip


def _before(bill: FedBill) -> tuple[Before, ...]:
    others = FedBill.objects.filter(feed=bill.feed_id, number=bill.number, is_current=False)
    rows = list(others.select_related("account__account").order_by("-recorded_at", "-pk"))
    told: dict[int, list[tuple[str, datetime, str]]] = {row.pk: [] for row in rows}
    links = Told.objects.filter(kind=BILLS, version_id__in=told).exclude(
        delivery__state=Delivery.State.TAKEN_BACK
    )
    for pk, *link in links.order_by("delivery__as_of", "pk").values_list(
        "version_id", "delivery__key", "delivery__as_of", "delivery__created_by__name"
    ):
        key, at, who = link
        told[pk].append((str(key), cast("datetime", at), str(who)))
    return tuple(
        Before(row.recorded_at, tuple(told[row.pk]), tuple(_differing(row, bill))) for row in rows
    )


def _differing(row: FedBill, bill: FedBill) -> list[tuple[str, str]]:
    found = [
        (field_word(key), _said(row, name, bill.feed.currency))
        for name, key in _FIELDS.items()
        if getattr(row, name) != getattr(bill, name)
    ]
    if row.account_id != bill.account_id:
        found.append((field_word("account"), row.account.account.number))
    return found


def _said(row: FedBill, name: str, currency: str) -> str:
    value: Any = getattr(row, name)
    if name == "minor":
        return showing.money(value, currency)
    if name == "lines":
        return "; ".join(f"{each} {showing.money(minor, currency)}" for each, minor in value)
    if name == "usage":
        return "" if value is None else showing.plain(value)
    if name == "is_cancelled":
        return yes_or_no(flag=value)
    return str(value)


def fed_why(bill: FedBill) -> FedWhy | None:
    """Compare a bill with that of a year ago, else with the one before; None for a first bill.

    Prices of another system are not known: what days and use make is reckoned at what a unit came
    to then, and the rest are other things.
    """
    other, is_a_year_ago = _other(bill)
    if other is None:
        return None
    currency = bill.feed.currency
    causes = tuple((said, signed(minor, currency)) for said, minor in _causes(bill, other))
    sentence = sentence_of(bill.minor - other.minor, currency, causes, is_a_year_ago=is_a_year_ago)
    return FedWhy(other, causes, sentence, showing.money(other.minor, currency))


def _other(bill: FedBill) -> tuple[FedBill | None, bool]:
    rows = FedBill.objects.filter(
        account=bill.account_id, is_current=True, is_cancelled=False,
        end_date__lte=bill.start_date,
    )  # fmt: skip
    day = bill.start_date - A_YEAR
    near = rows.filter(start_date__range=(day - NEAR, day + NEAR))
    found = min(near, key=lambda row: (abs(row.start_date - day), row.pk), default=None)
    return (found, True) if found else (rows.order_by("-end_date").first(), False)


def _causes(bill: FedBill, other: FedBill) -> list[tuple[str, int]]:
    days, before = _days(bill), _days(other)
    found: list[tuple[str, int]] = []
    if bill.usage is not None and other.usage and other.minor > 0 and bill.unit == other.unit:
        price = other.minor / other.usage
        then = other.usage / before
        more = bill.usage / days - then
        found = [
            (days_words(int(days - before)), round((days - before) * then * price)),
            (use_words(more), round(more * days * price)),
        ]
    rest = bill.minor - other.minor - sum(minor for _said, minor in found)
    found.append((other_things(), rest))
    return [(said, minor) for said, minor in found if minor]


def _days(bill: FedBill) -> Decimal:
    return Decimal((bill.end_date - bill.start_date).days)
