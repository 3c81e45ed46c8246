"""Reports in words: heads, rows and cells that the page and its files have in common."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise as LazyText
from django.utils.translation import get_language, gettext_lazy, pgettext, pgettext_lazy
from django.utils.translation import gettext as _

from qiao.cases import definitions
from qiao.cases.forms import write_filters
from qiao.cases.forms.reports import ReportChoice
from qiao.cases.queries.report_figures import KEPT_PREFIX, WHOLE, figures_for
from qiao.cases.queries.reports import (
    NOBODY,
    NOT_COUNTED,
    TIME,
    Counted,
    Question,
    Value,
    in_period,
    of_row,
    parts_of,
    read_report,
    within_rights,
)
from qiao.cases.rules.reports import differs
from qiao.cases.showing import names
from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.figures import part_label
from qiao.core.manifest import CaseFigure
from qiao.core.rules.funnels import Standing, funnel
from qiao.core.rules.spans import Span
from qiao.core.rules.statistics import Change, Share
from qiao.core.wording import said
from qiao.staff.queries import names_of, organisation_names, region_names

HOUR, MINUTE = 3600, 60
MOST_BARS: Final = 12
IN_HOURS_FROM: Final = 3 * HOUR
TARGET_PREFIX: Final = "cases.target."
GROUPING_NAMES: Final[Mapping[str, LazyText]] = {
    "none": pgettext_lazy("rows of a report", "All together"),
    "time": pgettext_lazy("rows of a report", "Time"),
    "type": pgettext_lazy("rows of a report", "Type"),
    "group": pgettext_lazy("rows of a report", "Kind"),
    "channel": pgettext_lazy("rows of a report", "Channel"),
    "area": pgettext_lazy("rows of a report", "Area"),
    "priority": pgettext_lazy("rows of a report", "Priority"),
    "tier": pgettext_lazy("rows of a report", "Customer tier"),
    "unit": pgettext_lazy("rows of a report", "Unit"),
    "team": pgettext_lazy("rows of a report", "Team"),
    "person": pgettext_lazy("rows of a report", "First person"),
}
PERIOD_NAMES: Final[Mapping[str, LazyText]] = {
    "yesterday": gettext_lazy("Yesterday"),
    "week": pgettext_lazy("period of a report", "Last week"),
    "month": pgettext_lazy("period of a report", "Last month"),
    "7d": gettext_lazy("7 days"),
    "30d": gettext_lazy("30 days"),
    "own": gettext_lazy("Own dates"),
}
STANDINGS: Final[Mapping[Standing, LazyText]] = {
    "inside": gettext_lazy("no more than chance"),
    "above": gettext_lazy("above what chance explains"),
    "below": gettext_lazy("below what chance explains"),
    "few": gettext_lazy("fewer than 30 cases"),
}


@dataclass(frozen=True, slots=True)
class Head:
    """A column: its figure, its name with the unit, and what it means."""

    figure: CaseFigure
    label: str
    about: str
    unit: str = ""
    divisor: int = 1
    is_ninth: bool = False
    target: float | None = None

    @property
    def is_share(self) -> bool:
        """Whether its cells are percentages with intervals."""
        return self.figure.kind == "share"

    def number(self, value: Value) -> float | None:
        """The number of a cell as it is shown, None where there is nothing to say."""
        kind = self.figure.kind
        if kind == "count":
            return value.n
        if kind == "share":
            percent = value.share.percent
            return None if percent is None else round(percent, 1)
        held = value.mean if kind == "money" else value.ninth if self.is_ninth else value.median
        return None if held is None else round(float(held) / self.divisor, self.decimals)

    @property
    def decimals(self) -> int:
        """Digits after the point."""
        return 2 if self.figure.kind == "money" else 0 if self.figure.kind == "count" else 1


@dataclass(frozen=True, slots=True)
class Cell:
    """One number as it is shown, with what stands beside it and the cases behind it."""

    number: float | None
    text: str
    href: str = ""
    share: Share | None = None
    standing: Standing | None = None
    tone: str = ""
    before: float | None = None
    change: str = ""
    change_tone: str = ""

    @property
    def sureness(self) -> str:
        """Interval and number of cases of a percentage."""
        found = self.share.interval if self.share else None
        if found is None or self.share is None:
            return ""
        return pgettext("interval of a percentage", "%(low)s–%(high)s %%, n = %(n)s") % {
            "low": f"{found.low:.1f}",
            "high": f"{found.high:.1f}",
            "n": f"{self.share.whole:,}",
        }

    @property
    def standing_words(self) -> str:
        """Whether chance explains it."""
        return str(STANDINGS[self.standing]) if self.standing else ""


@dataclass(frozen=True, slots=True)
class ShownRow:
    """A row with its name, a cell for every head, and the report of its cases alone."""

    key: str
    label: str
    cells: tuple[Cell, ...]
    href: str = ""


@dataclass(frozen=True, slots=True)
class Report:
    """A report as page and file show it."""

    choice: ReportChoice
    by_name: str
    heads: tuple[Head, ...]
    rows: tuple[ShownRow, ...]
    total: ShownRow

    @property
    def names_people(self) -> bool:
        """Whether its rows are people."""
        return self.choice.by == "person"

    @property
    def is_empty(self) -> bool:
        """Whether nothing was counted at all."""
        return not any(cell.number for cell in self.total.cells)


def build_report(*, actor: Actor, now: datetime, choice: ReportChoice) -> Report:
    """Count a report and the period before it, and put both into words."""
    known = figures_for(actor)
    figures = [known[key] for key in choice.figures if key in known] or [known["opened"]]
    by = "" if choice.by == "none" else choice.by
    asked = Question(choice.span, figures, by, choice.filters)
    found = read_report(actor=actor, now=now, question=asked)
    before = read_report(actor=actor, now=now, question=replace(asked, span=choice.before))
    heads = _heads(figures, found.total, choice.span.until, actor)
    keys = _keys(asked, found)
    labels = _labels(asked, [key for key, _span in keys])
    filters = within_rights(choice.filters, actor)

    def row(key: str | None, label: str, span: Span) -> ShownRow:
        values = found.total if key is None else found.rows.get(key, {})
        past = {} if by == TIME and key is not None else _past(before, key)
        narrowed = filters if key is None else of_row(filters, by, key)
        cells = tuple(
            _cell(head, values, past, found.total, in_period(narrowed, head.figure.basis, span))
            for head in heads
        )
        return ShownRow(key or "", label, cells, _narrower(choice, by, key))

    rows = tuple(row(key, labels[key], span) for key, span in keys) if by else ()
    return Report(
        choice,
        str(GROUPING_NAMES[choice.by]),
        heads,
        rows,
        row(None, _("All together"), choice.span),
    )


def _narrower(choice: ReportChoice, by: str, key: str | None) -> str:
    """The address of the report over one row's cases alone, by person; of a person, by type."""
    if key is None or by in ("", TIME):
        return ""
    alone = replace(choice, filters=of_row(choice.filters, by, key))
    return f"?{alone.query(by='type' if by == 'person' else 'person')}"


def _past(before: Counted, key: str | None) -> Mapping[str, Value]:
    return before.total if key is None else before.rows.get(key, {})


def _keys(asked: Question, found: Counted) -> list[tuple[str, Span]]:
    """The rows in their order: by time, else those of most cases first. Shares never rank."""
    if asked.by == TIME:
        return parts_of(asked)
    first = asked.figures[0].key

    def order(key: str) -> tuple[int, str]:
        value = found.rows[key].get(first, NOT_COUNTED)
        return -max(value.whole, value.n), key

    return [(key, asked.span) for key in sorted(found.rows, key=order)]


def _labels(asked: Question, keys: Sequence[str]) -> dict[str, str]:
    by = asked.by
    if by == TIME:
        return {key: part_label(span, asked.step) for key, span in parts_of(asked)}
    if by in ("unit", "team", "person"):
        ids = [int(key) for key in keys]
        named = names_of(ids) if by == "person" else organisation_names(ids)
        return {key: named.get(int(key), key) for key in keys}
    return {key: row_name(by, key) for key in keys}


def row_name(by: str, key: str) -> str:
    """What a row is called whose key is a word of the trade."""
    if by == "area" and key:
        return region_names(get_language() or "en").get(key, key)
    if by == "type":
        definition = definitions.case_types().get(key)
        return said(definition.name) if definition else key
    if not key:
        return pgettext("filter of cases", "Not stated")
    if by == "tier" and key == NOBODY:
        return pgettext("filter of cases", "Without a customer")
    tables: dict[str, Mapping[str, Any]] = {"group": names.GROUPS, "priority": names.PRIORITIES}
    if by in tables:
        return str(tables[by].get(key, key))
    return names.channel_words(key) if by == "channel" else key


def _heads(
    figures: Iterable[CaseFigure], total: Mapping[str, Value], day: date, actor: Actor
) -> tuple[Head, ...]:
    found = []
    for figure in figures:
        label, about = str(figure.label), str(figure.about)
        if figure.kind == "time":
            median = total.get(figure.key, NOT_COUNTED).median or 0
            hours = median >= IN_HOURS_FROM
            unit = pgettext("unit", "h") if hours else pgettext("unit", "min")
            divisor = HOUR if hours else MINUTE
            for ninth, words in ((False, _("median")), (True, _("9 of 10"))):
                name = f"{label}, {words} ({unit})"
                found.append(Head(figure, name, about, unit, divisor, ninth))
        elif figure.kind == "share":
            target = _target(figure.key, day, actor)
            found.append(Head(figure, f"{label} (%)", about, "%", target=target))
        elif figure.kind == "money":
            found.append(Head(figure, label, about, divisor=100))
        else:
            found.append(Head(figure, label, about))
    return tuple(found)


def _target(key: str, day: date, actor: Actor) -> float | None:
    """The target of a share; each promise has that of all promises."""
    name = "kept" if key.startswith(KEPT_PREFIX) else key
    try:
        held = parameters.find(
            f"{TARGET_PREFIX}{name}", day=day, organisation_ids=(actor.organisation_id,)
        )
    except parameters.UnknownParameter:
        return None
    return float(held.value)


def _cell(
    head: Head,
    values: Mapping[str, Value],
    past: Mapping[str, Value],
    total: Mapping[str, Value],
    filters: Any,
) -> Cell:
    figure = head.figure
    value = values.get(figure.key, NOT_COUNTED)
    number = head.number(value)
    before = head.number(past[figure.key]) if figure.key in past else None
    change, tone = _change(head, before, number)
    if head.is_share and figure.key in past and not differs(past[figure.key].share, value.share):
        tone = ""  # chance is neither good nor bad
    standing = None
    if head.is_share and value.whole:
        whole = total.get(figure.key, NOT_COUNTED)
        standing = funnel(value.share, whole.share) if values is not total else None
    return Cell(
        number,
        _written(head, number),
        _address(figure, value, filters),
        value.share if head.is_share and value.whole else None,
        standing,
        _tone(figure, standing),
        before,
        change,
        tone,
    )


def _written(head: Head, number: float | None) -> str:
    return "–" if number is None else f"{number:,.{head.decimals}f}"


def _tone(figure: CaseFigure, standing: Standing | None) -> str:
    if standing == "few":
        return "few"
    if standing in (None, "inside") or not figure.better:
        return ""
    return "ok" if (standing == "above") == (figure.better == "up") else "bad"


def _change(head: Head, before: float | None, now: float | None) -> tuple[str, str]:
    """How a number moved: points for percentages, percent for the rest."""
    if before is None or now is None:
        return "", ""
    change = Change(before, now)
    if not change.difference:
        return "±0", ""
    up = change.difference > 0
    tone = ""
    if head.figure.better:
        tone = "ok" if up == (head.figure.better == "up") else "bad"
    if head.is_share:
        return _("%(change)s points") % {"change": f"{change.difference:+.1f}"}, tone
    if change.percent is None:
        return f"{change.difference:+,.{head.decimals}f}", tone
    return f"{change.percent:+.0f} %", tone


def _address(figure: CaseFigure, value: Value, filters: Any) -> str:
    """The list of exactly the cases that a cell counts."""
    counted = value.n if figure.kind in ("count", "share") else value.whole
    if not counted:
        return ""
    plain = figure.part == "true" and figure.whole == "true" and not figure.value
    whole = figure.kind in ("time", "money")
    asked = "" if plain else f"{figure.key}{WHOLE if whole else ''}"
    view = "closed" if figure.basis == "closed" else "all"
    return f"{reverse('cases:list')}?{write_filters(replace(filters, figure=asked), view=view)}"


def chart_of(report: Report, place: int) -> dict[str, Any]:
    """The bars of one column, with its target as a line; a curve where rows are time."""
    head = report.heads[place]
    rows = report.rows[:MOST_BARS] if report.choice.by != TIME else report.rows
    points = [_point(row.cells[place]) for row in rows]
    series: list[dict[str, Any]] = [{"name": head.label, "axis": 0, "data": points}]
    if head.target is not None:
        series.append(
            {
                "name": _("Target"),
                "axis": 0,
                "data": [head.target] * len(rows),
                "type": "line",
                "dashed": True,
                "tone": "text",
            }
        )
    return {
        "labels": [row.label for row in rows],
        "wrapped": report.choice.by != TIME,
        "units": [head.unit],
        "series": series,
    }


def _point(cell: Cell) -> Any:
    if cell.number is None:
        return None
    point: dict[str, Any] = {"value": cell.number, "href": cell.href}
    if cell.sureness:
        point["note"] = cell.sureness
    return point
