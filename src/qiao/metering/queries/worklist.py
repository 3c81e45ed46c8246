"""Exceptions that wait for a decision, and one of them with all that a decision needs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all, fetch_one
from qiao.metering.queries.history import VIEW

NEAR: Final = 4  # stops before and after on the route whose use is shown beside


class ReadingUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such reading within the actor's sight."""


@dataclass(frozen=True, slots=True)
class Found:
    """What a check found: see `rules.vee.Finding`."""

    rule: str
    severity: str
    seen: Mapping[str, str]
    expected: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Waiting:
    """A reading with where it stands; `before` is the reading in effect before it."""

    reading_id: int
    register_id: int
    service_point_id: int
    organisation_id: int
    read_date: date
    read_at: datetime
    raw: str
    value: Decimal
    method: str
    source: str
    state: str
    reason: str
    is_rolled: bool
    is_reread_asked: bool
    bill_number: str
    superseded_by_id: int | None
    taken_at: datetime
    meter_number: str
    unit: str
    address: str
    account_number: str
    reader: str
    route_name: str
    before: Decimal | None
    before_date: date | None
    photo_of: int | None  # the visit that has its photo
    findings: list[Found]

    @property
    def used(self) -> Decimal | None:
        """The use that it would give; below nought where the register stands lower."""
        return None if self.before is None else self.value - self.before

    @property
    def days(self) -> int | None:
        """Days since the reading before."""
        return None if self.before_date is None else (self.read_date - self.before_date).days


_COLUMNS: Final = """
SELECT r.id, r.register_id, r.service_point_id, r.organisation_id, r.read_date, r.read_at, r.raw,
       trim_scale(r.value), r.method, r.source, r.state, r.reason, r.is_rolled, r.is_reread_asked,
       r.bill_number, r.superseded_by_id, r.taken_at, coalesce(m.meter_number, ''), g.unit,
       h.full_text, coalesce(a.number, ''), coalesce(w.name, ''), coalesce(x.name, ''),
       trim_scale(b.value), b.read_date,
       (SELECT v.id FROM metering_stopvisit v WHERE v.photo_id = r.photo_id LIMIT 1),
       (SELECT coalesce(json_agg(json_build_array(f.rule, f.severity, f.seen, f.expected)
                                 ORDER BY f.severity DESC, f.id), '[]')
          FROM metering_readingfinding f WHERE f.reading_id = r.id)
  FROM metering_reading r
  JOIN metering_register g ON g.id = r.register_id
  LEFT JOIN customers_meterinstallation m ON m.id = g.installation_id
  JOIN customers_servicepoint s ON s.id = r.service_point_id
  JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN staff_staff w ON w.id = r.reader_id
  LEFT JOIN metering_routestop t ON t.service_point_id = r.service_point_id
  LEFT JOIN metering_route x ON x.id = t.route_id
  LEFT JOIN LATERAL (SELECT a.number FROM customers_account a WHERE a.service_point_id = s.id
                      ORDER BY a.status = 'closed', a.opened_date DESC, a.id DESC LIMIT 1) a
    ON true
  LEFT JOIN LATERAL (SELECT p.value, p.read_date FROM metering_reading p
                      WHERE p.register_id = r.register_id AND p.read_date < r.read_date
                        AND p.superseded_by_id IS NULL AND p.state IN ('valid', 'final', 'billed')
                      ORDER BY p.read_date DESC LIMIT 1) b ON true
"""
_LIST: Final = f"""{_COLUMNS}
 WHERE r.state = 'exception' AND r.superseded_by_id IS NULL
   AND r.organisation_id = ANY(%(organisations)s::bigint[]) AND r.id > %(after)s
   AND (%(reread)s::boolean IS NULL OR r.is_reread_asked = %(reread)s::boolean)
   AND (%(rule)s = '' OR EXISTS (SELECT FROM metering_readingfinding f
                                  WHERE f.reading_id = r.id AND f.rule = %(rule)s))
 ORDER BY r.id LIMIT %(limit)s
"""
_ONE: Final = f"""{_COLUMNS}
 WHERE r.id = %(id)s AND r.organisation_id = ANY(%(organisations)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class WaitingPage:
    """Exceptions, and the id after which the next page begins; None at the end."""

    rows: list[Waiting]
    after: int | None


def list_exceptions(
    *,
    actor: Actor,
    rule: str = "",
    is_reread: bool | None = False,
    after: int = 0,
    limit: int = 30,
) -> WaitingPage:
    """Readings that wait for a decision, the oldest first, in one statement.

    `rule` narrows to one check; `is_reread` to those that are to be read again, or are not.
    """
    values: dict[str, Any] = {
        "organisations": list(actor.organisations(VIEW)),
        "after": after,
        "reread": is_reread,
        "rule": rule,
        "limit": limit + 1,
    }
    with connection.cursor() as cursor:
        cursor.execute(_LIST, values)
        rows = [_waiting(row) for row in cursor.fetchall()]
    shown = rows[:limit]
    return WaitingPage(shown, shown[-1].reading_id if len(rows) > limit else None)


def reading_for(*, actor: Actor, reading_id: int) -> Waiting:
    """One reading that the actor may see, whatever its state. Raises `ReadingUnknown`."""
    values: dict[str, Any] = {
        "id": reading_id,
        "organisations": list(actor.organisations(VIEW)),
    }
    row = fetch_one(_ONE, values)
    if row is None:
        raise ReadingUnknown(reading_id)
    return _waiting(row)


def _waiting(row: tuple[Any, ...]) -> Waiting:
    return Waiting(*(*row[:-1], [Found(*each) for each in row[-1]]))


@dataclass(frozen=True, slots=True)
class Spot:
    """What the reader's phone told beside a reading; metres are None where nothing is known."""

    visit_id: int
    happened_at: datetime
    is_confirmed: bool
    note: str
    has_photo: bool
    latitude: float | None
    longitude: float | None
    accuracy_m: int | None
    distance_m: int | None


_SPOT: Final = """
SELECT v.id, v.happened_at, v.is_confirmed, v.note, v.photo_id IS NOT NULL, v.latitude,
       v.longitude, v.accuracy_m, v.distance_m
  FROM metering_stopvisit v
 WHERE v.service_point_id = %(point)s AND %(reading)s::bigint = ANY(v.reading_ids)
 ORDER BY v.id DESC LIMIT 1
"""


def spot_of(*, reading_id: int, service_point_id: int) -> Spot | None:
    """What the phone told of a reading that the caller may see; None for other readings."""
    row = fetch_one(_SPOT, {"reading": reading_id, "point": service_point_id})
    return Spot(*row) if row else None


@dataclass(frozen=True, slots=True)
class Neighbour:
    """A stop near a point on its route: its last use and the one before, by day."""

    service_point_id: int
    place: int
    address: str
    meter_number: str
    unit: str
    read_date: date | None
    per_day: Decimal | None
    before_per_day: Decimal | None

    @property
    def ratio(self) -> Decimal | None:
        """How the last use stands to the one before."""
        if self.per_day is None or not self.before_per_day:
            return None
        return self.per_day / self.before_per_day


_NEIGHBOURS: Final = """
SELECT t.service_point_id, t.place, h.full_text, s.meter_number, coalesce(g.unit, ''), v.d[1],
       round((v.v[1] - v.v[2]) / nullif(v.d[1] - v.d[2], 0), 3),
       round((v.v[2] - v.v[3]) / nullif(v.d[2] - v.d[3], 0), 3)
  FROM metering_routestop me
  JOIN metering_routestop t
    ON t.route_id = me.route_id AND t.service_point_id <> me.service_point_id
   AND t.place BETWEEN me.place - %(near)s AND me.place + %(near)s
  JOIN customers_servicepoint s ON s.id = t.service_point_id
  JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN LATERAL (SELECT g.id, g.unit FROM metering_register g
                      WHERE g.service_point_id = s.id AND g.kind = 'total'
                        AND g.removed_at IS NULL ORDER BY g.id DESC LIMIT 1) g ON true
  LEFT JOIN LATERAL (
       SELECT array_agg(r.value) AS v, array_agg(r.read_date) AS d
         FROM (SELECT value, read_date FROM metering_reading
                WHERE register_id = g.id AND superseded_by_id IS NULL
                  AND state IN ('valid', 'final', 'billed') AND method <> 'estimated'
                ORDER BY read_date DESC LIMIT 3) r) v ON true
 WHERE me.service_point_id = %(point)s
 ORDER BY t.place
"""


def neighbours_of(service_point_id: int) -> list[Neighbour]:
    """The stops around a point that the caller may see, in the order of the route."""
    values = {"point": service_point_id, "near": NEAR}
    return [Neighbour(*row) for row in fetch_all(_NEIGHBOURS, values)]
