"""What is counted of calls: turns out of logs, figures kept of turns; both are the log."""

from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.contact.models import AgentStateChange
from qiao.core.rules.service_level import LevelTerms
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.engines.clock import CountedClock
from qiao.telephony.engines.sim_phones import Phone
from qiao.telephony.models import Call, CallEntry, CallFigure, CallFigureChange, CallTurn
from qiao.telephony.operations import add_line
from qiao.telephony.operations.turns import (
    fold_figures,
    rebuild_turns,
    record_turns,
    settle_wrap_ups,
)
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.rules.turns import turns_of
from qiao.telephony.tests.exchange import Agent
from qiao.telephony.tests.traffic import Traffic

START = datetime(2026, 11, 28, 1, 20, tzinfo=UTC)
BILLS = "water.billing"
TERMS = LevelTerms(20, 80, 5, "without_short")
SUMS = [
    "offered", "answered", "in_time", "abandoned", "abandoned_short", "lost", "left_early",
    "handled", "transfers", "answer_wait_seconds", "abandon_wait_seconds", "ring_seconds",
    "talk_seconds", "hold_seconds", "wrap_seconds",
]  # fmt: skip


def at(seconds: float) -> datetime:
    return START + timedelta(seconds=seconds)


def log(*entries: tuple[float, str, dict[str, Any]]) -> list[Entry]:
    """A log with the caller's channel ``c`` and a person of 7 who is rung on ``a``."""
    first = [
        Entry("arrived", at(0), {"channel": "c", "caller": "1", "dialled": "2"}),
        Entry("answered", at(1), {}),
    ]
    return first + [Entry(kind, at(seconds), data) for seconds, kind, data in entries]


def offered(seconds: float, offer: int, staff: int) -> tuple[float, str, dict[str, Any]]:
    data = {"offer": offer, "staff": staff, "channel": f"a{offer}", "seconds": 20}
    return seconds, "offered", data


def taken(seconds: float, offer: int) -> list[tuple[float, str, dict[str, Any]]]:
    return [
        (seconds, "picked_up", {"offer": offer, "bridge": f"t{offer}"}),
        (seconds, "connected", {"offer": offer, "bridge": f"t{offer}"}),
    ]


QUEUED = (2.0, "queued", {"queue": BILLS, "bridge": "q"})


def test_a_call_that_is_answered_held_and_ended_is_one_turn() -> None:
    (turn,) = turns_of(
        1,
        log(
            QUEUED, offered(3, 1, 7), (9, "refused", {"offer": 1, "why": "no_answer"}),
            offered(10, 2, 8), *taken(14.5, 2), (20, "held", {}), (32, "resumed", {}),
            (74.5, "ended", {"why": "caller"}),
        ),
        lambda _queue: TERMS,
    )  # fmt: skip
    assert (turn.kind, turn.queue, turn.staff, turn.offers) == ("answered", BILLS, 8, 2)
    assert (turn.wait_seconds, turn.ring_seconds) == (12, 4)
    assert (turn.talk_seconds, turn.hold_seconds) == (48, 12)
    assert turn.is_in_time
    assert not turn.is_transferred


def test_a_third_who_was_consulted_and_has_it_then_has_a_turn_of_their_own() -> None:
    consult = {"offer": 2, "staff": 8, "channel": "b", "bridge": "k", "seconds": 20}
    first, second = turns_of(
        1,
        log(
            QUEUED, offered(3, 1, 7), *taken(30, 1), (60, "consulted", consult),
            (65, "consult_answered", {"offer": 2}), (80, "handed_over", {"offer": 2}),
            (200, "ended", {"why": "agent"}),
        ),
        lambda _queue: TERMS,
    )  # fmt: skip
    assert (first.kind, first.staff, first.is_transferred) == ("answered", 7, True)
    assert (first.talk_seconds, first.hold_seconds, first.is_in_time) == (30, 20, False)
    assert (second.kind, second.queue, second.staff) == ("passed", BILLS, 8)
    assert (second.talk_seconds, second.wait_seconds) == (120, 0)


def test_a_call_that_is_sent_on_to_another_queue_waits_again() -> None:
    again = {"queue": "water.repair", "bridge": "r", "why": "transfer"}
    first, second = turns_of(
        1,
        log(
            QUEUED, offered(3, 1, 7), *taken(5, 1), (15, "queued", again),
            (55, "ended", {"why": "abandoned"}),
        ),
        lambda _queue: TERMS,
    )  # fmt: skip
    assert (first.queue, first.is_transferred, first.talk_seconds) == (BILLS, True, 10)
    assert (second.queue, second.kind, second.wait_seconds) == ("water.repair", "abandoned", 40)
    assert not second.is_short


@pytest.mark.parametrize(
    ("why", "seconds", "kind", "short"),
    [
        ("abandoned", 6.9, "abandoned", True),
        ("abandoned", 7.0, "abandoned", False),
        ("system", 60.0, "lost", False),
    ],
)
def test_how_it_ends_in_the_queue(why: str, seconds: float, kind: str, *, short: bool) -> None:
    (turn,) = turns_of(1, log(QUEUED, (seconds, "ended", {"why": why})), lambda _queue: TERMS)
    assert (turn.kind, turn.is_short, turn.staff) == (kind, short, None)


@pytest.mark.parametrize("by", [600, -600])
def test_no_time_is_longer_or_shorter_because_the_clock_was_set(by: int) -> None:
    """Once while it rings, once amid the talk, once on hold: three times by as much."""

    def stepped(seconds: float, times: int) -> tuple[float, str, dict[str, Any]]:
        return seconds + times * by, "clock_stepped", {"seconds": float(by)}

    def later(times: int, *entries: tuple[float, str, dict[str, Any]]) -> list[Any]:
        return [(seconds + times * by, kind, data) for seconds, kind, data in entries]

    (turn,) = turns_of(
        1,
        log(
            QUEUED, offered(10, 1, 7), stepped(12, 1), *later(1, *taken(14.5, 1)), stepped(18, 2),
            *later(2, (20, "held", {})), stepped(25, 3),
            *later(3, (32, "resumed", {}), (74.5, "ended", {"why": "caller"})),
        ),
        lambda _queue: TERMS,
    )  # fmt: skip
    assert (turn.wait_seconds, turn.ring_seconds) == (12, 4)
    assert (turn.talk_seconds, turn.hold_seconds) == (48, 12)
    assert turn.is_in_time
    assert (turn.ended_at - turn.offered_at).total_seconds() == 72.5


def test_whoever_hangs_up_in_the_greeting_was_in_no_queue() -> None:
    (turn,) = turns_of(1, log((2, "ended", {"why": "abandoned"})), lambda _queue: TERMS)
    assert (turn.kind, turn.queue, turn.wait_seconds) == ("left", "", 0)


def played(seed: int, minutes: float, staff: list[int]) -> Traffic:
    """Callers who come by chance to a few people, some of whom do not answer."""
    people = {n: Agent(n, f"PJSIP/{n}") for n in staff}
    desk = Traffic(CountedClock(START), Terms(BILLS, is_recorded=False), people, seed=seed)
    for n, each in enumerate(people.values()):
        manner: Any = "answers" if n else "silent"
        desk.switch.phones[each.endpoint] = Phone(each.endpoint, manner, after_seconds=2.0)
    desk.start(patience=90.0)
    desk.clock.run(minutes * 60)
    return desk


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_turns_of_any_played_call_make_sense(seed: int) -> None:
    desk = played(seed, 15, [1, 2, 3])
    for call_id, entries in desk.log.items():
        turns = turns_of(call_id, entries, lambda _queue: TERMS)
        call = desk.calls[call_id]
        if call.phase != "ended":
            continue
        assert [turn.kind for turn in turns].count("left") in (0, len(turns))
        assert turns
        whole = (turns[-1].ended_at - entries[0].at).total_seconds()
        counted = sum(t.wait_seconds + t.talk_seconds + t.hold_seconds for t in turns)
        assert counted <= whole + 1
        assert (turns[-1].kind == "abandoned") == (call.end == "abandoned" and bool(call.queue))


@pytest.fixture
def world(db: None) -> Company:
    del db
    made = make_company()
    add_line(number="96111", name="热线", organisation_id=made.company.pk, queue=BILLS)
    return made


def keep(world: Company, desk: Traffic) -> list[int]:
    """The played calls with their logs in the database, without what is counted of them."""
    ids = []
    for number, entries in desk.log.items():
        call = desk.calls[number]
        row = Call.objects.create(
            organisation=world.company, channel=f"c{number}", caller="1", phase=call.phase,
            queue=call.queue, end=call.end, arrived_at=entries[0].at, ended_at=call.ended_at,
        )  # fmt: skip
        CallEntry.objects.bulk_create(
            CallEntry(call=row, seq=seq, kind=e.kind, at=e.at, recorded_at=e.at, data=dict(e.data))
            for seq, e in enumerate(entries, 1)
        )
        if call.phase == "ended":
            ids.append(row.pk)
    return ids


OF_THE_LOG = """
WITH of_call AS (
    SELECT e.call_id, min(e.at) FILTER (WHERE e.kind = 'queued') AS queued,
           min(e.at) FILTER (WHERE e.kind = 'connected') AS connected,
           max(e.at) FILTER (WHERE e.kind = 'ended') AS ended
      FROM telephony_callentry e GROUP BY 1)
SELECT date_bin('30 minutes', queued, timestamptz '2000-01-01 00:00+00'), count(*),
       count(connected), count(*) FILTER (WHERE connected - queued <= interval '20 s'),
       count(*) FILTER (WHERE connected IS NULL),
       count(*) FILTER (WHERE connected IS NULL AND ended - queued < interval '5 s'),
       coalesce(sum(floor(extract(epoch FROM connected - queued))), 0)::int,
       max(floor(extract(epoch FROM coalesce(connected, ended) - queued)))::int,
       coalesce(sum(floor(extract(epoch FROM ended - connected))), 0)::int
  FROM of_call WHERE queued IS NOT NULL AND ended IS NOT NULL
 GROUP BY 1 ORDER BY 1
"""
OF_THE_FIGURES = """
SELECT slot_at, sum(offered), sum(answered), sum(in_time), sum(abandoned), sum(abandoned_short),
       sum(answer_wait_seconds), max(longest_wait_seconds), sum(talk_seconds + hold_seconds)
  FROM (SELECT * FROM telephony_callfigure UNION ALL SELECT * FROM telephony_callfigurechange) f
 GROUP BY 1 ORDER BY 1
"""


def rows(sql: str) -> list[tuple[Any, ...]]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return list(cursor.fetchall())


def staff_of(world: Company) -> list[int]:
    return [world.agent.person_id, world.colleague.person_id, world.outsider.person_id]


def test_kept_figures_are_those_of_the_log_whenever_they_are_folded(world: Company) -> None:
    ids = keep(world, played(4, 75, staff_of(world)))
    chance = Random(4)
    while ids:
        some, ids = ids[:40], ids[40:]
        record_turns(some)
        record_turns(some)  # told twice, counted once
        if chance.random() < 0.5:
            fold_figures()
    expected = rows(OF_THE_LOG)
    assert len(expected) >= 3
    assert sum(row[1] for row in expected) > 150
    assert all(sum(row[n] for row in expected) > 5 for n in (2, 3, 4, 5))
    assert rows(OF_THE_FIGURES) == expected
    fold_figures()
    assert not CallFigureChange.objects.exists()
    assert rows(OF_THE_FIGURES) == expected


def test_figures_are_rebuilt_from_the_logs_alone(world: Company) -> None:
    ids = keep(world, played(5, 40, staff_of(world)))
    record_turns(ids)
    fold_figures()
    before = rows(OF_THE_FIGURES)
    CallTurn.objects.filter(call_id__in=ids[:5]).delete()
    CallFigure.objects.filter(queue=BILLS).update(answered=7)
    assert rows(OF_THE_FIGURES) != before
    assert rebuild_turns(now=at(10**6)) == len(ids)
    assert rows(OF_THE_FIGURES) == before
    columns = f"organisation_id, line_id, queue, staff_id, slot_at, {', '.join(SUMS)}"
    should = f"SELECT {columns} FROM telephony_refigure() ORDER BY 1, 2, 3, 4, 5"
    assert rows(f"SELECT {columns} FROM telephony_callfigure ORDER BY 1, 2, 3, 4, 5") == rows(
        should
    )


def test_the_work_after_a_call_comes_into_its_figures_once_it_is_over(world: Company) -> None:
    agent = world.agent.person_id
    call = Call.objects.create(
        organisation=world.company, channel="c", phase="ended", arrived_at=START, ended_at=at(100)
    )
    entries = log(
        (2, "queued", {"queue": BILLS, "bridge": "q"}), offered(3, 1, agent), *taken(5, 1),
        (100, "ended", {"why": "caller"}),
    )  # fmt: skip
    CallEntry.objects.bulk_create(
        CallEntry(call=call, seq=n, kind=e.kind, at=e.at, recorded_at=e.at, data=dict(e.data))
        for n, e in enumerate(entries, 1)
    )
    record_turns([call.pk])

    def change(seconds: float, state: str) -> None:
        AgentStateChange.objects.create(staff_id=agent, at=at(seconds), state=state)

    def wrapped() -> int:
        with connection.cursor() as cursor:
            cursor.execute("SELECT sum(wrap_seconds) FROM telephony_callfigurechange")
            return int(cursor.fetchone()[0])

    change(5, "busy")
    change(100.1, "wrap_up")
    settle_wrap_ups(now=at(110))
    assert wrapped() == 0
    change(133.2, "ready")
    settle_wrap_ups(now=at(140))
    settle_wrap_ups(now=at(150))
    assert wrapped() == 33
    assert CallTurn.objects.get().wrap_seconds == 33


def test_whoever_had_nothing_to_do_afterwards_is_settled_without(world: Company) -> None:
    ids = keep(world, played(6, 10, staff_of(world)))
    record_turns(ids)
    open_ones = CallTurn.objects.filter(staff__isnull=False, wrap_seconds__isnull=True)
    assert open_ones.exists()
    settle_wrap_ups(now=at(3600 * 3))
    assert not open_ones.exists()
