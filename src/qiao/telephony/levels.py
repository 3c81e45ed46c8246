"""The service level as page and file show it: each figure with the calls behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, Final, cast

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.contact.queries import occupancy, seconds_in_states
from qiao.core.actor import Actor
from qiao.core.figures import part_label
from qiao.core.rules.spans import Span
from qiao.core.rules.statistics import Share
from qiao.core.ui.moments import clock_face
from qiao.staff.queries import names_of, subtree_of
from qiao.telephony.behind import NO_QUEUE, calls_behind, people_behind
from qiao.telephony.forms import LevelChoice
from qiao.telephony.models import Line
from qiao.telephony.queries import Wanted, queue_name, resolved_at_once, tallies
from qiao.telephony.queries.levels import RIGHT, By
from qiao.telephony.rules.tallies import Tally, total

HALF_HOUR: Final = timedelta(minutes=30)
NONE_YET: Final = (0, 0)
Kind = str


@dataclass(frozen=True, slots=True)
class Head:
    """A column: what it is called, and how its values are written: ``count``, ``percent``,
    ``time`` (seconds)."""

    key: str
    label: Promise
    kind: Kind = "count"


HEADS: Final = (
    Head("offered", pgettext_lazy("figures of calls", "Offered")),
    Head("answered", pgettext_lazy("figures of calls", "Answered")),
    Head("in_time", pgettext_lazy("figures of calls", "In time")),
    Head("level", pgettext_lazy("figures of calls", "Service level"), "percent"),
    Head("answer_speed", pgettext_lazy("figures of calls", "Answer speed"), "time"),
    Head("longest", pgettext_lazy("figures of calls", "Longest wait"), "time"),
    Head("abandoned", pgettext_lazy("figures of calls", "Abandoned")),
    Head("abandoned_short", pgettext_lazy("figures of calls", "of them at once")),
    Head("abandon_rate", pgettext_lazy("figures of calls", "Abandon rate"), "percent"),
    Head("transfers", pgettext_lazy("figures of calls", "Transfers")),
    Head("handle_time", pgettext_lazy("figures of calls", "Handle time"), "time"),
    Head("resolved", pgettext_lazy("figures of calls", "Resolved at once"), "percent"),
)
OF_AGENTS: Final = (
    Head("handled", pgettext_lazy("figures of calls", "Calls")),
    Head("handle_time", pgettext_lazy("figures of calls", "Handle time"), "time"),
    Head("talk", pgettext_lazy("figures of calls", "Talk"), "time"),
    Head("hold", pgettext_lazy("figures of calls", "Hold"), "time"),
    Head("wrap", pgettext_lazy("figures of calls", "Wrap-up"), "time"),
    Head("occupancy", pgettext_lazy("figures of calls", "Occupancy"), "percent"),
    Head("signed_on", pgettext_lazy("figures of calls", "Signed on"), "time"),
    Head("in_time", pgettext_lazy("figures of calls", "In time")),
    Head("transfers", pgettext_lazy("figures of calls", "Transfers")),
    Head("resolved", pgettext_lazy("figures of calls", "Resolved at once"), "percent"),
)
ABOUT: Final[Mapping[str, Promise]] = {
    "offered": pgettext_lazy("figures of calls", "Calls that came to a queue."),
    "level": pgettext_lazy(
        "figures of calls", "Share of calls answered in time, counted as each queue defines it."
    ),
    "answer_speed": pgettext_lazy(
        "figures of calls", "Mean wait of the calls that were answered (ASA)."
    ),
    "abandon_rate": pgettext_lazy("figures of calls", "Of all offered, those who gave up."),
    "handle_time": pgettext_lazy(
        "figures of calls", "Mean of talk, hold and wrap-up of a call (AHT)."
    ),
    "occupancy": pgettext_lazy(
        "figures of calls",
        "Of the time ready or at work, the share at work: rung, with a customer, wrap-up.",
    ),
    "resolved": pgettext_lazy(
        "figures of calls",
        "Of the answered calls whose contact is closed, those in which the customer had the answer"
        " at once (first-contact resolution).",
    ),
}
_MEASURES: Final = frozenset(
    {"offered", "answered", "in_time", "abandoned", "abandoned_short", "transfers", "handled"}
)


@dataclass(frozen=True, slots=True)
class Cell:
    """A value as it is written, with the address of exactly the calls, or people, behind it.
    `share` stands behind a percentage, and `of` of how many calls a time is made."""

    value: float | None
    text: str
    href: str = ""
    share: Share | None = None
    of: int | None = None


@dataclass(frozen=True, slots=True)
class LevelRow:
    """A row with its name, a cell for every head, and what the chart draws of it."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    tally: Tally


@dataclass(frozen=True, slots=True)
class LevelReport:
    """Figures of a choice. Without a call there are no rows."""

    choice: LevelChoice
    heads: tuple[Head, ...]
    rows: tuple[LevelRow, ...]
    total: LevelRow

    @property
    def is_empty(self) -> bool:
        """Whether there was no call at all."""
        return not self.rows


@dataclass(frozen=True, slots=True)
class _Beside:
    """What does not come from the figures of calls: contacts, and how people stood."""

    resolved: Mapping[str, tuple[int, int]]
    states: Mapping[int, Mapping[str, float]]


def key_of(choice: LevelChoice) -> By:
    """By which key of figures the rows are: a day by half hours, longer ones by days."""
    if choice.by == "time":
        return "slot" if choice.period == "day" else "day"
    return cast("By", choice.by)


def build_levels(*, actor: Actor, now: datetime, choice: LevelChoice) -> LevelReport:
    """Read the figures of a choice and put them into words. Raises `Forbidden`."""
    by = key_of(choice)
    found = tallies(actor=actor, wanted=choice.wanted, by=by)
    if by == "agent":
        found.pop("0", None)  # nobody's: who gave up
    beside = _Beside(
        resolved_at_once(actor=actor, wanted=choice.wanted, by=by),
        _states(actor, now, choice) if by == "agent" else {},
    )
    heads = OF_AGENTS if by == "agent" else HEADS
    names = _names(by, found)
    rows = tuple(
        LevelRow(
            key,
            names(key),
            tuple(_cell(head, tally, key, beside, choice, by) for head in heads),
            tally,
        )
        for key, tally in _ordered(by, found)
    )
    return LevelReport(choice, heads, rows, _total(heads, found, beside, choice))


def _ordered(by: By, found: Mapping[str, Tally]) -> list[tuple[str, Tally]]:
    if by in ("slot", "day", "hour"):
        return sorted(found.items())
    return sorted(found.items(), key=lambda row: (-row[1].offered, -row[1].handled, row[0]))


def _total(
    heads: tuple[Head, ...], found: Mapping[str, Tally], beside: _Beside, choice: LevelChoice
) -> LevelRow:
    whole = total(found.values())
    closed, at_once = (
        (sum(part) for part in zip(*beside.resolved.values(), strict=True))
        if (beside.resolved)
        else NONE_YET
    )
    states: dict[str, float] = {}
    for each in beside.states.values():
        for state, seconds in each.items():
            states[state] = states.get(state, 0.0) + seconds
    merged = _Beside({"": (closed, at_once)}, {0: states})
    cells = tuple(_cell(head, whole, "", merged, choice, "all") for head in heads)
    return LevelRow("", _("All together"), cells, whole)


def _states(actor: Actor, now: datetime, choice: LevelChoice) -> Mapping[int, Mapping[str, float]]:
    seen = set(actor.organisations(RIGHT))
    if choice.unit_id is not None:
        seen &= set(subtree_of(choice.unit_id))
    wanted = choice.wanted
    return seconds_in_states(
        organisation_ids=sorted(seen), since=wanted.since, until=wanted.until, now=now
    )


def _names(by: By, found: Mapping[str, Tally]) -> Callable[[str], str]:
    if by == "queue":
        return lambda key: queue_name(key) or pgettext("queue", "None")
    if by == "agent":
        people = names_of([int(key) for key in found])
        return lambda key: people.get(int(key), key)
    if by == "line":
        lines = {str(line.pk): f"{line.name} {line.number}" for line in Line.objects.all()}
        return lambda key: lines.get(key, pgettext("line", "None"))
    if by == "slot":
        return lambda key: f"{timezone.localtime(datetime.fromisoformat(key)):%H:%M}"
    if by == "day":
        return lambda key: part_label(
            Span(date.fromisoformat(key), date.fromisoformat(key)), "day"
        )
    return lambda key: key


_MADE_OF: Final[Mapping[str, str]] = {"answer_speed": "answered", "handle_time": "handled",
    "talk": "handled", "hold": "handled", "wrap": "handled"}  # fmt: skip
"""Of which calls a time is made."""


def _cell(
    head: Head, tally: Tally, key: str, beside: _Beside, choice: LevelChoice, by: By
) -> Cell:
    wanted, hour = _wanted(key, choice, by)

    def address(measure: str, **narrowed: object) -> str:
        return calls_behind(measure, wanted, hour=hour, **narrowed)

    if head.key in _MEASURES:
        n = int(getattr(tally, head.key))
        return Cell(n, f"{n:,}", address(head.key) if n else "")
    if head.key in ("occupancy", "signed_on"):
        states = beside.states.get(int(key or 0), {})
        occupied = head.key == "occupancy"
        stood = occupancy(states) if occupied else sum(states.values()) or None
        return _number(stood, head.kind, people_behind(wanted) if states else "")
    if head.kind == "percent":
        share, measure = _share(head.key, tally, beside.resolved.get(key, NONE_YET))
        return _percent(share, address(measure) if share.part else "")
    if head.key == "longest":
        seconds = tally.longest_wait_seconds
        return _number(seconds or None, head.kind, address("", waited=seconds))
    value = {
        "answer_speed": tally.answer_speed,
        "handle_time": tally.handle_time,
        "talk": tally.talk_seconds,
        "hold": tally.hold_seconds,
        "wrap": tally.wrap_seconds,
    }[head.key]
    measure = _MADE_OF[head.key]
    of = int(getattr(tally, measure))
    return _number(value, head.kind, address(measure) if of else "", of)


def _share(key: str, tally: Tally, resolved: tuple[int, int]) -> tuple[Share, str]:
    """A share, and the calls that it counts."""
    if key == "level":
        return Share(tally.in_time, tally.level_of), "in_time"
    if key == "abandon_rate":
        return Share(tally.abandoned, tally.offered), "abandoned"
    closed, at_once = resolved
    return Share(at_once, closed), "resolved"


def _percent(share: Share, href: str) -> Cell:
    percent = share.percent
    text = "–" if percent is None else f"{percent:.1f}"
    return Cell(percent, text, href, share)


def _number(value: float | None, kind: Kind, href: str = "", of: int | None = None) -> Cell:
    if value is None:
        return Cell(None, "–")
    text = clock_face(value) if kind == "time" else f"{value:.1f}"
    return Cell(value, text, href, of=of)


def _wanted(key: str, choice: LevelChoice, by: By) -> tuple[Wanted, str]:
    """What a row is of; for a time of day over many days, with that time."""
    wanted = choice.wanted
    if by == "slot":
        since = datetime.fromisoformat(key)
        return replace(wanted, since=since, until=since + HALF_HOUR), ""
    if by == "day":
        since = timezone.make_aware(datetime.fromisoformat(key))
        return replace(wanted, since=since, until=since + timedelta(days=1)), ""
    if by == "queue":
        return replace(wanted, queue=key or NO_QUEUE), ""
    if by == "agent":
        return replace(wanted, agent_id=int(key)), ""
    if by == "line":
        return replace(wanted, line_id=int(key)), ""
    return wanted, key if by == "hour" else ""


def chart_of(report: LevelReport) -> dict[str, Any]:
    """The JSON that ``charts.js`` draws: answered and abandoned as bars, the level as a line; of
    people, their calls and occupancy."""
    if report.heads is OF_AGENTS:
        return _chart_of_agents(report)
    places = {head.key: place for place, head in enumerate(report.heads)}

    def points(key: str) -> list[Any]:
        return [_point(row.cells[places[key]]) for row in report.rows]

    return {
        "labels": [row.label for row in report.rows],
        "units": ["", "%"],
        "series": [
            {"name": str(HEADS[1].label), "axis": 0, "stack": "calls", "data": points("answered")},
            {
                "name": str(pgettext("figures of calls", "Abandoned")),
                "axis": 0,
                "stack": "calls",
                "tone": "bad",
                "data": points("abandoned"),
            },
            {
                "name": str(HEADS[3].label),
                "axis": 1,
                "type": "line",
                "tone": "text",
                "data": points("level"),
            },
        ],
    }


def _chart_of_agents(report: LevelReport) -> dict[str, Any]:
    places = {head.key: place for place, head in enumerate(report.heads)}
    rows = report.rows[:20]
    series = []
    for axis, key in enumerate(("handled", "occupancy")):
        head = report.heads[places[key]]
        data = [_point(row.cells[places[key]]) for row in rows]
        series.append({"name": str(head.label), "axis": axis, "data": data})
    series[1] |= {"type": "line", "tone": "text"}
    return {"labels": [row.label for row in rows], "units": ["", "%"], "series": series}


def _point(cell: Cell) -> Any:
    if cell.value is None:
        return None
    value = round(cell.value, 1)
    return {"value": value, "href": cell.href} if cell.href else value
