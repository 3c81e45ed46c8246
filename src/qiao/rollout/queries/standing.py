"""How units stand with features on a day, and what is planned for them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.core import features
from qiao.core.actor import Actor
from qiao.core.manifest import Feature
from qiao.core.registry import registry
from qiao.core.rules.features import Decision, Standing, decided, next_change, standing
from qiao.staff.queries import Unit, units_among

VIEW: Final = "rollout.view"


def chain_of(unit: Unit) -> tuple[int, ...]:
    """Ids from a unit up to the company."""
    return tuple(int(part) for part in reversed(unit.path.rstrip(".").split(".")))


@dataclass(frozen=True, slots=True)
class Cell:
    """A feature in a unit: what holds, what the unit decided itself, and what turns next."""

    feature: Feature
    unit: Unit
    now: Standing
    own: Decision | None
    turns_on: date | None = None
    turns_to: bool = False

    @property
    def is_own(self) -> bool:
        """Whether the unit decided by itself."""
        return self.own is not None and self.own.state is not None


def units_for(actor: Actor, *, language: str) -> list[Unit]:
    """The units whose standing the actor may see, in the order of the tree."""
    return units_among(actor.organisations(VIEW), language=language)


def cells(
    *, units: Sequence[Unit], day: date, keys: Sequence[str] = ()
) -> list[tuple[Unit, list[Cell]]]:
    """The matrix of units and features on a day; one statement."""
    declared = registry.features()
    wanted = [declared[key] for key in keys] if keys else list(declared.values())
    known = features.decisions([each.key for each in wanted])
    return [(unit, [_cell(each, unit, known, day) for each in wanted]) for unit in units]


def _cell(
    feature: Feature, unit: Unit, known: Mapping[str, Sequence[Decision]], day: date
) -> Cell:
    chain, made = chain_of(unit), known.get(feature.key, ())
    now = standing(made, chain=chain, day=day, default=feature.default)
    turn = next_change(made, chain=chain, day=day, default=feature.default)
    own = decided(made, unit_id=unit.unit_id, day=day)
    return Cell(feature, unit, now, own, *(turn or (None, False)))
