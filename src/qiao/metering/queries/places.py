"""Which register a reading is of: found by the number of its meter, or named by its id."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.core.prepared import fetch_all
from qiao.core.rules.numbers import normal_form
from qiao.metering.rules.registers import Register
from qiao.metering.rules.spans import Past

PAST_DAYS: Final = 800  # two years and a season: what a reading is compared with
NEAR_DAYS: Final = 45  # how new the reading of a neighbour must be to be compared with


@dataclass(frozen=True, slots=True)
class Asked:
    """What names a register: its id, or the meter's number, with kind and period."""

    register_id: int | None
    meter_number: str
    kind: str
    period: str
    day: date


@dataclass(frozen=True, slots=True)
class Place:
    """A register with what checks ask about it. `round_id` is the open round of its route."""

    register_id: int
    installation_id: int
    service_point_id: int
    organisation_id: int
    service: str
    kind: str
    period: str
    digits: int
    decimals: int
    meter_number: str
    since: date | None
    until: date | None
    route_id: int | None
    round_id: int | None


# A meter's number may have hung at several points: where it hung on that day, else the latest.
_FIND = """
SELECT DISTINCT ON (w.n) w.n, r.id, m.id, r.service_point_id, r.organisation_id, r.service, r.kind,
       r.period, r.digits, r.decimals, m.meter_number, lower(m.period), upper(m.period),
       t.route_id, o.id
  FROM unnest(%(n)s::int[], %(registers)s::bigint[], %(meters)s::text[], %(kinds)s::text[],
              %(periods)s::text[], %(days)s::date[])
       AS w (n, register_id, meter, kind, period, day)
 CROSS JOIN LATERAL (
      SELECT m.*, r.id AS register_id
        FROM metering_register r
        JOIN customers_meterinstallation m ON m.id = r.installation_id
       WHERE r.id = w.register_id
       UNION ALL
      SELECT m.*, r.id
        FROM customers_meterinstallation m
        JOIN metering_register r
          ON r.installation_id = m.id AND r.kind = w.kind AND r.period = w.period
       WHERE w.register_id IS NULL AND m.meter_search = w.meter) m
  JOIN metering_register r ON r.id = m.register_id AND r.removed_at IS NULL
  LEFT JOIN metering_routestop t ON t.service_point_id = r.service_point_id
  LEFT JOIN metering_readinground o
    ON o.route_id = t.route_id AND o.state = 'open' AND w.day BETWEEN o.since AND o.due_date
 WHERE r.organisation_id = ANY(%(organisations)s)
 ORDER BY w.n, m.period @> w.day DESC, upper(m.period) = w.day DESC NULLS LAST,
       upper(m.period) DESC NULLS FIRST, m.id DESC, o.id DESC
"""


def find_places(asked: Sequence[Asked], *, organisation_ids: Iterable[int]) -> list[Place | None]:
    """The register of each within these units, in their order; None where there is none."""
    values: dict[str, Any] = {
        "n": list(range(len(asked))),
        "registers": [each.register_id for each in asked],
        "meters": [normal_form(each.meter_number) for each in asked],
        "kinds": [each.kind for each in asked],
        "periods": [each.period for each in asked],
        "days": [each.day for each in asked],
        "organisations": list(organisation_ids),
    }
    with connection.cursor() as cursor:
        cursor.execute(_FIND, values)
        found = {row[0]: Place(*row[1:]) for row in cursor.fetchall()}
    return [found.get(n) for n in range(len(asked))]


_REGISTERS = """
SELECT r.id, r.installation_id, r.kind, r.digits, r.decimals,
       coalesce((SELECT array_agg(ROW(x.valid_from, x.factor)::text ORDER BY x.valid_from)
                   FROM metering_registermultiplier x WHERE x.register_id = r.id), '{}')
  FROM metering_register r
 WHERE r.installation_id = ANY(%(installations)s::bigint[]) AND r.removed_at IS NULL
 ORDER BY r.id
"""


@dataclass(frozen=True, slots=True)
class Known:
    """A register of a meter, as the rules read it."""

    register_id: int
    installation_id: int
    register: Register


def registers_of(installation_ids: Iterable[int]) -> list[Known]:
    """All registers of these meters, with their multipliers."""
    rows = fetch_all(_REGISTERS, {"installations": sorted(set(installation_ids))})
    return [
        Known(pk, meter, Register(digits, decimals, kind, read_multipliers(factors)))
        for pk, meter, kind, digits, decimals, factors in rows
    ]


def read_multipliers(rows: Iterable[str]) -> tuple[tuple[date, Decimal], ...]:
    """Multipliers out of ``(2026-01-01,40.000000)``, in their order."""
    found = []
    for row in rows:
        day, factor = row.strip("()").split(",")
        found.append((date.fromisoformat(day), Decimal(factor).normalize()))
    return tuple(found)


_PAST = """
SELECT r.register_id, r.id, r.read_date, trim_scale(r.value), r.method = 'estimated', r.is_rolled
  FROM metering_reading r
 WHERE r.register_id = ANY(%(registers)s::bigint[]) AND r.superseded_by_id IS NULL
   AND r.state IN ('valid', 'final', 'billed') AND r.read_date >= %(since)s::date
 ORDER BY r.register_id, r.read_date
"""


def past_of(
    register_ids: Iterable[int], *, since: date
) -> dict[int, dict[date, tuple[int, Past]]]:
    """Readings in effect from a day on, by register and day, each with its id."""
    found: dict[int, dict[date, tuple[int, Past]]] = {pk: {} for pk in register_ids}
    values = {"registers": sorted(found), "since": since}
    for register_id, pk, day, value, is_estimated, is_rolled in fetch_all(_PAST, values):
        found[register_id][day] = (pk, Past(day, value, is_estimated, is_rolled))
    return found


_NEIGHBOURS = """
SELECT t.route_id, g.id, x.ratio
  FROM metering_routestop t
  JOIN metering_register g
    ON g.service_point_id = t.service_point_id AND g.kind = 'total' AND g.removed_at IS NULL
 CROSS JOIN LATERAL (
      SELECT (l.v[1] - l.v[2]) * (l.d[2] - l.d[3])
             / nullif((l.v[2] - l.v[3]) * (l.d[1] - l.d[2]), 0) AS ratio, l.d[1] AS day, l.v
        FROM (SELECT array_agg(r.value) AS v, array_agg(r.read_date) AS d
                FROM (SELECT value, read_date FROM metering_reading
                       WHERE register_id = g.id AND superseded_by_id IS NULL
                         AND state IN ('valid', 'final', 'billed') AND method <> 'estimated'
                         AND read_date <= %(day)s::date
                       ORDER BY read_date DESC LIMIT 3) r) l) x
 WHERE t.route_id = ANY(%(routes)s::bigint[]) AND x.day > %(day)s::date - %(near)s::int
   AND x.ratio > 0 AND x.v[1] >= x.v[2] AND x.v[2] > x.v[3]
"""


def ratios_of_routes(
    route_ids: Iterable[int], *, day: date
) -> dict[int, list[tuple[int, Decimal]]]:
    """How the last use of every meter of a route stands to its use before, by days.

    By route: the register and the ratio, of those that were read within `NEAR_DAYS`.
    """
    found: dict[int, list[tuple[int, Decimal]]] = {pk: [] for pk in route_ids}
    values = {"routes": sorted(found), "day": day, "near": NEAR_DAYS}
    for route_id, register_id, ratio in fetch_all(_NEIGHBOURS, values):
        found[route_id].append((register_id, ratio))
    return found
