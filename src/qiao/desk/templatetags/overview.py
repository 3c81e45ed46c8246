"""How values of the overview's tables are written."""

from django import template

from qiao.core.figures import Cell
from qiao.core.ui.figures import figure
from qiao.desk.overview.drawing import sureness

register = template.Library()
register.filter("sureness", sureness)


@register.filter
def shown(cell: Cell) -> str:
    """A count with thousands separators, or a percentage with one decimal."""
    if cell.value is None:
        return "–"
    if cell.is_percent:
        return f"{cell.value:.1f} %"
    return figure(int(cell.value))
