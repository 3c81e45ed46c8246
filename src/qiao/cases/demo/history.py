"""Two years of cases, made by set-based SQL from sampled walks: a million in minutes.

Every case gets a walk (see `walks`), every move a time in the working calendar of the promise it
answers to, and what follows from both: events, clocks, levels. A test counts a sample anew from
its events and finds the same clocks.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.db.models import Exists, OuterRef

from qiao.cases import definitions
from qiao.cases.demo import statements
from qiao.cases.demo.walks import Spell, Walk, sample_walks
from qiao.cases.models import Case, CaseDuty
from qiao.cases.models import CaseType as CaseTypeRow
from qiao.cases.operations.opening import PREFIX
from qiao.cases.operations.raising import raised_data
from qiao.cases.operations.stepping import pause
from qiao.cases.rules.case_forms import raised_by
from qiao.cases.rules.form_rules import counted
from qiao.cases.rules.pack import promises_of
from qiao.cases.rules.promises import Promise
from qiao.core import calendars
from qiao.core.demo import World
from qiao.core.demo_bulk import bulk_load, pass_over_ids
from qiao.core.demo_facts import sample_facts
from qiao.core.demo_numbers import numbered, pass_over, prepare_numbers
from qiao.core.demo_rhythm import fill, fill_rhythm, history_days, phrases_of, type_weight
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Pack
from qiao.core.rules.calendar import working_spans
from qiao.staff.queries import actor_for

WALKS_PER_TYPE = 60
FORMS_PER_TYPE = 12
# Enquiries that were answered on the line and needed no case: the share that became one.
ENQUIRY_SHARE = 0.3
PRIORITIES = ("urgent", "high", "normal", "low")
# Of the cases that could still be open without a broken promise, the share that is.
SLOW_SHARE = 0.7
# Where a larger share of open cases is asked for, they are found among the cases of so many days.
BACKLOG_DAYS = 60
# Of cases at intake or work, one in so many waits for the customer.
ONE_PAUSED_OF, MOST_PAUSED = 8, 60
PAUSE_REASONS = (
    "等待客户补交产权证明",
    "客户外出，约定下周一上门",
    "等待客户确认收费方案",
)
TABLES = ("cases_case", "cases_caseevent", "cases_caseclock", "cases_caseduty")
NO_LIMIT_SECONDS = 10**9


@dataclass(frozen=True, slots=True)
class Owed:
    """A promise and what it leaves, roughly, by the clock on the wall."""

    promise: Promise
    wall_seconds: float


def build_cases(world: World) -> None:
    """Fill cases, events, clocks and counts for the world's customers."""
    pack = catalogue().packs[world.pack]
    wanted = world.cases if world.cases is not None else world.customers
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(world.seed % 1000) / 1000])
        for statement in statements.TEMPORARY:
            cursor.execute(statement)
        fill_rhythm(cursor, world, pack)
        fill(cursor, "demo_span", _spans(world))
        fill(cursor, "demo_mix", _mix(pack))
        _fill_walks(cursor, world, pack)
        parameters: dict[str, Any] = {
            "wanted": wanted,
            "now": world.now,
            "always": _round_the_clock(),
            "slow_share": SLOW_SHARE,
            "backlog_share": (world.open_share or 0) * world.history_months * 30 / BACKLOG_DAYS,
            "backlog_days": BACKLOG_DAYS,
            "pack": pack.key,
            "services": [service.key for service in pack.services],
        }
        for statement in statements.DRAW:
            cursor.execute(statement, parameters)
        _number(cursor, world)
        for position in range(1, 16):
            cursor.execute(statements.TIME, {"pos": position, **parameters})
        for statement in statements.DERIVE:
            cursor.execute(statement, parameters)
        with bulk_load(cursor, *TABLES, rows=wanted):
            for statement in statements.WRITE:
                cursor.execute(statement, parameters)
        pass_over_ids(cursor, TABLES[0], rows=wanted)
    _pause_some(world)
    with connection.cursor() as cursor:
        cursor.execute("SELECT cases_fold_counts()")


def _pause_some(world: World) -> None:
    """Now and then work waits for the customer: a few open cases are paused, as people do it."""
    waiting = Case.objects.filter(
        closed_at__isnull=True, is_paused=False, due_at__isnull=False, phase__in=("intake", "work")
    )
    count = min(MOST_PAUSED, waiting.count() // ONE_PAUSED_OF)
    # Without a duty: what waits for a crew is the crew's to stop.
    owed = CaseDuty.objects.filter(case=OuterRef("pk"), done_at__isnull=True)
    chosen = waiting.exclude(Exists(owed))
    for place, case in enumerate(chosen.select_related("responsible").order_by("-due_at")[:count]):
        actor = actor_for(case.responsible, day=world.now.date())
        reason = PAUSE_REASONS[place % len(PAUSE_REASONS)]
        pause(case_id=case.pk, reason=reason, actor=actor, now=world.now)


def _round_the_clock() -> list[str]:
    """Calendars in which every second counts."""
    found = calendars.all_versions().items()
    return [key for key, versions in found if versions[-1].calendar.round_the_clock]


def _spans(world: World) -> Iterator[tuple[Any, ...]]:
    """Working spans of every calendar with the working seconds before each."""
    first = (world.now - timedelta(days=world.history_months * 31 + 40)).date()
    for key, versions in calendars.all_versions().items():
        calendar = versions[-1].calendar
        zone = ZoneInfo(calendar.timezone)
        if calendar.round_the_clock:
            continue
        before = 0
        for offset in range(world.history_months * 31 + 200):
            day = first + timedelta(days=offset)
            for start, end in working_spans(calendar, day):
                midnight = datetime.combine(day, datetime.min.time(), zone)
                begin, stop = (
                    midnight + timedelta(minutes=start),
                    midnight + timedelta(minutes=end),
                )
                yield key, begin, stop, before
                before += int((stop - begin).total_seconds())


def _mix(pack: Pack) -> Iterator[tuple[Any, ...]]:
    """For each month the case types with cumulated weights, seasons included."""
    rows = {row.key: row.pk for row in CaseTypeRow.objects.filter(pack=pack.key)}
    for month in range(1, 13):
        total = 0.0
        for item in pack.case_types:
            weight = type_weight(pack, item, month)
            if item.group == "enquiry":
                weight *= ENQUIRY_SHARE
            total += weight
            yield month, rows[item.key], total


def _fill_walks(cursor: Any, world: World, pack: Pack) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: []
        for name in (
            "demo_type",
            "demo_walk",
            "demo_move",
            "demo_event",
            "demo_spell",
            "demo_duty",
            "demo_form",
        )
    }
    walk_id = 0
    for item in pack.case_types:
        row, version, form = definitions.in_force(item.key, world.now)
        process = definitions.process_of(version)
        promises = promises_of(item, process)
        owed = {p.key: Owed(p, _wall_seconds(p)) for p in promises}
        rng = world.random(f"walks:{item.key}")
        rows["demo_type"].append(
            (row.pk, version.pk, item.group, item.duty, item.default_priority, walk_id,
             definitions.promise_set_of(promises), form.pk if form else None)
        )  # fmt: skip
        system = _system(item)
        rows["demo_form"] += _forms(row.pk, item, pack, world)
        for walk in sample_walks(
            item, process, promises, system=system, rng=rng, count=WALKS_PER_TYPE
        ):
            _walk_rows(rows, walk_id, row.pk, walk, owed)
            walk_id += 1
    for table, lines in rows.items():
        fill(cursor, table, iter(lines))


def _system(item: CaseType) -> dict[str, Any]:
    return {
        "priority": item.default_priority,
        "channel": "phone",
        "tier": "C",
        "emergency": item.emergency,
        "needs_follow_up": item.needs_follow_up,
        "reopened_count": 0,
        "repeat_count": 0,
        "customer_known": True,
        "main_cause": 1,  # coded by a stage of its own, once the cases are there
    }


def _forms(type_id: int, item: CaseType, pack: Pack, world: World) -> list[tuple[Any, ...]]:
    """What an agent typed: fields of the type, a title, the customer's words."""
    rng = world.random(f"forms:{item.key}")
    words = phrases_of(pack, item)
    forms = []
    for number in range(FORMS_PER_TYPE):
        said = words[number % len(words)]
        facts = counted(item.fields, sample_facts(item.fields, rng, [said]))
        known = {"channel": "phone", "tier": "C", "customer_known": True, **facts}
        rule = raised_by(item.rules, known, item.default_priority)
        raised = json.dumps(raised_data(rule, item.default_priority)) if rule else None
        title = said.rstrip("。").replace("。", "，").split("，")[0][:40]
        told = json.dumps(facts, ensure_ascii=False)
        at_least = rule.priority if rule else None
        forms.append((type_id, number, told, title, said, at_least, raised))
    return forms


def _walk_rows(
    rows: dict[str, list[tuple[Any, ...]]],
    walk_id: int,
    type_id: int,
    walk: Walk,
    owed: Mapping[str, Owed],
) -> None:
    facts = json.dumps(walk.facts, ensure_ascii=False)
    rows["demo_walk"].append((walk_id, type_id, walk.moves, facts))
    for pos, (step, phase, duty) in enumerate(walk.places):
        told = [p for p in range(pos + 1) if "answered" in walk.marks[p]]
        events = max(entry.seq for entry in walk.entries if entry.pos <= pos)
        spell = _tightest(walk, pos, owed)
        promise = owed[spell.promise].promise if spell else None
        calendar = promise.calendar if promise else ""
        base = spell.start_pos if spell else max(pos - 1, 0)
        seconds = [_seconds(promise, p) if promise else 1800 for p in PRIORITIES]
        rows["demo_move"].append(
            (walk_id, pos, step, phase, duty, walk.actors[pos], events,
             told[-1] if told else None,
             _patience(walk, pos, owed), calendar, base, *seconds)
        )  # fmt: skip
    for entry in walk.entries:
        rows["demo_event"].append(
            (
                walk_id,
                entry.pos,
                entry.seq,
                entry.kind,
                json.dumps(dict(entry.data), ensure_ascii=False),
            )
        )
    rows["demo_duty"] += [(walk_id, *stay) for stay in _duty_stays(walk)]
    for spell in walk.spells:
        promise = owed[spell.promise].promise
        window = promise.windows[0] if promise.windows else None
        night = [
            window.targets.get(p, window.targets.get("*")) if window else None for p in PRIORITIES
        ]
        rows["demo_spell"].append(
            (walk_id, spell.promise, spell.round, spell.start_pos, spell.stop_pos, spell.ending,
             promise.calendar, *(_seconds(promise, p) for p in PRIORITIES),
             window.start if window else None, window.end if window else None, *night,
             *promise.warn_percent)
        )  # fmt: skip


def _duty_stays(walk: Walk) -> Iterator[tuple[Any, ...]]:
    """Stays in steps that wait for another module: the move that came, its event, the duty, the
    move that left, and whether the duty was done by then: a way back leaves it undone.
    """
    for entry in walk.entries:
        duty = walk.places[entry.pos][2]
        if entry.kind != "step_entered" or not duty:
            continue
        step = entry.data["step"]
        if step != walk.places[entry.pos][0]:
            continue
        left = [
            e for e in walk.entries
            if e.seq > entry.seq and e.kind == "step_left" and e.data["step"] == step
        ]  # fmt: skip
        gone = left[0]
        yield entry.pos, entry.seq, duty, gone.pos, gone.data["kind"] != "return"


def _tightest(walk: Walk, pos: int, owed: Mapping[str, Owed]) -> Spell | None:
    """Of the clocks that a move stops, the one that leaves the least time by the clock on the
    wall: whoever keeps it keeps the others.
    """
    ends = [spell for spell in walk.spells if spell.start_pos < pos == spell.stop_pos]
    return min(ends, key=lambda spell: owed[spell.promise].wall_seconds, default=None)


def _patience(walk: Walk, pos: int, owed: Mapping[str, Owed]) -> int:
    """For how long a case may stand after this move before a promise breaks, in seconds."""
    running = [
        owed[spell.promise].wall_seconds
        for spell in walk.spells
        if spell.start_pos <= pos and (spell.stop_pos is None or spell.stop_pos > pos)
    ]
    return int(min(running, default=NO_LIMIT_SECONDS))


def _wall_seconds(promise: Promise) -> float:
    """What an ordinary case is promised, roughly, by the clock on the wall."""
    calendar = calendars.all_versions()[promise.calendar][-1].calendar
    share = 1.0
    if not calendar.round_the_clock:
        share = sum(end - start for spans in calendar.week for start, end in spans) / 10_080
    return (_seconds(promise, "normal") or NO_LIMIT_SECONDS) / share


def _seconds(promise: Promise, priority: str) -> int:
    """The target of a promise; 0 where nothing is owed for that priority."""
    return promise.targets.get(priority, promise.targets.get("*", 0))


def _number(cursor: Any, world: World) -> None:
    """Give the drawn cases numbers in the order in which each day saw them."""
    prepare_numbers(cursor, kind=PREFIX, days=history_days(world))
    select = numbered("demo_case", key="n", day="opened_date")
    cursor.execute("CREATE TEMP TABLE demo_number ON COMMIT DROP AS " + select)
    cursor.execute(
        "SELECT max(n) FROM (SELECT count(*) AS n FROM demo_case GROUP BY opened_date) d"
    )
    pass_over(cursor, most_a_day=cursor.fetchone()[0] or 0)
