"""The counter's drawer and the unit's day: opened, counted, closed."""

from datetime import date, datetime
from typing import Any, Final

from django.db import IntegrityError, connection, transaction

from qiao.billing.models import CashierShift, ClosedDay
from qiao.billing.operations.posting import DayClosed, NewPosting, post
from qiao.billing.queries.day_totals import Total, day_totals
from qiao.billing.queries.shifts import cash_expected
from qiao.billing.rules.money.postings import Entry, Event, Ledger
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

NOTE_LENGTH: Final = 300


class ShiftOpen(Exception):  # noqa: N818 - a refusal, not a fault
    """Somebody has a drawer open: the cashier already, or those whose day is to be closed; `names`
    are theirs."""

    def __init__(self, *names: str) -> None:
        super().__init__(", ".join(names))
        self.names = names


class ShiftClosed(Exception):  # noqa: N818 - a refusal, not a fault
    """The drawer was counted before."""


class BadAmount(Exception):  # noqa: N818 - a refusal, not a fault
    """A payment of nothing or less, or in another currency than the account's; a drawer of less
    than nothing."""


class NotOver(Exception):  # noqa: N818 - a refusal, not a fault
    """A day is closed when it is today or over, not before."""


def open_shift(
    *,
    organisation_id: int,
    currency: str,
    float_minor: int,
    day: date,
    actor: Actor,
    now: datetime,
) -> CashierShift:
    """Open a drawer with what lies in it.

    Raises `ShiftOpen`, `DayClosed`, `BadAmount` for less than nothing, `Forbidden`.
    """
    required()
    if float_minor < 0:
        raise BadAmount(float_minor)
    actor.require("payments.take", organisation_id)
    with connection.cursor() as cursor:  # whoever is closing the day ends first
        cursor.execute(
            "SELECT pg_advisory_xact_lock_shared(billing_day_lock(%s))", [organisation_id]
        )
    if ClosedDay.objects.filter(organisation=organisation_id, day__gte=day).exists():
        raise DayClosed(day)
    try:
        with transaction.atomic():
            return CashierShift.objects.create(
                organisation_id=organisation_id,
                cashier_id=actor.person_id,
                currency=currency,
                booked_date=day,
                opened_at=now,
                float_minor=float_minor,
            )
    except IntegrityError as error:
        raise ShiftOpen(actor.name) from error


def close_shift(
    *, shift_id: int, counted_minor: int, note: str, actor: Actor, now: datetime
) -> CashierShift:
    """Count a drawer: what is more or less than the ledger says is booked, and seen.

    Raises `ShiftClosed`, `BadAmount` for less than nothing, `Forbidden`, `DayClosed`.
    """
    required()
    if counted_minor < 0:
        raise BadAmount(counted_minor)
    shift = CashierShift.objects.select_for_update(no_key=True).get(pk=shift_id)
    if shift.closed_at is not None:
        raise ShiftClosed(shift_id)
    if shift.cashier_id != actor.staff_id:
        actor.require("payments.close", shift.organisation_id)
    expected = cash_expected(shift)
    difference = counted_minor - expected
    if difference:
        (shift.difference_id,) = post(
            [
                NewPosting(
                    event=Event.SHIFT_DIFFERENCE,
                    organisation_id=shift.organisation_id,
                    currency=shift.currency,
                    booked_date=shift.booked_date,
                    source="shift",
                    key=str(shift.pk),
                    entries=(
                        Entry(Ledger.CASH, difference),
                        Entry(Ledger.OVER_SHORT, -difference),
                    ),
                )
            ],
            actor=actor,
            now=now,
        )
    shift.closed_at, shift.expected_minor, shift.counted_minor = now, expected, counted_minor
    shift.note = clean(note, field="note", max_length=NOTE_LENGTH)
    shift.save()
    return shift


def close_day(
    *, organisation_id: int, day: date, today: date, actor: Actor, now: datetime
) -> ClosedDay:
    """Close a day of a unit, and all before it: nothing is booked into them any more.

    Done again it is the same day. Raises `ShiftOpen`, `NotOver`, `Forbidden`.
    """
    required()
    actor.require("payments.close", organisation_id)
    if day > today:
        raise NotOver(day)
    known = ClosedDay.objects.filter(organisation=organisation_id, day=day).first()
    if known is not None:
        return known
    with connection.cursor() as cursor:  # those who are booking end first
        cursor.execute("SELECT pg_advisory_xact_lock(billing_day_lock(%s))", [organisation_id])
    still = CashierShift.objects.filter(
        organisation=organisation_id, booked_date__lte=day, closed_at__isnull=True
    )
    names = list(still.values_list("cashier__name", flat=True))
    if names:
        raise ShiftOpen(*names)
    known = ClosedDay.objects.filter(organisation=organisation_id, day=day).first()
    return known or ClosedDay.objects.create(
        organisation_id=organisation_id,
        day=day,
        closed_at=now,
        closed_by_id=actor.staff_id,
        totals=[_plain(total) for total in day_totals(organisation_id=organisation_id, day=day)],
    )


def _plain(total: Total) -> dict[str, Any]:
    return {
        "ledger": total.ledger,
        "owner": total.owner,
        "currency": total.currency,
        "debit": total.debit,
        "credit": total.credit,
    }
