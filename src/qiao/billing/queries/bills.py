"""A bill as people read it, with its lines, why it is what it is, and what paid it."""

from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db.models import Sum

from qiao.billing import showing
from qiao.billing import showing_bills as words
from qiao.billing.models import Bill, Entry, SummaryBill
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.asked import Asked, asked_of
from qiao.billing.queries.bill_parts import PartShown, parts_of
from qiao.billing.queries.disputed import held_bills
from qiao.billing.queries.late_fees import accrued
from qiao.billing.queries.standings import open_of
from qiao.billing.queries.summaries import summary_of_bill
from qiao.billing.queries.why import Why, why
from qiao.billing.rules.money.postings import Event, Ledger
from qiao.billing.showing_papers import budget_of
from qiao.core.actor import Actor
from qiao.customers.queries import AccountRecord, Addressee, account_record

VIEW: Final = "bills.view"


class BillMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such bill, or not for this reader."""


@dataclass(frozen=True, slots=True)
class Paid:
    """What paid a bill, or took that back: the day, in words what, and the amount."""

    day: date
    what: str
    amount: str
    is_taken_back: bool


@dataclass(frozen=True, slots=True)
class LateDays:
    """Days on which a late fee ran at one rate on what was owed: the last of them is within."""

    start: date
    last: date
    count: int
    principal: str
    rate: str
    amount: str


@dataclass(frozen=True, slots=True)
class LateShown:
    """The late fee of a bill up to a day: what it comes to, what is not charged yet, its days."""

    total: str
    pending: str
    days: tuple[LateDays, ...]


@dataclass(frozen=True, slots=True)
class BillShown:
    """A bill with all that its page tells. `open_minor` is what is still owed of it; `case_id` the
    case in which it is disputed; `asked` what waits for a second person, with its amount;
    `addressee` whom it is addressed to; `budget` what equal instalments ask of it, in words,
    `summary` the document in which it came with others."""

    bill: Bill
    account: AccountRecord
    addressee: Addressee
    parts: tuple[PartShown, ...]
    paid: tuple[Paid, ...]
    open_minor: int
    why: Why | None
    total: str
    open: str
    usage: str
    state: str
    tone: str
    replaced_by: Bill | None
    late: LateShown | None
    case_id: int | None
    asked: tuple[tuple[Asked, str], ...]
    budget: tuple[tuple[str, str], ...]
    summary: SummaryBill | None


def bill_for(*, actor: Actor, bill_id: int, permission: str = VIEW) -> Bill:
    """A bill of a unit in which the actor sees bills, or has another right. Raises
    `BillMissing`."""
    seen = list(actor.organisations(permission))
    bill = Bill.objects.filter(pk=bill_id, organisation__in=seen).first()
    if bill is None:
        raise BillMissing(bill_id)
    return bill


def bill_shown(*, actor: Actor, bill_id: int, today: date) -> BillShown:
    """A bill of a unit in which the actor sees bills and customers. Raises `BillMissing`,
    `NotVisible`."""
    bill = bill_for(actor=actor, bill_id=bill_id)
    open_minor = open_of(bill)
    state, tone = words.bill_state(bill, open_minor, today)
    reason = why(bill) if bill.state == Bill.State.ISSUED else None
    return BillShown(
        bill=bill,
        account=account_record(actor=actor, account_id=bill.account_id),
        addressee=addressees_of_bills([bill])[0],
        parts=parts_of([bill])[bill.pk],
        paid=tuple(_paid(bill)),
        open_minor=open_minor,
        why=reason,
        total=showing.money(bill.total_minor, bill.currency),
        open=showing.money(open_minor, bill.currency),
        usage=words.used(bill),
        state=state,
        tone=tone,
        replaced_by=Bill.objects.filter(before=bill).first(),
        late=_late(bill, today),
        case_id=held_bills([bill.account_id]).get(bill.pk),
        asked=tuple(
            (each, "" if each.minor is None else showing.money(each.minor, bill.currency))
            for each in asked_of(bill.pk)
        ),
        budget=budget_of(bill),
        summary=_summary(actor, bill),
    )


def _summary(actor: Actor, bill: Bill) -> SummaryBill | None:
    """The document in which it came with others, as far as the actor may see that."""
    found = summary_of_bill(bill.pk)
    return found if found and actor.can_in(VIEW, found.organisation_id) else None


def _late(bill: Bill, today: date) -> LateShown | None:
    fee = next(
        (each for each in accrued([bill.account_id], day=today) if each.bill_id == bill.pk), None
    )
    if fee is None:
        return None
    days = tuple(
        LateDays(
            each.period.start,
            words.last_day(each.period),
            each.period.days or 0,
            showing.money(each.minor, bill.currency),
            f"{showing.plain(each.daily * 100)}%",
            showing.money(round(each.fee), bill.currency),
        )
        for each in fee.fee.stretches
    )
    pending = showing.money(fee.minor, bill.currency) if fee.minor else ""
    return LateShown(showing.money(fee.fee.minor, bill.currency), pending, days)


def _paid(bill: Bill) -> list[Paid]:
    """What the ledger says about a bill's debt beside the bill itself, by posting."""
    rows = (
        Entry.objects.filter(bill=bill.pk, ledger=Ledger.RECEIVABLE)
        .exclude(posting__event=Event.BILL_ISSUED)
        .values("posting", "posting__event", "posting__booked_date", "posting__reverses",
                "posting__payment__channel")
        .annotate(minor=Sum("minor"))
        .order_by("posting")
    )  # fmt: skip
    return [
        Paid(
            row["posting__booked_date"],
            words.event_words(
                row["posting__event"], row["posting__payment__channel"] or "",
                is_reversal=row["posting__reverses"] is not None,
            ),
            showing.money(-row["minor"], bill.currency),
            row["minor"] > 0,
        )
        for row in rows
    ]  # fmt: skip
