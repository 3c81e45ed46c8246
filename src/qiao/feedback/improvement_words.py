"""An improvement as people read it: figures in words, its history, its curve as a drawing."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.core.wording import from_names
from qiao.feedback.models import Improvement, ImprovementAction, ImprovementEvent
from qiao.feedback.queries.improvements import Step
from qiao.feedback.rules.improvements import DAYS, PER, Period, Rate, rate_of
from qiao.staff.queries import names_of

TONES: Final = {"proved": "ok", "not_proved": "warn", "worse": "bad"}
STATE_TONES: Final = {
    "open": "warn", "acting": "pri", "measuring": "info", "judged": "pri", "closed": "ok",
    "dropped": "",
}  # fmt: skip
STEPS: Final = ("open", "acting", "measuring", "judged", "closed")
ICONS: Final = {
    "opened": "target", "action_planned": "tool", "took_effect": "player-play",
    "measured": "chart-line", "told": "message-check", "closed": "circle-check",
    "dropped": "x", "handed_over": "user-check",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One of the two figures: its period, what was counted, the rate with its interval."""

    period: Period
    count: int
    base: int
    rate: Rate | None


def before_of(row: Improvement) -> Figure:
    """The figure before the action."""
    period = Period(row.before_from, row.before_to)
    rate = rate_of(row.before_count, base=row.before_base, days=period.days)
    return Figure(period, row.before_count, row.before_base, rate)


def after_of(row: Improvement) -> Figure | None:
    """The figure after it, once it was taken."""
    if row.after_count is None or row.after_base is None:
        return None
    assert row.after_from is not None
    assert row.after_to is not None
    period = Period(row.after_from, row.after_to)
    rate = rate_of(row.after_count, base=row.after_base, days=period.days)
    return Figure(period, row.after_count, row.after_base, rate)


def change_percent(row: Improvement) -> int | None:
    """By how many of 100 the rate changed."""
    after = after_of(row)
    before = before_of(row).rate
    if after is None or after.rate is None or before is None or before.value == 0:
        return None
    return round(100 * (after.rate.value / before.value - 1))


def definition_words(row: Improvement) -> str:
    """How the figure is counted, so that anybody can count it again."""
    return _(
        "Cases with the main cause “%(cause)s” (or one below it or merged into it), opened in"
        " %(unit)s and all units below it, per %(per)s accounts there and %(days)s days;"
        " intervals of 95 %% (Poisson)."
    ) % {
        "cause": from_names(row.cause.names, row.cause.key),
        "unit": from_names(row.organisation.names, row.organisation.name),
        "per": f"{PER:,}",
        "days": DAYS,
    }


def chance_words(row: Improvement) -> str:
    """What the test says, in a sentence."""
    if row.chance is None:
        return ""
    share = "< 0.001" if row.chance < 0.001 else f"= {row.chance:.3f}"
    said = {
        "proved": _("Fewer than before: chance alone would do this with p %(p)s."),
        "worse": _("More than before: chance alone would do this with p %(p)s."),
        "not_proved": _("The difference may be chance: p %(p)s."),
    }[row.verdict]
    words = str(said) % {"p": share}
    if row.is_small:
        words += " " + _("There are few cases, so that only a large effect could be proved.")
    return words


@dataclass(frozen=True, slots=True)
class Story:
    """An entry of the history."""

    icon: str
    title: str
    detail: str
    at: Any
    who: str


def story_of(events: Sequence[ImprovementEvent]) -> list[Story]:
    """The history in words, newest first."""
    people = names_of(event.data["to"] for event in events if event.kind == "handed_over")
    return [
        Story(
            ICONS.get(event.kind, "point"),
            _title(event),
            _detail(event, people),
            event.at,
            event.actor.name if event.actor else _("by rule"),
        )
        for event in events
    ]


def _title(event: ImprovementEvent) -> str:
    data = event.data
    if event.kind == "took_effect":
        return _("In effect since %(day)s") % {"day": data.get("day")}
    if event.kind == "measured":
        verdict = Improvement.Verdict(data["verdict"]).label
        return _("Measured again: %(verdict)s") % {"verdict": verdict}
    if event.kind == "told":
        words = ngettext(
            "%(n)d customer was told", "%(n)d customers were told", int(data["count"])
        )
        return words % {"n": data["count"]}
    return {
        "opened": pgettext("improvement", "Opened"),
        "action_planned": _("Action planned"),
        "closed": pgettext("improvement", "Closed"),
        "dropped": pgettext("improvement", "Given up"),
        "handed_over": _("Another owner"),
    }.get(event.kind, event.kind)


def _detail(event: ImprovementEvent, people: dict[int, str]) -> str:
    data = event.data
    if event.kind == "action_planned":
        return str(data.get("text", ""))
    if event.kind == "handed_over":
        return people.get(data.get("to", 0), "")
    if event.kind in ("opened", "measured"):
        return _("%(count)s cases, %(base)s accounts") % {
            "count": f"{data.get('count', 0):,}",
            "base": f"{data.get('base', 0):,}",
        }
    return ""


@dataclass(frozen=True, slots=True)
class Drawing:
    """The curve in a box of 720 by 200: a line, its band, ticks, and the day of the action."""

    line: str
    band: str
    points: tuple[tuple[float, float, str], ...]
    ticks: tuple[tuple[float, str], ...]
    levels: tuple[tuple[float, str], ...]
    action_x: float | None
    shades: tuple[tuple[float, float, str], ...]


WIDTH, HEIGHT, LEFT, RIGHT, TOP, BOTTOM = 720, 200, 44, 12, 14, 26


def drawing_of(row: Improvement, steps: Sequence[Step]) -> Drawing | None:
    """The drawing of the curve; None without a step."""
    if not steps:
        return None
    first, last = steps[0].period.start, steps[-1].period.end
    span = max(1, (last - first).days)
    top = max(step.rate.high for step in steps) or 1.0

    def x(day: date) -> float:
        inner = WIDTH - LEFT - RIGHT
        return round(LEFT + inner * min(max((day - first).days / span, 0), 1), 1)

    def y(value: float) -> float:
        inner = HEIGHT - TOP - BOTTOM
        return round(HEIGHT - BOTTOM - inner * value / top, 1)

    places = [(x(_middle(step.period)), step) for step in steps]
    band = [f"{at},{y(step.rate.high)}" for at, step in places]
    band += [f"{at},{y(step.rate.low)}" for at, step in reversed(places)]
    levels = tuple((y(top * part), f"{top * part:.2f}") for part in (0, 0.5, 1))
    gap = max(1, len(places) // 6)
    shades = [(x(row.before_from), x(row.before_to), "before")]
    if row.after_from and row.after_to:
        shades.append((x(row.after_from), x(row.after_to), "after"))
    return Drawing(
        line=" ".join(f"{at},{y(step.rate.value)}" for at, step in places),
        band=" ".join(band),
        points=tuple(
            (at, y(step.rate.value), f"{step.period.start} – {step.period.end}: {step.count}")
            for at, step in places
        ),
        ticks=tuple((at, f"{step.period.start:%m-%d}") for at, step in places[::gap]),
        levels=levels,
        action_x=x(row.effective_date) if row.effective_date else None,
        shades=tuple((start, round(max(end - start, 1), 1), kind) for start, end, kind in shades),
    )


def _middle(period: Period) -> date:
    return period.start + (period.end - period.start) / 2


def path_of(row: Improvement) -> list[tuple[str, str]]:
    """The steps of the way with ``done``, ``now`` or nothing."""
    place = STEPS.index(row.state) if row.state in STEPS else -1
    marks = ["done" if n < place else "now" if n == place else "" for n in range(len(STEPS))]
    return [
        (str(Improvement.State(key).label), mark) for key, mark in zip(STEPS, marks, strict=True)
    ]


def shown_actions(row: Improvement) -> list[tuple[ImprovementAction, str]]:
    """The actions with their cost as an amount."""
    actions = row.actions.order_by("due_date", "id")
    return [
        (each, f"{each.cost_minor / 100:,.2f}" if each.cost_minor is not None else "")
        for each in actions
    ]
