"""The door for billing: what was used at service points, and what keeps them from being billed."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from qiao.core.prepared import fetch_all
from qiao.metering.queries.checks import checks_for
from qiao.metering.queries.places import read_multipliers
from qiao.metering.rules.checks import rules_on
from qiao.metering.rules.registers import Register
from qiao.metering.rules.usage import (
    CORRECTION,
    ROLLOVER_TIMES,
    Adjustment,
    Problem,
    Read,
    Segment,
    reckon,
)


@dataclass(frozen=True, slots=True)
class UsageSegment:
    """Use at a service point by one register, from `start_date` to the day before `end_date`.

    `usage` = `difference` x `multiplier` + `adjustment`, in `unit`, exact. Of an `is_correction`,
    whose days were billed already, it is what to add to what was billed for them, often below
    nought. `estimated`: no real reading says so yet. The readings are those at its ends, or around
    them where it is cut by days (``shared`` in `flags`).
    """

    service_point_id: int
    register_id: int
    register_kind: str
    period: str
    unit: str
    start_date: date
    end_date: date
    start_reading_id: int
    end_reading_id: int
    difference: Decimal
    multiplier: Decimal
    adjustment: Decimal
    usage: Decimal
    estimated: bool
    flags: frozenset[str]

    @property
    def days(self) -> int:
        """How many days it lasts."""
        return (self.end_date - self.start_date).days

    @property
    def is_correction(self) -> bool:
        """Whether it corrects days that were billed."""
        return CORRECTION in self.flags


@dataclass(frozen=True, slots=True)
class Obstacle:
    """Why a point cannot be billed up to a day. `code`: ``exception`` (a reading waits for a
    decision), ``backwards`` (a register went back), ``unread`` (no reading since the last bill),
    ``no_start`` (never read: nothing to reckon from), ``no_closing`` (the meter was taken down and
    nobody read it that day), ``no_register``."""

    service_point_id: int
    register_id: int | None
    code: str
    day: date | None
    reading_id: int | None


def usage_until(
    *, service_point_ids: Collection[int], since: Mapping[int, date], until: date
) -> list[UsageSegment]:
    """What was used at these points from the first day that was not billed up to `until`.

    `since` gives that day by point: the end of the last segment that was billed, or the day of
    moving in; a point without one begins with its first reading. Segments of a register follow one
    another without gap up to its last reading not after `until`; corrections of earlier days come
    first. A register that went back ends there, a reading that waits for a decision does not
    count: `held_up` tells. Ordered by point, register kind, register and day. Four statements,
    whatever the number of points. Billing asks for its own rights.
    """
    return _segments(_reckoned(service_point_ids, since, until))


def held_up(
    *, service_point_ids: Collection[int], since: Mapping[int, date], until: date
) -> list[Obstacle]:
    """What keeps these points from being billed up to `until`, by point; see `Obstacle`."""
    reckoned = _reckoned(service_point_ids, since, until)
    return _obstacles(reckoned, service_point_ids, since, until)


def usage_with_obstacles(
    *, service_point_ids: Collection[int], since: Mapping[int, date], until: date
) -> tuple[list[UsageSegment], list[Obstacle]]:
    """`usage_until` and `held_up` of the same points, reckoned once."""
    reckoned = _reckoned(service_point_ids, since, until)
    return _segments(reckoned), _obstacles(reckoned, service_point_ids, since, until)


def _segments(reckoned: "_Reckoned") -> list[UsageSegment]:
    return [segment for segment, _known in reckoned[0]]


def _obstacles(
    reckoned: "_Reckoned",
    service_point_ids: Collection[int],
    since: Mapping[int, date],
    until: date,
) -> list[Obstacle]:
    segments, problems, registers = reckoned
    found = [
        Obstacle(points_of, register_id, problem.code, problem.day, problem.end_id)
        for points_of, register_id, problem in problems
    ]
    values: dict[str, Any] = {"points": list(service_point_ids), "until": until}
    found += [Obstacle(*row) for row in fetch_all(_WAITING, values)]
    reached: dict[int, date] = {}
    for segment, _known in segments:
        reached[segment.register_id] = max(
            segment.end_date, reached.get(segment.register_id, date.min)
        )
    told = {each.register_id for each in found}
    for known in registers:
        code = known.lacks(since.get(known.service_point_id, date.min), until, reached)
        if code and known.register_id not in told:
            found.append(Obstacle(known.service_point_id, known.register_id, code, until, None))
    with_register = {known.service_point_id for known in registers}
    found += [
        Obstacle(point, None, "no_register", None, None)
        for point in service_point_ids
        if point not in with_register
    ]
    return sorted(found, key=lambda each: (each.service_point_id, each.register_id or 0))


_WAITING = """
SELECT r.service_point_id, r.register_id, 'exception', r.read_date, r.id
  FROM metering_reading r
  JOIN metering_register g ON g.id = r.register_id AND g.removed_at IS NULL
 WHERE r.service_point_id = ANY(%(points)s::bigint[]) AND r.superseded_by_id IS NULL
   AND r.state IN ('raw', 'exception') AND r.read_date <= %(until)s::date
 ORDER BY r.service_point_id, r.read_date, r.id
"""
_REGISTERS = """
SELECT r.id, r.service_point_id, r.service, r.kind, r.period, r.unit, r.digits, r.decimals,
       coalesce((SELECT array_agg(ROW(x.valid_from, x.factor)::text ORDER BY x.valid_from)
                   FROM metering_registermultiplier x WHERE x.register_id = r.id), '{}'),
       lower(m.period), upper(m.period)
  FROM metering_register r
  JOIN customers_meterinstallation m ON m.id = r.installation_id
 WHERE r.service_point_id = ANY(%(points)s::bigint[]) AND r.removed_at IS NULL
 ORDER BY r.service_point_id, array_position(ARRAY['total','period','demand'], r.kind), r.period,
       lower(m.period) NULLS FIRST, r.id
"""
# Of each register only what can still matter: from the last real reading behind which every day
# is settled, see `rules.usage`. OFFSET 0 keeps the planner, which may know of no billed reading
# yet, from going through all of them for each register.
_READS = """
SELECT r.register_id, r.id, r.read_date, trim_scale(r.value), r.method = 'estimated', r.is_rolled,
       r.state = 'billed', r.superseded_by_id IS NOT NULL
  FROM unnest(%(registers)s::bigint[], %(since)s::date[]) AS w (id, since)
 CROSS JOIN LATERAL (
      SELECT min(b.read_date) AS day FROM metering_reading b
       WHERE b.register_id = w.id AND b.state = 'billed') first
 CROSS JOIN LATERAL (
      SELECT min(u.read_date) AS day FROM metering_reading u
       WHERE u.register_id = w.id AND u.state IN ('valid', 'final')
         AND u.superseded_by_id IS NULL AND u.method <> 'estimated'
         AND u.read_date BETWEEN first.day AND w.since) open
 CROSS JOIN LATERAL (
      SELECT coalesce(
          (SELECT max(b.read_date) FROM metering_reading b
            WHERE b.register_id = w.id AND b.state = 'billed' AND b.method <> 'estimated'
              AND b.read_date <= w.since AND (open.day IS NULL OR b.read_date < open.day)),
          first.day,
          (SELECT max(p.read_date) FROM metering_reading p
            WHERE p.register_id = w.id AND p.superseded_by_id IS NULL
              AND p.state IN ('valid', 'final', 'billed') AND p.read_date <= w.since),
          w.since) AS day) low
 CROSS JOIN LATERAL (
      SELECT * FROM metering_reading m
       WHERE m.register_id = w.id
         AND m.read_date BETWEEN LEAST(low.day, w.since) AND %(until)s::date
      OFFSET 0) r
 WHERE (r.superseded_by_id IS NULL AND r.state IN ('valid', 'final')) OR r.state = 'billed'
"""
_ADJUSTMENTS = """
SELECT a.register_id, a.day, trim_scale(a.amount) FROM metering_usageadjustment a
 WHERE a.register_id = ANY(%(registers)s::bigint[]) AND a.day <= %(until)s::date
 ORDER BY a.id
"""


@dataclass(frozen=True, slots=True)
class _Known:
    """A register of a point with all that its use is reckoned from."""

    register_id: int
    service_point_id: int
    service: str
    kind: str
    period: str
    unit: str
    register: Register
    hung: date | None
    until: date | None
    reads: list[Read]
    adjustments: list[Adjustment]

    def lacks(self, since: date, until: date, reached: Mapping[int, date]) -> str:
        """What keeps it from being reckoned in these days, as a code of `Obstacle`; else empty.
        `reached` says up to which day each register was reckoned."""
        end = reached.get(self.register_id, date.min)
        if self.until is not None and self.until <= until:
            return "no_closing" if since < self.until and end < self.until else ""
        is_new = self.hung is not None and self.hung > since and since != date.min
        if until <= since or is_new or end > since:
            return ""
        return "unread" if self.reads else "no_start"


_Found = list[tuple[UsageSegment, _Known]]
_Problems = list[tuple[int, int, Problem]]
_Reckoned = tuple[_Found, _Problems, list[_Known]]


def _reckoned(points: Collection[int], since: Mapping[int, date], until: date) -> _Reckoned:
    registers = _read_registers(points, since, until)
    times = _rollover_times({known.service for known in registers}, until)
    found: _Found = []
    problems: _Problems = []
    for known in registers:
        result = reckon(
            known.register,
            known.reads,
            since=since.get(known.service_point_id, date.min),
            until=until,
            adjustments=known.adjustments,
            times=times.get(known.service, ROLLOVER_TIMES),
        )
        found += [(_told(known, segment), known) for segment in result.segments]
        if result.problem is not None:
            problems.append((known.service_point_id, known.register_id, result.problem))
    return found, problems, registers


def _read_registers(
    points: Collection[int], since: Mapping[int, date], until: date
) -> list[_Known]:
    rows = fetch_all(_REGISTERS, {"points": list(points)})
    ids = [row[0] for row in rows]
    # A point without a first day begins with its first reading.
    days = [since.get(row[1], date(1, 1, 1)) for row in rows]
    reads: dict[int, list[Read]] = defaultdict(list)
    values: dict[str, Any] = {"registers": ids, "since": days, "until": until}
    for register_id, *read in fetch_all(_READS, values):
        reads[register_id].append(Read(*read))
    adjustments: dict[int, list[Adjustment]] = defaultdict(list)
    for register_id, day, amount in fetch_all(_ADJUSTMENTS, {"registers": ids, "until": until}):
        adjustments[register_id].append(Adjustment(day, amount))
    return [
        _Known(
            pk, point, service, kind, period, unit,
            Register(digits, decimals, kind, read_multipliers(factors)), hung, ends,
            reads[pk], adjustments[pk],
        )
        for pk, point, service, kind, period, unit, digits, decimals, factors, hung, ends in rows
    ]  # fmt: skip


def _rollover_times(services: Collection[str], day: date) -> dict[str, Decimal]:
    return {
        service: rule.number("times")
        for service, rules in checks_for(services).items()
        for rule in rules_on(rules, day)
        if rule.key == "backwards"
    }


def _told(known: _Known, segment: Segment) -> UsageSegment:
    return UsageSegment(
        service_point_id=known.service_point_id,
        register_id=known.register_id,
        register_kind=known.kind,
        period=known.period,
        unit=known.unit,
        start_date=segment.start,
        end_date=segment.end,
        start_reading_id=segment.start_id,
        end_reading_id=segment.end_id,
        difference=segment.difference,
        multiplier=segment.multiplier,
        adjustment=segment.adjustment,
        usage=segment.usage,
        estimated=segment.is_estimated,
        flags=segment.flags,
    )
