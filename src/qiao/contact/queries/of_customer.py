"""The contacts of one customer: keyset paging, newest first."""

from typing import Final

from django.db import connection

from qiao.contact.queries.listing import PAGE_ROWS, Page, page_of, read_cursor
from qiao.contact.queries.reading import RIGHT, ROW, InteractionRow
from qiao.core.actor import Actor
from qiao.customers.queries import get_customer_for, held_as

_OF: Final = """
 WHERE i.customer_id = ANY(%(customers)s) AND (i.organisation_id + 0) = ANY(%(organisations)s)
   AND i.state <> 'abandoned'
   AND (%(moment)s::timestamptz IS NULL OR (i.started_at, i.id) < (%(moment)s, %(last)s))
 ORDER BY i.started_at DESC, i.id DESC LIMIT %(limit)s
"""


def interactions_of(
    *, actor: Actor, customer_id: int, after: str = "", limit: int = PAGE_ROWS
) -> Page:
    """A page of a customer's contacts that the actor may see; `after` is a page's cursor.

    Raises `qiao.customers.queries.NotVisible` for a customer whom the actor may not see.
    """
    customer = get_customer_for(actor=actor, customer_id=customer_id)
    moment, last = read_cursor(after) or (None, 0)
    with connection.cursor() as cursor:
        cursor.execute(
            ROW + _OF,
            {
                "customers": list(held_as(customer.pk)),
                "organisations": list(actor.organisations(RIGHT)),
                "moment": moment,
                "last": last,
                "limit": limit + 1,
            },
        )
        rows = [InteractionRow(*row) for row in cursor.fetchall()]
    return page_of(rows, limit)
