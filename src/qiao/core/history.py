"""How much history a customer has, over all modules that keep any."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.core.panels import Scopes
from qiao.core.prepared import fetch_one
from qiao.core.registry import registry


def load_histories(
    actor: Actor, customer_id: int, now: datetime, *, customer_ids: Sequence[int] = ()
) -> dict[str, tuple[Any, int]]:
    """By key what the manifests count: its label and the number, in one statement.

    The caller has made sure that the actor may see the customer.
    """
    sources = registry.histories(actor)
    if not sources:
        return {}
    scopes = Scopes(actor)
    columns = ", ".join(f"({scopes.bind(each.sql, each.permission)})" for each in sources)
    values: dict[str, Any] = {
        "customer_id": customer_id,
        "customer_ids": list(customer_ids) or [customer_id],
        "now": now,
    }
    row = fetch_one(f"SELECT {columns}", values | scopes.parameters())
    assert row is not None
    return {
        each.key: (each.label, int(number or 0)) for each, number in zip(sources, row, strict=True)
    }
