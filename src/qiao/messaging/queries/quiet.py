"""The quiet hours of a unit, as its parameters and the calendar of holidays say."""

from dataclasses import dataclass
from datetime import datetime, time, timedelta
from typing import TYPE_CHECKING, Protocol

from qiao.core import parameters
from qiao.core.models import CalendarDay
from qiao.messaging.parameters import QUIET_FROM, QUIET_UNTIL, QUIET_UNTIL_ON_REST_DAYS
from qiao.messaging.rules.quiet import Quiet, earliest
from qiao.staff.queries import chain_to

if TYPE_CHECKING:
    from qiao.staff.models import Organisation

HOLIDAYS = "cn"
SATURDAY = 5


class Wish(Protocol):
    """A customer's own quiet time, both ends or none."""

    @property
    def quiet_from(self) -> time | None:
        """When it begins."""

    @property
    def quiet_until(self) -> time | None:
        """When it ends."""


@dataclass(frozen=True, slots=True)
class QuietHours:
    """The house's quiet time at a local moment, with the rest days around it."""

    local: datetime
    house: Quiet
    rest_days: frozenset[str]

    def earliest(self, wish: Wish | None) -> datetime:
        """The first moment at which neither the house's nor the customer's quiet time holds."""
        times = [self.house]
        if wish and wish.quiet_from is not None and wish.quiet_until is not None:
            times.append(Quiet(wish.quiet_from, wish.quiet_until))
        return earliest(self.local, tuple(times), self.rest_days)


def quiet_hours(unit: "Organisation", local: datetime) -> QuietHours:
    """The quiet hours in force for a unit at a local moment."""
    chain, day = chain_to(unit), local.date()

    def hour(key: str) -> time:
        found = parameters.find(key, day=day, organisation_ids=chain, region=unit.region)
        return time(int(found.value))

    house = Quiet(hour(QUIET_FROM), hour(QUIET_UNTIL), hour(QUIET_UNTIL_ON_REST_DAYS))
    return QuietHours(local, house, _rest_days(local))


def _rest_days(local: datetime) -> frozenset[str]:
    days = [local.date() + timedelta(days=n) for n in range(3)]
    rows = CalendarDay.objects.filter(region=HOLIDAYS, date__in=days)
    kinds = dict(rows.values_list("date", "kind"))
    return frozenset(
        day.isoformat()
        for day in days
        if kinds.get(day, "") == CalendarDay.Kind.HOLIDAY
        or (day not in kinds and day.weekday() >= SATURDAY)
    )
