"""Digests: one with its stories, all of a unit with who read them, orders that are open."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.http import Http404

from qiao.cases.models import Digest, DigestItem
from qiao.core.actor import Actor


def digest_for(*, actor: Actor, digest_id: int) -> tuple[Digest, list[DigestItem]]:
    """A digest with its items: for its reader, and for who sees risk in the reader's unit.

    Items of cases that are kept from the actor are left out. Raises `Http404`.
    """
    found = Digest.objects.select_related("staff").filter(pk=digest_id).first()
    if found is None or not (
        found.staff_id == actor.staff_id or actor.can_in("cases.risk", found.organisation_id)
    ):
        raise Http404(str(digest_id))
    items = found.items.filter(
        case__organisation__in=actor.organisations("cases.view")
    ).select_related("case__case_type", "case__customer", "case__assignee", "owner", "digest")
    return found, list(items.order_by("place"))


@dataclass(frozen=True, slots=True)
class DigestLine:
    """A digest as a list shows it."""

    digest_id: int
    day: date
    name: str
    title: str
    drawn_at: datetime
    read_at: datetime | None
    items: int
    decided: int
    ordered: int
    done: int


_DIGESTS: Final = """
SELECT d.id, d.day, s.name, s.title, d.drawn_at, d.read_at, count(i.id), count(i.decided_at),
       count(i.id) FILTER (WHERE i.decision IN ('order', 'ask')), count(i.done_at)
  FROM cases_digest d
  JOIN staff_staff s ON s.id = d.staff_id
  LEFT JOIN cases_digestitem i ON i.digest_id = d.id
 WHERE d.day > %(since)s AND (d.staff_id = %(me)s
        OR (%(all)s AND d.organisation_id = ANY(%(units)s::bigint[])))
 GROUP BY d.id, s.id ORDER BY d.day DESC, s.name LIMIT 200
"""


def digests(*, actor: Actor, since: date, everybody: bool = False) -> Sequence[DigestLine]:
    """Digests since a day: one's own; with `everybody` of all in whose unit one sees risk."""
    values: dict[str, Any] = {
        "since": since,
        "me": actor.staff_id or 0,
        "all": everybody,
        "units": list(actor.organisations("cases.risk")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_DIGESTS, values)
        return [DigestLine(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class OrderLine:
    """An order or question of an executive that waits for its owner."""

    item_id: int
    case_id: int
    number: str
    title: str
    decision: str
    words: str
    by: str
    owner: str
    is_mine: bool
    due_date: date


_ORDERS: Final = """
SELECT i.id, c.id, c.number, c.title, i.decision, i.words, e.name, o.name,
       i.owner_id = %(me)s, i.due_date
  FROM cases_digestitem i
  JOIN cases_digest d ON d.id = i.digest_id
  JOIN cases_case c ON c.id = i.case_id
  JOIN staff_staff e ON e.id = d.staff_id
  JOIN staff_staff o ON o.id = i.owner_id
 WHERE i.decision IN ('order', 'ask') AND i.done_at IS NULL
   AND (i.owner_id = %(me)s OR d.staff_id = %(me)s
        OR d.organisation_id = ANY(%(units)s::bigint[]))
   AND c.organisation_id = ANY(%(seen)s::bigint[])
 ORDER BY i.due_date, i.id LIMIT 100
"""


def open_orders(*, actor: Actor) -> Sequence[OrderLine]:
    """Orders that wait: for the actor, given by them, or in units where they see risk."""
    values: dict[str, Any] = {
        "me": actor.staff_id or 0,
        "units": list(actor.organisations("cases.risk")),
        "seen": list(actor.organisations("cases.view")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_ORDERS, values)
        return [OrderLine(*row) for row in cursor.fetchall()]
