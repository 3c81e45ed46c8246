"""Rows of readings as they are written by the thousand, and the journal of what became of them."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time
from typing import TYPE_CHECKING, Any, Final, NamedTuple
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.core.actor import Actor
from qiao.core.columns import numbers
from qiao.core.copying import copy_rows, reserve_ids
from qiao.core.events import publish
from qiao.metering.events import ReadingsTaken
from qiao.metering.models import Reading
from qiao.staff.queries import organisation

if TYPE_CHECKING:
    from qiao.metering.operations.taking import NewReading
    from qiao.metering.queries.places import Place
    from qiao.metering.rules.vee import Checked

READING: Final = (
    "id, superseded_by_id, organisation_id, register_id, service_point_id, read_at, read_date,"
    " raw, value, is_rolled, method, basis, source, key, reader_id, round_id, reason, photo_id,"
    " latitude, longitude, state, is_reread_asked, bill_number, taken_at, taken_by_id"
)
FINDING: Final = "reading_id, rule, severity, seen, expected"
NOON: Final = time(12)


class Written(NamedTuple):
    """A reading about to be written: where it stands, what the checks said."""

    place: int
    given: "NewReading"
    where: "Place"
    day: date
    checked: "Checked"
    state: str

    def line(
        self,
        pk: int,
        source: str,
        superseded_by: int | None,
        *,
        zone: ZoneInfo,
        actor: Actor,
        now: datetime,
    ) -> tuple[Any, ...]:
        """Its row, in the order of `READING`."""
        given, where = self.given, self.where
        return (
            pk, superseded_by, where.organisation_id, where.register_id, where.service_point_id,
            moment_of(given.read_at, zone), self.day, given.raw,
            self.checked.value, self.checked.is_rolled, given.method, "", source, given.key,
            given.reader_id, given.round_id or where.round_id, given.reason, given.photo_id,
            given.latitude, given.longitude, self.state, False, "", now, actor.staff_id,
        )  # fmt: skip

    def findings(self, pk: int) -> list[tuple[Any, ...]]:
        """The rows of what was found, in the order of `FINDING`."""
        return [
            (pk, each.rule, each.severity, Jsonb(dict(each.seen)), Jsonb(dict(each.expected)))
            for each in self.checked.findings
        ]


def write_readings(
    rows: Sequence[Written],
    replaced: Mapping[int, int],
    *,
    source: str,
    zones: Mapping[int, ZoneInfo],
    actor: Actor,
    now: datetime,
) -> range:
    """Write readings and what was found about them, and publish it; their ids.

    `replaced` says by which row a reading in effect is replaced: by its id, or, where it is the
    n-th row itself, by -n.
    """
    if not rows:
        return range(0)
    first = reserve_ids("metering_reading", len(rows))
    ids = range(first, first + len(rows))
    stands_for = {pk: first + row for pk, row in replaced.items() if pk > 0}
    stands_for |= _reread(rows, first)
    supersede(stands_for)
    inside = {first - pk - 1: first + row for pk, row in replaced.items() if pk < 0}
    lines, findings = [], []
    for pk, row in zip(ids, rows, strict=True):
        zone = zones[row.where.organisation_id]
        lines.append(row.line(pk, source, inside.get(pk), zone=zone, actor=actor, now=now))
        findings += row.findings(pk)
    with connection.cursor() as cursor:
        copy_rows(cursor, "metering_reading", READING, lines)
        copy_rows(cursor, "metering_readingfinding", FINDING, findings)
    note_changes(stands_for, action="superseded", actor=actor, now=now, why=source)
    _tell(rows, first, source, actor, now)
    return ids


_REREAD = """
SELECT id, register_id, read_date FROM metering_reading
 WHERE state = 'exception' AND superseded_by_id IS NULL AND is_reread_asked
   AND register_id = ANY(%(registers)s::bigint[])
"""


def _reread(rows: Sequence[Written], first: int) -> dict[int, int]:
    """Exceptions that were to be read again, by the reading that stands for them now."""
    newest = {
        row.where.register_id: (row.day, pk)
        for pk, row in enumerate(rows, start=first)
        if row.given.method != "estimated"
    }
    with connection.cursor() as cursor:
        cursor.execute(_REREAD, {"registers": numbers(newest)})
        asked = cursor.fetchall()
    return {
        pk: newest[register_id][1]
        for pk, register_id, day in asked
        if day <= newest[register_id][0]
    }


def _tell(rows: Sequence[Written], first: int, source: str, actor: Actor, now: datetime) -> None:
    """One event for each unit."""
    by_unit: dict[int, list[tuple[int, str]]] = defaultdict(list)
    for pk, row in enumerate(rows, start=first):
        by_unit[row.where.organisation_id].append((pk, row.state))
    for unit, found in sorted(by_unit.items()):
        stopped = sum(state == Reading.State.EXCEPTION for _pk, state in found)
        told = ReadingsTaken(source, found[0][0], found[-1][0], len(found), stopped)
        publish(told, organisation_id=unit, actor=actor, now=now)


def zones_of(organisation_ids: Iterable[int]) -> dict[int, ZoneInfo]:
    """The time zones of units, each asked for once."""
    return {pk: ZoneInfo(organisation(pk).timezone) for pk in set(organisation_ids)}


def moment_of(moment: datetime | date, zone: ZoneInfo) -> datetime:
    """A moment; a mere day is its noon."""
    return moment if isinstance(moment, datetime) else datetime.combine(moment, NOON, zone)


def supersede(stands_for: Mapping[int, int]) -> None:
    """Let readings (keys) be replaced by others (values), which may be written after this."""
    if not stands_for:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE metering_reading r SET superseded_by_id = w.by"
            " FROM unnest(%s::bigint[], %s::bigint[]) AS w (id, by) WHERE r.id = w.id",
            [list(stands_for), list(stands_for.values())],
        )


def note_changes(
    stands_for: Mapping[int, int], *, action: str, actor: Actor | None, now: datetime, why: str
) -> None:
    """Keep in the journal what became of readings that others stand for now."""
    if not stands_for:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO metering_readingchange"
            " (reading_id, at, by_id, action, before, after, why)"
            " SELECT r.id, %s, %s, %s, r.value, n.value, %s"
            "   FROM unnest(%s::bigint[], %s::bigint[]) AS w (id, by)"
            "   JOIN metering_reading r ON r.id = w.id JOIN metering_reading n ON n.id = w.by",
            [
                now, actor.staff_id if actor else None, action, why,
                list(stands_for), list(stands_for.values()),
            ],
        )  # fmt: skip
