"""Two rows that are one customer: the second points to the first; undoing takes that back.

Nothing else is rewritten: reads follow `merged_into`. What was chosen for the survivor stands in
the history beside what it was before.
"""

from datetime import datetime

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.events import CustomersMerged, MergeUndone
from qiao.customers.models import Customer, Merge
from qiao.customers.operations.access import branch_of, lock_customers, lock_rows, may_change
from qiao.customers.operations.duplicate_deciding import settle_pairs, unsettle_pair
from qiao.customers.operations.merge_choices import Choices, apply_choices, take_back
from qiao.customers.operations.numbers import judge_numbers
from qiao.customers.operations.refusals import NotMerged, SameCustomer
from qiao.customers.operations.tags import lend_tags

MERGE = "customers.merge"
REASON_LENGTH = 300
NO_CHOICES = Choices()

# A lent link names the merged row that brought it, also through a chain of merges: what no row
# lends any more goes, what one lends is there. A link of one's own is never touched.
_LENT_NO_MORE = """
DELETE FROM customers_customerorganisation l
 WHERE l.customer_id = %(holder)s AND l.through_merge_of IS NOT NULL
   AND NOT EXISTS (SELECT 1 FROM customers_customer m
                     JOIN customers_customerorganisation k ON k.customer_id = m.id
                    WHERE m.id = l.through_merge_of AND m.merged_into_id = l.customer_id
                      AND k.organisation_id = l.organisation_id)
"""
_LENT = """
INSERT INTO customers_customerorganisation (customer_id, organisation_id, since, through_merge_of)
SELECT DISTINCT ON (k.organisation_id) %(holder)s::bigint, k.organisation_id, %(now)s::timestamptz,
       m.id
  FROM customers_customer m
  JOIN customers_customerorganisation k ON k.customer_id = m.id
 WHERE m.merged_into_id = %(holder)s
 ORDER BY k.organisation_id, m.id
ON CONFLICT DO NOTHING
"""


def merge_customers(
    *,
    actor: Actor,
    now: datetime,
    customer_id: int,
    merged_id: int,
    reason: str = "",
    choices: Choices = NO_CHOICES,
) -> Merge:
    """Let the customer of `customer_id` stand for the one of `merged_id`.

    `choices` says what the survivor takes over from the other; see `Choices`.

    Raises `SameCustomer`, `UnknownChoice`, `BadText`, `NotVisible`,
    `qiao.core.actor.Forbidden`.
    """
    required()
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    _queue()
    rows = lock_customers(actor=actor, customer_ids=(customer_id, merged_id), permission=MERGE)
    survivor, merged = rows[customer_id], rows[merged_id]
    if survivor.pk == merged.pk:
        raise SameCustomer(f"customer {customer_id}")
    merge = Merge(
        survivor=survivor, merged=merged, at=_not_before(merged, now), actor_id=actor.staff_id,
        reason=words,
    )  # fmt: skip
    merge.changes = apply_choices(
        survivor=survivor, merged=merged, choices=choices, actor=actor, now=now, reason=words
    )
    merge.save(force_insert=True)
    merged.merged_into = survivor
    merged.save(update_fields=["merged_into"])
    _lend_links(survivor.pk, now)
    judge_numbers(customer_ids=(survivor.pk,), now=now)
    settle_pairs(survivor_id=survivor.pk, merged_id=merged.pk, actor=actor, now=now, reason=words)
    publish(
        CustomersMerged(survivor.pk, merged.pk),
        organisation_id=branch_of(actor=actor, customer_id=survivor.pk),
        actor=actor,
        now=now,
    )
    return merge


def undo_merge(*, actor: Actor, now: datetime, merged_id: int) -> Merge:
    """Let a merged row stand for itself again, and the survivor be as it was before.

    `Merge.kept` of the result names what stays, since it was changed after the merge.

    Raises `NotMerged`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    _queue()
    standing = may_change(actor=actor, customer_id=merged_id, permission=MERGE)
    merge = Merge.objects.filter(merged_id=merged_id, undone_at__isnull=True).first()
    if merge is None:
        raise NotMerged(f"customer {merged_id}")
    rows = lock_rows((standing.pk, merge.survivor_id, merge.merged_id))
    merge = Merge.objects.select_for_update(no_key=True).get(pk=merge.pk)
    organisation_id = branch_of(actor=actor, customer_id=standing.pk)
    survivor, merged = rows[merge.survivor_id], rows[merge.merged_id]
    merged.merged_into = None
    merged.save(update_fields=["merged_into"])
    merge.kept = list(take_back(merge=merge, survivor=survivor, actor=actor, now=now))
    merge.undone_at, merge.undone_by_id = max(now, merge.at), actor.staff_id
    merge.save(update_fields=["undone_at", "undone_by_id", "kept"])
    _lend_links(survivor.pk, now)
    judge_numbers(customer_ids=(survivor.pk, merged.pk), now=now)
    unsettle_pair(survivor_id=survivor.pk, merged_id=merged.pk)
    publish(
        MergeUndone(survivor.pk, merged.pk), organisation_id=organisation_id, actor=actor, now=now
    )
    merge.survivor, merge.merged = survivor, merged
    return merge


def _queue() -> None:
    """Merges and undoings go one after another: each sees all before it."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('customers_merge'))")


def _not_before(merged: Customer, now: datetime) -> datetime:
    """`now`, but not within an earlier merge: clocks of two machines may differ a little."""
    latest = Merge.objects.filter(merged=merged, undone_at__gt=now).order_by("-undone_at").first()
    return latest.undone_at or now if latest else now


def _lend_links(holder: int, now: datetime) -> None:
    """Let who stands for others be seen where they are seen and carry their tags, up to the end
    of the chain."""
    with connection.cursor() as cursor:
        while True:
            values: dict[str, int | datetime] = {"holder": holder, "now": now}
            cursor.execute(_LENT_NO_MORE, values)
            cursor.execute(_LENT, values)
            lend_tags(holder_id=holder)
            cursor.execute("SELECT merged_into_id FROM customers_customer WHERE id = %s", [holder])
            (above,) = cursor.fetchone()
            if above is None:
                return
            holder = above
