"""The right to change a customer, the branch a change belongs to, and its links."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.transactions import required
from qiao.customers.models import Customer, CustomerOrganisation
from qiao.customers.queries import NotVisible, get_customer_for, held_as
from qiao.customers.queries.search import stands_for, visible
from qiao.staff.queries import organisation


def lock_customer(
    *, actor: Actor, customer_id: int, permission: str = "customers.edit"
) -> Customer:
    """The customer who stands for `customer_id`, its row locked until the transaction ends.

    Raises `NotVisible`, and `qiao.core.actor.Forbidden` if the actor may see but not change it.
    """
    required()
    seen = may_change(actor=actor, customer_id=customer_id, permission=permission)
    row = Customer.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if row.merged_into_id is None:
        return row
    # Merged while we waited for the row: the one who stands for it now is meant.
    return lock_customer(actor=actor, customer_id=row.pk, permission=permission)


def may_change(*, actor: Actor, customer_id: int, permission: str = "customers.edit") -> Customer:
    """The customer who stands for `customer_id`, not locked. Raises as `lock_customer`."""
    seen = get_customer_for(actor=actor, customer_id=customer_id)
    try:
        get_customer_for(actor=actor, customer_id=seen.pk, permission=permission)
    except NotVisible:
        actor.require(permission, _no_organisation())
        raise
    return seen


_STANDING = f"""
SELECT w.id, s.id, {visible("s.id")}
  FROM unnest(%(ids)s::bigint[]) AS w (id)
  CROSS JOIN LATERAL (SELECT customers_survivor(w.id) AS id) s
 ORDER BY w.id
"""


def lock_customers(
    *, actor: Actor, customer_ids: Iterable[int], permission: str = "customers.edit"
) -> dict[int, Customer]:
    """Who stands for each of these ids, by the id asked for; all rows locked, the lowest id first.

    Whoever locks more than one customer does it here: of two at once the second one waits.

    Raises as `lock_customer`.
    """
    required()
    ids = sorted(set(customer_ids))
    standing = _seen(actor, ids, "customers.view")
    try:
        _seen(actor, ids, permission)
    except NotVisible:
        actor.require(permission, _no_organisation())
        raise
    rows = lock_rows(standing.values())
    if any(row.merged_into_id is not None for row in rows.values()):
        return lock_customers(actor=actor, customer_ids=ids, permission=permission)
    return {pk: rows[standing[pk]] for pk in ids}


def _seen(actor: Actor, ids: list[int], permission: str) -> dict[int, int]:
    """Who stands for whom. Raises `NotVisible` for the first out of sight."""
    values = {"ids": ids, "organisations": list(actor.organisations(permission))}
    found = {}
    for pk, survivor, is_seen in fetch_all(_STANDING, values):
        if not is_seen:
            raise NotVisible(f"customer {pk}")
        found[pk] = survivor
    return found


def lock_rows(customer_ids: Iterable[int]) -> dict[int, Customer]:
    """Rows as they are, merged ones too, locked from the lowest id on; asks for no right."""
    rows = Customer.objects.select_for_update(no_key=True).filter(pk__in=set(customer_ids))
    return {row.pk: row for row in rows.order_by("pk")}


_LOCK_THOSE = f"""
SELECT c.id FROM customers_customer c
 WHERE c.id IN (SELECT {stands_for("r")} FROM customers_customer r WHERE r.id = ANY(%(ids)s))
   AND c.merged_into_id IS NULL AND {visible("c.id")}
   AND (SELECT true FROM customers_customerorganisation l
         WHERE l.customer_id = c.id AND (l.organisation_id + 0) = ANY(%(seen)s) LIMIT 1)
 ORDER BY c.id FOR NO KEY UPDATE OF c
"""


def lock_those(
    *, customer_ids: Iterable[int], organisations: Iterable[int], seen: Iterable[int]
) -> list[int]:
    """Who stands for these ids, as far as they are linked to one of `organisations` and to one of
    `seen`; all rows locked, the lowest id first. The others are left out without a word."""
    required()
    values: dict[str, Any] = {
        "ids": sorted(set(customer_ids)),
        "organisations": list(organisations),
        "seen": list(seen),
    }
    return [pk for (pk,) in fetch_all(_LOCK_THOSE, values)]


def lock_standing(customer_id: int) -> Customer | None:
    """Who stands for `customer_id`, with all their records locked; asks for no right.

    For what changes rows of merged records too. None for somebody who is not held any more.
    """
    required()
    survivor = _survivor(customer_id)
    if survivor is None:
        return None
    rows = lock_rows(held_as(survivor))
    # Merged, or a merge undone, while we waited for the rows.
    return rows[survivor] if _survivor(customer_id) == survivor else lock_standing(customer_id)


def _survivor(customer_id: int) -> int | None:
    ((survivor,),) = fetch_all("SELECT customers_survivor(%(id)s)", {"id": customer_id})
    return survivor  # type: ignore[no-any-return]


def _no_organisation() -> int:
    """An id that no organisation has: a right is never held there."""
    return 0


def branch_of(*, actor: Actor, customer_id: int, permission: str = "customers.edit") -> int:
    """The organisation to whose screens a change of the customer is told.

    The actor's own if the customer is linked to it, else the first link within the right.
    """
    return branches_of(actor=actor, customer_ids=[customer_id], permission=permission)[customer_id]


def branches_of(
    *, actor: Actor, customer_ids: Iterable[int], permission: str = "customers.edit"
) -> dict[int, int]:
    """`branch_of` of many, by customer, in one statement."""
    linked: dict[int, set[int]] = {pk: set() for pk in customer_ids}
    links = CustomerOrganisation.objects.filter(
        customer_id__in=linked, organisation_id__in=actor.organisations(permission)
    )
    for customer_id, organisation_id in links.values_list("customer_id", "organisation_id"):
        linked[customer_id].add(organisation_id)
    own = actor.organisation_id
    return {pk: own if own in all_ or not all_ else min(all_) for pk, all_ in linked.items()}


def local_day(*, organisation_id: int, now: datetime) -> date:
    """The date of `now` in the organisation's time zone."""
    zone = ZoneInfo(organisation(organisation_id).timezone)
    return timezone.localtime(now, zone).date()


_LINKS = """
INSERT INTO customers_customerorganisation (customer_id, organisation_id, since)
SELECT w.id, %(organisation)s, %(now)s FROM unnest(%(customers)s::bigint[]) AS w (id)
 ORDER BY w.id
ON CONFLICT (customer_id, organisation_id) DO UPDATE SET through_merge_of = NULL
 WHERE customers_customerorganisation.through_merge_of IS NOT NULL
"""


def make_all_visible(
    *, customers: Iterable[Customer], organisation_id: int, now: datetime
) -> None:
    """`make_visible` for many at once, none of them merged into another."""
    required()
    ids = sorted({each.pk for each in customers})
    values: dict[str, Any] = {"customers": ids, "organisation": organisation_id, "now": now}
    with connection.cursor() as cursor:
        cursor.execute(_LINKS, values)


def make_visible(*, customer_id: int, organisation_id: int, now: datetime) -> None:
    """Let the people of an organisation see a customer from now on; harmless when they do.

    Called by the modules whose rows belong to a branch (a contact, a case, an account), which
    have checked their own right. A merged row passes the link on to the one that stands for it.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute("SELECT customers_survivor(%s)", [customer_id])
        (survivor,) = cursor.fetchone()
        if survivor is None:
            raise NotVisible(f"customer {customer_id}")
        links: dict[str, Any] = {"customers": [survivor], "organisation": organisation_id}
        cursor.execute(_LINKS, links | {"now": now})


_LAST_CONTACT = """
INSERT INTO customers_lastcontact (customer_id, at, channel, subject)
VALUES (customers_survivor(%(customer)s), %(at)s, %(channel)s, %(subject)s)
ON CONFLICT (customer_id) DO UPDATE
   SET at = excluded.at, channel = excluded.channel, subject = excluded.subject
 WHERE excluded.at >= customers_lastcontact.at
"""


def note_last_contact(*, customer_id: int, at: datetime, channel: str, subject: str) -> None:
    """Keep the latest contact for the screen pop; an earlier one than the kept changes nothing."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            _LAST_CONTACT,
            {"customer": customer_id, "at": at, "channel": channel, "subject": subject[:200]},
        )
