"""Payments at the counter: taken into an open drawer, and given back out of one."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from qiao.billing.models import CashierShift, Payment
from qiao.billing.operations.cashiers import BadAmount
from qiao.billing.operations.paying import (
    NewPayment,
    NoShift,
    take_back_payment,
    take_payment,
)
from qiao.billing.operations.posting import ReversedAlready, lock_accounts
from qiao.billing.queries.owing import standing_on
from qiao.billing.queries.shifts import CLOSE, TAKE, may_give_back
from qiao.billing.queries.standings import fingerprint
from qiao.core.actor import Actor, Forbidden
from qiao.core.rules.text import clean
from qiao.core.transactions import required

SLIP_LENGTH: Final = 60
MEANS: Final = (Payment.Means.CASH, Payment.Means.CARD, Payment.Means.TRANSFER)
"""What a counter takes."""


class OwedChanged(Exception):  # noqa: N818 - a refusal, not a fault
    """What stands on the account is not what the cashier saw: somebody paid, or a bill came."""


@dataclass(frozen=True, slots=True)
class AtCounter:
    """What a payer hands over for an account: `minor` units by a means, for the bills `named`
    first.

    `key` is the form's own: the same one again is the same payment. `seen` is the `fingerprint`
    of what stood on the account when the cashier looked. `slip` is the number of a card slip, and
    of a transfer, which has one always.
    """

    account_id: int
    minor: int
    means: Payment.Means
    key: str
    seen: str
    named: tuple[int, ...] = ()
    slip: str = ""


def take_at_counter(*, payment: AtCounter, actor: Actor, now: datetime) -> Payment:
    """Take a payment into the actor's own drawer, on the drawer's day.

    Raises `OwedChanged`, `SlipUsed`, `NoShift`, `BadAmount`, `PaidOtherwise`, `DayClosed`,
    `AccountMissing`, `BadText` for a transfer without a number, `Forbidden`.
    """
    required()
    account = lock_accounts([payment.account_id])[payment.account_id]
    actor.require(TAKE, account.organisation_id)
    slip = clean(
        payment.slip, field="slip", max_length=SLIP_LENGTH, one_line=True,
        required=payment.means == Payment.Means.TRANSFER,
    )  # fmt: skip
    known = Payment.objects.filter(
        channel=Payment.Channel.COUNTER, reference=payment.key
    ).select_related("shift").first()  # fmt: skip
    shift = known.shift if known else own_drawer(actor)
    if payment.means not in MEANS or shift is None or shift.currency != account.currency:
        raise BadAmount(payment.minor)
    stands = standing_on(account.pk, day=shift.booked_date)
    if known is None and payment.seen != fingerprint(stands):
        raise OwedChanged(account.pk)
    new = NewPayment(
        account_id=account.pk,
        minor=payment.minor,
        currency=account.currency,
        channel=Payment.Channel.COUNTER,
        means=payment.means,
        reference=payment.key,
        received_at=now,
        booked_date=shift.booked_date,
        named=payment.named,
        shift_id=shift.pk,
        slip=slip,
    )
    return take_payment(payment=new, actor=actor, now=now)


def give_back_at_counter(
    *, payment_id: int, reason: str, day: date, actor: Actor, now: datetime
) -> Payment:
    """Take a payment back, out of the drawer that it was taken in while that is open; later cash
    comes out of the actor's own. `day` is the day of what lies in no open drawer.

    Raises `ReversedAlready`, `NoShift`, `DayClosed`, `Payment.DoesNotExist`, `BadText` without a
    reason, `Forbidden`.
    """
    required()
    lock_accounts([Payment.objects.values_list("account_id", flat=True).get(pk=payment_id)])
    payment = Payment.objects.get(pk=payment_id)
    rows = CashierShift.objects.select_for_update(no_key=True)
    shift = rows.filter(pk=payment.shift_id).first() if payment.shift_id else None
    if not may_give_back(actor, payment, shift):
        raise Forbidden(CLOSE)
    if payment.taken_back_by_id is not None:
        raise ReversedAlready(payment.number)
    drawer = shift if shift and shift.closed_at is None else None
    if drawer is None and payment.means == Payment.Means.CASH:
        drawer = own_drawer(actor)
        if drawer.organisation_id != payment.organisation_id:
            raise NoShift
    return take_back_payment(
        payment_id=payment.pk,
        day=drawer.booked_date if drawer else day,
        reason=reason,
        drawer_id=drawer.pk if drawer else None,
        actor=actor,
        now=now,
    )


def own_drawer(actor: Actor) -> CashierShift:
    """The drawer that the actor has open, locked. Raises `NoShift`, `Forbidden`."""
    rows = CashierShift.objects.select_for_update(no_key=True)
    shift = rows.filter(cashier=actor.person_id, closed_at__isnull=True).first()
    if shift is None:
        raise NoShift
    actor.require(TAKE, shift.organisation_id)
    return shift
