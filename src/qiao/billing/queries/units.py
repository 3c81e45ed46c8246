"""The units in which somebody takes payments or closes days, as a form offers them."""

from qiao.core.actor import Actor
from qiao.staff.queries import Unit, chain_of, units_among
from qiao.staff.queries.places import subtrees


def units_with(*, actor: Actor, permission: str, language: str) -> list[Unit]:
    """The branches, and the company, in which the actor holds a right; where there is none of
    them, every unit in which they do."""
    units = units_among(actor.organisations(permission), language=language)
    keep = [unit for unit in units if unit.kind in ("branch", "company")]
    return keep or units


def units_asked(actor: Actor, permission: str, unit_id: int | None) -> list[int]:
    """The ids of units in which the actor holds a right: all, or those of a unit and below it."""
    own = set(actor.organisations(permission))
    if unit_id is None:
        return sorted(own)
    return sorted(own.intersection(subtrees([unit_id]).get(unit_id, ())))


def usual_unit(actor: Actor, units: list[Unit]) -> int:
    """Of these the one that the actor works in, or the nearest above it; else the first branch.
    0 of none."""
    known = {unit.unit_id for unit in units}
    for unit_id in chain_of(actor.organisation_id):
        if unit_id in known:
            return unit_id
    branches = [unit.unit_id for unit in units if unit.kind == "branch"]
    return next(iter([*branches, *(unit.unit_id for unit in units)]), 0)
