"""Drawers of cashiers: whose is open, what was taken in it, how much cash should lie in it."""

from collections.abc import Iterable
from typing import Final

from django.db.models import Q, Sum
from django.http import Http404

from qiao.billing.models import CashierShift, Payment
from qiao.billing.queries.vouchers import cash_in
from qiao.core.actor import Actor

TAKE: Final = "payments.take"
CLOSE: Final = "payments.close"
_CASH: Final = Payment.Means.CASH


class ShiftMissing(Http404):
    """There is no such drawer, or none that the actor may see."""


def cash_expected(shift: CashierShift) -> int:
    """How much cash should lie in a drawer, in minor units: what lay in it, what was taken, less
    what was given back and given out of it."""
    taken = Payment.objects.filter(shift=shift, means=_CASH).aggregate(sum=Sum("minor"))
    back = Payment.objects.filter(taken_back_from=shift, means=_CASH).aggregate(sum=Sum("minor"))
    paid = (taken["sum"] or 0) - (back["sum"] or 0)
    return int(shift.float_minor + paid + cash_in(shift))


def open_shift_of(staff_id: int) -> CashierShift | None:
    """The drawer that somebody has open."""
    rows = CashierShift.objects.filter(cashier=staff_id, closed_at__isnull=True)
    return rows.select_related("organisation").first()


def shift_for(*, actor: Actor, shift_id: int) -> CashierShift:
    """A drawer of the actor's own, or of a unit whose days they close. Raises `ShiftMissing`."""
    may = Q(cashier=actor.staff_id) | Q(organisation__in=list(actor.organisations(CLOSE)))
    rows = CashierShift.objects.filter(may, pk=shift_id)
    found = rows.select_related("organisation", "cashier", "difference").first()
    if found is None:
        raise ShiftMissing(str(shift_id))
    return found


def latest_shifts(*, actor: Actor, limit: int = 10) -> list[CashierShift]:
    """The actor's own drawers, the latest first."""
    rows = CashierShift.objects.filter(cashier=actor.staff_id).select_related("organisation")
    return list(rows.order_by("-opened_at", "-pk")[:limit])


def open_shifts(organisation_ids: Iterable[int]) -> list[CashierShift]:
    """Drawers that are open in units, with whose they are, the oldest first."""
    rows = CashierShift.objects.filter(
        organisation__in=list(organisation_ids), closed_at__isnull=True
    )
    return list(rows.select_related("cashier", "organisation").order_by("opened_at", "pk"))


def payments_of(shift: CashierShift) -> list[Payment]:
    """What was taken in a drawer, and what of other drawers was given back out of it, the latest
    first."""
    rows = Payment.objects.filter(Q(shift=shift) | Q(taken_back_from=shift))
    return list(rows.select_related("account__account").order_by("-received_at", "-pk"))


def may_give_back(actor: Actor, payment: Payment, shift: CashierShift | None) -> bool:
    """Whether the actor may take a payment back: one of the unit whose days they close, or their
    own while the drawer is open that it was taken in."""
    if actor.can_in(CLOSE, payment.organisation_id):
        return True
    return (
        shift is not None
        and shift.cashier_id == actor.staff_id
        and shift.closed_at is None
        and actor.can_in(TAKE, payment.organisation_id)
    )
