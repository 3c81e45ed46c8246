"""The wallboard: what a supervisor must see from across the room, put together from many places.

Every card is a right of its own: who may not see people, cases or answers has a board without
them, never an empty frame.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import get_language, pgettext_lazy

from qiao.cases.queries import CaseRow, Filters, count_listed, list_cases
from qiao.cases.queries.alike import ParentLine, parents
from qiao.contact.queries import AgentNow, QueueNow, agents_now, queues_now
from qiao.core.actor import Actor
from qiao.core.figures import Scope, Standing
from qiao.core.manifest import ExpectedCalls
from qiao.core.packs.queues import QueueSpec
from qiao.core.registry import registry
from qiao.core.rules.service_level import LevelTerms
from qiao.core.rules.spans import last_days
from qiao.feedback.queries.figures import satisfaction
from qiao.staff.queries import queues_of
from qiao.telephony.forms.periods import start_of
from qiao.telephony.queries import (
    Wanted,
    queue_name,
    recent_tally,
    resolved_at_once,
    tallies,
    terms_of,
)
from qiao.telephony.queries.levels import RIGHT
from qiao.telephony.rules.tallies import Tally, total

HALF_HOUR: Final = timedelta(minutes=30)
MOST_CHANGE: Final = 200.0  # percent; above it both numbers are said
WEEK: Final = timedelta(days=7)
SLOTS: Final = 16  # half hours in the chart: a shift
AHEAD: Final = 3  # of them to come, where calls are expected
AGENTS: Final = 18
CASES: Final = 6
MOST_QUEUES: Final = 8  # of more, those where somebody waits and the busiest
COUNTED_TO: Final = 1_000
HEIGHT: Final = 100  # of the chart's drawing, in its own units
BAR_PLACE: Final = 10  # from one bar to the next
BAR_WIDTH: Final = 7
NEAR: Final = 5  # points below its goal at which a level is warned of, no more
PEOPLE, WORK, ANSWERS = "agents.watch", "cases.view", "followups.view"
STATES: Final[Mapping[str, Promise]] = {
    "busy": pgettext_lazy("wallboard", "Call"),
    "ready": pgettext_lazy("wallboard", "Ready"),
    "wrap_up": pgettext_lazy("wallboard", "Wrap-up"),
    "reserved": pgettext_lazy("wallboard", "Is rung"),
    "break": pgettext_lazy("wallboard", "Break"),
    "not_ready": pgettext_lazy("wallboard", "No answer"),
}


@dataclass(frozen=True, slots=True)
class QueueLine:
    """A queue on the board. `tone` is that of its level: ok, warn, bad, or nothing."""

    name: str
    now: QueueNow
    is_late: bool
    tally: Tally
    terms: LevelTerms | None
    tone: str


@dataclass(frozen=True, slots=True)
class Bar:
    """A half hour of the chart: calls answered and given up, where they are drawn, and since when
    they came."""

    label: str
    answered: int
    abandoned: int
    top: float
    height: float
    lost_top: float
    lost_height: float
    place: int
    since: datetime


@dataclass(frozen=True, slots=True)
class Deadlines:
    """Cases past their promise, those that will soon be, and all that are open."""

    late: int
    soon: int
    open: int
    rows: Sequence[CaseRow]


@dataclass(frozen=True, slots=True)
class Board:
    """All cards. None for one whose right the reader does not hold.

    `change` is that of the calls of today until this half hour, in percent, against `before`: what
    was expected (`is_forecast`), or came a week ago; None where the percentage would tell nothing.
    `line` joins the expected calls of the chart, as points
    of SVG; empty where none are expected.
    """

    today: Tally
    goal: float | None
    tone: str
    recent: Tally
    waiting: int
    since: datetime | None
    change: float | None
    before: int | None
    is_forecast: bool
    resolved: tuple[int, int]
    resolved_before: tuple[int, int]
    queues: Sequence[QueueLine]
    bars: Sequence[Bar]
    line: str
    most: int
    agents: Sequence[AgentNow] | None
    states: Sequence[tuple[str, Promise, int]]
    deadlines: Deadlines | None
    answers: Standing | None
    incident: ParentLine | None

    @property
    def shown_agents(self) -> Sequence[AgentNow]:
        """Those for whom there is room; who stands too long is among them first."""
        return (self.agents or [])[: AGENTS - bool(self.more_agents)]

    @property
    def more_agents(self) -> int:
        """How many there is no room for."""
        people = len(self.agents or [])
        return people - AGENTS + 1 if people > AGENTS else 0

    @property
    def resolved_percent(self) -> float | None:
        """First-contact resolution of today."""
        return _percent(self.resolved)

    @property
    def resolved_percent_before(self) -> float | None:
        """That of the seven days before."""
        return _percent(self.resolved_before)


def build_board(*, actor: Actor, now: datetime) -> Board:
    """Read the board. Raises `Forbidden` without the right to figures of calls."""
    start = start_of(timezone.localdate(now))
    day = Wanted(start, start + timedelta(days=1))
    by_queue = tallies(actor=actor, wanted=day, by="queue")
    by_slot = tallies(actor=actor, wanted=day, by="slot")
    today = total(by_queue.values())
    goal = _goal(by_queue)
    waiting = queues_now(actor=actor, permission=RIGHT, now=now)
    moments = [each.since for each in waiting.values() if each.since is not None]
    agents = agents_now(actor=actor, now=now) if actor.can(PEOPLE) else None
    expected = _expected(actor, start, now)
    bars, most, line = _bars(by_slot, expected, now)
    came, awaited, is_forecast = _so_far(actor, start, now, expected)
    before = Wanted(start - WEEK, start)
    return Board(
        today=today,
        goal=goal,
        tone=_tone(today.level, goal),
        recent=recent_tally(actor=actor, wanted=Wanted(now - HALF_HOUR, now)),
        waiting=sum(each.waiting for each in waiting.values()),
        since=min(moments, default=None),
        change=_change(came, awaited),
        before=None if awaited is None else round(awaited),
        is_forecast=is_forecast,
        resolved=resolved_at_once(actor=actor, wanted=day, by="all").get("", (0, 0)),
        resolved_before=resolved_at_once(actor=actor, wanted=before, by="all").get("", (0, 0)),
        queues=_queues(queues_of(actor.organisation_id), by_queue, waiting, now),
        bars=bars,
        line=line,
        most=most,
        agents=agents,
        states=_states(agents or []),
        deadlines=_deadlines(actor, now) if actor.can(WORK) else None,
        answers=_answers(actor, now) if actor.can(ANSWERS) else None,
        incident=_incident(actor) if actor.can(WORK) else None,
    )


def _percent(share: tuple[int, int]) -> float | None:
    whole, part = share
    return 100 * part / whole if whole else None


def _goal(by_queue: Mapping[str, Tally]) -> float | None:
    """What all queues together should reach: their goals, weighed by their calls."""
    weighed = [
        (terms.share_percent, tally.level_of)
        for key, tally in by_queue.items()
        if (terms := terms_of(key)) is not None and tally.level_of
    ]
    calls = sum(n for _share, n in weighed)
    return sum(share * n for share, n in weighed) / calls if calls else None


def _tone(level: float | None, goal: float | None) -> str:
    if level is None or goal is None:
        return ""
    return "ok" if level >= goal else "warn" if level >= goal - NEAR else "bad"


def _expected(actor: Actor, start: datetime, now: datetime) -> ExpectedCalls | None:
    """What is expected of today and of what the chart shows beyond it."""
    until = max(start + timedelta(days=1), now + (AHEAD + 1) * HALF_HOUR)
    return registry.expected_calls(
        organisation_ids=actor.organisations(RIGHT),
        since=min(start, now - SLOTS * HALF_HOUR),
        until=until,
    )


def _so_far(
    actor: Actor, start: datetime, now: datetime, expected: ExpectedCalls | None
) -> tuple[int, float | None, bool]:
    """The calls of today until this half hour, as many as were expected by now or came a week ago
    (None where nothing is known), and whether it is the former. What is expected are calls that
    are taken: forecasts are made from contacts."""
    until = start + (now - start) // HALF_HOUR * HALF_HOUR
    if until <= start:
        return 0, None, False
    awaited = expected.calls.items() if expected else ()
    wanted = sum(n for at, n in awaited if start <= at < until)
    if expected and wanted >= 1:
        here = tallies(actor=actor, wanted=Wanted(start, until), by="queue")
        came = sum(each.answered for key, each in here.items() if key in expected.queues)
        return came, wanted, True
    past = tallies(actor=actor, wanted=Wanted(start - WEEK, until - WEEK), by="all")
    so_far = tallies(actor=actor, wanted=Wanted(start, until), by="all")
    before = total(past.values()).offered
    return total(so_far.values()).offered, before or None, False


def _change(came: int, awaited: float | None) -> float | None:
    """How many more came than were awaited, in percent; None where it would be a number that
    nobody can take in: three calls of a night become thirty when a main bursts."""
    if awaited is None:
        return None
    change = 100 * (came - awaited) / awaited
    return change if change <= MOST_CHANGE else None


def _queues(
    own: Mapping[str, QueueSpec],
    by_queue: Mapping[str, Tally],
    waiting: Mapping[str, QueueNow],
    now: datetime,
) -> list[QueueLine]:
    phone = [key for key, spec in own.items() if "phone" in spec.channels]
    keys = [*phone, *sorted((by_queue.keys() | waiting.keys()) - set(phone) - {""})]
    found = []
    for key in keys:
        state = waiting.get(key, QueueNow(key, 0, None, 0, 0))
        tally, terms = by_queue.get(key, Tally()), terms_of(key)
        if key not in phone and not (state.waiting or tally.offered):
            continue
        late = bool(
            terms and state.since and (now - state.since).total_seconds() > terms.answer_seconds
        )
        goal = float(terms.share_percent) if terms else None
        line = QueueLine(queue_name(key), state, late, tally, terms, _tone(tally.level, goal))
        found.append(line)
    if len(found) <= MOST_QUEUES:
        return found
    busiest = sorted(found, key=lambda each: (-each.now.waiting, -each.tally.offered))
    chosen = {id(each) for each in busiest[:MOST_QUEUES]}
    return [each for each in found if id(each) in chosen]


def _bars(
    by_slot: Mapping[str, Tally], expected: ExpectedCalls | None, now: datetime
) -> tuple[list[Bar], int, str]:
    """The last half hours and those to come that are expected, with the highest number of calls in
    one and the line of what is expected."""
    held = {datetime.fromisoformat(key): tally for key, tally in by_slot.items()}
    slot = datetime.fromtimestamp(now.timestamp() // 1800 * 1800, tz=now.tzinfo)
    first = slot - HALF_HOUR * (SLOTS - 1 - (AHEAD if expected else 0))
    slots = [first + HALF_HOUR * place for place in range(SLOTS)]
    shown = [(at, held.get(at, Tally())) for at in slots]
    awaited = [expected.calls.get(at) if expected else None for at in slots]
    most = max((t.answered + t.abandoned for _at, t in shown), default=0)
    most = max(most, *(ceil(n) for n in awaited if n is not None), 0)
    scale = HEIGHT / max(1, most)
    bars = []
    for place, (at, tally) in enumerate(shown):
        height, lost = round(tally.answered * scale, 2), round(tally.abandoned * scale, 2)
        local = timezone.localtime(at)
        label = f"{local:%H:%M}" if local.minute == 0 else ""
        bars.append(
            Bar(
                label, tally.answered, tally.abandoned, HEIGHT - height, height,
                HEIGHT - height - lost, lost, BAR_PLACE * place, at,
            )
        )  # fmt: skip
    points = [
        f"{BAR_PLACE * place + BAR_WIDTH / 2},{round(HEIGHT - n * scale, 2)}"
        for place, n in enumerate(awaited)
        if n is not None
    ]
    return bars, most, " ".join(points)


def _states(agents: Sequence[AgentNow]) -> list[tuple[str, Promise, int]]:
    counts = [(s, name, sum(a.state == s for a in agents)) for s, name in STATES.items()]
    return [each for each in counts if each[2]]


def _deadlines(actor: Actor, now: datetime) -> Deadlines:
    late = list_cases(actor=actor, now=now, view="late", limit=CASES)
    rows = list(late.rows)
    if len(rows) < CASES:
        soon = list_cases(actor=actor, now=now, view="due_soon", limit=CASES)
        known = {row.case_id for row in rows}
        rows += [row for row in soon.rows if row.case_id not in known][: CASES - len(rows)]

    def counted(view: str) -> int:
        return count_listed(actor=actor, now=now, view=view, filters=Filters(), limit=COUNTED_TO)

    return Deadlines(counted("late"), counted("due_soon"), counted("open"), rows)


def _answers(actor: Actor, now: datetime) -> Standing:
    """What customers said in seven days, for few are asked in one; against the seven before."""
    week = last_days(timezone.localdate(now), 7)
    scope = Scope(week, week.before(), now, language=get_language() or "zh-hans")
    return satisfaction(actor, scope)


def _incident(actor: Actor) -> ParentLine | None:
    """The common cause with the most reports, of those that are not over."""
    going_on = [line for line in parents(actor=actor, limit=20) if line.state == "open"]
    return max(going_on, key=lambda line: line.open_reports, default=None)
