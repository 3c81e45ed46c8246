"""Two years of cases, made by set-based SQL from sampled walks: a million in minutes.

Every case gets a walk (see `walks`), every move a time in the working calendar of the promise it
answers to, and what follows from both: events, clocks, levels. A test counts a sample anew from
its events and finds the same clocks.
"""

import json
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.cases import definitions
from qiao.cases.demo import statements
from qiao.cases.demo.walks import Walk, sample_facts, sample_walks
from qiao.cases.models import CaseType as CaseTypeRow
from qiao.cases.models import ProcessVersion
from qiao.cases.rules.pack import promises_of
from qiao.cases.rules.promises import Promise
from qiao.core import calendars
from qiao.core.demo import World
from qiao.core.numbering import BLOCK
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Pack
from qiao.core.rules import numbers
from qiao.core.rules.calendar import working_spans

WALKS_PER_TYPE = 60
FORMS_PER_TYPE = 12
ZONE = ZoneInfo("Asia/Shanghai")
# Enquiries that were answered on the line and needed no case: the share that became one.
ENQUIRY_SHARE = 0.3
PRIORITIES = ("urgent", "high", "normal", "low")
OFTEN_UNKNOWN = ("fault",)


def build_cases(world: World) -> None:
    """Fill cases, events, clocks and counts for the world's customers."""
    pack = catalogue().packs[world.pack]
    wanted = world.cases if world.cases is not None else world.customers
    with connection.cursor() as cursor:
        cursor.execute("SELECT setseed(%s)", [(world.seed % 1000) / 1000])
        for statement in statements.TEMPORARY:
            cursor.execute(statement)
        _fill(cursor, "demo_span", _spans(world))
        _fill(cursor, "demo_day", _days(world, pack))
        _fill(cursor, "demo_mix", _mix(pack))
        _fill(cursor, "demo_weight", _weights(pack))
        _fill_walks(cursor, world, pack)
        parameters = {
            "wanted": wanted,
            "now": world.now,
            "open_share": world.shared.get("open_share", 0.10),
            "open_days": world.shared.get("open_days", 30),
            "pack": pack.key,
        }
        for statement in statements.DRAW:
            cursor.execute(statement, parameters)
        _number(cursor)
        for position in range(1, 16):
            cursor.execute(statements.TIME, {"pos": position, **parameters})
        for statement in statements.WRITE:
            cursor.execute(statement, parameters)


def _fill(cursor: Any, table: str, rows: Iterator[tuple[Any, ...]]) -> None:
    ready = list(rows)  # drawn first: some read the database, which a running COPY holds
    with cursor.copy(f"COPY {table} FROM STDIN") as copy:
        for row in ready:
            copy.write_row(row)


def _spans(world: World) -> Iterator[tuple[Any, ...]]:
    """Working spans of every calendar with the working seconds before each."""
    first = (world.now - timedelta(days=world.history_months * 31 + 40)).date()
    for key, versions in calendars.all_versions().items():
        calendar = versions[-1].calendar
        zone = ZoneInfo(calendar.timezone)
        if calendar.round_the_clock:
            begin = datetime.combine(first, datetime.min.time(), zone)
            yield key, begin, begin + timedelta(days=1500), 0
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


def _days(world: World, pack: Pack) -> Iterator[tuple[Any, ...]]:
    """The days of the past with cumulated weights: season, weekday, and a slow growth."""
    today = world.now.astimezone(ZONE).date()
    count = world.history_months * 30
    total = 0.0
    for offset in range(count):
        day = today - timedelta(days=count - 1 - offset)
        weight = pack.demo.monthly[day.month - 1] * pack.demo.weekly[day.weekday()]
        total += weight * (1 + 0.15 * offset / count)
        yield offset + 1, day, total


def _mix(pack: Pack) -> Iterator[tuple[Any, ...]]:
    """For each month the case types with cumulated weights, seasons included."""
    rows = {row.key: row.pk for row in CaseTypeRow.objects.filter(pack=pack.key)}
    for month in range(1, 13):
        total = 0.0
        for item in pack.case_types:
            weight = float(pack.demo.types.get(_local(item.key), pack.demo.types.get(item.key, 1)))
            seasons = pack.demo.seasons.get(_local(item.key)) or pack.demo.seasons.get(item.key)
            if seasons:
                weight *= seasons[month - 1] / 100
            if item.group == "enquiry":
                weight *= ENQUIRY_SHARE
            total += weight
            yield month, rows[item.key], total


def _local(key: str) -> str:
    return key.rpartition(".")[2]


def _weights(pack: Pack) -> Iterator[tuple[Any, ...]]:
    total = 0.0
    for hour, weight in enumerate(pack.demo.hourly):
        total += weight
        yield "hour", str(hour), total
    total = 0.0
    for channel, weight in pack.demo.channels.items():
        total += weight
        yield "channel", channel, total


def _fill_walks(cursor: Any, world: World, pack: Pack) -> None:
    rows: dict[str, list[tuple[Any, ...]]] = {
        name: []
        for name in (
            "demo_type",
            "demo_walk",
            "demo_move",
            "demo_event",
            "demo_spell",
            "demo_form",
        )
    }
    walk_id = 0
    for item in pack.case_types:
        row = CaseTypeRow.objects.get(key=item.key)
        version = ProcessVersion.objects.filter(key=row.process_key).order_by("-version")[0]
        process = definitions.process_of(version)
        promises = promises_of(item, process)
        rng = world.random(f"walks:{item.key}")
        rows["demo_type"].append(
            (row.pk, version.pk, item.group, item.duty, item.default_priority, walk_id,
             definitions.promise_set_of(promises))
        )  # fmt: skip
        system = _system(item)
        rows["demo_form"] += _forms(row.pk, item, pack, world)
        for walk in sample_walks(
            item, process, promises, system=system, rng=rng, count=WALKS_PER_TYPE
        ):
            _walk_rows(rows, walk_id, row.pk, walk, {p.key: p for p in promises})
            walk_id += 1
    for table, lines in rows.items():
        _fill(cursor, table, iter(lines))


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
    }


def _forms(type_id: int, item: CaseType, pack: Pack, world: World) -> list[tuple[Any, ...]]:
    """What an agent typed: fields of the type, a title, the customer's words."""
    rng = world.random(f"forms:{item.key}")
    phrases = pack.demo.phrases.get(_local(item.key)) or pack.demo.phrases.get(item.key) or ()
    words = [phrase.zh_hans for phrase in phrases] or [item.name.zh_hans]
    forms = []
    for number in range(FORMS_PER_TYPE):
        said = words[number % len(words)]
        facts = sample_facts(item.fields, rng, [said])
        title = said.rstrip("。").replace("。", "，").split("，")[0][:40]
        forms.append((type_id, number, json.dumps(facts, ensure_ascii=False), title, said))
    return forms


def _walk_rows(
    rows: dict[str, list[tuple[Any, ...]]],
    walk_id: int,
    type_id: int,
    walk: Walk,
    promises: Mapping[str, Promise],
) -> None:
    facts = json.dumps(walk.facts, ensure_ascii=False)
    rows["demo_walk"].append((walk_id, type_id, walk.moves, facts))
    stops = {(s.stop_pos, s.promise): s for s in walk.spells if s.stop_pos is not None}
    for pos, (step, phase, duty) in enumerate(walk.places):
        answered = "answered" in walk.marks[pos]
        ends = [promises[name] for stop, name in stops if stop == pos]
        starts = {s.promise: s.start_pos for s in walk.spells}
        promise = max(ends, key=lambda p: _seconds(p, "normal"), default=None)
        calendar = promise.calendar if promise else ""
        base = starts[promise.key] if promise else max(pos - 1, 0)
        seconds = [_seconds(promise, p) if promise else 1800 for p in PRIORITIES]
        rows["demo_move"].append(
            (walk_id, pos, step, phase, duty, walk.actors[pos], answered, calendar, base, *seconds)
        )
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
    for spell in walk.spells:
        promise = promises[spell.promise]
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


def _seconds(promise: Promise, priority: str) -> int:
    """The target of a promise; 0 where nothing is owed for that priority."""
    return promise.targets.get(priority, promise.targets.get("*", 0))


def _number(cursor: Any) -> None:
    """Give the drawn cases numbers from the same sequence that the desk uses."""
    cursor.execute("SELECT n, opened_date FROM demo_case ORDER BY n")
    drawn = cursor.fetchall()
    cursor.execute("SELECT nextval('core_number_seq')")
    (block,) = cursor.fetchone()
    first = block * BLOCK
    with cursor.copy("COPY demo_number FROM STDIN") as copy:
        for place, (n, day) in enumerate(drawn):
            serial = (first + place) % 999_936
            copy.write_row((n, numbers.compose(kind="GD", day=day, serial=serial)))
    blocks = (block + len(drawn) // BLOCK + 1) % 15_624 + 1
    cursor.execute("SELECT setval('core_number_seq', %s)", [blocks])
