"""Cards of a customer: which lead to them, and which did."""

from django.http import Http404

from qiao.core.days import TODAY
from qiao.customers.models import Card
from qiao.customers.queries.people import held_as

# Those that are valid first; of a number its end is enough to tell cards apart.
PANEL = f"""
SELECT json_agg(x) FROM (
    SELECT k.id, k.kind, right(k.number, 4) AS tail, lower(k.period) AS since,
           upper(k.period) AS until, k.period @> {TODAY} AS is_valid,
           upper(k.period) IS NULL AS is_open
      FROM customers_card k WHERE k.customer_id = ANY(%(customer_ids)s::bigint[])
     ORDER BY is_valid DESC, lower(k.period) DESC, k.id DESC LIMIT 12) x
"""  # noqa: S608 - the time zone is a setting; values are bound


def get_card_of(*, customer_id: int, card_id: int) -> Card:
    """A card of a customer or of a record merged into theirs. Raises `Http404`."""
    card = Card.objects.filter(pk=card_id, customer_id__in=held_as(customer_id)).first()
    if card is None:
        raise Http404(f"card {card_id}")
    return card
