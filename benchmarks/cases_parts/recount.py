"""A calendar changes while fifty thousand cases are open: each is told, and due anew.

Measured twice. The cases of the built world keep no folded clocks, so the first change counts
each from its whole history; the second finds the clocks as they stand after any ordinary work.
The floor adds an entry to the same cases and turns the same columns, without counting anything.
Beside the time stands what the processors worked, here and in the database's own process: that
hardly depends on what else the machine does.
"""

import os
import resource
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path

from customers_parts.world import copy
from django.db import connection, transaction
from django.utils import timezone
from measuring.databases import connected_to, say
from measuring.timing import Limits, Result, once

from cases_parts.world import ensure
from qiao.cases.journal import recount
from qiao.cases.models import Case, ClockRecord, Recount
from qiao.cases.operations.recounting import begin_calendar_recount, carry_out_recount
from qiao.cases.rules.clock_rows import state_data
from qiao.core.calendar_edits import CalendarChange, OwnDay, change_calendar

LIMITS = Limits(most={"seconds": 30, "wrong": 0, "untold": 0})
CHANGED = "cases_recounted"
CALENDAR = "water.office"
LOOKED_AT = 500
_FLOOR = (
    "INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, visibility, data)"
    " SELECT id, event_count + 1, 'noted', now(), now(), 'system', '{}' FROM cases_case"
    " WHERE closed_at IS NULL",
    "UPDATE cases_clockrecord SET state = state || '{\"at\": null}'",
    "UPDATE cases_case SET event_count = event_count + 1, due_at = due_at + interval '1 second',"
    " level_changes_at = level_changes_at + interval '1 second' WHERE closed_at IS NULL",
    "UPDATE cases_caseclock SET due_at = due_at + interval '1 second' WHERE stopped_at IS NULL",
)


def measure(cases: int) -> Iterator[Result]:
    """Change the calendar, tell the cases, look at some of them against their histories."""
    copy(ensure(cases), CHANGED)
    with connected_to(CHANGED):
        count = Case.objects.filter(closed_at__isnull=True).count()
        for place, name in enumerate(("recount-histories", "recount"), 1):
            number = _change(place)
            before = _processor_seconds()
            seconds = _tell(number)
            worked = _processor_seconds() - before
            found = _found(number)
            yield once(
                name, seconds, _floor() if place > 1 else None, limits=LIMITS, cases=count,
                cpu_per_10_000=round(worked * 10_000 / found["told"], 1), **found,
            )  # fmt: skip


def _processor_seconds() -> float:
    """What this process, its connection's one and those that the server has ended worked so far:
    every hand beside the first has a connection that ends with it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        (pid,) = cursor.fetchone()
    worked = _numbers_of(pid)[10:12]
    ended = _numbers_of(_numbers_of(pid)[0])[12:14]
    own = resource.getrusage(resource.RUSAGE_SELF)
    return own.ru_utime + own.ru_stime + sum(worked + ended) / os.sysconf("SC_CLK_TCK")


def _numbers_of(pid: int) -> list[int]:
    """What the kernel tells of a process, from its parent's number on."""
    return [
        int(each) for each in Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1:]
    ]


def _change(place: int) -> int:
    now = timezone.now()
    day = timezone.localdate(now) + timedelta(days=place)
    change = CalendarChange(days={day: OwnDay(((510, 720),), "bench")})
    with transaction.atomic():
        return change_calendar(
            key=CALENDAR, change=change, effective_at=now, source="bench", changed_by_id=None,
            now=now,
        )  # fmt: skip


def _tell(number: int) -> float:
    now = timezone.now()
    with transaction.atomic():
        run = begin_calendar_recount(key=CALENDAR, number=number, actor=None, now=now)
    began = time.monotonic()
    done = carry_out_recount(run_id=run.pk, now=now)
    seconds = time.monotonic() - began
    say(f"  {done.told:,} of {done.total:,} told, {done.moved:,} due at another moment")
    return seconds


def _found(number: int) -> dict[str, int]:
    """How many cases were told, and of some that are looked at, how many disagree with their own
    history; none may."""
    run = Recount.objects.get(number=number)
    some = ClockRecord.objects.filter(case__closed_at__isnull=True).order_by("?")[:LOOKED_AT]
    wrong = sum(record.state != state_data(recount(record.case_id)) for record in some)
    untold = ClockRecord.objects.extra(
        where=["(state->'known'->>%s)::bigint < %s"], params=[CALENDAR, number]
    ).filter(case__closed_at__isnull=True)
    return {"told": run.told, "moved": run.moved, "wrong": wrong, "untold": untold.count()}


def _floor() -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.monotonic()
        for statement in _FLOOR:
            cursor.execute(statement)
        seconds = time.monotonic() - began
        transaction.set_rollback(True)
    return seconds
