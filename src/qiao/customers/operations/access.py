"""The right to change a customer, the branch a change belongs to, and its links."""

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.customers.models import Customer, CustomerOrganisation
from qiao.customers.queries import NotVisible, get_customer_for
from qiao.staff.queries import organisation


def lock_customer(
    *, actor: Actor, customer_id: int, permission: str = "customers.edit"
) -> Customer:
    """The customer who stands for `customer_id`, its row locked until the transaction ends.

    Raises `NotVisible`, and `qiao.core.actor.Forbidden` if the actor may see but not change it.
    """
    required()
    seen = get_customer_for(actor=actor, customer_id=customer_id)
    try:
        get_customer_for(actor=actor, customer_id=seen.pk, permission=permission)
    except NotVisible:
        actor.require(permission, _no_organisation())
        raise
    row = Customer.objects.select_for_update(no_key=True).get(pk=seen.pk)
    if row.merged_into_id is None:
        return row
    # Merged while we waited for the row: the one who stands for it now is meant.
    return lock_customer(actor=actor, customer_id=row.pk, permission=permission)


def _no_organisation() -> int:
    """An id that no organisation has: a right is never held there."""
    return 0


def branch_of(*, actor: Actor, customer_id: int, permission: str = "customers.edit") -> int:
    """The organisation to whose screens a change of the customer is told.

    The actor's own if the customer is linked to it, else the first link within the right.
    """
    allowed = actor.organisations(permission)
    linked = set(
        CustomerOrganisation.objects.filter(
            customer_id=customer_id, organisation_id__in=allowed
        ).values_list("organisation_id", flat=True)
    )
    return actor.organisation_id if actor.organisation_id in linked or not linked else min(linked)


def local_day(*, organisation_id: int, now: datetime) -> date:
    """The date of `now` in the organisation's time zone."""
    zone = ZoneInfo(organisation(organisation_id).timezone)
    return timezone.localtime(now, zone).date()


_LINK = """
INSERT INTO customers_customerorganisation (customer_id, organisation_id, since)
VALUES (%(customer)s, %(organisation)s, %(now)s)
ON CONFLICT (customer_id, organisation_id) DO UPDATE SET through_merge_of = NULL
 WHERE customers_customerorganisation.through_merge_of IS NOT NULL
"""


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
        cursor.execute(_LINK, {"customer": survivor, "organisation": organisation_id, "now": now})


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
