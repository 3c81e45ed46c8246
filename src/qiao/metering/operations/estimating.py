"""Values for days on which nobody read, out of each register's own history."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.events import publish
from qiao.core.prepared import fetch_all
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.metering.events import ReadingDecided, ReadingsTaken
from qiao.metering.operations.deciding import WHY_LENGTH, locked_exception
from qiao.metering.operations.refusals import CannotEstimate
from qiao.metering.operations.writing import (
    READING,
    moment_of,
    note_changes,
    supersede,
    zones_of,
)
from qiao.metering.queries.places import PAST_DAYS, past_of, read_multipliers
from qiao.metering.rules.estimating import Estimate, estimate
from qiao.metering.rules.registers import DEMAND, Register

SOURCE: Final = "estimate"
CLASS_DAYS: Final = 400
CLASS_METERS: Final = 2_000  # how many meters of a class its mean is taken from

# A meter that was taken down before the day is estimated for its last day.
_OPEN: Final = """
SELECT r.id, r.organisation_id, r.service_point_id, r.service, r.kind, r.digits, r.decimals,
       coalesce((SELECT array_agg(ROW(x.valid_from, x.factor)::text ORDER BY x.valid_from)
                   FROM metering_registermultiplier x WHERE x.register_id = r.id), '{}'),
       LEAST(%(day)s::date, coalesce(upper(m.period), %(day)s::date)),
       coalesce((SELECT a.use FROM customers_account a
                  WHERE a.service_point_id = r.service_point_id
                  ORDER BY a.status = 'closed', a.opened_date DESC, a.id DESC LIMIT 1), '')
  FROM metering_register r
  JOIN customers_meterinstallation m ON m.id = r.installation_id
 WHERE r.service_point_id = ANY(%(points)s::bigint[]) AND r.removed_at IS NULL
   AND r.organisation_id = ANY(%(organisations)s::bigint[])
   AND (lower(m.period) IS NULL OR lower(m.period) < %(day)s::date)
   AND NOT EXISTS (
       SELECT FROM metering_reading d WHERE d.register_id = r.id AND d.superseded_by_id IS NULL
          AND d.state IN ('valid', 'final', 'billed')
          AND d.read_date >= LEAST(%(day)s::date, coalesce(upper(m.period), %(day)s::date)))
 ORDER BY r.id
   FOR NO KEY UPDATE OF r
"""
_CLASS: Final = """
SELECT g.organisation_id, g.service, g.use, sum(g.used) / nullif(sum(g.days), 0)
  FROM (SELECT r.organisation_id, r.service, x.use, d.used, d.days,
               row_number() OVER (PARTITION BY r.organisation_id, r.service, x.use ORDER BY r.id)
                   AS place
          FROM metering_register r
          JOIN LATERAL (SELECT a.use FROM customers_account a
                         WHERE a.service_point_id = r.service_point_id
                         ORDER BY a.status = 'closed', a.id DESC LIMIT 1) x ON true
          JOIN LATERAL (SELECT max(value) - min(value) AS used,
                               max(read_date) - min(read_date) AS days,
                               bool_or(is_rolled) AS is_rolled
                          FROM metering_reading
                         WHERE register_id = r.id AND superseded_by_id IS NULL
                           AND state IN ('valid', 'final', 'billed') AND method <> 'estimated'
                           AND read_date >= %(since)s::date) d ON d.days > 0 AND NOT d.is_rolled
         WHERE r.kind = 'total' AND r.removed_at IS NULL
           AND r.organisation_id = ANY(%(organisations)s::bigint[])) g
 WHERE g.place <= %(most)s::int
 GROUP BY 1, 2, 3
"""


@dataclass(frozen=True, slots=True)
class _Open:
    """A register without a reading on the day that it is wanted for."""

    register_id: int
    organisation_id: int
    service_point_id: int
    service: str
    register: Register
    day: date
    use: str


def estimate_missing(
    *,
    actor: Actor,
    now: datetime,
    service_point_ids: Collection[int],
    day: date,
    reason: str = "",
    register_ids: Collection[int] | None = None,
) -> list[int]:
    """Estimate registers of these points that have no reading on `day` or later; their new ids.

    Each rests on the same season of last year, else on recent use, else on the mean of its class,
    and says so in `basis`. A register of which nothing is known stays without. Exceptions that
    wait stay as they are. `register_ids` narrows to some registers. Raises `Forbidden`.
    """
    required()
    actor.require("metering.validate")
    found = [
        each
        for each in _open_registers(actor, service_point_ids, day)
        if register_ids is None or each.register_id in register_ids
    ]
    past = past_of((each.register_id for each in found), since=day - timedelta(days=PAST_DAYS))
    estimates: list[tuple[_Open, Estimate]] = []
    nothing: list[_Open] = []
    for each in found:
        known = [one for _pk, one in past[each.register_id].values()]
        made = estimate(known, day=each.day, register=each.register)
        if made is not None:
            estimates.append((each, made))
        elif known:
            nothing.append(each)
    means = _class_means({each.organisation_id for each in nothing}, day) if nothing else {}
    for each in nothing:
        known = [one for _pk, one in past[each.register_id].values()]
        mean = means.get((each.organisation_id, each.service, each.use))
        made = estimate(known, day=each.day, register=each.register, class_per_day=mean)
        if made is not None:
            estimates.append((each, made))
    return _write(estimates, reason, actor=actor, now=now)


def _open_registers(actor: Actor, points: Collection[int], day: date) -> list[_Open]:
    values: dict[str, Any] = {
        "points": list(points),
        "day": day,
        "organisations": list(actor.organisations("metering.validate")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OPEN, values)
        rows = cursor.fetchall()
    return [
        _Open(
            row[0], row[1], row[2], row[3],
            Register(row[5], row[6], row[4], read_multipliers(row[7])), row[8], row[9],
        )
        for row in rows
        if row[4] != DEMAND
    ]  # fmt: skip


def _class_means(
    organisation_ids: Iterable[int], day: date
) -> dict[tuple[int, str, str], Decimal]:
    """Use a day of accounts of a unit, by service and use."""
    values = {
        "organisations": sorted(organisation_ids),
        "since": day - timedelta(days=CLASS_DAYS),
        "most": CLASS_METERS,
    }
    return {
        (unit, service, use): mean
        for unit, service, use, mean in fetch_all(_CLASS, values)
        if mean is not None
    }


def _write(
    estimates: list[tuple[_Open, Estimate]], reason: str, *, actor: Actor, now: datetime
) -> list[int]:
    if not estimates:
        return []
    first = reserve_ids("metering_reading", len(estimates))
    lines, by_unit = [], dict[int, list[int]]()
    zones = zones_of(each.organisation_id for each, _made in estimates)
    for pk, (each, made) in enumerate(estimates, start=first):
        key = f"{each.register_id}:{made.day}:{pk}"
        by_unit.setdefault(each.organisation_id, []).append(pk)
        lines.append((
            pk, None, each.organisation_id, each.register_id, each.service_point_id,
            moment_of(made.day, zones[each.organisation_id]), made.day, str(made.value),
            made.value, False, "estimated", made.basis, SOURCE, key, None, None, reason, None,
            None, None, "valid", False, "", now, actor.staff_id,
        ))  # fmt: skip
    with connection.cursor() as cursor:
        copy_rows(cursor, "metering_reading", READING, lines)
    for unit, ids in sorted(by_unit.items()):
        told = ReadingsTaken(SOURCE, ids[0], ids[-1], len(ids), 0)
        publish(told, organisation_id=unit, actor=actor, now=now)
    return list(range(first, first + len(estimates)))


def estimate_instead(*, actor: Actor, now: datetime, reading_id: int, why: str) -> int:
    """Have an estimate stand for an exception; its id.

    Raises `CannotEstimate` where nothing tells the value, or the register was read on that day or
    later; `ReadingLocked`, `NotVisible`, `BadText`, `Forbidden`.
    """
    reading = locked_exception(actor, reading_id)
    words = clean(why, field="why", max_length=WHY_LENGTH, one_line=True, required=True)
    made = estimate_missing(
        actor=actor,
        now=now,
        service_point_ids=[reading.service_point_id],
        day=reading.read_date,
        register_ids=[reading.register_id],
    )
    if not made:
        raise CannotEstimate(reading.read_date.isoformat())
    supersede({reading.pk: made[0]})
    note_changes({reading.pk: made[0]}, action="superseded", actor=actor, now=now, why=words)
    told = ReadingDecided(reading.pk, reading.service_point_id, "estimated")
    publish(told, organisation_id=reading.organisation_id, actor=actor, now=now)
    return made[0]
