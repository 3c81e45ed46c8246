"""The units in which somebody takes payments or closes days, as a form offers them."""

from qiao.core.actor import Actor
from qiao.staff.queries import Unit, chain_of, units_among


def units_with(*, actor: Actor, permission: str, language: str) -> list[Unit]:
    """The branches, and the company, in which the actor holds a right; where there is none of
    them, every unit in which they do."""
    units = units_among(actor.organisations(permission), language=language)
    keep = [unit for unit in units if unit.kind in ("branch", "company")]
    return keep or units


def usual_unit(actor: Actor, units: list[Unit]) -> int:
    """Of these the one that the actor works in, or the nearest above it; else the first branch.
    0 of none."""
    known = {unit.unit_id for unit in units}
    for unit_id in chain_of(actor.organisation_id):
        if unit_id in known:
            return unit_id
    branches = [unit.unit_id for unit in units if unit.kind == "branch"]
    return next(iter([*branches, *(unit.unit_id for unit in units)]), 0)
