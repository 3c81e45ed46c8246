"""Who carries how much: one row a person, columns from all modules that count by person."""

from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.figures import Cell, Column, Grid, Row, Scope, count
from qiao.core.registry import registry
from qiao.staff.queries import names_of


def workload(actor: Actor, scope: Scope) -> Grid:
    """The table of people who have anything in any column, the busiest first."""
    columns: list[Column] = []
    found: list[dict[int, Cell]] = []
    for source in registry.workload(actor):
        loaded = source.load(actor, scope)
        columns += source.columns
        found += [dict(loaded.get(column.key, {})) for column in source.columns]
    people = {who for cells in found for who, cell in cells.items() if cell.value}
    names = names_of(people)
    rows = [
        Row(names.get(who, str(who)), tuple(cells.get(who, count(0)) for cells in found), str(who))
        for who in people
    ]
    rows.sort(key=lambda row: (-sum(cell.value or 0 for cell in row.cells), str(row.label)))
    totals = tuple(count(int(sum(c.value or 0 for c in cells.values()))) for cells in found)
    return Grid(
        pgettext_lazy("column of figures", "Person"),
        tuple(columns),
        tuple(rows),
        totals,
    )
