"""Accounts as a line of another module's list shows them: by what somebody says at a counter."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.queries.search import TODAY, find_customers, survivor_of

MOST: Final = 50
CUSTOMERS: Final = 20


@dataclass(frozen=True, slots=True)
class AccountLine:
    """An account, and who stands for it: its owner or whoever else does, now or last.

    `customer_id` is 0 and the name empty where nobody ever did."""

    account_id: int
    number: str
    service: str
    status: str
    organisation_id: int
    customer_id: int
    customer_name: str
    address: str
    meter: str


_LINES: Final = f"""
WITH wanted (id) AS (
    SELECT t.account_id
      FROM unnest(%(customers)s::bigint[]) AS w (id)
      JOIN customers_accountparty t ON t.customer_id = ANY(customers_held_as(w.id))
    UNION SELECT unnest(%(accounts)s::bigint[])
    UNION SELECT a.id FROM customers_account a WHERE a.number = %(number)s)
SELECT a.id, a.number, a.service, a.status, a.organisation_id, coalesce(c.id, 0),
       coalesce(c.name, ''), coalesce(h.full_text, ''), coalesce(s.meter_number, '')
  FROM wanted w
  JOIN customers_account a ON a.id = w.id
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN LATERAL (
      SELECT {survivor_of("t.customer_id")} AS id
        FROM customers_accountparty t
       WHERE t.account_id = a.id
       ORDER BY t.period @> {TODAY} DESC,
             CASE WHEN NOT t.period @> {TODAY} THEN upper(t.period) END DESC NULLS FIRST,
             array_position(ARRAY['owner','payer','occupant','contact'], t.role), t.id
       LIMIT 1) who ON true
  LEFT JOIN customers_customer c ON c.id = who.id
 WHERE (a.organisation_id + 0) = ANY(%(organisations)s)
 ORDER BY a.number = %(number)s DESC, a.status, a.number
 LIMIT %(limit)s
"""


def account_lines(
    *,
    actor: Actor,
    customer_ids: Iterable[int] = (),
    account_ids: Iterable[int] = (),
    number: str = "",
) -> list[AccountLine]:
    """The accounts of these ids, with this number, and those for which these customers stand or
    stood, as far as the actor may see them; at most `MOST`."""
    values = {
        "customers": sorted(set(customer_ids)),
        "accounts": sorted(set(account_ids)),
        "number": number,
        "organisations": list(actor.organisations("customers.view")),
        "zone": settings.TIME_ZONE,
        "limit": MOST,
    }
    return [AccountLine(*row) for row in fetch_all(_LINES, values)]


def find_accounts(*, actor: Actor, text: str) -> list[AccountLine]:
    """Accounts that a text may mean: whatever finds customers, names, telephone, account and
    meter numbers, addresses. A number that is an account's or a meter's own finds that one
    alone."""
    plain = "".join(text.split())
    hits = find_customers(actor=actor, text=text, limit=CUSTOMERS)
    lines = account_lines(
        actor=actor, customer_ids=[hit.customer_id for hit in hits], number=plain
    )
    own = [line for line in lines if plain and plain in (line.number, line.meter)]
    return own or lines
