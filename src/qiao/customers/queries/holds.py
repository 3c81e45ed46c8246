"""Whether everything of a customer must be kept, and why."""

from typing import Final

from qiao.customers.models import Hold
from qiao.customers.queries.people import held_as

PLACED: Final = (
    "EXISTS (SELECT 1 FROM customers_hold k"
    " WHERE k.customer_id = ANY(h.ids) AND k.released_at IS NULL)"
)
ERASING: Final = (
    "EXISTS (SELECT 1 FROM customers_erasure e"
    " WHERE e.customer_id = ANY(h.ids) AND e.state IN ('requested', 'approved'))"
)
# All ids under which the customer of a row is held, also through merges.
IDS_OF_ROW: Final = "customers_held_as(customers_survivor(r.customer_id))"

PANEL: Final = """
SELECT json_build_object('reason', k.reason, 'at', k.placed_at, 'who', s.name)
  FROM customers_hold k JOIN staff_staff s ON s.id = k.placed_by_id
 WHERE k.customer_id = ANY(%(customer_ids)s::bigint[]) AND k.released_at IS NULL
   AND cardinality(%(organisation_ids)s) > 0
 ORDER BY k.id LIMIT 1
"""


def open_hold(customer_id: int) -> Hold | None:
    """The hold under which a customer stands, if any."""
    rows = Hold.objects.filter(customer_id__in=held_as(customer_id), released_at__isnull=True)
    return rows.select_related("placed_by").order_by("pk").first()
