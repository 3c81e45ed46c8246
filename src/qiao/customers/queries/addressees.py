"""To whom a paper about an account is addressed on a day, many at once."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from qiao.core.prepared import fetch_all
from qiao.customers.queries.payers import paid_by
from qiao.customers.queries.search import ids_of, survivor_of


@dataclass(frozen=True, slots=True)
class Addressee:
    """Who pays for an account on a day, or stands for it otherwise, and what the account is.

    `customer_id` is 0 and `name` empty where nobody does; `language` is the customer's own, empty
    where nothing is known; `service_point_id` is None for an account without a place. `address`
    is the supplied place; `user_name` who uses the supply, where that is somebody else than who
    pays, and `postal` to where a paper is sent then: to where the payer lives, as far as known.
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
    user_name: str = ""
    postal: str = ""


# Whoever used the supply on the day that a paper is about and has left since is answered for as
# of that day; all others as of the day on which it is sent.
_WHO: Final = f"""
SELECT a.id, a.number, a.service, a.service_point_id, coalesce(s.meter_number, ''),
       coalesce(h.full_text, ''), coalesce(c.id, 0), coalesce(c.name, ''),
       coalesce(nullif(f.language, ''), c.language, ''), coalesce(v.name, ''),
       coalesce(home.full_text, h.full_text, '')
  FROM unnest(%(accounts)s::bigint[], %(days)s::date[], %(sent)s::date[])
       WITH ORDINALITY AS w (id, about, sent, place)
  JOIN customers_account a ON a.id = w.id
 CROSS JOIN LATERAL (
      SELECT CASE WHEN EXISTS (
                 SELECT FROM customers_accountparty l
                  WHERE l.account_id = a.id AND l.role IN ('owner', 'occupant')
                    AND l.period @> w.about AND NOT l.period @> w.sent)
             THEN w.about ELSE w.sent END AS day OFFSET 0) d
  LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = s.premises_id
  LEFT JOIN LATERAL (
      SELECT {survivor_of("t.customer_id")} AS id
        FROM customers_accountparty t
       WHERE t.account_id = a.id
       ORDER BY t.period @> d.day DESC,
             CASE WHEN NOT t.period @> d.day THEN upper(t.period) END DESC NULLS FIRST,
             array_position(ARRAY['payer','owner','occupant','contact'], t.role),
             lower(t.period) DESC, t.id
       LIMIT 1) who ON true
  LEFT JOIN customers_customer c ON c.id = who.id
  LEFT JOIN LATERAL ({paid_by("a.id", "d.day")}) p ON true
  LEFT JOIN customers_customer v ON v.id = p.user_id
  LEFT JOIN LATERAL (
      SELECT w2.full_text
        FROM customers_accountparty t
        JOIN customers_account o ON o.id = t.account_id AND o.status <> 'closed'
        JOIN customers_servicepoint x ON x.id = o.service_point_id
        JOIN customers_premises w2 ON w2.id = x.premises_id
       WHERE p.user_id IS NOT NULL AND o.id <> a.id AND t.role IN ('owner', 'occupant')
         AND t.customer_id = ANY({ids_of("p.payer_id")}) AND t.period @> d.day
       ORDER BY t.role = 'occupant' DESC, o.organisation_id = a.organisation_id DESC, o.id
       LIMIT 1) home ON true
  LEFT JOIN LATERAL (
      SELECT p.language FROM customers_preference p WHERE p.customer_id = c.id
       ORDER BY p.changed_at DESC LIMIT 1) f ON true
 ORDER BY w.place
"""


def addressees_of(
    accounts: Sequence[tuple[int, date]], *, sent: Sequence[date] = ()
) -> list[Addressee]:
    """Whom papers about these accounts and days are addressed to, in their order: the payer of the
    day on which each is `sent` (without it, of the day itself), else the owner, else whoever lives
    there; of who has left since, as it was. One statement; the caller has checked the right."""
    days = [day for _account_id, day in accounts]
    values = {
        "accounts": [account_id for account_id, _day in accounts],
        "days": days,
        "sent": list(sent) or days,
    }
    return [Addressee(*row) for row in fetch_all(_WHO, values)]
