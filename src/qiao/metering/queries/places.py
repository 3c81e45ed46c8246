"""Which register a reading is of: found by the number of its meter, or named by its id."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection

from qiao.core.columns import numbers, texts
from qiao.core.prepared import fetch_all
from qiao.metering.rules.registers import Register
from qiao.metering.rules.spans import Past

PAST_DAYS: Final = 800  # two years and a season: what a reading is compared with


class Asked(NamedTuple):
    """What names a register: its id, or the meter's number as it is searched, with kind and
    period."""

    register_id: int | None
    meter: str
    kind: str
    period: str
    day: date


class Place(NamedTuple):
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


# A meter's number may have hung at several points: where it hung on that day, else the latest. One
# whose register is missing is told as such first, since it may be that one.
_FIND = """
SELECT w.n, m.register_id, m.installation_id, m.service_point_id, m.organisation_id, m.service,
       m.kind, m.period, m.digits, m.decimals, m.meter_number, lower(m.hung), upper(m.hung),
       t.route_id, o.id
  FROM unnest(%(registers)s::bigint[], %(meters)s::text[], %(kinds)s::text[],
              %(periods)s::text[], %(days)s::date[])
       WITH ORDINALITY AS w (register_id, meter, kind, period, day, n)
 CROSS JOIN LATERAL (
      SELECT x.*
        FROM (SELECT {columns}
                FROM metering_register r
                JOIN customers_meterinstallation m ON m.id = r.installation_id
               WHERE r.id = w.register_id AND r.removed_at IS NULL
               UNION ALL
              SELECT {columns}
                FROM customers_meterinstallation m
                {join} metering_register r
                  ON r.installation_id = m.id AND r.kind = w.kind AND r.period = w.period
                 AND r.removed_at IS NULL
               WHERE w.register_id IS NULL AND m.meter_search = w.meter) x
       WHERE x.organisation_id = ANY(%(organisations)s) OR x.register_id IS NULL
       ORDER BY x.hung @> w.day DESC, upper(x.hung) = w.day DESC NULLS LAST,
             upper(x.hung) DESC NULLS FIRST, x.installation_id DESC
       LIMIT 1) m
  LEFT JOIN metering_routestop t ON t.service_point_id = m.service_point_id
  LEFT JOIN LATERAL (
      SELECT max(o.id) AS id FROM metering_readinground o
       WHERE o.route_id = t.route_id AND o.state = 'open' AND w.day BETWEEN o.since AND o.due_date
      ) o ON true
 WHERE m.register_id IS NOT NULL
"""
_COLUMNS = """
    r.id AS register_id, m.id AS installation_id, r.service_point_id, r.organisation_id, r.service,
    r.kind, r.period, r.digits, r.decimals, m.meter_number, m.period AS hung"""


def find_places(
    asked: Sequence[Asked], *, organisation_ids: Iterable[int], is_sure: bool = True
) -> list[Place | None]:
    """The register of each within these units, in their order; None where there is none.

    Unless it `is_sure` that all meters have the registers that they can have, None also where one
    may be missing.
    """
    values: dict[str, Any] = {
        "registers": numbers(each.register_id for each in asked),
        "meters": texts([each.meter for each in asked]),
        "kinds": texts([each.kind for each in asked]),
        "periods": texts([each.period for each in asked]),
        "days": texts([each.day.isoformat() for each in asked]),
        "organisations": list(organisation_ids),
    }
    found: list[Place | None] = [None] * len(asked)
    with connection.cursor() as cursor:
        join = "JOIN" if is_sure else "LEFT JOIN"
        cursor.execute(_FIND.format(columns=_COLUMNS, join=join), values)
        for row in cursor.fetchall():
            found[row[0] - 1] = Place._make(row[1:])
    return found


_REGISTERS = """
SELECT r.id, r.installation_id, r.kind, r.digits, r.decimals,
       coalesce((SELECT array_agg(ROW(x.valid_from, x.factor)::text ORDER BY x.valid_from)
                   FROM metering_registermultiplier x WHERE x.register_id = r.id), '{}')
  FROM metering_register r
 WHERE r.installation_id = ANY(%(installations)s::bigint[]) AND r.removed_at IS NULL
 ORDER BY r.id
"""


class Known(NamedTuple):
    """A register of a meter, as the rules read it."""

    register_id: int
    installation_id: int
    register: Register


def registers_of(installation_ids: Iterable[int]) -> list[Known]:
    """All registers of these meters, with their multipliers."""
    rows = fetch_all(_REGISTERS, {"installations": sorted(set(installation_ids))})
    forms: dict[tuple[Any, ...], Register] = {}
    found = []
    for pk, meter, kind, digits, decimals, factors in rows:
        form = (digits, decimals, kind, *factors)
        if form not in forms:
            forms[form] = Register(digits, decimals, kind, read_multipliers(factors))
        found.append(Known(pk, meter, forms[form]))
    return found


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
