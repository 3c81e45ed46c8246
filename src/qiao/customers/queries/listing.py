"""The list of customers, newest first, in keyset steps; and who a new one may already be."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from dataclasses import dataclass
from typing import Any

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules import grams, phones
from qiao.customers.queries.people import CustomerLine, line_of
from qiao.customers.queries.search import LINE_JOINS, CustomerHit, Narrow, run_search, visible
from qiao.customers.queries.segments import get_open_segment_for
from qiao.customers.queries.tags import get_tag
from qiao.customers.rules.searching import Arm, Ask, read

BEYOND = 2**63 - 1  # so that the beginning of a page is always a bound of the index


def _page(narrowed: str) -> str:
    return f"""
SELECT c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT c.id, NULL::bigint AS account_id FROM customers_customer c
         WHERE c.merged_into_id IS NULL
           AND c.id < coalesce(%(after)s::bigint, {BEYOND})
           AND (%(tier)s = '' OR c.tier = %(tier)s)
           {narrowed}
           AND {visible("c.id")}
         ORDER BY c.id DESC LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.id
  {LINE_JOINS}
 ORDER BY c.id DESC
"""


def _among(source: str) -> str:
    """A page of what a table lists by customer: its index gives the order."""
    return f"""
SELECT c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT m.customer_id AS id, NULL::bigint AS account_id FROM {source}
           AND m.customer_id < coalesce(%(after)s::bigint, {BEYOND})
           AND (SELECT n.merged_into_id IS NULL AND (%(tier)s = '' OR n.tier = %(tier)s)
                       AND (%(flag)s = '' OR n.flags @> ARRAY[%(flag)s])
                  FROM customers_customer n WHERE n.id = m.customer_id)
           AND {visible("m.customer_id")}
         ORDER BY m.customer_id DESC LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.id
  {LINE_JOINS}
 ORDER BY c.id DESC
"""


_IN_SEGMENT = _among(
    "customers_segmentmember m WHERE m.segment_id = %(segment)s"
    " AND (%(tag)s::bigint IS NULL OR EXISTS (SELECT 1 FROM customers_customertag t"
    " WHERE t.tag_id = %(tag)s AND t.customer_id = m.customer_id))"
)
_TAGGED = _among("customers_customertag m WHERE m.tag_id = %(tag)s")
_EVERYONE = _page("")
# The first condition is that of the partial index.
_PROTECTED = _page("AND NOT (c.flags = '{}') AND c.flags @> ARRAY[%(flag)s]")


@dataclass(frozen=True, slots=True)
class ListPage:
    """Lines, and the id after which the next page begins; None at the end."""

    lines: list[CustomerLine]
    after: int | None


def narrow_for(
    *,
    actor: Actor,
    tier: str = "",
    flag: str = "",
    segment_id: int | None = None,
    tag_id: int | None = None,
) -> Narrow:
    """Among whom the actor searches. Raises `NotVisible` as `list_customers`."""
    if segment_id:
        get_open_segment_for(actor=actor, segment_id=segment_id)
    if tag_id:
        get_tag(tag_id)
    return Narrow(tier=tier, flag=flag, segment=segment_id or 0, tag=tag_id or 0)


def list_customers(
    *,
    actor: Actor,
    after: int | None = None,
    limit: int = 30,
    tier: str = "",
    flag: str = "",
    segment_id: int | None = None,
    tag_id: int | None = None,
) -> ListPage:
    """Customers that the actor may see, the newest first; `tier`, `flag`, a segment and a tag
    narrow the list. Raises `NotVisible` for a segment that the actor may not see or that is
    archived, and for a tag that is none."""
    values: dict[str, Any] = {
        "after": after,
        "tier": tier,
        "flag": flag,
        "tag": tag_id,
        "limit": limit + 1,
        "organisations": list(actor.organisations("customers.view")),
        "zone": settings.TIME_ZONE,
    }
    sql = _PROTECTED if flag else _EVERYONE
    if tag_id is not None:
        get_tag(tag_id)
        sql = _TAGGED
    if segment_id is not None:
        segment = get_open_segment_for(actor=actor, segment_id=segment_id)
        sql, values["segment"] = _IN_SEGMENT, segment.pk
    rows = fetch_all(sql, values)
    lines = [line_of(row) for row in rows[:limit]]
    return ListPage(lines, lines[-1].customer_id if len(rows) > limit else None)


@dataclass(frozen=True, slots=True)
class Likeness:
    """A customer who may be the new one. `evidence`: identity, phone, name, address."""

    hit: CustomerHit
    evidence: tuple[str, ...]

    @property
    def is_strong(self) -> bool:
        """The same identity or telephone number, or two lesser signs together."""
        return bool({"identity", "phone"} & set(self.evidence)) or len(self.evidence) > 1


def find_likenesses(
    *, actor: Actor, name: str = "", phone: str = "", identity: str = "", address: str = ""
) -> list[Likeness]:
    """Who is held already under the same name, number, identity or address; the surest first."""
    asks = {
        "identity": _only(identity, Arm.IDENTITY),
        "phone": _only(phone, Arm.PHONE) if phones.try_normalise(phone) else None,
        "name": _only(name, Arm.NAME_PART),
        "address": _only(address, Arm.ADDRESS),
    }
    found: dict[int, tuple[CustomerHit, list[str]]] = {}
    for evidence, ask in asks.items():
        for hit in run_search(ask, actor, 8) if ask else []:
            if evidence == "name" and grams.normalise(hit.name) != grams.normalise(name):
                continue
            found.setdefault(hit.customer_id, (hit, []))[1].append(evidence)
    likenesses = [Likeness(hit, tuple(evidence)) for hit, evidence in found.values()]
    return sorted(likenesses, key=lambda one: (not one.is_strong, -len(one.evidence)))[:6]


def _only(text: str, arm: Arm) -> Ask | None:
    ask = read(text)
    return Ask(ask.text, (arm,), ask.values) if arm in ask.arms else None
