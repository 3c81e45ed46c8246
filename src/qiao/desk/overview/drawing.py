"""From a figure's grid to what the page draws: chart data, heat, table, pie of small parts."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.figures import Cell, Column, Form, Grid, Row, count, percentage
from qiao.core.rules.statistics import Share

MOST: Final[dict[Form, int]] = {"bar": 7, "line": 7, "pie": 6}
SMALL_ONES: Final = "*"  # the key of the row that stands for several
VITAL_PERCENT: Final = 80.0  # Pareto: the few that make up so much stand out
HEAT_LEVELS: Final = 6
PERCENT: Final = "%"


def sureness(share: Share) -> str:
    """The interval and the number of records beside a percentage."""
    found = share.interval
    if found is None:
        return ""
    words = pgettext("interval of a percentage", "%(low)s–%(high)s %%, n = %(n)s") % {
        "low": f"{found.low:.1f}",
        "high": f"{found.high:.1f}",
        "n": f"{share.whole:,}",
    }
    few = pgettext("percentage of few records", "few")
    return f"{words} · {few}" if share.is_small else words


def chart_data(grid: Grid, form: Form) -> dict[str, Any]:
    """The JSON that ``charts.js`` takes, for pie, bar or line."""
    drawn = _with_few_rows(grid, form)
    if form == "pie":
        return _pie(drawn)
    places = _drawn_columns(drawn, form)
    axes = sorted({drawn.columns[place].axis for place in places})
    return {
        "labels": [str(row.label) for row in drawn.rows],
        "wrapped": any(row.key for row in grid.rows),
        "units": [PERCENT if axis == "percent" else "" for axis in axes],
        "series": [_series(drawn, place, form, axes) for place in places],
    }


def _drawn_columns(grid: Grid, form: Form) -> list[int]:
    """Bars show all columns; lines only the percentages of a figure that has their counts."""
    places = list(range(len(grid.columns)))
    if form == "line":
        rates = [p for p in places if any(row.cells[p].share for row in grid.rows)]
        return rates or [p for p in places if grid.columns[p].axis == "count"] or places
    return places


def _series(grid: Grid, place: int, form: Form, axes: Sequence[str]) -> dict[str, Any]:
    column = grid.columns[place]
    made: dict[str, Any] = {
        "name": str(column.label),
        "axis": axes.index(column.axis),
        "data": [_point(grid, row, place, form) for row in grid.rows],
    }
    if column.tone:
        made["tone"] = column.tone
    if column.stack and form == "bar":
        made["stack"] = column.stack
    if column.is_line:
        made["type"] = "line"
    if column.is_dashed:
        made["dashed"] = True
    return made


def _point(grid: Grid, row: Row, place: int, form: Form) -> Any:
    cell = row.cells[place]
    if cell.value is None:
        return None
    point: dict[str, Any] = {"value": round(cell.value, 1), "href": cell.href}
    if cell.share is not None:
        point["note"] = sureness(cell.share)
    if form == "bar" and place == 0 and _is_trivial(grid, row):
        point["tone"] = "mute"
    return point if len(point) > 2 or cell.href else point["value"]


def _is_trivial(grid: Grid, row: Row) -> bool:
    """Whether a Pareto row lies beyond those that make up most."""
    if row.key == SMALL_ONES:
        return True
    if grid.gathered is None or len(grid.columns) < 2:
        return False
    own, reached = row.cells[0].value or 0, row.cells[1].value or 0
    whole = grid.totals[0].value or 1
    return reached - 100 * own / whole >= VITAL_PERCENT


def _pie(grid: Grid) -> dict[str, Any]:
    """Rows as slices, or the columns' totals where there are several counts."""
    counted = [p for p, column in enumerate(grid.columns) if column.axis == "count"]
    if len(counted) > 1 and grid.totals:
        slices = [_slice(grid.columns[p].label, grid.totals[p], grid.columns[p]) for p in counted]
    else:
        slices = [_slice(row.label, row.cells[0], None) for row in grid.rows]
    return {"slices": slices, "total": True}


def _slice(label: object, cell: Cell, column: Column | None) -> dict[str, Any]:
    made = {"name": str(label), "value": cell.value or 0, "href": cell.href}
    return made | {"tone": column.tone} if column and column.tone else made


def _with_few_rows(grid: Grid, form: Form) -> Grid:
    """The grid with its small parts as one row, so that a chart stays readable."""
    most = MOST[form]
    if grid.gathered is None or len(grid.rows) <= most + 1:
        return grid
    small = grid.rows[most:]
    n = int(sum(row.cells[0].value or 0 for row in small))
    label = _("%(count)s others") % {"count": len(small)}
    cells = (count(n, grid.gathered([row.key for row in small])), *small[-1].cells[1:])
    return replace(grid, rows=(*grid.rows[:most], Row(label, cells, SMALL_ONES)))


@dataclass(frozen=True, slots=True)
class HeatCell:
    """A field of a heat map: 0 is the palest of `HEAT_LEVELS` shades."""

    cell: Cell
    level: int
    label: str


def heat(grid: Grid) -> list[tuple[str, list[HeatCell]]]:
    """The rows of a heat map, shaded by their share of the highest value."""
    top = max((cell.value or 0 for row in grid.rows for cell in row.cells), default=0) or 1
    return [
        (
            str(row.label),
            [
                HeatCell(cell, _level(cell.value or 0, top), f"{row.label} {column.label}")
                for column, cell in zip(grid.columns, row.cells, strict=True)
            ],
        )
        for row in grid.rows
    ]


def _level(value: float, top: float) -> int:
    return min(HEAT_LEVELS - 1, int(value / top * HEAT_LEVELS)) if value else 0


def as_table(grid: Grid) -> Grid:
    """The grid as it stands in a table: parts of a whole with their share."""
    if grid.gathered is None or not grid.totals:
        return grid
    whole = int(grid.totals[0].value or 0)
    share = Column("share", pgettext("column of figures", "Share"), axis="percent")

    def widened(cells: tuple[Cell, ...]) -> tuple[Cell, ...]:
        part = percentage(int(cells[0].value or 0), whole)
        return (cells[0], part, *cells[1:])

    return replace(
        grid,
        columns=(grid.columns[0], share, *grid.columns[1:]),
        rows=tuple(replace(row, cells=widened(row.cells)) for row in grid.rows),
        totals=(grid.totals[0], Cell(100, is_percent=True), *grid.totals[1:]),
    )
