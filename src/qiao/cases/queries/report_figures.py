"""The declared figures of the reports of cases: what each means and how it is counted.

One declaration serves the table, its files and the list of cases that a figure leads to.
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.utils import timezone
from django.utils.text import format_lazy
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases import definitions
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.manifest import CaseFigure
from qiao.core.registry import registry
from qiao.core.wording import said

VIEW: Final = "cases.view"
CONTACT_MINUTES: Final = "cases.first_contact_minutes"
ACT_MINUTES: Final = "cases.act_minutes"
FRONT_COST: Final = "cases.front_minute_cost"
BACK_COST: Final = "cases.back_minute_cost"
VISIT_COST: Final = "cases.visit_cost"
WHOLE: Final = ":all"  # after a figure's key: everything that its share is taken of
KEPT_PREFIX, TIME_PREFIX = "kept.", "used."

# Somebody else than who opened it, or a second contact, before the customer had the answer.
_ALONE = """c.answered_at <= c.opened_at + make_interval(mins => %(r_contact)s::int)
 AND c.chase_count = 0 AND c.reopened_count = 0 AND c.merged_count = 0
 AND NOT EXISTS (SELECT 1 FROM cases_caseevent e
                  WHERE e.case_id = c.id AND e.at <= c.answered_at
                    AND e.actor_id <> coalesce(c.opened_by_id, c.responsible_id))"""
_RESPONDED = """(SELECT extract(epoch FROM min(e.at) - c.opened_at)::float8
   FROM cases_caseevent e
  WHERE e.case_id = c.id AND e.kind IN ('first_response', 'arrived', 'answered'))"""
_ONE_STEP = """1 = (SELECT count(*) FROM cases_caseevent e
  WHERE e.case_id = c.id AND e.kind = 'step_entered'
    AND e.seq < (SELECT min(a.seq) FROM cases_caseevent a
                  WHERE a.case_id = c.id AND a.kind = 'answered'))"""
# One act of a person may leave several entries of one moment.
_COST = """(SELECT %(r_act)s * (
         count(DISTINCT e.at) FILTER (WHERE e.actor_id = c.responsible_id) * %(r_front)s
       + count(DISTINCT e.at) FILTER (WHERE e.actor_id <> c.responsible_id) * %(r_back)s)
   FROM cases_caseevent e WHERE e.case_id = c.id)
 + %(r_visit)s * (SELECT count(*) FROM cases_caseduty d
   WHERE d.case_id = c.id AND d.duty = 'work_order' AND d.done_at IS NOT NULL)"""

FIGURES: Final = (
    CaseFigure(
        "opened",
        pgettext_lazy("column of figures", "Opened"),
        gettext_lazy(
            "Cases opened in the period, in the day of the unit. Reports that were merged later"
            " are counted too: each was a customer's word."
        ),
        "count",
        "opened",
        VIEW,
        10,
    ),
    CaseFigure(
        "closed",
        pgettext_lazy("column of figures", "Archived"),
        gettext_lazy(
            "Cases archived in the period, whenever they were opened. One that was reopened"
            " counts once, on the day of its last end."
        ),
        "count",
        "closed",
        VIEW,
        20,
    ),
    CaseFigure(
        "standing",
        pgettext_lazy("column of figures", "Open at the end"),
        gettext_lazy(
            "Cases opened by the last day of the period and not archived by then, as they are"
            " recorded today."
        ),
        "count",
        "standing",
        VIEW,
        30,
        better="down",
    ),
    CaseFigure(
        "kept",
        gettext_lazy("Promises kept"),
        gettext_lazy(
            "Of the cases opened in the period and decided, those whose every promise was kept."
        ),
        "share",
        "opened",
        VIEW,
        40,
        better="up",
        whole="c.promise_kept IS NOT NULL",
        part="c.promise_kept",
    ),
    CaseFigure(
        "first_contact",
        gettext_lazy("Resolved at first contact"),
        gettext_lazy(
            "Of the cases archived in the period and not merged into another: answered by who"
            " opened it within the time of one contact, with nobody else's hand in it before,"
            " never chased, never reopened, and never reported twice."
        ),
        "share",
        "closed",
        VIEW,
        50,
        better="up",
        whole="c.merged_into_id IS NULL",
        part=_ALONE,
    ),
    CaseFigure(
        "one_step",
        gettext_lazy("Answered in one step"),
        gettext_lazy(
            "Of the cases archived in the period and answered, those that had not been passed to"
            " another step before the answer."
        ),
        "share",
        "closed",
        VIEW,
        60,
        better="up",
        whole="c.answered_at IS NOT NULL",
        part=_ONE_STEP,
    ),
    CaseFigure(
        "first_response",
        gettext_lazy("First response"),
        gettext_lazy(
            "From opening to the first word to the customer, the arrival or the answer, by the"
            " clock on the wall: half of the cases opened in the period had it by the first"
            " figure, nine of ten by the second."
        ),
        "time",
        "opened",
        VIEW,
        70,
        better="down",
        whole=f"{_RESPONDED} IS NOT NULL",
        value=_RESPONDED,
    ),
    CaseFigure(
        "ending",
        gettext_lazy("Opened to archived"),
        gettext_lazy(
            "From opening to archiving by the clock on the wall, of the cases archived in the"
            " period. Working time is what each promise counts."
        ),
        "time",
        "closed",
        VIEW,
        80,
        better="down",
        value="extract(epoch FROM c.closed_at - c.opened_at)::float8",
    ),
    CaseFigure(
        "reopened",
        gettext_lazy("Reopened"),
        gettext_lazy("Of the cases archived in the period, those that had been archived before."),
        "share",
        "closed",
        VIEW,
        90,
        better="down",
        part="c.reopened_count > 0",
    ),
    CaseFigure(
        "chased",
        gettext_lazy("Chased"),
        gettext_lazy("Of the cases opened in the period, those that the customer chased."),
        "share",
        "opened",
        VIEW,
        100,
        better="down",
        part="c.chase_count > 0",
    ),
    CaseFigure(
        "escalated",
        gettext_lazy("Escalated"),
        gettext_lazy("Of the cases opened in the period, those that were escalated."),
        "share",
        "opened",
        VIEW,
        110,
        better="down",
        part="c.escalated",
    ),
    CaseFigure(
        "cost",
        gettext_lazy("Cost of a case"),
        gettext_lazy(
            "The mean over the cases archived in the period: acts of people in the history of the"
            " case by the minutes of an act and the cost of a minute, of the first person and of"
            " others, and each visit of a crew. All four are parameters, taken as they hold on"
            " the last day of the period."
        ),
        "money",
        "closed",
        VIEW,
        130,
        better="down",
        value=_COST,
    ),
)

# Promise keys come from packs; they are checked to be plain words when a pack is loaded.
_CLOCKS = "FROM cases_caseclock k WHERE k.case_id = c.id AND k.promise = '{key}'"
_DECIDED = "k.state IN ('met', 'late_met', 'late')"
_MISSED = "k.state IN ('late_met', 'late')"


@dataclass(frozen=True, slots=True)
class _Known:
    """A promise of the enabled packs: its key and its most usual name."""

    key: str
    name: str


def _promises() -> list[_Known]:
    """All promises that the enabled packs know, those of most types first."""
    found: dict[str, Counter[str]] = {}
    for definition in definitions.case_types().values():
        for spec in definition.promises:
            found.setdefault(spec.key, Counter())[said(spec.name)] += 1
    ordered = sorted(found.items(), key=lambda item: (-item[1].total(), item[0]))
    return [
        _Known(key, named.most_common(1)[0][0])
        for key, named in ordered
        if key.replace("_", "").replace("-", "").isalnum() and key.isascii()
    ]


def _of_promise(place: int, promise: _Known) -> list[CaseFigure]:
    clocks = _CLOCKS.format(key=promise.key)
    return [
        CaseFigure(
            f"{KEPT_PREFIX}{promise.key}",
            format_lazy("{}: {}", promise.name, gettext_lazy("kept in time")),
            gettext_lazy(
                "Of the cases opened in the period for which this promise was decided, those"
                " without a round that was late."
            ),
            "share",
            "opened",
            VIEW,
            200 + place,
            better="up",
            whole=f"EXISTS (SELECT 1 {clocks} AND {_DECIDED})",
            part=f"NOT EXISTS (SELECT 1 {clocks} AND {_MISSED})",
        ),
        CaseFigure(
            f"{TIME_PREFIX}{promise.key}",
            format_lazy("{}: {}", promise.name, gettext_lazy("working time")),
            gettext_lazy(
                "Working time that the promise's first round used in its own calendar, pauses"
                " left out, of the cases opened in the period for which it was decided: the"
                " median and the ninth decile."
            ),
            "time",
            "opened",
            VIEW,
            300 + place,
            better="down",
            whole=f"EXISTS (SELECT 1 {clocks} AND k.round = 1 AND {_DECIDED})",
            value=f"(SELECT k.elapsed_seconds::float8 {clocks} AND k.round = 1 AND {_DECIDED})",
        ),
    ]


def figures_for(actor: Actor) -> dict[str, CaseFigure]:
    """The figures that the actor may see, by key, in their order."""
    named = [
        figure for place, known in enumerate(_promises()) for figure in _of_promise(place, known)
    ]
    every = sorted([*registry.case_figures(), *named], key=lambda figure: figure.order)
    return {figure.key: figure for figure in every if actor.can(figure.permission)}


_VALUES: Final = {
    "r_contact": CONTACT_MINUTES,
    "r_act": ACT_MINUTES,
    "r_front": FRONT_COST,
    "r_back": BACK_COST,
    "r_visit": VISIT_COST,
}


def figure_values(sql: str, actor: Actor, day: date) -> dict[str, int]:
    """The parameters that conditions in `sql` are counted with, as they hold on a day."""
    place = (actor.organisation_id,)
    return {
        name: int(parameters.find(key, day=day, organisation_ids=place).value)
        for name, key in _VALUES.items()
        if f"%({name})s" in sql
    }


def read_figure(text: str, figures: Mapping[str, CaseFigure]) -> tuple[CaseFigure, bool] | None:
    """The figure that an address asks for, and whether it asks for all that it is taken of."""
    figure = figures.get(text.removesuffix(WHOLE))
    return (figure, text.endswith(WHOLE)) if figure else None


def condition_of(figure: CaseFigure, *, whole: bool) -> str:
    """Which cases belong to a figure, as SQL over ``c``."""
    if whole or figure.part == "true":
        return f"({figure.whole})"
    return f"(({figure.whole}) AND ({figure.part}))"


def narrow_by_figure(
    text: str, actor: Actor, parts: list[str], values: dict[str, Any], day: date | None = None
) -> None:
    """Narrow a list to the cases of a figure; an unknown one, or a hidden one, has none."""
    found = read_figure(text, figures_for(actor))
    if found is None:
        parts.append("false")
        return
    figure, whole = found
    parts.append(condition_of(figure, whole=whole))
    values.update(figure_values(parts[-1], actor, day or timezone.localdate()))


def figure_words(text: str) -> str:
    """A figure of an address in words."""
    named = {figure.key: figure.label for figure in registry.case_figures()}
    for place, known in enumerate(_promises()):
        named |= {figure.key: figure.label for figure in _of_promise(place, known)}
    label = named.get(text.removesuffix(WHOLE))
    if label is None:
        return "?"
    return _("%(figure)s: all counted") % {"figure": label} if text.endswith(WHOLE) else str(label)
