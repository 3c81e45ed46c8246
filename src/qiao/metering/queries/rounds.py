"""Routes and rounds with how far each is, and the stops of one route."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all, fetch_one
from qiao.metering.queries.history import FAR, LARGEST, VIEW


class RouteUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such route within the actor's sight."""


@dataclass(frozen=True, slots=True)
class RoundLine:
    """A round: how many stops it has, how many were read, wait for a decision, were estimated."""

    round_id: int
    route_id: int
    code: str
    name: str
    unit: str
    reader: str
    since: date
    due_date: date
    state: str
    stop_count: int
    read_count: int
    exception_count: int
    estimated_count: int
    unread_count: int
    visited_at: datetime | None

    @property
    def percent(self) -> int:
        """How much of it is read."""
        return min(100, self.read_count * 100 // self.stop_count) if self.stop_count else 0

    @property
    def left(self) -> int:
        """How many stops have neither a reading nor a reason."""
        return max(0, self.stop_count - self.read_count - self.unread_count)


@dataclass(frozen=True, slots=True)
class RoundPage:
    """Rounds, and what the next page begins after: the first day and the id."""

    rows: list[RoundLine]
    after: tuple[date, int] | None


_ROUNDS: Final = """
SELECT o.id, o.route_id, w.code, w.name, u.name, coalesce(s.name, ''), o.since, o.due_date,
       o.state, o.stop_count, c.read, c.waiting, c.estimated, o.unread_count, o.visited_at
  FROM (SELECT * FROM metering_readinground o
         WHERE o.organisation_id = ANY(%(organisations)s::bigint[])
           AND (%(route)s::bigint = 0 OR o.route_id = %(route)s::bigint)
           AND (o.since, o.id) < (%(day)s::date, %(before)s::bigint)
         ORDER BY o.since DESC, o.id DESC LIMIT %(limit)s) o
  JOIN metering_route w ON w.id = o.route_id
  JOIN staff_organisation u ON u.id = o.organisation_id
  LEFT JOIN staff_staff s ON s.id = coalesce(o.reader_id, w.reader_id)
 CROSS JOIN LATERAL (
       SELECT count(DISTINCT r.service_point_id) AS read,
              count(DISTINCT r.service_point_id) FILTER (WHERE r.state = 'exception') AS waiting,
              count(DISTINCT r.service_point_id) FILTER (WHERE r.method = 'estimated')
                  AS estimated
         FROM metering_reading r WHERE r.round_id = o.id AND r.superseded_by_id IS NULL) c
 ORDER BY o.since DESC, o.id DESC
"""


def list_rounds(
    *, actor: Actor, route_id: int = 0, after: tuple[date, int] | None = None, limit: int = 30
) -> RoundPage:
    """Rounds that the actor may see, the latest first, with their counts, in one statement."""
    day, before = after or (FAR, LARGEST)
    values: dict[str, Any] = {
        "organisations": list(actor.organisations(VIEW)),
        "route": route_id,
        "day": day,
        "before": before,
        "limit": limit + 1,
    }
    rows = [RoundLine(*row) for row in fetch_all(_ROUNDS, values)]
    shown = rows[:limit]
    more = len(rows) > limit
    return RoundPage(shown, (shown[-1].since, shown[-1].round_id) if more else None)


@dataclass(frozen=True, slots=True)
class RoundHead:
    """A round with its route and who walks it."""

    round_id: int
    route_id: int
    organisation_id: int
    code: str
    name: str
    since: date
    due_date: date
    reader_id: int | None
    reader: str


_HEAD: Final = """
SELECT o.id, o.route_id, o.organisation_id, w.code, w.name, o.since, o.due_date, s.id,
       coalesce(s.name, '')
  FROM metering_readinground o
  JOIN metering_route w ON w.id = o.route_id
  LEFT JOIN staff_staff s ON s.id = coalesce(o.reader_id, w.reader_id)
 WHERE o.id = %(round)s AND o.organisation_id = ANY(%(organisations)s::bigint[])
"""


def round_head(*, actor: Actor, round_id: int, permission: str) -> RoundHead | None:
    """One round of the units in which the permission holds."""
    organisations = list(actor.organisations(permission))
    row = fetch_one(_HEAD, {"round": round_id, "organisations": organisations})
    return RoundHead(*row) if row else None


@dataclass(frozen=True, slots=True)
class RouteLine:
    """A route with its unit and reader, and when it was walked last."""

    route_id: int
    organisation_id: int
    code: str
    name: str
    unit: str
    reader: str
    stop_count: int
    last_since: date | None


@dataclass(frozen=True, slots=True)
class RoutePage:
    """Routes, and the id after which the next page begins."""

    rows: list[RouteLine]
    after: int | None


_ROUTES: Final = """
SELECT w.id, w.organisation_id, w.code, w.name, u.name, coalesce(s.name, ''), w.stop_count,
       (SELECT max(o.since) FROM metering_readinground o WHERE o.route_id = w.id)
  FROM metering_route w
  JOIN staff_organisation u ON u.id = w.organisation_id
  LEFT JOIN staff_staff s ON s.id = w.reader_id
 WHERE w.organisation_id = ANY(%(organisations)s::bigint[]) AND w.is_active
   AND w.id > %(after)s AND (%(route)s::bigint = 0 OR w.id = %(route)s::bigint)
 ORDER BY w.id LIMIT %(limit)s
"""


def list_routes(*, actor: Actor, after: int = 0, limit: int = 30) -> RoutePage:
    """Routes in use that the actor may see."""
    rows = _routes(actor, after=after, limit=limit + 1)
    shown = rows[:limit]
    return RoutePage(shown, shown[-1].route_id if len(rows) > limit else None)


def routes_of(*, organisation_ids: Collection[int]) -> list[RouteLine]:
    """All routes in use of these units, for modules that ask for rights of their own."""
    values: dict[str, Any] = {
        "organisations": list(organisation_ids), "after": 0, "route": 0, "limit": LARGEST,
    }  # fmt: skip
    return [RouteLine(*row) for row in fetch_all(_ROUTES, values)]


def route_for(*, actor: Actor, route_id: int) -> RouteLine:
    """One route in use. Raises `RouteUnknown`."""
    rows = _routes(actor, route_id=route_id)
    if not rows:
        raise RouteUnknown(route_id)
    return rows[0]


def _routes(actor: Actor, *, after: int = 0, limit: int = 1, route_id: int = 0) -> list[RouteLine]:
    values: dict[str, Any] = {
        "organisations": list(actor.organisations(VIEW)),
        "after": after,
        "route": route_id,
        "limit": limit,
    }
    return [RouteLine(*row) for row in fetch_all(_ROUTES, values)]


@dataclass(frozen=True, slots=True)
class StopLine:
    """A stop with its reading in a round, if it was read."""

    place: int
    service_point_id: int
    address: str
    meter_number: str
    reading_id: int | None
    read_date: date | None
    value: Decimal | None
    method: str
    state: str
    unit: str
    reason: str
    visit_id: int | None  # of the latest visit with a photo


@dataclass(frozen=True, slots=True)
class StopPage:
    """Stops in their order, and the place after which the next page begins."""

    rows: list[StopLine]
    after: int | None


_STOPS: Final = """
SELECT t.place, t.service_point_id, h.full_text, s.meter_number, r.id, r.read_date,
       trim_scale(r.value), coalesce(r.method, ''), coalesce(r.state, ''), coalesce(r.unit, ''),
       coalesce(v.reason, ''), CASE WHEN v.photo_id IS NOT NULL THEN v.id END
  FROM metering_routestop t
  JOIN customers_servicepoint s ON s.id = t.service_point_id
  JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN LATERAL (
       SELECT r.id, r.read_date, r.value, r.method, r.state, g.unit FROM metering_reading r
         JOIN metering_register g ON g.id = r.register_id AND g.kind = 'total'
        WHERE r.service_point_id = t.service_point_id AND r.round_id = %(round)s
          AND r.superseded_by_id IS NULL
        ORDER BY r.read_date DESC, r.id DESC LIMIT 1) r ON true
  LEFT JOIN LATERAL (
       SELECT v.id, v.reason, v.photo_id FROM metering_stopvisit v
        WHERE v.round_id = %(round)s AND v.service_point_id = t.service_point_id
        ORDER BY v.id DESC LIMIT 1) v ON true
 WHERE t.route_id = %(route)s AND t.place > %(after)s
 ORDER BY t.place LIMIT %(limit)s
"""


def stops_of(*, route_id: int, round_id: int = 0, after: int = 0, limit: int = 50) -> StopPage:
    """The stops of a route that the caller may see, with what a round brought."""
    values = {"route": route_id, "round": round_id, "after": after, "limit": limit + 1}
    rows = [StopLine(*row) for row in fetch_all(_STOPS, values)]
    shown = rows[:limit]
    return StopPage(shown, shown[-1].place if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class Standing:
    """Counts for the head of the worklist: exceptions that wait, and those to be read again."""

    waiting: int
    reread: int


_STANDING: Final = """
SELECT count(*) FILTER (WHERE NOT r.is_reread_asked), count(*) FILTER (WHERE r.is_reread_asked)
  FROM metering_reading r
 WHERE r.state = 'exception' AND r.superseded_by_id IS NULL
   AND r.organisation_id = ANY(%(organisations)s::bigint[])
"""


def standing(*, actor: Actor) -> Standing:
    """How many exceptions wait in the units of the actor; read off their own index."""
    row = fetch_one(_STANDING, {"organisations": list(actor.organisations(VIEW))})
    assert row is not None
    return Standing(*row)
