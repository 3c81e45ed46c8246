"""Payments: taken once, shared out over debts, and taken back where they bounce."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from django.db import IntegrityError, transaction

from qiao.billing.models import (
    Bill,
    BillingAccount,
    CashierShift,
    Entry,
    Payment,
    Posting,
    Standing,
)
from qiao.billing.operations.cashiers import BadAmount
from qiao.billing.operations.invoices.wanting import want_when_paid
from qiao.billing.operations.late_fees import charge_late_fees
from qiao.billing.operations.posting import (
    NewPosting,
    ReversedAlready,
    lock_accounts,
    post,
    reverse_postings,
)
from qiao.billing.operations.settling import settle
from qiao.billing.queries.disputed import held_bills
from qiao.billing.queries.standings import debts_of, owed
from qiao.billing.rules.money.allocation import (
    Allocated,
    Debt,
    Order,
    allocate,
    paid_in_full,
)
from qiao.billing.rules.money.postings import Event, Ledger, applied_entries, payment_entries
from qiao.core.actor import Actor
from qiao.core.numbering import next_number
from qiao.core.rules.text import clean
from qiao.core.transactions import required

PREFIX: Final = "SJ"  # 收据
REASON_LENGTH: Final = 300
REFERENCE_LENGTH: Final = 100
LEDGERS: Final = {
    Payment.Means.CASH: Ledger.CASH,
    Payment.Means.CARD: Ledger.CLEARING,
    Payment.Means.TRANSFER: Ledger.BANK,
    Payment.Means.ONLINE: Ledger.CLEARING,
}
"""Where money of each means lies until it is counted, or the bank says that it has it."""


class PaidOtherwise(Exception):  # noqa: N818 - a refusal, not a fault
    """The channel's reference came before with another account or amount; `number` is the receipt
    of that payment."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class SlipUsed(Exception):  # noqa: N818 - a refusal, not a fault
    """The number of a slip was taken before for the account; `number` is that receipt."""

    def __init__(self, number: str) -> None:
        super().__init__(number)
        self.number = number


class NoShift(Exception):  # noqa: N818 - a refusal, not a fault
    """Cash is taken in a shift, and this cashier has none open."""


@dataclass(frozen=True, slots=True)
class NewPayment:
    """Money that came for an account: `minor` units by a channel, under its reference.

    `named` are the bills that the payer wants paid, in this order, before all others.
    """

    account_id: int
    minor: int
    currency: str
    channel: Payment.Channel
    means: Payment.Means
    reference: str
    received_at: datetime
    booked_date: date
    named: tuple[int, ...] = ()
    shift_id: int | None = None
    slip: str = ""


def take_payment(
    *, payment: NewPayment, actor: Actor | None, now: datetime, order: Order | None = None
) -> Payment:
    """Take a payment: it pays what the payer names, else the oldest debts; the rest is paid ahead.

    The same reference of a channel again is the same payment, and changes nothing. Raises
    `BadAmount`, `PaidOtherwise`, `SlipUsed`, `NoShift`, `AccountMissing`, `DayClosed`.
    """
    return take_payments(payments=[payment], actor=actor, now=now, order=order)[0]


def take_payments(
    *,
    payments: Sequence[NewPayment],
    actor: Actor | None,
    now: datetime,
    order: Order | None = None,
) -> list[Payment]:
    """Take payments, at most one for each account; see `take_payment`. In their order.

    Raises `ValueError` for two of one account: the second would be shared out over debts that the
    first has paid.
    """
    required()
    if len({payment.account_id for payment in payments}) < len(payments):
        raise ValueError("one payment for each account at a time")
    accounts = lock_accounts(payment.account_id for payment in payments)
    known = _known(payments)
    found: dict[int, Payment] = {}
    new: list[tuple[int, NewPayment]] = []
    for place, payment in enumerate(payments):
        before = known.get((payment.channel, _reference(payment)))
        if before is not None:
            found[place] = _same(before, payment)
        elif payment.minor <= 0 or payment.currency != accounts[payment.account_id].currency:
            raise BadAmount(payment.minor)
        else:
            _refuse_slip(payment)
            new.append((place, payment))
    rows = _taken([payment for _place, payment in new], accounts, order or Order(), actor, now)
    found |= {place: row for (place, _payment), row in zip(new, rows, strict=True)}
    return [found[place] for place in range(len(payments))]


def _taken(
    payments: Sequence[NewPayment],
    accounts: Mapping[int, BillingAccount],
    order: Order,
    actor: Actor | None,
    now: datetime,
) -> list[Payment]:
    shifts = [_shift(payment) for payment in payments]
    days = {payment.account_id: payment.booked_date for payment in payments}
    charge_late_fees(accounts, days=days, actor=actor, now=now)
    standing = {account: rows for account, rows in owed(days).items() if rows}
    debts = debts_of(standing, held=held_bills(standing))
    postings, rows, whole = [], [], dict[int, set[int]]()
    for payment, shift in zip(payments, shifts, strict=True):
        account = accounts[payment.account_id]
        own = debts.get(account.pk, [])
        paid, ahead = allocate(payment.minor, own, order=order, named=payment.named)
        whole[account.pk] = paid_in_full(own, paid)
        number = next_number(prefix=PREFIX, day=payment.booked_date)
        unit = shift.organisation_id if shift else account.organisation_id
        postings.append(
            NewPosting(
                event=Event.PAYMENT_RECEIVED,
                organisation_id=unit,
                currency=account.currency,
                booked_date=payment.booked_date,
                source="payment",
                key=number,
                entries=payment_entries(
                    money=LEDGERS[payment.means], account=account.pk, paid=paid, ahead=ahead
                ),
            )
        )
        rows.append(
            Payment(
                number=number,
                account_id=account.pk,
                organisation_id=unit,
                channel=payment.channel,
                means=payment.means,
                reference=_reference(payment),
                slip=payment.slip,
                currency=account.currency,
                minor=payment.minor,
                received_at=payment.received_at,
                booked_date=payment.booked_date,
                shift=shift,
            )
        )
    for row, posting_id in zip(rows, post(postings, actor=actor, now=now), strict=True):
        row.posting_id = posting_id
    want_when_paid(whole, accounts, now=now)
    try:
        with transaction.atomic():
            return Payment.objects.bulk_create(rows, batch_size=1_000)
    except IntegrityError as error:  # the same reference came for another account at once
        raise PaidOtherwise(", ".join(row.reference for row in rows[:1])) from error


def _reference(payment: NewPayment) -> str:
    return clean(
        payment.reference, field="reference", max_length=REFERENCE_LENGTH, one_line=True,
        required=True,
    )  # fmt: skip


def _known(payments: Sequence[NewPayment]) -> dict[tuple[str, str], Payment]:
    rows = Payment.objects.filter(
        reference__in=[_reference(payment) for payment in payments],
        channel__in={payment.channel for payment in payments},
    )
    return {(row.channel, row.reference): row for row in rows}


def take_back_payment(
    *,
    payment_id: int,
    day: date,
    reason: str,
    drawer_id: int | None = None,
    actor: Actor | None,
    now: datetime,
) -> Payment:
    """Take a payment back, because it bounced or was a slip: what it paid is owed again.

    What was paid ahead by it and has paid other debts since is taken from them, the latest first.
    `drawer_id` is the drawer that the money is given back out of; the one that it lies in while
    that is open.
    Raises `ReversedAlready`, `DayClosed`, `Payment.DoesNotExist`, `BadText` without a reason.
    """
    required()
    words = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)
    account_id = Payment.objects.values_list("account_id", flat=True).get(pk=payment_id)
    accounts = lock_accounts([account_id])
    payment = Payment.objects.get(pk=payment_id)
    if payment.taken_back_by_id is not None:
        raise ReversedAlready(payment.number)
    gone = _gone_bills(payment)
    _free_prepaid(payment, gone, day=day, reason=words, actor=actor, now=now)
    (taken_back,) = reverse_postings(
        [payment.posting_id], booked_date=day, reason=words, actor=actor, now=now
    )
    _cover_gone(accounts[account_id], gone, payment, day=day, actor=actor, now=now)
    payment.taken_back_by_id = taken_back
    payment.taken_back_reason = words
    payment.taken_back_from_id = drawer_id or _drawer_of(payment)
    payment.save(update_fields=["taken_back_by", "taken_back_reason", "taken_back_from"])
    settle(accounts, booked_date=day, cause=f"bounce:{payment.pk}", actor=actor, now=now)
    return payment


def _drawer_of(payment: Payment) -> int | None:
    """The drawer that a payment lies in, while it is open."""
    if payment.shift_id is None:
        return None
    rows = CashierShift.objects.select_for_update(no_key=True)
    shift = rows.filter(pk=payment.shift_id, closed_at__isnull=True).first()
    return shift.pk if shift else None


def _same(known: Payment, payment: NewPayment) -> Payment:
    if (known.account_id, known.minor, known.currency) != (
        payment.account_id, payment.minor, payment.currency,
    ):  # fmt: skip
        raise PaidOtherwise(known.number)
    return known


def _refuse_slip(payment: NewPayment) -> None:
    """One transfer, or slip, pays an account once; the account is locked."""
    if not payment.slip:
        return
    rows = Payment.objects.filter(
        account=payment.account_id,
        means=payment.means,
        slip=payment.slip,
        taken_back_by__isnull=True,
    )
    if used := rows.first():
        raise SlipUsed(used.number)


def _shift(payment: NewPayment) -> CashierShift | None:
    if payment.shift_id is None:
        if payment.means == Payment.Means.CASH:
            raise NoShift
        return None
    shift = CashierShift.objects.select_for_update(no_key=True).get(pk=payment.shift_id)
    if shift.closed_at is not None:
        raise NoShift
    return shift


def _gone_bills(payment: Payment) -> list[Entry]:
    """What the payment paid of bills that were taken back since: it has become paid ahead."""
    rows = Entry.objects.filter(
        posting=payment.posting_id,
        ledger=Ledger.RECEIVABLE,
        bill__state=Bill.State.REVERSED,
    )
    return list(rows.order_by("place"))


def _free_prepaid(
    payment: Payment,
    gone: Sequence[Entry],
    *,
    day: date,
    reason: str,
    actor: Actor | None,
    now: datetime,
) -> None:
    """Take what was paid ahead from the debts that it paid, as far as the payment needs it."""
    rows = Entry.objects.filter(posting=payment.posting_id, ledger=Ledger.PREPAID)
    needed = -sum(rows.values_list("minor", flat=True)) - sum(entry.minor for entry in gone)
    standing = Standing.objects.filter(account=payment.account_id, ledger=Ledger.PREPAID)
    needed += sum(standing.values_list("minor", flat=True))
    if needed <= 0:
        return
    applied = Posting.objects.filter(
        event=Event.PREPAID_APPLIED,
        reverses__isnull=True,
        reversed_by__isnull=True,
        entries__account=payment.account_id,
        entries__ledger=Ledger.PREPAID,
    ).order_by("-pk")
    wanted = []
    for pk, minor in applied.values_list("pk", "entries__minor"):
        if needed <= 0:
            break
        wanted.append(pk)
        needed -= minor
    reverse_postings(wanted, booked_date=day, reason=reason, actor=actor, now=now)


def _cover_gone(
    account: BillingAccount,
    gone: Sequence[Entry],
    payment: Payment,
    *,
    day: date,
    actor: Actor | None,
    now: datetime,
) -> None:
    """A bill that was taken back owes nothing: what the payment had paid of it comes from what
    became paid ahead when it was."""
    if not gone:
        return
    paid = [
        Allocated(
            Debt(entry.bill_id or 0, day, "principal", entry.owner, -entry.minor), -entry.minor
        )
        for entry in gone
    ]
    posting = NewPosting(
        event=Event.PREPAID_APPLIED,
        organisation_id=account.organisation_id,
        currency=account.currency,
        booked_date=day,
        source="bounce",
        key=str(payment.pk),
        entries=applied_entries(account=account.pk, paid=paid),
    )
    post([posting], actor=actor, now=now)
