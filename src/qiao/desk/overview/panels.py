"""The panels of the overview: which there are, how each is drawn, what its template needs."""

from dataclasses import dataclass
from typing import Any, Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor
from qiao.core.figures import Form, Grid
from qiao.core.manifest import Figure
from qiao.core.registry import registry
from qiao.desk.overview import drawing
from qiao.desk.overview.choice import Choice

FORM_ICONS: Final[dict[Form, str]] = {
    "pie": "chart-donut",
    "bar": "chart-bar",
    "line": "chart-line",
    "heat": "grid-dots",
    "table": "table",
}
FORM_NAMES: Final[dict[Form, Promise]] = {
    "pie": _("Pie"),
    "bar": _("Bars"),
    "line": _("Line"),
    "heat": _("Heat map"),
    "table": _("Table"),
}


class UnknownFigure(Exception):  # noqa: N818 - names the finding
    """There is no such figure, or the actor may not see it."""


@dataclass(frozen=True, slots=True)
class FormChoice:
    """A way to draw a panel, as its switch shows it."""

    key: Form
    name: Promise
    icon: str


@dataclass(frozen=True, slots=True)
class PanelView:
    """A panel with everything that its template shows."""

    figure: Figure
    grid: Grid
    form: Form
    choices: tuple[FormChoice, ...]
    chart: dict[str, Any] | None
    table: Grid | None
    heat: list[tuple[str, list[drawing.HeatCell]]] | None
    is_wider: bool  # its module cannot tell packs apart, and one is chosen

    @property
    def anchor(self) -> str:
        """The panel's id in the page."""
        return anchor_of(self.figure)


def anchor_of(figure: Figure) -> str:
    """The id of a figure's panel in the page."""
    return "figure-" + figure.key.replace(".", "-")


def find_figure(key: str, actor: Actor) -> Figure:
    """The figure of that key. Raises `UnknownFigure`."""
    for figure in registry.figures(actor):
        if figure.key == key:
            return figure
    raise UnknownFigure(key)


def panel_view(figure: Figure, *, actor: Actor, choice: Choice, form: str = "") -> PanelView:
    """The panel drawn in `form`, or in its usual one."""
    grid = figure.load(actor, choice.scope)
    drawn: Form = next((f for f in figure.forms if f == form), figure.forms[0])
    return PanelView(
        figure=figure,
        grid=grid,
        form=drawn,
        choices=tuple(FormChoice(f, FORM_NAMES[f], FORM_ICONS[f]) for f in figure.forms),
        chart=None if drawn in ("table", "heat") else drawing.chart_data(grid, drawn),
        table=drawing.as_table(grid) if drawn == "table" else None,
        heat=drawing.heat(grid) if drawn == "heat" else None,
        is_wider=bool(choice.pack) and not figure.by_pack,
    )
