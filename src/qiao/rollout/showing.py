"""What the pages of introducing say: figures with their sureness, decisions in words."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext, pgettext_lazy

from qiao.cases.queries.reports import Value
from qiao.core.manifest import CaseFigure, Text
from qiao.core.models import FeatureSwitch
from qiao.core.registry import registry
from qiao.core.rules.statistics import Share
from qiao.core.wording import from_names
from qiao.rollout.models import Remark
from qiao.rollout.queries.effect import BESIDE, EffectRow
from qiao.rollout.queries.figures import UnitFigures
from qiao.rollout.rules.effect import beyond, verdict
from qiao.staff.queries import names_of, organisation

HOUR: Final = 3_600
MINUTE: Final = 60
MANY_TIMES: Final = 3  # from there on a percentage is hard to read
STATE_NAMES: Final[dict[str, tuple[Text, str]]] = {
    "planned": (pgettext_lazy("pilot", "Planned"), "info"),
    "running": (pgettext_lazy("pilot", "Running"), "ok"),
    "over": (pgettext_lazy("pilot", "Over, to be decided on"), "warn"),
    "decided": (pgettext_lazy("pilot", "Decided"), "line"),
}
KIND_NAMES: Final[dict[str, tuple[Text, str]]] = {
    Remark.Kind.WRONG: (pgettext_lazy("remark", "Something is wrong"), "warn"),
    Remark.Kind.IDEA: (pgettext_lazy("remark", "An idea"), "info"),
    Remark.Kind.PRAISE: (pgettext_lazy("remark", "Praise"), "ok"),
}
VERDICTS: Final[dict[str, tuple[Text, str]]] = {
    "better": (gettext_lazy("better, more than chance"), "ok"),
    "worse": (gettext_lazy("worse, more than chance"), "bad"),
    "chance": (gettext_lazy("within chance"), "line"),
    "few": (gettext_lazy("too few to say"), "line"),
}


@dataclass(frozen=True, slots=True)
class FigureCell:
    """A figure as it is read: `number` in its unit, its interval and what it stands on."""

    number: float | None
    words: str
    n: int
    share: Share | None = None

    @property
    def range(self) -> str:
        """Where the true percentage lies with 95 percent confidence."""
        found = self.share.interval if self.share else None
        return f"{found.low:.1f}–{found.high:.1f}" if found else ""


def figure_cell(figure: CaseFigure, value: Value) -> FigureCell:
    """A value in words: percent, minutes or hours, money in main units, or a count."""
    if figure.kind == "share":
        share = value.share
        words = "–" if share.percent is None else f"{share.percent:.1f}%"
        return FigureCell(share.percent, words, value.whole, share if value.whole else None)
    if figure.kind == "time":
        return FigureCell(value.median, _time(value.median), value.whole)
    if figure.kind == "money":
        mean = None if value.mean is None else value.mean / 100
        return FigureCell(mean, "–" if mean is None else f"{mean:,.2f}", value.whole)
    return FigureCell(float(value.n), f"{value.n:,}", value.n)


def _time(seconds: float | None) -> str:
    if seconds is None:
        return "–"
    if seconds >= HOUR:
        return f"{seconds / HOUR:,.1f} {pgettext('unit', 'h')}"
    return f"{seconds / MINUTE:,.1f} {pgettext('unit', 'min')}"


def figure_cells(figures: UnitFigures, shown: Sequence[CaseFigure]) -> list[FigureCell]:
    """The figures of a unit in the order of the columns."""
    return [figure_cell(figure, figures.value(figure.key)) for figure in shown]


@dataclass(frozen=True, slots=True)
class EffectLine:
    """A row of the effect of one figure."""

    name: str
    is_total: bool
    is_beside: bool
    before: FigureCell
    after: FigureCell
    change: str
    verdict: str
    tone: str


@dataclass(frozen=True, slots=True)
class FigureEffect:
    """One figure before and after: a line for each unit, and what the change with the feature
    exceeds the change without it by."""

    figure: CaseFigure
    label: str
    about: str
    lines: Sequence[EffectLine]
    beyond: str


def effects(figures: Sequence[CaseFigure], rows: Sequence[EffectRow]) -> list[FigureEffect]:
    """The effect figure by figure."""
    return [
        FigureEffect(
            figure,
            str(figure.label),
            str(figure.about),
            [_line(figure, row) for row in rows],
            _beyond(figure, rows),
        )
        for figure in figures
    ]


def _line(figure: CaseFigure, row: EffectRow) -> EffectLine:
    was, became = row.values(figure.key)
    before, after = figure_cell(figure, was), figure_cell(figure, became)
    found = verdict(was.share, became.share, figure.better) if figure.kind == "share" else ""
    words, tone = VERDICTS.get(found, ("", ""))
    is_beside = row.group == BESIDE
    return EffectLine(
        row.unit.name if row.unit else _all_of(is_beside=is_beside),
        row.unit is None,
        is_beside,
        before,
        after,
        change_words(figure, before.number, after.number),
        str(words),
        tone,
    )


def _all_of(*, is_beside: bool) -> str:
    return _("Without it, together") if is_beside else _("With it, together")


def change_words(figure: CaseFigure, before: float | None, after: float | None) -> str:
    """How a number moved: points for percentages, percent for the rest."""
    if before is None or after is None:
        return ""
    if figure.kind == "share":
        return _("%(change)s points") % {"change": f"{after - before:+.1f}"}
    if not before:
        return ""
    times = after / before
    return f"×{times:.1f}" if times >= MANY_TIMES else f"{100 * (times - 1):+.0f}%"


def _beyond(figure: CaseFigure, rows: Sequence[EffectRow]) -> str:
    """The difference of both changes, for percentages."""
    totals = {row.group: row.values(figure.key) for row in rows if row.unit is None}
    if figure.kind != "share" or len(totals) < 2:
        return ""
    pairs = [tuple(value.share.percent for value in totals[group]) for group in ("with", BESIDE)]
    found = beyond((pairs[0][0], pairs[0][1]), (pairs[1][0], pairs[1][1]))
    return "" if found is None else _("%(change)s points") % {"change": f"{found:+.1f}"}


@dataclass(frozen=True, slots=True)
class HistoryLine:
    """A decision on a feature in words."""

    row: FeatureSwitch
    feature: str
    unit: str
    state: str
    tone: str
    since: date
    last: date | None
    who: str


def history_lines(rows: Sequence[FeatureSwitch]) -> list[HistoryLine]:
    """Who decided what, when and why."""
    people = names_of({row.decided_by_id for row in rows if row.decided_by_id})
    declared = registry.features()
    found = []
    for row in rows:
        unit = organisation(row.organisation_id)
        name, tone = state_words(row.is_on)
        last = row.valid.upper - timedelta(days=1) if row.valid.upper else None
        label = str(declared[row.feature].label) if row.feature in declared else row.feature
        found.append(
            HistoryLine(
                row,
                label,
                from_names(unit.names, unit.name),
                name,
                tone,
                row.valid.lower,
                last,
                people.get(row.decided_by_id or 0, "–"),
            )
        )
    return found


def state_words(state: bool | None) -> tuple[str, str]:  # noqa: FBT001 - as the rule has it
    """On, off or as above, with its tone."""
    if state is None:
        return pgettext("feature", "As the unit above"), "line"
    return (pgettext("feature", "On"), "ok") if state else (pgettext("feature", "Off"), "warn")
