"""Whose account a caller of a voice menu may hear of: they prove it, or their number does.

What counts as a proof is what only the customer should know of what is registered: the last four
digits of a telephone number of theirs or of their identity number. Four digits can be guessed in
time, so wrong ones are counted by account, from wherever they come.
"""
# ruff: noqa: S608 - put together from this file's own pieces; values are bound

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.core.cache import cache
from django.utils import timezone
from django.utils.crypto import salted_hmac

from qiao.core import parameters
from qiao.core.manifest import Question
from qiao.core.prepared import fetch_all
from qiao.core.rules import phones
from qiao.customers.models import Service
from qiao.staff.queries import chain_of, subtree_of

CALLER_PROVES: Final = "customers.caller_number_proves"
DIGITS: Final = 4
DAY_SECONDS: Final = 86_400
MOST_WRONG: Final = 10  # of one account in a day; then a person has to look who it is
SALT: Final = "qiao.customers.callers"
# Whoever owns, pays or lives there now, with all that is held of them since they were merged.
_PARTIES: Final = """
customers_accountparty t
 CROSS JOIN LATERAL unnest(customers_held_as(customers_survivor(t.customer_id))) AS h (id)
"""
_STANDS: Final = "t.role <> 'contact' AND t.period @> %(day)s::date"
_SERVED: Final = """a.status <> 'closed' AND a.organisation_id = ANY(%(units)s::bigint[])
   AND (%(service)s = '' OR a.service = %(service)s)"""
_EXISTS: Final = f"SELECT a.id FROM customers_account a WHERE a.number = %(number)s AND {_SERVED}"
# Of several whom the same proof fits, one who only pays is told least, and goes first.
_PROVEN: Final = f"""
SELECT a.id, a.number, customers_held_as(w.id)
  FROM customers_account a
 CROSS JOIN LATERAL (
       SELECT customers_survivor(t.customer_id) AS id
         FROM {_PARTIES}
        WHERE t.account_id = a.id AND {_STANDS} AND (
              EXISTS (SELECT FROM customers_customerphone p
                       WHERE p.customer_id = h.id AND p.standing <> 'wrong'
                         AND right(p.number, {DIGITS}) = %(proof)s)
           OR EXISTS (SELECT FROM customers_customeridentity i
                       WHERE i.customer_id = h.id AND right(i.hint, {DIGITS}) = %(proof)s))
        GROUP BY 1 ORDER BY bool_and(t.role = 'payer') DESC, 1 LIMIT 1) w
 WHERE a.number = %(number)s AND {_SERVED}
"""
_OF_NUMBER: Final = f"""
SELECT DISTINCT ON (x.id) x.id, x.number, customers_held_as(x.who)
  FROM (SELECT a.id, a.number, customers_survivor(t.customer_id) AS who,
               bool_and(t.role = 'payer') AS only_pays
          FROM customers_customerphone p
         CROSS JOIN LATERAL unnest(customers_held_as(customers_survivor(p.customer_id))) AS h (id)
          JOIN customers_accountparty t ON t.customer_id = h.id AND {_STANDS}
          JOIN customers_account a ON a.id = t.account_id AND {_SERVED}
         WHERE p.digits = %(digits)s AND p.number = %(phone)s AND p.standing = ''
         GROUP BY 1, 2, 3) x
 ORDER BY x.id, x.only_pays DESC, x.who LIMIT 2
"""


@dataclass(frozen=True, slots=True)
class CallerAccount:
    """An account of which the caller may hear, and the ids under which they are held who called:
    whoever only pays hears other things than whoever uses the supply."""

    account_id: int
    number: str
    customer_ids: tuple[int, ...]


def is_served(*, question: Question) -> bool:
    """Whether what was keyed in as ``account`` is the number of an account that is not closed, of
    the units for which the line stands and of the trade of its menu."""
    return bool(fetch_all(_EXISTS, _terms(question) | {"number": _keyed(question, "account")}))


def account_of_caller(*, question: Question, now: datetime) -> CallerAccount | None:
    """The account that was keyed in as ``account`` and proven by ``proof``; without a proof, that
    of the number which calls (see `account_of_number`). None for any other."""
    proof = _keyed(question, "proof")
    if not proof:
        return account_of_number(question=question, now=now)
    number = _keyed(question, "account")
    key = f"customers:proofs:{salted_hmac(SALT, number).hexdigest()[:24]}"
    since, wrong = cache.get(key) or (now.timestamp(), 0)
    if now.timestamp() - since >= DAY_SECONDS:
        since, wrong = now.timestamp(), 0
    if wrong >= MOST_WRONG or len(proof) != DIGITS or not proof.isdecimal():
        return None
    values = {"number": number, "proof": proof, "day": timezone.localdate(now)}
    found = fetch_all(_PROVEN, _terms(question) | values)
    if not found:
        cache.set(key, (since, wrong + 1), DAY_SECONDS)
        return None
    return _caller(*found[0])


def account_of_number(*, question: Question, now: datetime) -> CallerAccount | None:
    """The one account of those who are registered with the number that calls, where the company
    takes that for a proof; None where there is none or several."""
    stored = phones.try_normalise(_keyed(question, "caller")) or ""
    day = timezone.localdate(now)
    chain = chain_of(question.organisation_id)
    if not stored or not parameters.find(CALLER_PROVES, day=day, organisation_ids=chain).value:
        return None
    number, _extension = phones.split_extension(stored)
    values = {"digits": phones.stored_digits(stored), "phone": number, "day": day}
    found = fetch_all(_OF_NUMBER, _terms(question) | values)
    return _caller(*found[0]) if len(found) == 1 else None


def _caller(account_id: int, number: str, customer_ids: list[int]) -> CallerAccount:
    return CallerAccount(account_id, number, tuple(customer_ids))


def _keyed(question: Question, name: str) -> str:
    return question.arguments.get(name, "")


def _terms(question: Question) -> dict[str, object]:
    """Which accounts the line is for."""
    trade = _keyed(question, "menu").partition(".")[0]
    return {
        "units": sorted(subtree_of(question.organisation_id)),
        "service": trade if trade in Service.values else "",
    }
