"""A payment with all that a receipt says of it."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Final

from django.db.models import Q, Sum
from django.http import Http404

from qiao.billing.models import Bill, Entry, Payment
from qiao.billing.queries.shifts import CLOSE, TAKE
from qiao.billing.rules.money.postings import Ledger
from qiao.core.actor import Actor
from qiao.customers.queries import AccountLine, NotVisible, account_lines, get_customer_for
from qiao.customers.queries.care import preferences_of

VIEW: Final = "bills.view"


class PaymentMissing(Http404):
    """There is no such payment, or none that the actor may see."""


@dataclass(frozen=True, slots=True)
class PaidBill:
    """What a payment paid of a bill, in minor units, by owner."""

    bill: Bill
    minor: int
    owners: dict[str, int]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What was paid, what of it was paid ahead, and what was owed and paid ahead in all when it
    was taken, in minor units. `language` is the customer's own, "" where nothing is known."""

    payment: Payment
    line: AccountLine
    bills: tuple[PaidBill, ...]
    ahead: int
    left: int
    left_ahead: int
    language: str


def payment_for(*, actor: Actor, payment_id: int) -> Payment:
    """A payment of a unit, or for an account of one, in which the actor sees bills or takes
    payments. Raises `PaymentMissing`."""
    units = sorted({each for right in (VIEW, TAKE, CLOSE) for each in actor.organisations(right)})
    may = Q(organisation__in=units) | Q(account__organisation__in=units)
    rows = Payment.objects.filter(may, pk=payment_id).select_related(
        "account__organisation", "organisation", "shift", "posting__recorded_by",
        "taken_back_by__recorded_by",
    )  # fmt: skip
    found = rows.first()
    if found is None:
        raise PaymentMissing(str(payment_id))
    return found


def payment_of_form(*, actor: Actor, account_id: int, key: str) -> Payment | None:
    """What a form of the counter has taken for an account already, by the form's key."""
    rows = Payment.objects.filter(
        account=account_id,
        account__organisation__in=list(actor.organisations(TAKE)),
        channel=Payment.Channel.COUNTER,
        reference=key,
    )
    return rows.first()


def receipt_of(*, actor: Actor, payment_id: int) -> Receipt:
    """A receipt as it was when the payment was taken, whenever it is printed. Raises
    `PaymentMissing`."""
    payment = payment_for(actor=actor, payment_id=payment_id)
    lines = account_lines(actor=actor, account_ids=[payment.account_id])
    if not lines:
        raise PaymentMissing(str(payment_id))
    stood = dict(
        Entry.objects.filter(
            account=payment.account_id,
            ledger__in=[Ledger.RECEIVABLE, Ledger.PREPAID],
            posting__lte=payment.posting_id,  # postings on an account come one after the other
        )
        .values_list("ledger")
        .annotate(minor=Sum("minor"))
    )
    bills, ahead = _paid(payment)
    return Receipt(
        payment=payment,
        line=lines[0],
        bills=bills,
        ahead=ahead,
        left=stood.get(Ledger.RECEIVABLE.value, 0),
        left_ahead=-stood.get(Ledger.PREPAID.value, 0),
        language=language_of(actor, lines[0].customer_id),
    )


def _paid(payment: Payment) -> tuple[tuple[PaidBill, ...], int]:
    """What the payment paid, the oldest bill first, and what it paid ahead."""
    owners: dict[int, dict[str, int]] = defaultdict(lambda: defaultdict(int))
    ahead = 0
    for row in Entry.objects.filter(posting=payment.posting_id).order_by("place"):
        if row.ledger == Ledger.RECEIVABLE:
            owners[row.bill_id or 0][row.owner] -= row.minor
        elif row.ledger == Ledger.PREPAID:
            ahead -= row.minor
    rows = Bill.objects.filter(pk__in=owners.keys()).order_by("due_date", "pk")
    bills = tuple(
        PaidBill(bill, sum(owners[bill.pk].values()), dict(owners[bill.pk])) for bill in rows
    )
    return bills, ahead


def language_of(actor: Actor, customer_id: int) -> str:
    """The language of a customer's papers, "" where nothing is known."""
    if not customer_id:
        return ""
    try:
        customer = get_customer_for(actor=actor, customer_id=customer_id)
    except NotVisible:
        return ""
    return preferences_of(customer_id).language or customer.language
