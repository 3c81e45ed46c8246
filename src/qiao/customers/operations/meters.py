"""Meters hung and taken down at service points."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal

from django.db.backends.postgresql.psycopg_any import DateRange
from django.db.models import QuerySet

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.numbers import normal_form
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import MeterExchanged, MeterExchangeUndone
from qiao.customers.models import Account, MeterInstallation, ServicePoint
from qiao.customers.operations.access import local_day
from qiao.customers.operations.refusals import (
    BadPeriod,
    LaterChange,
    MeterElsewhere,
    NotYet,
    WrongState,
)
from qiao.customers.queries import NotVisible

NUMBER_LENGTH = 40
REASON_LENGTH = 200


@dataclass(frozen=True, slots=True)
class NewMeter:
    """A meter to hang: its number as it stands on the face, size and whether it reports itself."""

    number: str
    size: str = ""
    is_remote: bool = False
    opening_reading: Decimal | None = None


def exchange_meter(
    *,
    actor: Actor,
    now: datetime,
    service_point_id: int,
    day: date,
    meter: NewMeter,
    closing_reading: Decimal | None = None,
    reason: str = "",
) -> MeterInstallation:
    """Hang another meter at a point from `day` on; the old one keeps its period.

    Raises `WrongState` at a removed point or for the same number, `NotYet` for a day to come,
    `BadPeriod` for one on which the old meter did not hang yet, `MeterElsewhere`, `BadText`,
    `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    point, organisation_id = _lock_point(actor, service_point_id)
    number = clean(
        meter.number, field="meter_number", max_length=NUMBER_LENGTH, one_line=True, required=True
    )
    if point.status == ServicePoint.Status.REMOVED or number == point.meter_number:
        raise WrongState(point.status)
    if day > local_day(organisation_id=organisation_id, now=now):
        raise NotYet(day)
    _refuse_elsewhere(number)
    words = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True)
    _take_down(point, day, closing_reading, words)
    hung = MeterInstallation.objects.create(
        service_point=point,
        meter_number=number,
        meter_size=clean(meter.size, field="meter_size", max_length=20, one_line=True),
        is_remote=meter.is_remote,
        period=DateRange(day, None),
        opening_reading=meter.opening_reading,
        reason=words,
    )
    _show(point, hung)
    told = MeterExchanged(point.pk, hung.pk)
    publish(told, organisation_id=organisation_id, actor=actor, now=now)
    return hung


def undo_exchange(*, actor: Actor, now: datetime, installation_id: int) -> ServicePoint:
    """Take an exchange back: the meter before it hangs again as if nothing had been.

    Raises `LaterChange` unless it was the latest one, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    found = MeterInstallation.objects.filter(pk=installation_id).first()
    if found is None:
        raise NotVisible(f"meter {installation_id}")
    point, organisation_id = _lock_point(actor, found.service_point_id)
    latest = list(_of(point)[:2])
    if not latest or latest[0].pk != installation_id or len(latest) == 1:
        raise LaterChange(f"meter {installation_id}")
    latest[0].delete()
    before = latest[1]
    before.period = DateRange(before.period.lower, None)
    before.closing_reading = None
    before.save(update_fields=["period", "closing_reading"])
    _show(point, before)
    publish(MeterExchangeUndone(point.pk), organisation_id=organisation_id, actor=actor, now=now)
    return point


def _lock_point(actor: Actor, point_id: int) -> tuple[ServicePoint, int]:
    """The point, locked, and an organisation of an account there that the actor may change."""
    required()
    accounts = Account.objects.visible_to(actor).filter(service_point=point_id).order_by("status")
    seen = list(accounts.values_list("organisation_id", flat=True))
    if not seen:
        raise NotVisible(f"service point {point_id}")
    allowed = [one for one in seen if actor.can_in("customers.edit", one)]
    if not allowed:
        actor.require("customers.edit", seen[0])
    return ServicePoint.objects.select_for_update(no_key=True).get(pk=point_id), allowed[0]


def _refuse_elsewhere(number: str) -> None:
    elsewhere = MeterInstallation.objects.filter(
        meter_search=normal_form(number), period__endswith__isnull=True
    ).select_related("service_point__premises")
    for one in elsewhere[:1]:
        raise MeterElsewhere(one.service_point.premises.full_text)


def _of(point: ServicePoint) -> QuerySet[MeterInstallation]:
    """The meters of a point, the latest first."""
    return MeterInstallation.objects.filter(service_point=point).order_by("-period")


def _take_down(point: ServicePoint, day: date, reading: Decimal | None, reason: str) -> None:
    old = MeterInstallation.objects.filter(
        service_point=point, period__endswith__isnull=True
    ).first()
    if old is None:
        return
    if old.period.lower is not None and day <= old.period.lower:
        raise BadPeriod(f"{day} does not lie after {old.period.lower}")
    old.period = DateRange(old.period.lower, day)
    old.closing_reading = reading
    old.reason = old.reason or reason
    old.save(update_fields=["period", "closing_reading", "reason"])


def _show(point: ServicePoint, hung: MeterInstallation) -> None:
    point.meter_number, point.meter_size = hung.meter_number, hung.meter_size
    point.meter_is_remote, point.meter_installed_date = hung.is_remote, hung.period.lower
    point.save(
        update_fields=["meter_number", "meter_size", "meter_is_remote", "meter_installed_date"]
    )
