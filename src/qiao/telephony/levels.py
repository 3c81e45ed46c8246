"""The service level as page and file show it: each figure with the calls behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final, cast
from urllib.parse import urlencode

from django.urls import reverse
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
from qiao.telephony.forms import LevelChoice
from qiao.telephony.models import Line
from qiao.telephony.queries import queue_name, resolved_at_once, tallies
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
    """A value as it is written, with the address of exactly the calls behind it. `share` stands
    behind a percentage."""

    value: float | None
    text: str
    href: str = ""
    share: Share | None = None


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


def _cell(
    head: Head, tally: Tally, key: str, beside: _Beside, choice: LevelChoice, by: By
) -> Cell:
    def address(measure: str) -> str:
        return _address(measure, key, choice, by)

    if head.key in _MEASURES:
        n = int(getattr(tally, head.key))
        return Cell(n, f"{n:,}", address(head.key) if n else "")
    if head.key == "resolved":
        closed, at_once = beside.resolved.get(key, NONE_YET)
        return _percent(Share(at_once, closed), address("resolved") if at_once else "")
    if head.key in ("occupancy", "signed_on"):
        states = beside.states.get(int(key or 0), {})
        if head.key == "occupancy":
            return _number(occupancy(states), "percent")
        return _number(sum(states.values()) or None, "time")
    if head.key == "level":
        share = Share(tally.in_time, tally.level_of)
        return _percent(share, address("in_time") if tally.in_time else "")
    if head.key == "abandon_rate":
        share = Share(tally.abandoned, tally.offered)
        return _percent(share, address("abandoned") if tally.abandoned else "")
    value = {
        "answer_speed": tally.answer_speed,
        "handle_time": tally.handle_time,
        "longest": tally.longest_wait_seconds or None,
        "talk": tally.talk_seconds,
        "hold": tally.hold_seconds,
        "wrap": tally.wrap_seconds,
    }[head.key]
    return _number(value, head.kind)


def _percent(share: Share, href: str) -> Cell:
    percent = share.percent
    text = "–" if percent is None else f"{percent:.1f}"
    return Cell(percent, text, href, share)


def _number(value: float | None, kind: Kind) -> Cell:
    if value is None:
        return Cell(None, "–")
    return Cell(value, clock_face(value) if kind == "time" else f"{value:.1f}")


def _address(measure: str, key: str, choice: LevelChoice, by: By) -> str:
    """The list of exactly the calls behind a figure; of a time of day over many days there is
    no list."""
    wanted = choice.wanted
    since, until = wanted.since, wanted.until
    values: dict[str, object] = {"queue": choice.queue, "agent": choice.agent_id or ""}
    if by == "hour":
        return ""
    if by == "slot":
        since = datetime.fromisoformat(key)
        until = since + HALF_HOUR
    elif by == "day":
        since = timezone.make_aware(datetime.fromisoformat(key))
        until = since + timedelta(days=1)
    elif by in ("queue", "agent", "line"):
        values[by] = key
    if values.get("queue") == "" and by == "queue":
        return ""
    values |= {"measure": measure, "unit": choice.unit_id or ""}
    values |= {"since": _moment(since), "until": _moment(until)}
    query = urlencode({name: value for name, value in values.items() if value != ""})
    return f"{reverse('telephony:list')}?{query}"


def _moment(at: datetime) -> str:
    local = timezone.localtime(at)
    return local.strftime("%Y-%m-%d" if local.hour == local.minute == 0 else "%Y-%m-%dT%H:%M")


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
