"""Two rows that are one customer: the second points to the first; undoing takes that back."""

from datetime import datetime

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.customers.events import CustomersMerged, MergeUndone
from qiao.customers.models import Customer, CustomerOrganisation
from qiao.customers.operations.access import branch_of, lock_customer
from qiao.customers.operations.refusals import NotMerged, SameCustomer
from qiao.customers.queries import NotVisible, get_customer_for

# The link remembers which row brought it, also through a chain of merges.
_LEND_LINKS = """
INSERT INTO customers_customerorganisation (customer_id, organisation_id, since, through_merge_of)
SELECT %(survivor)s, l.organisation_id, %(now)s, %(merged)s
  FROM customers_customerorganisation l WHERE l.customer_id = %(merged)s
ON CONFLICT DO NOTHING
"""


def merge_customers(*, actor: Actor, now: datetime, customer_id: int, merged_id: int) -> Customer:
    """Let the customer of `customer_id` stand for the one of `merged_id`; nothing is rewritten.

    Raises `SameCustomer`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    ids = {get_customer_for(actor=actor, customer_id=each).pk for each in (customer_id, merged_id)}
    if len(ids) < 2:
        raise SameCustomer(f"customer {customer_id}")
    # In the order of ids, so that two opposite merges cannot wait for each other.
    rows = {pk: lock_customer(actor=actor, customer_id=pk) for pk in sorted(ids)}
    survivor = rows[get_customer_for(actor=actor, customer_id=customer_id).pk]
    (merged,) = (row for row in rows.values() if row.pk != survivor.pk)
    merged.merged_into = survivor
    merged.save(update_fields=["merged_into"])
    with connection.cursor() as cursor:
        cursor.execute(_LEND_LINKS, {"survivor": survivor.pk, "merged": merged.pk, "now": now})
    publish(
        CustomersMerged(survivor.pk, merged.pk),
        organisation_id=branch_of(actor=actor, customer_id=survivor.pk),
        actor=actor,
        now=now,
    )
    return survivor


def undo_merge(*, actor: Actor, now: datetime, merged_id: int) -> Customer:
    """Let a merged row stand for itself again.

    Raises `NotMerged`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    survivor = lock_customer(actor=actor, customer_id=merged_id)
    merged = Customer.objects.select_for_update(no_key=True).filter(pk=merged_id).first()
    if merged is None:
        raise NotVisible(f"customer {merged_id}")
    if merged.merged_into_id is None:
        raise NotMerged(f"customer {merged_id}")
    organisation_id = branch_of(actor=actor, customer_id=survivor.pk)
    holder, merged.merged_into = merged.merged_into_id, None
    merged.save(update_fields=["merged_into"])
    CustomerOrganisation.objects.filter(customer_id=holder, through_merge_of=merged.pk).delete()
    publish(MergeUndone(holder, merged.pk), organisation_id=organisation_id, actor=actor, now=now)
    return merged
