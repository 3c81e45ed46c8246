"""Blind re-reads: what a second reader has to read, and what came of it."""

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.metering.queries.walks import WALK, WalkStop, WalkUnknown, add_registers

QUALITY: Final = "metering.quality"


class BlindUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such blind check within the actor's sight."""


@dataclass(frozen=True, slots=True)
class BlindWalk:
    """A blind check as its second reader sees it: how far, never with what result."""

    check_id: int
    round_id: int
    organisation_id: int
    code: str
    name: str
    due_date: date
    is_open: bool
    stop_count: int
    read_count: int
    unread_count: int

    @property
    def left(self) -> int:
        """Stops still to be read."""
        return self.stop_count - self.gone

    @property
    def gone(self) -> int:
        """Stops that have a word."""
        return self.read_count + self.unread_count


_WALKS: Final = """
SELECT b.id, b.round_id, b.organisation_id, w.code, w.name, b.due_date, b.is_open, count(*),
       count(*) FILTER (WHERE t.standing IN ('agrees', 'differs')),
       count(*) FILTER (WHERE t.standing = 'unread')
  FROM metering_blindcheck b
  JOIN metering_readinground o ON o.id = b.round_id
  JOIN metering_route w ON w.id = o.route_id
  JOIN metering_blindstop t ON t.check_of_id = b.id
 WHERE b.reader_id = %(reader)s AND b.is_open
   AND b.organisation_id = ANY(%(organisations)s::bigint[])
   AND (%(check)s::bigint = 0 OR b.id = %(check)s::bigint)
 GROUP BY b.id, w.code, w.name
 ORDER BY b.due_date, b.id
"""


def blind_walks_of(*, actor: Actor, check_id: int = 0) -> list[BlindWalk]:
    """The blind checks that the actor reads, all open ones or one."""
    values: dict[str, Any] = {
        "reader": actor.person_id,
        "organisations": list(actor.organisations(WALK)),
        "check": check_id,
    }
    return [BlindWalk(*row) for row in fetch_all(_WALKS, values)]


def blind_walk_for(*, actor: Actor, check_id: int) -> BlindWalk:
    """One open blind check that the actor reads. Raises `WalkUnknown`."""
    found = blind_walks_of(actor=actor, check_id=check_id)
    if not found:
        raise WalkUnknown(check_id)
    return found[0]


# Nothing of the first reading: neither its figure nor its day nor what was found.
_STOPS: Final = """
SELECT s.place, t.service_point_id, h.full_text, p.meter_number, coalesce(m.whereabouts, ''),
       coalesce(m.seal, ''),
       CASE t.standing WHEN 'waiting' THEN 'open' WHEN 'unread' THEN 'unread' ELSE 'read' END,
       t.reason
  FROM metering_blindstop t
  JOIN metering_blindcheck b ON b.id = t.check_of_id
  JOIN metering_readinground o ON o.id = b.round_id
  JOIN customers_servicepoint p ON p.id = t.service_point_id
  JOIN customers_premises h ON h.id = p.premises_id
  LEFT JOIN metering_meterplace m ON m.service_point_id = t.service_point_id
  LEFT JOIN LATERAL (SELECT s.place FROM metering_routestop s
                      WHERE s.service_point_id = t.service_point_id) s ON true
 WHERE t.check_of_id = %(check)s
 ORDER BY s.place NULLS LAST, t.id
"""


def blind_stops(*, check_id: int) -> list[WalkStop]:
    """The stops of a blind check that the caller may see, in the order of the route."""
    rows = fetch_all(_STOPS, {"check": check_id})
    stops = [WalkStop(place or 0, *rest) for place, *rest in rows]
    add_registers(stops)
    for stop in stops:
        stop.registers = stop.registers[:1]  # the total alone is compared
    return stops


@dataclass(frozen=True, slots=True)
class BlindResult:
    """A stop of a blind check, both figures side by side; `low` and `high` would have agreed."""

    service_point_id: int
    reading_id: int
    address: str
    meter_number: str
    unit: str
    first: Decimal
    first_at: datetime
    first_reader: str
    first_state: str
    standing: str
    second: Decimal | None
    second_at: datetime | None
    low: Decimal | None
    high: Decimal | None
    reason: str
    note: str


@dataclass(frozen=True, slots=True)
class BlindHead:
    """A blind check with who reads it and what came of it."""

    check_id: int
    round_id: int
    route_id: int
    organisation_id: int
    code: str
    name: str
    since: date
    due_date: date
    seed: int
    share_percent: Decimal
    second_reader: str
    is_open: bool
    stop_count: int
    agree_count: int
    differ_count: int
    unread_count: int


_HEAD: Final = """
SELECT b.id, b.round_id, o.route_id, b.organisation_id, w.code, w.name, o.since, b.due_date,
       b.seed, trim_scale(b.share_percent), coalesce(s.name, ''), b.is_open, c.*
  FROM metering_blindcheck b
  JOIN metering_readinground o ON o.id = b.round_id
  JOIN metering_route w ON w.id = o.route_id
  LEFT JOIN staff_staff s ON s.id = b.reader_id
 CROSS JOIN LATERAL (
       SELECT count(*), count(*) FILTER (WHERE t.standing = 'agrees'),
              count(*) FILTER (WHERE t.standing = 'differs'),
              count(*) FILTER (WHERE t.standing = 'unread')
         FROM metering_blindstop t WHERE t.check_of_id = b.id) c
 WHERE b.organisation_id = ANY(%(organisations)s::bigint[])
   AND (%(check)s::bigint = 0 OR b.id = %(check)s::bigint)
   AND (%(route)s::bigint = 0 OR o.route_id = %(route)s::bigint)
 ORDER BY b.id DESC LIMIT %(limit)s
"""


def blind_checks(*, actor: Actor, route_id: int = 0, limit: int = 20) -> list[BlindHead]:
    """Blind checks of the units in which the actor may see quality, the latest first."""
    return _heads(actor, route_id=route_id, limit=limit)


def blind_check_for(*, actor: Actor, check_id: int) -> BlindHead:
    """One blind check. Raises `BlindUnknown`."""
    found = _heads(actor, check_id=check_id)
    if not found:
        raise BlindUnknown(check_id)
    return found[0]


def _heads(
    actor: Actor, *, check_id: int = 0, route_id: int = 0, limit: int = 1
) -> list[BlindHead]:
    values: dict[str, Any] = {
        "organisations": list(actor.organisations(QUALITY)),
        "check": check_id,
        "route": route_id,
        "limit": limit,
    }
    return [BlindHead(*row) for row in fetch_all(_HEAD, values)]


_RESULTS: Final = """
SELECT t.service_point_id, t.reading_id, h.full_text, coalesce(m.meter_number, ''), g.unit,
       trim_scale(r.value), r.read_at, coalesce(f.name, ''), r.state, t.standing,
       trim_scale(t.value), t.read_at, trim_scale(t.low), trim_scale(t.high), t.reason, t.note
  FROM metering_blindstop t
  JOIN metering_reading r ON r.id = t.reading_id
  JOIN metering_register g ON g.id = r.register_id
  LEFT JOIN customers_meterinstallation m ON m.id = g.installation_id
  JOIN customers_servicepoint p ON p.id = t.service_point_id
  JOIN customers_premises h ON h.id = p.premises_id
  LEFT JOIN staff_staff f ON f.id = t.first_reader_id
 WHERE t.check_of_id = %(check)s
 ORDER BY array_position(ARRAY['differs', 'unread', 'waiting', 'agrees'], t.standing), t.id
"""


def blind_results(*, check_id: int) -> list[BlindResult]:
    """The stops of a blind check that the caller may see, those that differ first."""
    return [BlindResult(*row) for row in fetch_all(_RESULTS, {"check": check_id})]
