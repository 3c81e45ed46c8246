"""How units work: people, and figures of the reports, for units of one level or chosen ones."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from qiao.cases.queries.report_figures import figures_for
from qiao.cases.queries.report_places import people_active, read_places
from qiao.cases.queries.reports import NOT_COUNTED, Value
from qiao.core.actor import Actor
from qiao.core.manifest import CaseFigure
from qiao.core.rules.spans import Span
from qiao.staff.queries import Unit
from qiao.staff.queries.places import people_by_unit, subtrees

SHOWN: Final = ("opened", "kept", "reopened", "satisfied")
USUAL: Final = ("opened", "kept", "first_contact", "first_response", "reopened", "satisfied")


@dataclass(frozen=True, slots=True)
class UnitFigures:
    """A unit's people, those of them who acted, and its figures by key."""

    people: int = 0
    active: int = 0
    values: Mapping[str, Value] = field(default_factory=dict)

    def value(self, key: str) -> Value:
        """What was counted of a figure."""
        return self.values.get(key, NOT_COUNTED)


def chosen_figures(actor: Actor, keys: Sequence[str] = USUAL) -> list[CaseFigure]:
    """The declared figures of these keys that the actor may see, in their own order."""
    return [figure for key, figure in figures_for(actor).items() if key in keys]


def unit_figures(
    *, actor: Actor, now: datetime, span: Span, units: Sequence[Unit]
) -> dict[int, UnitFigures]:
    """Figures of many units at once: statements by level of the tree, since units of one level
    share no team."""
    below = subtrees(unit.unit_id for unit in units)
    working, active = people_by_unit(), people_active(actor=actor, span=span)
    figures = chosen_figures(actor, SHOWN)
    found: dict[int, UnitFigures] = {}
    for depth in sorted({unit.depth for unit in units}):
        level = [unit.unit_id for unit in units if unit.depth == depth]
        counted = read_places(
            actor=actor,
            now=now,
            span=span,
            figures=figures,
            places={str(unit_id): below[unit_id] for unit_id in level},
        )
        for unit_id in level:
            people = {each for pk in below[unit_id] for each in working.get(pk, ())}
            found[unit_id] = UnitFigures(
                len(people), len(people & active), counted.rows.get(str(unit_id), {})
            )
    return found
