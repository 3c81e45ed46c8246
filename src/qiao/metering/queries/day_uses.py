"""What a point used by days and within a day, beside its neighbours on the same route."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final
from zoneinfo import ZoneInfo

from qiao.core.prepared import fetch_all
from qiao.metering.queries.lake import files_of, rows_of
from qiao.metering.rules.intervals import SCALE, Clock, number_of

_FACTOR: Final = """coalesce((
           SELECT x.factor FROM metering_registermultiplier x
            WHERE x.register_id = d.register_id AND x.valid_from <= d.day
            ORDER BY x.valid_from DESC LIMIT 1), 1)"""
# A day on which the meter was exchanged is told by two registers.
_OWN: Final = f"""
SELECT d.day, sum(d.used * f.factor), max(d.peak * f.factor),
       (array_agg(d.peak_at ORDER BY d.peak * f.factor DESC, d.peak_at))[1],
       sum(bit_count(d.slots))::int, max(length(d.slots)), sum(d.estimated_count)::int,
       max(d.minutes)
  FROM metering_register r
  JOIN metering_dayuse d
    ON d.register_id = r.id AND d.day BETWEEN %(since)s::date AND %(until)s::date
 CROSS JOIN LATERAL (SELECT {_FACTOR} AS factor) f
 WHERE r.service_point_id = %(point)s AND r.kind = 'total' AND r.removed_at IS NULL
 GROUP BY d.day ORDER BY d.day
"""  # noqa: S608 - put together from this file's own pieces
# Whole days alone, and no neighbour where few are told.
_NEIGHBOURS: Final = f"""
SELECT d.day, round(percentile_cont(0.5) WITHIN GROUP (ORDER BY d.used * f.factor)::numeric, 4)
  FROM metering_routestop own
  JOIN metering_routestop t ON t.route_id = own.route_id AND t.id <> own.id
  JOIN metering_register r
    ON r.service_point_id = t.service_point_id AND r.kind = 'total' AND r.removed_at IS NULL
  JOIN metering_dayuse d
    ON d.register_id = r.id AND d.day BETWEEN %(since)s::date AND %(until)s::date
   AND bit_count(d.slots) = length(d.slots)
 CROSS JOIN LATERAL (SELECT {_FACTOR} AS factor) f
 WHERE own.service_point_id = %(point)s
 GROUP BY d.day HAVING count(*) >= {{fewest}}
"""  # noqa: S608 - as above
WEEKS: Final = 4  # whose same weekday a day is held to
FEWEST: Final = 5
"""So many neighbours at least make a comparison; fewer would tell of one of them."""
_REGISTERS: Final = """
SELECT r.id, r.organisation_id, coalesce((
           SELECT x.factor FROM metering_registermultiplier x
            WHERE x.register_id = r.id AND x.valid_from <= %(day)s::date
            ORDER BY x.valid_from DESC LIMIT 1), 1)
  FROM metering_register r
 WHERE r.service_point_id = %(point)s AND r.kind = 'total' AND r.removed_at IS NULL
"""
_LATEST: Final = """
SELECT max(d.day) FROM metering_register r
  JOIN LATERAL (SELECT day FROM metering_dayuse WHERE register_id = r.id
                 ORDER BY day DESC LIMIT 1) d ON true
 WHERE r.service_point_id = %(point)s AND r.kind = 'total' AND r.removed_at IS NULL
"""


@dataclass(frozen=True, slots=True)
class DayLine:
    """A day of a point: what was used, the greatest use of an interval for a whole hour and when
    it began, how many of its intervals were told and how many of these estimated, and the middle
    of what its neighbours used; in units of the register."""

    day: date
    used: Decimal
    peak: Decimal
    peak_at: datetime
    told: int
    slots: int
    estimated: int
    minutes: int
    neighbours: Decimal | None

    @property
    def is_whole(self) -> bool:
        """Whether all of its intervals were told."""
        return self.told >= self.slots


@dataclass(frozen=True, slots=True)
class DayAmong:
    """A day, if anything of it was told; what the same weekday of the weeks before used in the
    mean; and the days before and after it of which anything was told."""

    line: DayLine | None
    usual: Decimal | None
    before: date | None
    following: date | None


@dataclass(frozen=True, slots=True)
class Slot:
    """The use in an interval."""

    start: datetime
    minutes: int
    used: Decimal
    is_estimated: bool


def latest_day(service_point_id: int) -> date | None:
    """The last day of which intervals of a point were told."""
    ((day,),) = fetch_all(_LATEST, {"point": service_point_id})
    found: date | None = day
    return found


def days_of_point(service_point_id: int, *, since: date, until: date) -> list[DayLine]:
    """The days of a point that the caller may see, from the first to the last one."""
    values: dict[str, Any] = {"point": service_point_id, "since": since, "until": until}
    beside = dict(fetch_all(_NEIGHBOURS.format(fewest=FEWEST), values))
    return [DayLine(*(*row, beside.get(row[0]))) for row in fetch_all(_OWN, values)]


def day_among(service_point_id: int, day: date) -> DayAmong:
    """A day of a point that the caller may see, among those around it."""
    first, last = day - timedelta(weeks=WEEKS), day + timedelta(days=1)
    days = {each.day: each for each in days_of_point(service_point_id, since=first, until=last)}
    alike = [
        days[then].used
        for weeks in range(1, WEEKS + 1)
        if (then := day - timedelta(weeks=weeks)) in days and days[then].is_whole
    ]
    before, following = day - timedelta(days=1), day + timedelta(days=1)
    return DayAmong(
        line=days.get(day),
        usual=sum(alike, Decimal(0)) / len(alike) if alike else None,
        before=before if before in days else None,
        following=following if following in days else None,
    )


def slots_of(service_point_id: int, *, day: date, zone: ZoneInfo) -> list[Slot]:
    """The intervals of a point on a local day, in order, out of the lake."""
    values: dict[str, Any] = {"point": service_point_id, "day": day}
    known = {pk: (unit, factor) for pk, unit, factor in fetch_all(_REGISTERS, values)}
    if not known:
        return []
    units = sorted({unit for unit, _factor in known.values()})
    files = files_of(organisation_ids=units, months=[day.replace(day=1)])
    rows = rows_of(files, list(known))
    own = rows.take(Clock(zone).days(rows.start) == number_of(day))
    found = [
        Slot(
            datetime.fromtimestamp(start, UTC).astimezone(zone),
            minutes,
            Decimal(amount) / SCALE * known[register][1],
            estimated,
        )
        for register, start, minutes, amount, estimated in zip(
            own.register.tolist(), own.start.tolist(), own.minutes.tolist(), own.amount.tolist(),
            own.estimated.tolist(), strict=True,
        )
    ]  # fmt: skip
    return sorted(found, key=lambda slot: slot.start)
