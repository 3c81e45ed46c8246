"""Readings looked at once more by intervals that were told after them."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Final, NamedTuple

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.core.columns import numbers
from qiao.core.copying import copy_rows
from qiao.core.events import publish
from qiao.core.transactions import acting, outside
from qiao.metering.events import ReadingsStopped
from qiao.metering.models import Reading, ReadingChange
from qiao.metering.operations.writing import FINDING
from qiao.metering.queries.checks import checks_for
from qiao.metering.queries.held import Pasts, held_of, with_intervals
from qiao.metering.queries.places import PAST_DAYS, registers_of
from qiao.metering.rules.checks import RulesByDay
from qiao.metering.rules.registers import Register
from qiao.metering.rules.vee import Around, Candidate, Checked, check

RULE: Final = "intervals"
BATCH: Final = 5_000
TOLD_WITHIN: Final = timedelta(hours=50)
"""Of files so young the rows are looked at: two nights, so that one that was missed is made up."""
_FILES: Final = """
SELECT min(month), min(first_register_id), max(last_register_id) FROM metering_lakefile
 WHERE load_id IS NOT NULL AND written_at > %(since)s
"""
# What nobody decided of and no bill rests on, each once: a finding of the rule stays with it.
_WAITING: Final = """
SELECT r.id, r.register_id, r.organisation_id, r.service_point_id, r.read_date,
       trim_scale(r.value), g.installation_id, g.service
  FROM metering_reading r JOIN metering_register g ON g.id = r.register_id
 WHERE (r.register_id, r.read_date) > (%(after)s, %(day)s::date)
   AND r.register_id <= %(last)s AND r.read_date > %(month)s::date
   AND r.state = 'valid' AND r.superseded_by_id IS NULL AND r.method <> 'estimated'
   AND g.kind = 'total' AND g.removed_at IS NULL
   AND EXISTS (SELECT 1 FROM metering_lakefile f
                WHERE f.load_id IS NOT NULL AND f.written_at > %(since)s
                  AND f.month < r.read_date
                  AND r.register_id BETWEEN f.first_register_id AND f.last_register_id)
   AND NOT EXISTS (SELECT 1 FROM metering_readingfinding n
                    WHERE n.reading_id = r.id AND n.rule = %(rule)s)
 ORDER BY r.register_id, r.read_date LIMIT %(limit)s
"""
_LOCK: Final = """
SELECT r.id FROM metering_reading r
 WHERE r.id = ANY(%(ids)s::bigint[]) AND r.state = 'valid' AND r.superseded_by_id IS NULL
 ORDER BY r.id FOR NO KEY UPDATE
"""


class _Waiting(NamedTuple):
    """A reading to be looked at."""

    pk: int
    register_id: int
    organisation_id: int
    service_point_id: int
    day: date
    value: Decimal
    installation_id: int
    service: str


def recheck_readings(*, now: datetime) -> int:
    """Look at readings once more whose intervals were told after them, by the rule of their day;
    how many somebody has to decide of now.

    Only those that are valid, not billed and read by somebody. Opens its own transactions, one a
    batch of registers; harmless when run again.
    """
    outside()
    stopped = 0
    for rows in _batches(now):
        broken = _broken(rows)
        if broken:
            with acting(None):
                stopped += _stop(broken, now)
    return stopped


def _batches(now: datetime) -> Iterator[list[_Waiting]]:
    values: dict[str, Any] = {"since": now - TOLD_WITHIN, "rule": RULE, "limit": BATCH}
    with connection.cursor() as cursor:
        cursor.execute(_FILES, values)
        month, first, last = cursor.fetchone()
    if month is None:
        return
    values |= {"month": month, "after": first, "day": month, "last": last}
    while True:
        with connection.cursor() as cursor:
            cursor.execute(_WAITING, values)
            rows = [_Waiting(*row) for row in cursor.fetchall()]
        if not rows:
            return
        yield rows
        values |= {"after": rows[-1].register_id, "day": rows[-1].day}


def _broken(rows: Sequence[_Waiting]) -> list[tuple[_Waiting, Checked]]:
    """Those of which the rule finds something."""
    rules = RulesByDay(checks_for(row.service for row in rows))
    if not rules.ask_for(RULE):
        return []
    firsts: dict[int, date] = {}
    for row in rows:
        firsts[row.register_id] = min(row.day, firsts.get(row.register_id, row.day))
    held = held_of(firsts, since=min(firsts.values()) - timedelta(days=PAST_DAYS))
    pasts = Pasts(with_intervals(held, firsts, until=max(row.day for row in rows)))
    forms = {
        each.register_id: each.register
        for each in registers_of(row.installation_id for row in rows)
    }
    found = [(row, _checked(row, forms[row.register_id], pasts, rules)) for row in rows]
    return [(row, checked) for row, checked in found if checked.findings]


def _checked(row: _Waiting, form: Register, pasts: Pasts, rules: RulesByDay) -> Checked:
    own = [rule for rule in rules.on(row.service, row.day) if rule.key == RULE]
    between = pasts.by_intervals(row.register_id, row.day) if own else None
    if between is None:
        return Checked(row.value, ())
    past = [each for _pk, each in pasts.of(row.register_id).values()]
    candidate = Candidate(row.day, format(row.value, "f"), row.day)
    return check(candidate, form, Around(past=past, intervals=between), own)


def _stop(broken: Sequence[tuple[_Waiting, Checked]], now: datetime) -> int:
    """Keep what was found; those that it stops wait for somebody from now on."""
    by_id = {row.pk: (row, checked) for row, checked in broken}
    with connection.cursor() as cursor:
        cursor.execute(_LOCK, {"ids": numbers(by_id)})
        still = [by_id[pk] for (pk,) in cursor.fetchall()]
        copy_rows(
            cursor, "metering_readingfinding", FINDING,
            [
                (row.pk, each.rule, each.severity, Jsonb(dict(each.seen)),
                 Jsonb(dict(each.expected)))
                for row, checked in still for each in checked.findings
            ],
        )  # fmt: skip
    stopped = {row.pk: row for row, checked in still if checked.is_stopped}
    Reading.objects.filter(pk__in=stopped).update(state=Reading.State.EXCEPTION)
    ReadingChange.objects.bulk_create(
        ReadingChange(
            reading_id=row.pk, at=now, action=ReadingChange.Action.STOPPED, before=row.value,
            after=row.value,
        )
        for row in stopped.values()
    )  # fmt: skip
    _tell(stopped, now)
    return len(stopped)


def _tell(stopped: Mapping[int, _Waiting], now: datetime) -> None:
    """One event for each unit."""
    by_unit: dict[int, list[int]] = defaultdict(list)
    for row in stopped.values():
        by_unit[row.organisation_id].append(row.pk)
    for unit, ids in sorted(by_unit.items()):
        publish(ReadingsStopped(tuple(ids)), organisation_id=unit, actor=None, now=now)
