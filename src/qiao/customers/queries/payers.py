"""Who pays for an account without using what it supplies: a landlord, an employer, an office."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.models import AccountParty
from qiao.customers.queries.moves import account_for
from qiao.customers.queries.people import NotVisible
from qiao.customers.queries.search import survivor_of

_OUTSIDE: Final = """NOT EXISTS (
       SELECT FROM customers_accountparty o
        WHERE o.account_id = :account: AND o.role = 'occupant' AND o.period {holds}
          AND customers_survivor(o.customer_id) = p.payer_id)"""
# Who began to pay last pays; it is told where others use the supply, occupants before an owner.
_PAID_BY: Final = f"""
SELECT p.party_id, p.payer_id, p.since, p.until, u.id AS user_id
  FROM (SELECT t.id AS party_id, {survivor_of("t.customer_id")} AS payer_id,
               lower(t.period) AS since, upper(t.period) AS until
          FROM customers_accountparty t
         WHERE t.account_id = :account: AND t.role = 'payer' AND t.period @> :day:
         ORDER BY lower(t.period) DESC, t.id LIMIT 1) p
 CROSS JOIN LATERAL (
       SELECT x.id FROM (
           SELECT {survivor_of("t.customer_id")} AS id, t.role, t.id AS place
             FROM customers_accountparty t
            WHERE t.account_id = :account: AND t.role IN ('occupant', 'owner')
              AND t.period @> :day:) x
        WHERE x.id <> p.payer_id ORDER BY x.role = 'occupant' DESC, x.place LIMIT 1) u
 WHERE {_OUTSIDE.format(holds="@> :day:")}"""


def paid_by(account: str, day: str) -> str:
    """A SELECT of one row where somebody pays for an account on a day who does not use its
    supply: `party_id`, `payer_id`, `since`, `until` (NULL: further on), and `user_id`, who does.
    `account` and `day` as SQL knows them."""
    return _PAID_BY.replace(":account:", account).replace(":day:", day)


@dataclass(frozen=True, slots=True)
class Outsider:
    """Somebody who pays for an account and does not use its supply, from a day to before one."""

    party_id: int
    customer_id: int
    name: str
    since: date
    until: date | None


_OUTSIDERS: Final = f"""
SELECT p.party_id, p.payer_id, c.name, lower(p.period), upper(p.period)
  FROM (SELECT t.id AS party_id, {survivor_of("t.customer_id")} AS payer_id, t.period
          FROM customers_accountparty t
         WHERE t.account_id = %(account)s AND t.role = 'payer'
           AND t.period && daterange(%(since)s, %(until)s)) p
  JOIN customers_customer c ON c.id = p.payer_id
 WHERE {_OUTSIDE.format(holds="&& p.period").replace(":account:", "%(account)s")}
 ORDER BY lower(p.period), p.party_id
"""


def outsiders_paying(*, account_id: int, since: date, until: date | None = None) -> list[Outsider]:
    """Who pays on some of these days without using the supply, the first one first. The caller has
    checked the account."""
    values = {"account": account_id, "since": since, "until": until}
    return [Outsider(*row) for row in fetch_all(_OUTSIDERS, values)]


def payer_part(*, actor: Actor, party_id: int) -> AccountParty:
    """A payer's part in an account that the actor may see, with the account. Raises
    `NotVisible`."""
    found = (
        AccountParty.objects.select_related("account", "customer")
        .filter(pk=party_id, role=AccountParty.Role.PAYER)
        .first()
    )
    if found is None:
        raise NotVisible(f"party {party_id}")
    account_for(actor=actor, account_id=found.account_id)
    return found
