"""Summary bills: whose bills are collected, which bills they are, and payments for all of them."""

from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from qiao.billing.models import (
    Bill,
    BillingAccount,
    CashierShift,
    Collecting,
    Payment,
    SummaryBill,
    SummaryLine,
    SummaryPart,
    SummaryPayment,
)
from qiao.billing.operations.cashiers import BadAmount
from qiao.billing.operations.counter import MEANS, SLIP_LENGTH, OwedChanged, own_drawer
from qiao.billing.operations.paying import (
    REFERENCE_LENGTH,
    NewPayment,
    PaidOtherwise,
    take_payments,
)
from qiao.billing.operations.posting import lock_accounts
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.runs import ISSUE
from qiao.billing.queries.shifts import TAKE
from qiao.billing.queries.summaries import collecting_of, open_bills, seen_of, survivors_of
from qiao.billing.rules.money.spreading import Share, spread
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.queries import get_customer_for
from qiao.staff.queries import local_days
from qiao.staff.queries.places import subtrees

PREFIX: Final = "HZ"  # 合并账单
MARK: Final = "#"
"""Between the reference of a payment for a summary and the place of each of its parts."""


class CollectsAlready(Exception):  # noqa: N818 - a refusal, not a fault
    """The customer's bills come as one document already."""


class NotCollected(Exception):  # noqa: N818 - a refusal, not a fault
    """The customer's bills do not come as one document, or no more."""


class NothingCollected(Exception):  # noqa: N818 - a refusal, not a fault
    """The summary has no bill that holds: nothing is paid for it."""


def start_collecting(
    *, customer_id: int, organisation_id: int, actor: Actor, now: datetime
) -> Collecting:
    """Have the bills of a customer, in a unit and below it, come as one document from today on.

    Raises `CollectsAlready`, `NotVisible`, `Forbidden`.
    """
    required()
    actor.require(ISSUE, organisation_id)
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    day = local_days(now)[organisation_id]
    if collecting_of(customer.pk) is not None:
        raise CollectsAlready(customer.pk)
    try:
        with transaction.atomic():
            return Collecting.objects.create(
                customer_id=customer.pk, organisation_id=organisation_id, since=day,
                created_at=now, created_by_id=actor.person_id,
            )  # fmt: skip
    except IntegrityError as error:  # somebody else did at the same moment
        raise CollectsAlready(customer.pk) from error


def stop_collecting(*, collecting_id: int, actor: Actor, now: datetime) -> Collecting:
    """Have a customer's bills come each by itself again from today on. Raises `NotCollected`,
    `Forbidden`."""
    required()
    found = Collecting.objects.select_for_update().filter(pk=collecting_id).first()
    if found is None or found.until is not None:
        raise NotCollected(collecting_id)
    actor.require(ISSUE, found.organisation_id)
    found.until = local_days(now)[found.organisation_id]
    found.save(update_fields=["until"])
    return found


def collect_bills(*, bill_ids: Collection[int], now: datetime) -> list[int]:
    """Put bills that were issued into the summaries of their day, as far as those whom they are
    addressed to have them collected; the ids of the summaries. A second call changes nothing."""
    required()
    if not Collecting.objects.exists():
        return []
    bills = list(
        Bill.objects.filter(pk__in=list(bill_ids), state=Bill.State.ISSUED).order_by("pk")
    )
    groups: dict[tuple[int, int, date, str], list[int]] = defaultdict(list)
    for bill, customer_id, organisation_id in _collected(bills):
        groups[customer_id, organisation_id, bill.issued_date, bill.currency].append(bill.pk)
    return [_add(key, ids, now) for key, ids in sorted(groups.items())]


def _collected(bills: Sequence[Bill]) -> list[tuple[Bill, int, int]]:
    """Bills that are collected, with the customer and the unit for which they are."""
    by_customer = _collectings()
    who = addressees_of_bills(bills)
    units = {each.organisation_id for rows in by_customer.values() for each in rows}
    below = subtrees(units)
    return [
        (bill, each.customer_id, found.organisation_id)
        for bill, each in zip(bills, who, strict=True)
        for found in by_customer.get(each.customer_id, ())
        if found.since <= bill.issued_date
        and (found.until is None or bill.issued_date < found.until)
        and bill.organisation_id in below.get(found.organisation_id, ())
    ]


def _collectings() -> dict[int, list[Collecting]]:
    """How bills are collected, by who stands for the customer today."""
    rows = list(Collecting.objects.order_by("pk"))
    standing = survivors_of({row.customer_id for row in rows})
    found: dict[int, list[Collecting]] = defaultdict(list)
    for row in rows:
        found[standing.get(row.customer_id, row.customer_id)].append(row)
    return found


def _add(key: tuple[int, int, date, str], bill_ids: Sequence[int], now: datetime) -> int:
    customer_id, organisation_id, day, currency = key
    about = {
        "customer_id": customer_id,
        "organisation_id": organisation_id,
        "issued_date": day,
        "currency": currency,
    }
    summary = SummaryBill.objects.filter(**about).first()
    if summary is None:
        SummaryBill.objects.bulk_create(
            [SummaryBill(number=next_number(prefix=PREFIX, day=day), recorded_at=now, **about)],
            ignore_conflicts=True,
        )
        summary = SummaryBill.objects.get(**about)
    known = set(SummaryLine.objects.filter(bill__in=bill_ids).values_list("bill", flat=True))
    new = [SummaryLine(summary=summary, bill_id=pk) for pk in bill_ids if pk not in known]
    if new:
        SummaryLine.objects.bulk_create(new, ignore_conflicts=True)
        SummaryBill.objects.filter(pk=summary.pk).update(untold_since=now)
    return summary.pk


@dataclass(frozen=True, slots=True)
class NewSummaryPayment:
    """Money that came for a summary: `minor` units by a channel, under its reference, once."""

    summary_id: int
    minor: int
    channel: Payment.Channel
    means: Payment.Means
    reference: str
    received_at: datetime
    booked_date: date
    shift_id: int | None = None
    slip: str = ""


def pay_summary(
    *, payment: NewSummaryPayment, actor: Actor | None, now: datetime
) -> SummaryPayment:
    """Take a payment that names a summary: its bills are paid, those due first first, with their
    late fees; what is more is paid ahead on the account of the first.

    The same reference of a channel again is the same payment, and changes nothing. Raises
    `BadAmount`, `PaidOtherwise`, `NothingCollected`, `SlipUsed`, `NoShift`, `DayClosed`.
    """
    required()
    reference = clean(
        payment.reference, field="reference", max_length=REFERENCE_LENGTH - 8, one_line=True,
        required=True,
    )  # fmt: skip
    summary = SummaryBill.objects.get(pk=payment.summary_id)
    _locked(summary)
    known = SummaryPayment.objects.filter(channel=payment.channel, reference=reference).first()
    if known is not None:
        if (known.summary_id, known.minor) != (summary.pk, payment.minor):
            raise PaidOtherwise(known.summary.number)
        return known
    if payment.minor <= 0:
        raise BadAmount(payment.minor)
    bills = open_bills(summary.pk, day=payment.booked_date)
    if not bills:
        raise NothingCollected(summary.number)
    shares = spread(payment.minor, bills)
    whole = SummaryPayment.objects.create(
        summary=summary, channel=payment.channel, reference=reference, minor=payment.minor,
        received_at=payment.received_at,
    )  # fmt: skip
    taken = take_payments(
        payments=[
            _part(payment, summary, share, f"{reference}{MARK}{place}")
            for place, share in enumerate(shares, 1)
        ],
        actor=actor,
        now=now,
    )
    SummaryPart.objects.bulk_create([SummaryPart(whole=whole, payment=each) for each in taken])
    return whole


def _part(
    payment: NewSummaryPayment, summary: SummaryBill, share: Share, reference: str
) -> NewPayment:
    return NewPayment(
        account_id=share.account,
        minor=share.minor,
        currency=summary.currency,
        channel=payment.channel,
        means=payment.means,
        reference=reference,
        received_at=payment.received_at,
        booked_date=payment.booked_date,
        named=share.bills,
        shift_id=payment.shift_id,
        slip=payment.slip,
    )


def _locked(summary: SummaryBill) -> Mapping[int, BillingAccount]:
    """The money of all its accounts, locked."""
    rows = SummaryLine.objects.filter(summary=summary).values_list("bill__account_id", flat=True)
    return lock_accounts(rows)


@dataclass(frozen=True, slots=True)
class SummaryAtCounter:
    """What a payer hands over for a summary; see `counter.AtCounter`. `seen` is what stood on its
    accounts when the cashier looked."""

    summary_id: int
    minor: int
    means: Payment.Means
    key: str
    seen: str
    slip: str = ""


def pay_summary_at_counter(
    *, payment: SummaryAtCounter, actor: Actor, now: datetime
) -> SummaryPayment:
    """Take a payment for a summary into the actor's own drawer, on the drawer's day.

    Raises `OwedChanged`, `NothingCollected`, `SlipUsed`, `NoShift`, `BadAmount`, `PaidOtherwise`,
    `DayClosed`, `BadText` for a transfer without a number, `Forbidden`.
    """
    required()
    summary = SummaryBill.objects.get(pk=payment.summary_id)
    for account in _locked(summary).values():
        actor.require(TAKE, account.organisation_id)
    slip = clean(
        payment.slip, field="slip", max_length=SLIP_LENGTH, one_line=True,
        required=payment.means == Payment.Means.TRANSFER,
    )  # fmt: skip
    rows = SummaryPayment.objects.filter(
        channel=Payment.Channel.COUNTER, reference=payment.key, summary=summary
    )
    if (known := rows.first()) is not None:
        return known
    shift: CashierShift = own_drawer(actor)
    if payment.means not in MEANS or shift.currency != summary.currency:
        raise BadAmount(payment.minor)
    if payment.seen != seen_of(summary.pk, day=shift.booked_date):
        raise OwedChanged(summary.pk)
    new = NewSummaryPayment(
        summary_id=summary.pk, minor=payment.minor, channel=Payment.Channel.COUNTER,
        means=payment.means, reference=payment.key, received_at=now,
        booked_date=shift.booked_date, shift_id=shift.pk, slip=slip,
    )  # fmt: skip
    return pay_summary(payment=new, actor=actor, now=now)
