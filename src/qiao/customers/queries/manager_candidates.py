"""Which customers could be given to a manager at once, and what would become of them."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.queries.manager_sql import STANDING_OF
from qiao.customers.queries.managers import ASSIGN
from qiao.customers.queries.search import stands_for, visible
from qiao.customers.queries.segments import get_open_segment_for
from qiao.customers.queries.value import value_periods

MOST: Final = 5_000
_LISTS: Final = {
    "key": f"""
SELECT k.customer_id FROM customers_keycustomer k
 WHERE k.period_id = %(of)s AND {visible("k.customer_id")} ORDER BY k.place LIMIT %(limit)s
""",
    "segment": f"""
SELECT m.customer_id FROM customers_segmentmember m
 WHERE m.segment_id = %(of)s AND {visible("m.customer_id")}
 ORDER BY m.customer_id LIMIT %(limit)s
""",
    "tier": f"""
SELECT c.id FROM customers_customer c
 WHERE c.tier = %(of)s AND c.merged_into_id IS NULL AND {visible("c.id")}
 ORDER BY c.id LIMIT %(limit)s
""",
}


def candidates(*, actor: Actor, source: str, limit: int = MOST) -> list[int]:
    """Customers of the actor's units: ``key`` (four fifths of the value, the first ones first),
    ``segment:ID`` or ``tier:A``; nothing for what is not known.

    Raises `NotVisible` for a segment that the actor may not see.
    """
    kind, _, of = source.partition(":")
    chosen: Any = of
    if kind == "key":
        periods = value_periods()
        chosen = periods[-1].pk if periods else None
    elif kind == "segment" and of.isascii() and of.isdecimal() and len(of) < len("9" * 19):
        chosen = get_open_segment_for(actor=actor, segment_id=int(of)).pk
    elif kind != "tier":
        return []
    if chosen in (None, ""):
        return []
    units = list(actor.organisations(ASSIGN))
    values = {"of": chosen, "organisations": units, "limit": min(limit, MOST)}
    return [pk for (pk,) in fetch_all(_LISTS[kind], values)]


_PICKED: Final = f"""
SELECT c.id FROM customers_customer c
 WHERE c.id IN (SELECT {stands_for("r")} FROM customers_customer r WHERE r.id = ANY(%(ids)s))
   AND {visible("c.id")}
 ORDER BY c.id
"""


def picked_candidates(*, actor: Actor, customer_ids: Iterable[int]) -> list[int]:
    """Of customers chosen one by one those of the actor's units; merged ids mean who stands for
    them."""
    values = {"ids": list(customer_ids), "organisations": list(actor.organisations(ASSIGN))}
    return [pk for (pk,) in fetch_all(_PICKED, values)]


@dataclass(frozen=True, slots=True)
class Foreseen:
    """What would become of customers: `free` have no manager, `taken` another one, `same` that
    one already; `later` have another one since after the day; `unseen` are not theirs to see.
    `kinds` names one of these for each customer."""

    free: int
    taken: int
    same: int
    later: int
    unseen: int
    kinds: Mapping[int, str] = field(default_factory=dict)

    @property
    def asked(self) -> int:
        """How many customers there are."""
        return self.free + self.taken + self.same + self.later + self.unseen


_SEEN: Final = """
SELECT l.customer_id FROM customers_customerorganisation l
 WHERE l.customer_id = ANY(%(ids)s::bigint[]) AND l.organisation_id = ANY(%(units)s::bigint[])
"""


def foresee(
    *, customer_ids: list[int], manager: Actor, since: date, today: date, permission: str
) -> Foreseen:
    """The counts before customers are given to a manager from a day on; nothing is written."""
    units = list(manager.organisations(permission))
    seen = {pk for (pk,) in fetch_all(_SEEN, {"ids": customer_ids, "units": units})}
    values = {
        "ids": sorted(seen),
        "manager": manager.staff_id,
        "since": since,
        "today": today,
    }
    by_id = {
        pk: "later" if later else "same" if same else "taken" if taken else "free"
        for pk, later, same, taken in fetch_all(STANDING_OF, values)
    }
    kinds = list(by_id.values())
    return Foreseen(
        kinds.count("free"),
        kinds.count("taken"),
        kinds.count("same"),
        kinds.count("later"),
        len(customer_ids) - len(seen),
        by_id,
    )
