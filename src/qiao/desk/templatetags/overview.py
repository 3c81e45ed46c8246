"""How values of the overview's tables are written: in Python, since there are a thousand."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from qiao.core.figures import Cell
from qiao.core.ui.figures import figure
from qiao.core.ui.markup import markup
from qiao.desk.overview.drawing import HeatCell, sureness

register = template.Library()
ABSENT = '<span class="t3">–</span>'
NOTHING = '<span class="t3">·</span>'


def shown(cell: Cell) -> str:
    """A count with thousands separators, or a percentage with one decimal."""
    if cell.value is None:
        return "–"
    return f"{cell.value:.1f} %" if cell.is_percent else figure(int(cell.value))


@register.simple_tag
def figure_cells(cells: Iterable[Cell]) -> SafeString:
    """The cells of a row of a table, each leading to its records."""
    return mark_safe("".join(_cell(cell) for cell in cells))  # noqa: S308 - escaped below


def _cell(cell: Cell) -> str:
    if cell.value is None:
        written = ABSENT
    elif cell.href:
        written = f'<a href="{escape(cell.href)}">{escape(shown(cell))}</a>'
    else:
        written = escape(shown(cell)) if cell.value else f'<span class="t3">{shown(cell)}</span>'
    below: str = ""
    if cell.share is not None and cell.share.whole:
        tone = "warn" if cell.share.is_small else "t3"
        below = markup('<div class="xs {}">{}</div>', tone, sureness(cell.share))
    return f'<td class="r num">{written}{below}</td>'


@register.simple_tag
def heat_cells(fields: Iterable[HeatCell]) -> SafeString:
    """The fields of a row of a heat map, each leading to its records."""
    return mark_safe("".join(_field(field) for field in fields))  # noqa: S308 - escaped below


def _field(field: HeatCell) -> str:
    written = NOTHING
    if field.cell.value:
        written = f'<a href="{escape(field.cell.href)}">{escape(shown(field.cell))}</a>'
    return f'<td data-level="{field.level}" title="{escape(field.label)}">{written}</td>'
