"""The readings of a service point, the latest first, each with the use since the one before."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all, fetch_one

VIEW: Final = "metering.view"
FAR: Final = date(9999, 12, 31)
LARGEST: Final = 2**62


class PointUnknown(Exception):  # noqa: N818 - names the finding
    """There is no such service point within the actor's sight."""


@dataclass(frozen=True, slots=True)
class PointHead:
    """A metered point: where it is, whose account, which meter hangs there."""

    service_point_id: int
    number: str
    service: str
    meter_number: str
    address: str
    account_id: int | None
    account_number: str
    organisation_id: int
    unit: str
    route_id: int | None
    route_name: str
    place: int | None


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A reading. `used` and `days` are since the reading in effect before it, in the unit of the
    register; None for the first, where the register went back, and for what is not in effect."""

    reading_id: int
    register_id: int
    kind: str
    meter_number: str
    unit: str
    read_date: date
    read_at: datetime
    raw: str
    value: Decimal
    method: str
    basis: str
    source: str
    state: str
    reason: str
    reader_id: int | None
    bill_number: str
    superseded_by_id: int | None
    is_rolled: bool
    is_reread_asked: bool
    used: Decimal | None
    days: int | None

    @property
    def is_usable(self) -> bool:
        """Whether it is in effect."""
        return self.superseded_by_id is None and self.state in ("valid", "final", "billed")


@dataclass(frozen=True, slots=True)
class HistoryPage:
    """Readings, and what the next page begins after: the day and the id; None at the end."""

    lines: list[HistoryLine]
    after: tuple[date, int] | None


_HEAD: Final = """
SELECT s.id, s.number, s.service, s.meter_number, h.full_text, a.id, coalesce(a.number, ''),
       a.organisation_id, coalesce(g.unit, ''), t.route_id, coalesce(w.name, ''), t.place
  FROM customers_servicepoint s
  JOIN customers_premises h ON h.id = s.premises_id
  JOIN LATERAL (SELECT a.id, a.number, a.organisation_id FROM customers_account a
                 WHERE a.service_point_id = s.id
                   AND (a.organisation_id + 0) = ANY(%(organisations)s::bigint[])
                 ORDER BY a.status = 'closed', a.opened_date DESC, a.id DESC LIMIT 1) a ON true
  LEFT JOIN LATERAL (SELECT g.unit FROM metering_register g
                      WHERE g.service_point_id = s.id AND g.removed_at IS NULL
                      ORDER BY g.id DESC LIMIT 1) g ON true
  LEFT JOIN metering_routestop t ON t.service_point_id = s.id
  LEFT JOIN metering_route w ON w.id = t.route_id
 WHERE s.id = %(point)s
"""
# A point has some hundreds of readings at most: the use of all is reckoned, then one page is cut.
_LINES: Final = """
SELECT x.* FROM (
    SELECT r.id, r.register_id, g.kind, coalesce(m.meter_number, ''), g.unit, r.read_date,
           r.read_at, r.raw, trim_scale(r.value), r.method, r.basis, r.source, r.state, r.reason,
           r.reader_id, r.bill_number, r.superseded_by_id, r.is_rolled, r.is_reread_asked,
           CASE WHEN NOT u.is_usable OR g.kind = 'demand' THEN NULL
                WHEN r.value >= lag(r.value) OVER w THEN trim_scale(r.value - lag(r.value) OVER w)
                WHEN r.is_rolled
                THEN trim_scale(r.value - lag(r.value) OVER w + power(10::numeric, g.digits))
           END AS used,
           CASE WHEN u.is_usable THEN r.read_date - lag(r.read_date) OVER w END AS days
      FROM metering_reading r
      JOIN metering_register g ON g.id = r.register_id AND g.removed_at IS NULL
      LEFT JOIN customers_meterinstallation m ON m.id = g.installation_id
     CROSS JOIN LATERAL (SELECT r.superseded_by_id IS NULL
                            AND r.state IN ('valid', 'final', 'billed') AS is_usable) u
     WHERE r.service_point_id = %(point)s AND r.organisation_id = ANY(%(organisations)s::bigint[])
    WINDOW w AS (PARTITION BY r.register_id, u.is_usable ORDER BY r.read_date, r.id)) x
 WHERE (x.read_date, x.id) < (%(day)s::date, %(before)s::bigint)
 ORDER BY x.read_date DESC, x.id DESC LIMIT %(limit)s
"""


def point_for(*, actor: Actor, service_point_id: int) -> PointHead:
    """A metered point of a unit in which the actor may see readings. Raises `PointUnknown`."""
    values: dict[str, Any] = {
        "point": service_point_id,
        "organisations": list(actor.organisations(VIEW)),
    }
    row = fetch_one(_HEAD, values)
    if row is None:
        raise PointUnknown(service_point_id)
    return PointHead(*row)


def history(
    *,
    actor: Actor,
    service_point_id: int,
    after: tuple[date, int] | None = None,
    limit: int = 30,
) -> HistoryPage:
    """The readings of a point that the actor may see, the latest first, in one statement.

    Replaced ones and exceptions stand among them; see `HistoryLine`.
    """
    day, before = after or (FAR, LARGEST)
    values: dict[str, Any] = {
        "point": service_point_id,
        "organisations": list(actor.organisations(VIEW)),
        "day": day,
        "before": before,
        "limit": limit + 1,
    }
    rows = [HistoryLine(*row) for row in fetch_all(_LINES, values)]
    shown = rows[:limit]
    more = len(rows) > limit
    return HistoryPage(shown, (shown[-1].read_date, shown[-1].reading_id) if more else None)


@dataclass(frozen=True, slots=True)
class Change:
    """An entry of the journal of a reading."""

    reading_id: int
    at: datetime
    by: str
    action: str
    before: Decimal | None
    after: Decimal | None
    why: str


_CHANGES: Final = """
SELECT c.reading_id, c.at, coalesce(s.name, ''), c.action, trim_scale(c.before),
       trim_scale(c.after), c.why
  FROM metering_readingchange c
  LEFT JOIN staff_staff s ON s.id = c.by_id
 WHERE c.reading_id = ANY(%(readings)s::bigint[])
 ORDER BY c.id DESC LIMIT 200
"""


def changes_of(reading_ids: Sequence[int]) -> list[Change]:
    """What became of readings that the caller may see, the latest first."""
    return [Change(*row) for row in fetch_all(_CHANGES, {"readings": list(reading_ids)})]
