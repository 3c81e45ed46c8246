"""What a reader's phone shows: own rounds, and the stops of one with what a reading is held to."""

from collections import defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all, fetch_one
from qiao.metering.queries.checks import checks_for
from qiao.metering.queries.places import PAST_DAYS, past_of, registers_of
from qiao.metering.rules.checks import rules_on
from qiao.metering.rules.ranges import Range, expected_range
from qiao.staff.queries import chain_of

WALK: Final = "metering.walk"
SEES: Final = "metering.reader_sees"
NOTHING, LAST, RANGE = "nothing", "last", "range"


class WalkUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such round, or somebody else walks it."""


@dataclass(frozen=True, slots=True)
class WalkLine:
    """A round of a reader, with what was brought from it; `closed_at` is None while it is open."""

    round_id: int
    route_id: int
    organisation_id: int
    code: str
    name: str
    since: date
    due_date: date
    state: str
    stop_count: int
    read_count: int
    unread_count: int
    again_count: int  # stops that the office wants read once more, of a closed round too
    closed_at: datetime | None

    @property
    def left(self) -> int:
        """Stops without a reading and without a reason."""
        return max(0, self.stop_count - self.read_count - self.unread_count)

    @property
    def gone(self) -> int:
        """Stops that have a word."""
        return self.read_count + self.unread_count


# Of a stop that was read after all, the reading counts and not the reason.
_WALKS: Final = """
SELECT o.id, o.route_id, o.organisation_id, w.code, w.name, o.since, o.due_date, o.state,
       o.stop_count, c.read, c.unread, a.again, o.closed_at
  FROM metering_readinground o
  JOIN metering_route w ON w.id = o.route_id
 CROSS JOIN LATERAL (
       SELECT count(*) FILTER (WHERE x.is_read) AS read,
              count(*) FILTER (WHERE NOT x.is_read) AS unread
         FROM (SELECT y.point, bool_or(y.is_read) AS is_read
                 FROM (SELECT r.service_point_id AS point, true AS is_read
                         FROM metering_reading r
                        WHERE r.round_id = o.id AND r.superseded_by_id IS NULL
                          AND r.method <> 'estimated'
                        UNION ALL
                       SELECT v.service_point_id, v.outcome = 'read'
                         FROM metering_stopvisit v WHERE v.round_id = o.id) y
                GROUP BY y.point) x) c
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT r.service_point_id) AS again
         FROM metering_reading r
        WHERE r.round_id = o.id AND r.state = 'exception' AND r.is_reread_asked
          AND r.superseded_by_id IS NULL) a
 WHERE coalesce(o.reader_id, w.reader_id) = %(reader)s
   AND o.organisation_id = ANY(%(organisations)s::bigint[])
   AND (%(round)s::bigint = 0 OR o.id = %(round)s::bigint)
   AND (%(round)s::bigint <> 0
        OR (o.state = 'open' AND o.since <= %(today)s::date)
        OR (o.since > %(today)s::date - 62 AND a.again > 0)
        OR o.closed_at >= %(recent)s)
 ORDER BY o.state = 'closed', o.due_date, o.id
"""


def walks_of(*, actor: Actor, now: datetime, today: date) -> list[WalkLine]:
    """The rounds that the actor walks: those under way, those of two months of which something
    is to be read again, and those closed within the last day."""
    return _walks(actor, today=today, recent=now - timedelta(days=1))


def walk_for(*, actor: Actor, round_id: int) -> WalkLine:
    """One round that the actor walks, open or closed. Raises `WalkUnknown`."""
    found = _walks(actor, round_id=round_id)
    if not found:
        raise WalkUnknown(round_id)
    return found[0]


def _walks(
    actor: Actor,
    *,
    round_id: int = 0,
    today: date = date.max,
    recent: datetime | None = None,
) -> list[WalkLine]:
    values: dict[str, Any] = {
        "reader": actor.person_id,
        "organisations": list(actor.organisations(WALK)),
        "round": round_id,
        "today": today,
        "recent": recent,
    }
    return [WalkLine(*row) for row in fetch_all(_WALKS, values)]


@dataclass(frozen=True, slots=True)
class StopRegister:
    """A register that is read at a stop. `range` is None where nothing may be shown or known."""

    register_id: int
    service_point_id: int
    installation_id: int
    service: str
    kind: str
    period: str
    digits: int
    decimals: int
    unit: str
    range: Range | None = None


@dataclass(slots=True)
class WalkStop:
    """A stop as the phone shows it. `state`: ``open``, ``read``, ``unread`` (with `reason`), or
    ``again`` where the office wants it read once more, without showing what stood there."""

    place: int
    service_point_id: int
    address: str
    meter_number: str
    whereabouts: str
    seal: str
    state: str
    reason: str
    registers: list[StopRegister] = field(default_factory=list)


_STOPS: Final = """
SELECT t.place, t.service_point_id, h.full_text, s.meter_number, coalesce(p.whereabouts, ''),
       coalesce(p.seal, ''),
       CASE WHEN EXISTS (SELECT FROM metering_reading r
                          WHERE r.service_point_id = t.service_point_id
                            AND r.state = 'exception' AND r.is_reread_asked
                            AND r.superseded_by_id IS NULL) THEN 'again'
            WHEN EXISTS (SELECT FROM metering_reading r
                          WHERE r.service_point_id = t.service_point_id
                            AND r.round_id = %(round)s AND r.superseded_by_id IS NULL
                            AND r.method <> 'estimated') THEN 'read'
            ELSE coalesce(v.outcome, 'open') END,
       coalesce(v.reason, '')
  FROM metering_routestop t
  JOIN customers_servicepoint s ON s.id = t.service_point_id
  JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN metering_meterplace p ON p.service_point_id = t.service_point_id
  LEFT JOIN LATERAL (
       SELECT v.outcome, v.reason FROM metering_stopvisit v
        WHERE v.round_id = %(round)s AND v.service_point_id = t.service_point_id
        ORDER BY v.id DESC LIMIT 1) v ON true
 WHERE t.route_id = %(route)s
 ORDER BY t.place
"""


def stops_to_walk(*, walk: WalkLine, day: date) -> list[WalkStop]:
    """All stops of a round in order, with their registers and what a reading will be held to as
    far as the unit lets readers see it; a handful of statements, however many stops."""
    values = {"route": walk.route_id, "round": walk.round_id}
    stops = [WalkStop(*row) for row in fetch_all(_STOPS, values)]
    add_registers(stops)
    sees = readers_see(walk.organisation_id, day=day)
    if sees != NOTHING:
        shown = [stop for stop in stops if stop.state != "again"]
        _add_ranges(shown, day=day, is_whole=sees == RANGE)
    return stops


def readers_see(organisation_id: int, *, day: date) -> str:
    """What the unit lets readers see beforehand: ``nothing``, ``last`` or ``range``."""
    found = parameters.find(SEES, day=day, organisation_ids=tuple(chain_of(organisation_id)))
    return str(found.value)


_REGISTERS: Final = """
SELECT g.id, g.service_point_id, g.installation_id, g.service, g.kind, g.period, g.digits,
       g.decimals, g.unit
  FROM metering_register g
  JOIN customers_meterinstallation m ON m.id = g.installation_id AND upper(m.period) IS NULL
 WHERE g.service_point_id = ANY(%(points)s::bigint[]) AND g.removed_at IS NULL
 ORDER BY g.kind <> 'total', g.kind, g.id
"""


def registers_at(service_point_ids: Collection[int]) -> dict[int, list[StopRegister]]:
    """The registers of the meters that hang at these points now, the total first."""
    found: dict[int, list[StopRegister]] = defaultdict(list)
    for row in fetch_all(_REGISTERS, {"points": sorted(service_point_ids)}):
        found[row[1]].append(StopRegister(*row))
    return found


def add_registers(stops: Sequence[WalkStop]) -> None:
    """Let stops have their registers."""
    found = registers_at({stop.service_point_id for stop in stops})
    for stop in stops:
        stop.registers = found.get(stop.service_point_id, [])


def _add_ranges(stops: Sequence[WalkStop], *, day: date, is_whole: bool) -> None:
    registers = [each for stop in stops for each in stop.registers]
    if not registers:
        return
    known = {each.register_id: each for each in registers_of(r.installation_id for r in registers)}
    past = past_of([each.register_id for each in registers], since=day - timedelta(days=PAST_DAYS))
    checks = checks_for(each.service for each in registers)
    rules = {service: rules_on(found, day) for service, found in checks.items()}
    for stop in stops:
        stop.registers = [
            _with_range(
                each,
                expected_range(
                    day=day,
                    register=known[each.register_id].register,
                    past=[one for _pk, one in past[each.register_id].values()],
                    rules=rules[each.service] if is_whole else (),
                ),
            )
            for each in stop.registers
        ]


def _with_range(register: StopRegister, found: Range | None) -> StopRegister:
    return StopRegister(
        register.register_id, register.service_point_id, register.installation_id,
        register.service, register.kind, register.period, register.digits, register.decimals,
        register.unit, found,
    )  # fmt: skip


@dataclass(frozen=True, slots=True)
class Standpoint:
    """Where a premises lies, as far as it is known; `datum` of the coordinates."""

    latitude: float | None
    longitude: float | None
    datum: str

    @property
    def point(self) -> tuple[float, float] | None:
        """Latitude and longitude, or None."""
        if self.latitude is None or self.longitude is None:
            return None
        return self.latitude, self.longitude


_LIES: Final = """
SELECT h.latitude, h.longitude, h.datum
  FROM customers_servicepoint s JOIN customers_premises h ON h.id = s.premises_id
 WHERE s.id = %(point)s
"""


def standpoint_of(service_point_id: int) -> Standpoint:
    """Where a point lies."""
    row = fetch_one(_LIES, {"point": service_point_id})
    return Standpoint(*row) if row else Standpoint(None, None, "")


@dataclass(frozen=True, slots=True)
class Sums:
    """What a round brought: how many by outcome, how many need a decision, why others were not
    read (by key of the reason), and the use by unit since the readings before."""

    flagged: int
    reasons: dict[str, int]
    used: dict[str, Decimal]


_REASONS: Final = """
SELECT v.reason, count(*)
  FROM (SELECT DISTINCT ON (v.service_point_id) v.service_point_id, v.outcome, v.reason
          FROM metering_stopvisit v WHERE v.round_id = %(round)s
         ORDER BY v.service_point_id, v.id DESC) v
 WHERE v.outcome = 'unread' GROUP BY v.reason ORDER BY count(*) DESC, v.reason
"""
_USED: Final = """
SELECT g.unit, count(*) FILTER (WHERE r.state = 'exception'),
       coalesce(sum(r.value - b.value) FILTER (WHERE r.state <> 'exception'
                                                 AND r.value >= b.value), 0)
  FROM metering_reading r
  JOIN metering_register g ON g.id = r.register_id AND g.kind = 'total'
  LEFT JOIN LATERAL (SELECT p.value FROM metering_reading p
                      WHERE p.register_id = r.register_id AND p.read_date < r.read_date
                        AND p.superseded_by_id IS NULL AND p.state IN ('valid', 'final', 'billed')
                      ORDER BY p.read_date DESC LIMIT 1) b ON true
 WHERE r.round_id = %(round)s AND r.superseded_by_id IS NULL AND r.method <> 'estimated'
 GROUP BY g.unit ORDER BY g.unit
"""


def sums_of(*, round_id: int) -> Sums:
    """The sums of a round that the caller may see."""
    values = {"round": round_id}
    reasons = {str(key): int(count) for key, count in fetch_all(_REASONS, values)}
    flagged, used = 0, {}
    for unit, waiting, amount in fetch_all(_USED, values):
        flagged += waiting
        used[str(unit)] = Decimal(amount)
    return Sums(flagged, reasons, used)
