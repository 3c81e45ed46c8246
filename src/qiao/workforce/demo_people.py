"""People of the demo rosters: how they stood on their shifts, certificates, moods.

The calls of the demo world tell when somebody was with a customer. Between them people stand as
their shifts say: signed on about its begin, at their meal about its time, gone at its end.
"""

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from random import Random
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.contact.queries.agents import state_spans
from qiao.core.demo import World
from qiao.core.demo_rhythm import ZONE
from qiao.staff.queries import home_unit
from qiao.workforce.models import Certificate, PlanningGroup, PulseCount, RosterCell
from qiao.workforce.queries.groups import members
from qiao.workforce.queries.rosters import monday_of, spec_of
from qiao.workforce.rules.plan import turn_of

DAYS: Final = 28
AWAY: Final = 0.03  # of the shifts nobody came to: ill since the morning
LATE: Final = 0.12  # came later than five minutes
BUSY: Final = frozenset({"reserved", "busy", "wrap_up"})
CERTIFICATES: Final = (
    ("普通话水平测试二级甲等", 2600, None),
    ("客户服务管理师（三级）", 900, 1100),
    ("供水安全培训合格证", 350, 380),
)
_STATES: Final = """
INSERT INTO contact_agentstatechange (staff_id, at, state, reason)
SELECT * FROM unnest(%(staff)s::bigint[], %(at)s::timestamptz[], %(state)s::text[],
                     %(reason)s::text[])
"""
Row = tuple[int, datetime, str, str]


def add_people(world: World, group: PlanningGroup) -> None:
    """All of it for the people of a group."""
    rng = world.random("workforce.people")
    staff_ids = [each.staff_id for each in members(group)]
    _stand(world, group, staff_ids, rng)
    _certify(world, staff_ids, rng)
    _feel(world, staff_ids, rng)


def _stand(world: World, group: PlanningGroup, staff_ids: list[int], rng: Random) -> None:
    zone = ZoneInfo(group.timezone)
    today = world.now.astimezone(zone).date()
    first = today - timedelta(days=DAYS)
    since = datetime.combine(first, time(), zone)
    spans = state_spans(staff_ids=staff_ids, since=since, until=world.now, now=world.now)
    of_person: dict[int, list[Any]] = {pk: [] for pk in staff_ids}
    for each in spans:
        of_person[each.staff_id].append(each)
    cells = RosterCell.objects.filter(
        week__group=group, day__gte=first, day__lt=today, shift__isnull=False
    ).select_related("shift")
    rows: list[Row] = []
    for cell in cells.order_by("day", "staff_id"):
        if cell.shift is not None and rng.random() >= AWAY:
            midnight = datetime.combine(cell.day, time(), zone)
            rows += _day(cell, midnight, of_person[cell.staff_id], rng, world.now)
    columns = [list(column) for column in zip(*sorted(rows, key=lambda row: row[1]), strict=True)]
    if columns:
        named = zip(("staff", "at", "state", "reason"), columns, strict=True)
        with connection.cursor() as cursor:
            cursor.execute(_STATES, dict(named))


def _day(
    cell: RosterCell, midnight: datetime, spans: list[Any], rng: Random, now: datetime
) -> Iterator[Row]:
    """Changes of a shift: ready wherever nothing else is told, at the breaks away."""
    assert cell.shift is not None
    spec, who = spec_of(cell.shift), cell.staff_id
    late = rng.uniform(6, 25) if rng.random() < LATE else rng.uniform(-8, 4)
    begin = midnight + timedelta(minutes=spec.start + late)
    end = midnight + timedelta(minutes=spec.end + rng.uniform(-3, 9))
    if end >= now:
        return
    busy = [each for each in spans if each.state in BUSY and each.end > begin and each.start < end]

    yield from _signed(who, (begin, end), spans, busy)
    for start, stop in spec.breaks_in_turn(turn_of(who)):
        away = midnight + timedelta(minutes=start + rng.uniform(-2, 6))
        back = away + timedelta(minutes=(stop - start) * rng.uniform(0.9, 1.15))
        if not any(each.start < back and away < each.end for each in busy):
            yield who, away, "break", "meal" if stop - start > 20 else "rest"
            yield who, back, "ready", ""


def _signed(
    who: int, shift: tuple[datetime, datetime], spans: list[Any], busy: list[Any]
) -> Iterator[Row]:
    """On and off; nobody signs off between two calls of a shift."""

    def at_work(moment: datetime) -> bool:
        return any(each.start <= moment < each.end for each in busy)

    begin, end = shift
    if not at_work(begin):
        yield who, begin, "ready", ""
    for each in spans:
        if begin < each.end < end and not at_work(each.end) and not _is_break(each):
            yield who, each.end + timedelta(milliseconds=1), "ready", ""
    if not at_work(end):
        yield who, end, "off", ""


def _is_break(each: Any) -> bool:
    return bool(each.state == "break" and each.reason != "back_office")


def _certify(world: World, staff_ids: list[int], rng: Random) -> None:
    today = world.now.astimezone(ZONE).date()
    Certificate.objects.bulk_create(
        Certificate(
            staff_id=who,
            name=name,
            issued=today - timedelta(days=issued + rng.randrange(60)),
            expires=today + timedelta(days=valid - issued + rng.randrange(-40, 200))
            if valid
            else None,
            entered_at=world.now,
        )
        for who in staff_ids
        for name, issued, valid in CERTIFICATES
        if rng.random() < 0.6
    )


def _feel(world: World, staff_ids: list[int], rng: Random) -> None:
    """Two months of answers: about half answer, and in most weeks well."""
    today = world.now.astimezone(ZONE).date()
    counts: dict[tuple[int, date, int], int] = {}
    teams = {who: home_unit(who) for who in staff_ids}
    first = monday_of(today) - timedelta(days=56)
    for offset in range((today - first).days):
        day = first + timedelta(days=offset)
        for who in staff_ids:
            if rng.random() < 0.3:
                mood = rng.choices(range(1, 6), (1, 3, 8, 10, 5))[0]
                key = (teams[who], day, mood)
                counts[key] = counts.get(key, 0) + 1
    PulseCount.objects.bulk_create(
        PulseCount(team_id=team, day=day, mood=mood, n=n)
        for (team, day, mood), n in counts.items()
    )
