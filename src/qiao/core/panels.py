"""The panels of a place, read together: one statement, whatever number of modules contribute."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.manifest import Panel
from qiao.core.prepared import fetch_one
from qiao.core.registry import registry

_SCOPE = "%(organisation_ids)s"


@dataclass(frozen=True, slots=True)
class Statement:
    """A composed SELECT with its parameters: one JSON value a column."""

    sql: str
    parameters: dict[str, Any]


class Scopes:
    """Names one parameter per permission, so that equal scopes travel once."""

    def __init__(self, actor: Actor) -> None:
        self._actor = actor
        self._names: dict[tuple[int, ...], str] = {}

    def bind(self, sql: str, permission: str) -> str:
        """`sql` with its organisation ids bound to those in which `permission` holds."""
        ids = self._actor.organisations(permission)
        name = self._names.setdefault(ids, f"organisation_ids_{len(self._names)}")
        return sql.replace(_SCOPE, f"%({name})s::bigint[]")

    def parameters(self) -> dict[str, list[int]]:
        """The values to send."""
        return {name: list(ids) for ids, name in self._names.items()}


def compose(
    panels: Sequence[Panel],
    *,
    actor: Actor,
    customer_id: int,
    now: datetime,
    customer_ids: Sequence[int] = (),
) -> Statement:
    """Join the statements of a customer's panels into one SELECT, a column each."""
    parameters: dict[str, Any] = {
        "customer_id": customer_id,
        "customer_ids": list(customer_ids) or [customer_id],
        "now": now,
    }
    return compose_with(panels, actor=actor, parameters=parameters)


def compose_with(
    panels: Sequence[Panel], *, actor: Actor, parameters: Mapping[str, Any]
) -> Statement:
    """Join the panels' statements into one SELECT of as many columns, in their order."""
    scopes = Scopes(actor)
    columns = ",\n".join(f"({scopes.bind(panel.sql, panel.permission)})" for panel in panels)
    return Statement(f"SELECT {columns}", {**parameters, **scopes.parameters()})


def load_panels(
    actor: Actor,
    place: str,
    customer_id: int,
    now: datetime,
    *,
    customer_ids: Sequence[int] = (),
) -> list[tuple[Panel, Any]]:
    """The panels of `place` (``aside``, ``customer``) with their values, in order.

    One round trip. A panel whose value is NULL is left out. `customer_ids` are all ids under
    which the customer is held (merged rows included); without them, `customer_id` alone. The
    caller has made sure that the actor may see the customer.
    """
    return load_places(actor, (place,), customer_id, now, customer_ids=customer_ids)[place]


def load_places(
    actor: Actor,
    places: Sequence[str],
    customer_id: int,
    now: datetime,
    *,
    customer_ids: Sequence[int] = (),
) -> dict[str, list[tuple[Panel, Any]]]:
    """Like `load_panels` for several places of one page, still in one round trip."""
    wanted = [(place, panel) for place in places for panel in registry.panels(actor, place)]
    loaded: dict[str, list[tuple[Panel, Any]]] = {place: [] for place in places}
    if not wanted:
        return loaded
    statement = compose(
        [panel for _, panel in wanted],
        actor=actor,
        customer_id=customer_id,
        now=now,
        customer_ids=customer_ids,
    )
    row = fetch_one(statement.sql, statement.parameters)
    assert row is not None
    for (place, panel), value in zip(wanted, row, strict=True):
        if value is not None:
            loaded[place].append((panel, _plain(value)))
    return loaded


def load_place(actor: Actor, place: str, parameters: Mapping[str, Any]) -> list[tuple[Panel, Any]]:
    """The panels of any place with their values, in order, in one round trip.

    `parameters` are what the place's panels may name in their SQL; the organisation ids of their
    permissions are added. The place ``case`` gives ``%(case_id)s``, ``%(customer_id)s``,
    ``%(customer_ids)s`` and ``%(now)s``. A panel whose value is NULL is left out. The caller has
    made sure that the actor may see what the parameters name.
    """
    panels = registry.panels(actor, place)
    if not panels:
        return []
    statement = compose_with(panels, actor=actor, parameters=parameters)
    row = fetch_one(statement.sql, statement.parameters)
    assert row is not None
    pairs = zip(panels, row, strict=True)
    return [(panel, _plain(value)) for panel, value in pairs if value is not None]


def _plain(value: Any) -> Any:
    """What the JSON says; Django leaves jsonb as text."""
    return json.loads(value) if isinstance(value, str) else value
