"""A tag for customers who were chosen one by one, all in few statements."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.customers.events import TagsChanged
from qiao.customers.models import Tag
from qiao.customers.operations.access import branches_of, lock_those
from qiao.customers.operations.tags import MOST_TAGS, UnknownTag

EDIT: Final = "customers.edit"


@dataclass(frozen=True, slots=True)
class Tagged:
    """Ids of customers: `carried` carry the tag now, those of `full` carry `MOST_TAGS` others.

    Who was asked for and is in neither is not the actor's to change.
    """

    carried: frozenset[int]
    full: frozenset[int]


_GIVE: Final = """
INSERT INTO customers_customertag (customer_id, tag_id, at, actor_id)
SELECT w.id, %(tag)s, %(now)s, %(actor)s FROM unnest(%(ids)s::bigint[]) AS w (id)
 WHERE (SELECT count(*) FROM customers_customertag k WHERE k.customer_id = w.id) < %(most)s
 ORDER BY w.id
ON CONFLICT (tag_id, customer_id) DO NOTHING
RETURNING customer_id
"""
_CARRIED: Final = """
SELECT customer_id FROM customers_customertag
 WHERE tag_id = %(tag)s AND customer_id = ANY(%(ids)s)
"""


def tag_customers(
    *, actor: Actor, now: datetime, customer_ids: Iterable[int], tag_id: int
) -> Tagged:
    """Give a tag to those of these customers whom the actor may change and who carry fewer than
    `MOST_TAGS`. Merged ids mean who stands for them.

    Raises `UnknownTag`, `qiao.core.actor.Forbidden` (no right to change anybody).
    """
    required()
    actor.require(EDIT)
    # Rows are locked against a merge too; only then the tag, as for one customer.
    locked = lock_those(
        customer_ids=customer_ids,
        organisations=actor.organisations(EDIT),
        seen=actor.organisations("customers.view"),
    )
    values: dict[str, Any] = {
        "ids": locked,
        "tag": tag_id,
        "now": now,
        "actor": actor.staff_id,
        "most": MOST_TAGS,
    }
    known = Tag.objects.select_for_update(no_key=True).filter(pk=tag_id, is_active=True)
    if known.first() is None:
        raise UnknownTag(str(tag_id))
    given = _ids(_GIVE, values)
    branches = branches_of(actor=actor, customer_ids=given)
    for customer_id in given:
        publish(
            TagsChanged(customer_id, (tag_id,), ()),
            organisation_id=branches[customer_id],
            actor=actor,
            now=now,
        )
    carried = frozenset(_ids(_CARRIED, values))
    return Tagged(carried, frozenset(locked) - carried)


def _ids(sql: str, values: dict[str, Any]) -> list[int]:
    with connection.cursor() as cursor:
        cursor.execute(sql, values)
        return [pk for (pk,) in cursor.fetchall()]
