"""Customers by chance, with a number: for whoever plays their part in training."""

from collections.abc import Sequence
from dataclasses import dataclass

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all

_SOME = """
SELECT c.id, c.name, c.tier, n.number, coalesce(h.region, '')
  FROM customers_account a
  JOIN customers_accountparty t
    ON t.account_id = a.id AND t.role = 'owner' AND upper_inf(t.period)
  JOIN customers_customer c ON c.id = t.customer_id
  JOIN LATERAL (SELECT number FROM customers_customerphone p
                 WHERE p.customer_id = c.id AND p.standing <> 'wrong'
                 ORDER BY p.is_primary DESC, p.id LIMIT 1) n ON true
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
 WHERE a.status <> 'closed' AND a.organisation_id = ANY(%(organisations)s)
   AND a.id >= (SELECT (min(id) + (max(id) - min(id)) * %(place)s)::bigint FROM customers_account)
 ORDER BY a.id LIMIT %(limit)s
"""


@dataclass(frozen=True, slots=True)
class SomeCustomer:
    """A customer by chance and a number in the stored form that is theirs."""

    customer_id: int
    name: str
    tier: str
    number: str
    region: str


def some_customers(*, actor: Actor, place: float, limit: int) -> Sequence[SomeCustomer]:
    """Neighbours among the actor's customers, from a place between 0 and 1 of all accounts on."""
    seen = list(actor.organisations("customers.view"))
    rows = fetch_all(_SOME, {"organisations": seen, "place": place, "limit": limit})
    return [SomeCustomer(*row) for row in rows]
