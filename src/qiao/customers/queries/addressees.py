"""To whom a paper about an account is addressed on a day, many at once."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.core.prepared import fetch_all
from qiao.customers.queries.search import survivor_of


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who pays for an account on a day, or stands for it otherwise, and what the account is.

    `customer_id` is 0 and `name` empty where nobody does; `language` is the customer's own, empty
    where nothing is known; `service_point_id` is None for an account without a place.
    """

    account_id: int
    number: str
    service: str
    service_point_id: int | None
    meter_number: str
    address: str
    customer_id: int
    name: str
    language: str


_WHO: Final = f"""
SELECT a.id, a.number, a.service, a.service_point_id, coalesce(s.meter_number, ''),
       coalesce(h.full_text, ''), coalesce(c.id, 0), coalesce(c.name, ''),
       coalesce(nullif(f.language, ''), c.language, '')
  FROM unnest(%(accounts)s::bigint[], %(days)s::date[]) WITH ORDINALITY AS w (id, day, place)
  JOIN customers_account a ON a.id = w.id
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN LATERAL (
      SELECT {survivor_of("t.customer_id")} AS id
        FROM customers_accountparty t
       WHERE t.account_id = a.id
       ORDER BY t.period @> w.day DESC, upper(t.period) DESC NULLS FIRST,
             array_position(ARRAY['payer','owner','occupant','contact'], t.role), t.id
       LIMIT 1) who ON true
  LEFT JOIN customers_customer c ON c.id = who.id
  LEFT JOIN LATERAL (
      SELECT p.language FROM customers_preference p WHERE p.customer_id = c.id
       ORDER BY p.changed_at DESC LIMIT 1) f ON true
 ORDER BY w.place
"""


def addressees_of(accounts: Sequence[tuple[int, date]]) -> list[Addressee]:
    """Whom papers about these accounts of these days are addressed to, in their order: the payer,
    else the owner, else whoever lives there. One statement; the caller has checked the right."""
    values = {
        "accounts": [account_id for account_id, _day in accounts],
        "days": [day for _account_id, day in accounts],
    }
    return [Addressee(*row) for row in fetch_all(_WHO, values)]
