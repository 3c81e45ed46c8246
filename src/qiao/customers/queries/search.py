"""Finding customers: one door for names, pinyin, telephone and account numbers and addresses.

Every search is one statement. Each arm reads one index, keeps to the rows the actor may see, and
stops after `limit` hits (or `SORTED_AT_MOST`, `PLACES_AT_MOST` where they are sorted first); what
a line shows is joined afterwards, for the few that are shown. The probe of the visibility link is
written as a scalar subquery and adds 0 to the organisation: both keep the planner at one short
index descent per candidate instead of a hash over the whole link table.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from typing import Any, NamedTuple

from django.conf import settings

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules import identity, masks
from qiao.customers.models import CustomerIdentity
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.rules import searching
from qiao.customers.rules.addresses import short
from qiao.customers.rules.searching import Arm, Ask

SORTED_AT_MOST = 60
PLACES_AT_MOST = 60
MOST_HITS = 100
SHOWN_MATCHES = frozenset({"account", "number", "address", "meter"})

TODAY = "(now() AT TIME ZONE %(zone)s)::date"


def visible(customer: str) -> str:
    """A condition: the customer of that column is linked to one of ``%(organisations)s``."""
    return (
        "(SELECT true FROM customers_customerorganisation l"
        f" WHERE l.customer_id = {customer} AND (l.organisation_id + 0) = ANY(%(organisations)s)"
        " LIMIT 1)"
    )


def survivor_of(customer: str) -> str:
    """Who stands for the customer of that column, without a call where nobody was merged."""
    return (
        "(SELECT CASE WHEN u.merged_into_id IS NULL THEN u.id ELSE customers_survivor(u.id) END"
        f" FROM customers_customer u WHERE u.id = {customer})"
    )


def merged_into(customer: str) -> str:
    """Into whom the customer of that column was merged, if into anybody."""
    return f"(SELECT m.merged_into_id FROM customers_customer m WHERE m.id = {customer})"


# Of an account: who stands for it now, the owner first; of a closed one, who stood for it.
_PARTIES = f"""
CROSS JOIN LATERAL (
    SELECT t.customer_id,
           array_position(ARRAY['owner','payer','occupant','contact'], t.role) AS part
      FROM customers_accountparty t
     WHERE t.account_id = a.id
       AND (t.period @> {TODAY} OR a.status = 'closed')
       AND {visible("t.customer_id")}
     ORDER BY part, lower(t.period) DESC
     LIMIT 3
) x
"""


def _by_start(arm: Arm, column: str, value: str) -> str:
    return f"""
(SELECT c.id AS customer_id, c.merged_into_id, '{arm.value}' AS why, '' AS matched,
        NULL::bigint AS account_id, (c.{column} <> %({value})s)::int + 1 AS rank,
        c.name_search AS key
   FROM customers_customer c
  WHERE c.{column} >= %({value})s AND c.{column} < %({value}_end)s AND {visible("c.id")}
  ORDER BY c.{column}, c.id
  LIMIT %(limit)s)
"""


_NAME_PART = f"""
(SELECT n.id, n.merged_into_id,
        CASE WHEN n.name_search = %(name)s THEN 'name' ELSE 'name_part' END, '', NULL::bigint,
        CASE WHEN n.name_search = %(name)s THEN 0
             WHEN starts_with(n.name_search, %(name)s) THEN 2 ELSE 3 END, n.name_search
   FROM (SELECT c.id, c.merged_into_id, c.name_search FROM customers_customer c
          WHERE c.name_grams @> %(name_grams)s::text[] AND c.name_search LIKE %(name_like)s
            AND {visible("c.id")}
          LIMIT %(sorted)s) n
  ORDER BY 5, 6 LIMIT %(limit)s)
"""

# Among equal matches, a number that may no longer be right comes last.
_PHONE_KEY = "CASE WHEN p.standing = '' THEN p.digits ELSE '~' || p.digits END"

# Whose number it is, and whose it was.
_PHONE = f"""
((SELECT p.customer_id, {merged_into("p.customer_id")}, 'phone', p.digits, NULL::bigint, 0,
         {_PHONE_KEY}
   FROM customers_customerphone p
  WHERE p.digits = %(digits)s AND {visible("p.customer_id")}
  LIMIT %(limit)s)
 UNION ALL
 (SELECT f.customer_id, {merged_into("f.customer_id")}, 'phone_former', f.digits, NULL::bigint, 3,
         f.digits
   FROM customers_formerphone f
  WHERE f.digits = %(digits)s AND {visible("f.customer_id")}
  LIMIT %(limit)s))
"""

_PHONE_TAIL = f"""
(SELECT p.customer_id, {merged_into("p.customer_id")}, 'phone_tail', p.digits,
        NULL::bigint, 1, {_PHONE_KEY}
   FROM customers_customerphone p
  WHERE reverse(p.digits) >= %(tail)s AND reverse(p.digits) < %(tail_end)s
    AND {visible("p.customer_id")}
  ORDER BY reverse(p.digits)
  LIMIT %(limit)s)
"""

_PHONE_MIDDLE = f"""
(SELECT p.customer_id, {merged_into("p.customer_id")}, 'phone_middle', p.digits,
        NULL::bigint, 3, {_PHONE_KEY}
   FROM customers_customerphone p
  WHERE p.digits LIKE %(digits_like)s AND {visible("p.customer_id")}
  LIMIT %(limit)s)
"""

_ACCOUNT = f"""
(SELECT x.customer_id, {merged_into("x.customer_id")}, 'account', a.number, a.id,
        (a.number <> %(account)s)::int, a.number
   FROM customers_account a {_PARTIES}
  WHERE a.number >= %(account)s AND a.number < %(account_end)s
    AND (a.organisation_id + 0) = ANY(%(organisations)s)
  ORDER BY a.number, x.part
  LIMIT %(limit)s)
"""

_NUMBER = f"""
(SELECT c.id, c.merged_into_id, 'number', c.number, NULL::bigint,
        (c.number <> %(account)s)::int, c.number
   FROM customers_customer c
  WHERE c.number >= %(account)s AND c.number < %(account_end)s AND {visible("c.id")}
  ORDER BY c.number
  LIMIT %(limit)s)
"""

_IDENTITY = f"""
(SELECT i.customer_id, {merged_into("i.customer_id")}, 'identity', i.hint, NULL::bigint, 0, i.kind
   FROM customers_customeridentity i
  WHERE i.kind = ANY(%(identity_kinds)s) AND i.blind_index = ANY(%(blind_indexes)s)
    AND {visible("i.customer_id")}
  LIMIT %(limit)s)
"""

_ADDRESS = f"""
(SELECT d.customer_id, {merged_into("d.customer_id")}, 'address', d.full_text, d.account_id,
        4, d.search
   FROM (SELECT x.customer_id, a.id AS account_id, h.full_text, h.search
           FROM customers_premises h
           CROSS JOIN LATERAL (
               SELECT b.id, b.status FROM customers_servicepoint s
                 JOIN customers_account b ON b.service_point_id = s.id
                WHERE s.premises_id = h.id AND (b.organisation_id + 0) = ANY(%(organisations)s)
                ORDER BY b.status, b.id LIMIT 4) a
           {_PARTIES}
          WHERE h.grams @> %(address_grams)s::text[] AND h.search LIKE ALL(%(address_likes)s)
          LIMIT %(places)s) d
  ORDER BY d.search LIMIT %(limit)s)
"""

# By a meter that hangs at the account's point or once did, the present one first.
_METER = f"""
(SELECT d.customer_id, {merged_into("d.customer_id")}, 'meter', d.meter_number, d.account_id,
        d.rank, d.meter_search
   FROM (SELECT x.customer_id, a.id AS account_id, m.meter_number, m.meter_search,
                2 - 2 * (m.meter_search = %(account)s AND upper_inf(m.period))::int AS rank
           FROM customers_meterinstallation m
           JOIN customers_account a ON a.service_point_id = m.service_point_id
                                   AND (a.organisation_id + 0) = ANY(%(organisations)s)
           {_PARTIES}
          WHERE m.meter_search >= %(account)s AND m.meter_search < %(account_end)s
          LIMIT %(places)s) d
  ORDER BY d.rank, d.meter_search LIMIT %(limit)s)
"""

_ARMS: dict[Arm, str] = {
    Arm.NAME_START: _by_start(Arm.NAME_START, "name_search", "name"),
    Arm.NAME_PART: _NAME_PART,
    Arm.INITIALS: _by_start(Arm.INITIALS, "initials", "letters"),
    Arm.PINYIN: _by_start(Arm.PINYIN, "pinyin", "letters"),
    Arm.PHONE: _PHONE,
    Arm.PHONE_TAIL: _PHONE_TAIL,
    Arm.PHONE_MIDDLE: _PHONE_MIDDLE,
    Arm.ACCOUNT: _ACCOUNT,
    Arm.NUMBER: _NUMBER,
    Arm.IDENTITY: _IDENTITY,
    Arm.ADDRESS: _ADDRESS,
    Arm.METER: _METER,
}


def ids_of(customer: str) -> str:
    """All ids under which the customer of that column is held; nearly always the one."""
    return (
        "(CASE WHEN EXISTS (SELECT 1 FROM customers_customer m"
        f" WHERE m.merged_into_id = {customer})"
        f" THEN customers_held_as({customer}) ELSE ARRAY[{customer}] END)"
    )


def best_phone_first(phones: str, customer: str) -> str:
    """The order in which numbers of a customer are called and shown.

    One that leads to them before one that is doubtful or wrong, their own before those of records
    that were merged into theirs, the first one before the others.
    """
    return (
        f"{phones}.standing <> '', {phones}.customer_id = {customer} DESC,"
        f" {phones}.is_primary DESC, {phones}.id"
    )


def phone_to_show(customer: str) -> str:
    """The number, in the stored form, that a line shows of the customer of that column."""
    return (
        "(SELECT n.number || CASE WHEN n.extension = '' THEN '' ELSE ';ext=' || n.extension END"
        f" FROM customers_customerphone n WHERE n.customer_id = ANY({ids_of(customer)})"
        f" ORDER BY {best_phone_first('n', customer)} LIMIT 1)"
    )


# What a line shows of a customer: the account at hand, else the one that stands for them now.
LINE_JOINS = f"""
  LEFT JOIN customers_customerphone ph ON ph.customer_id = c.id AND ph.is_primary
  LEFT JOIN LATERAL (
      SELECT a.number, a.service, h.full_text, h.community, h.building, h.room
        FROM customers_accountparty t
        JOIN customers_account a ON a.id = t.account_id
        LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
        LEFT JOIN customers_premises h ON h.id = s.premises_id
       WHERE t.customer_id = ANY({ids_of("c.id")})
         AND (a.organisation_id + 0) = ANY(%(organisations)s)
       ORDER BY (a.id = f.account_id) DESC NULLS LAST, t.period @> {TODAY} DESC, a.status,
             array_position(ARRAY['owner','payer','occupant','contact'], t.role), a.id
       LIMIT 1) ac ON true
"""


_FOUND = "(customer_id, merged_into_id, why, matched, account_id, rank, key) AS MATERIALIZED"
# Further arms are run when the first ones leave room, and no whole number was found.
_ROOM = """(SELECT count(*) < %(limit)s AND count(*) FILTER (WHERE rank = 0) = 0 FROM likely)"""


def _search(arms: Sequence[Arm], further: Sequence[Arm]) -> str:
    likely = " UNION ALL ".join(_ARMS[arm] for arm in arms)
    found = f"WITH found {_FOUND} ({likely})"
    if further:
        rest = "".join(
            f" UNION ALL SELECT * FROM {_ARMS[arm].strip()} AS {arm.value} WHERE {_ROOM}"
            for arm in further
        )
        found = f"WITH likely {_FOUND} ({likely}), found {_FOUND} (SELECT * FROM likely{rest})"
    return f"""
{found},
best AS (
    SELECT DISTINCT ON (1) CASE WHEN f.merged_into_id IS NULL THEN f.customer_id
                                ELSE customers_survivor(f.customer_id) END AS id,
           f.why, f.matched, f.account_id, f.rank, f.key
      FROM found f
     ORDER BY 1, f.rank, f.key
),
shown AS (SELECT * FROM best ORDER BY rank, key, id LIMIT %(limit)s)
SELECT c.id, c.number, c.name, c.kind, c.tier, c.flags, f.why, f.matched,
       ph.number, ph.extension, coalesce(ac.number, ''), coalesce(ac.service, ''),
       coalesce(ac.full_text, ''), coalesce(ac.community, ''), coalesce(ac.building, ''),
       coalesce(ac.room, '')
  FROM shown f
  JOIN customers_customer c ON c.id = f.id
  {LINE_JOINS}
 ORDER BY f.rank, f.key, c.id
"""


class CustomerHit(NamedTuple):
    """A customer as a line shows it. `why` is the arm that found it, `matched` what it matched.

    The telephone number is masked; `address` is whole, `short_address` fits a line.
    """

    customer_id: int
    number: str
    name: str
    kind: str
    tier: str
    flags: tuple[str, ...]
    why: str
    matched: str
    phone: str
    account_number: str
    service: str
    address: str
    short_address: str


def find_customers(*, actor: Actor, text: str, limit: int = 20) -> list[CustomerHit]:
    """Customers that the actor may see and that `text` may mean, the likeliest first.

    Takes a name or a part of it (from one Chinese character), pinyin initials or full pinyin, a
    telephone number in any writing, its end or its middle (from four digits), an account or
    customer number from its start, a whole identity number, or a part of an address. A merged
    row leads to the customer who stands for it.
    """
    return run_search(searching.read(text), actor, min(limit, MOST_HITS))


def find_near(*, actor: Actor, text: str, limit: int = 5) -> list[CustomerHit]:
    """What may have been meant when `find_customers` found nothing: names that sound alike,
    numbers that end or begin alike."""
    return run_search(searching.near(text), actor, min(limit, MOST_HITS))


def run_search(ask: Ask, actor: Actor, limit: int) -> list[CustomerHit]:
    """The hits of an understood text, for the actor."""
    organisations = list(actor.organisations("customers.view"))
    if not ask.arms or not organisations:
        return []
    return [_hit(row) for row in fetch_all(*statement(ask, organisations, limit))]


def statement(ask: Ask, organisations: Sequence[int], limit: int) -> tuple[str, dict[str, Any]]:
    """The SQL of a search and its values."""
    values = ask.values | {
        "organisations": list(organisations),
        "limit": limit,
        "sorted": max(SORTED_AT_MOST, limit),
        "places": max(PLACES_AT_MOST, limit),
        "zone": settings.TIME_ZONE,
    }
    if Arm.IDENTITY in ask.arms:
        values |= _identity_values(ask.text)
    return _search(ask.arms, ask.further), values


def _identity_values(text: str) -> dict[str, Any]:
    number = identity.normal_form(text)
    return {
        "identity_kinds": CustomerIdentity.Kind.values,
        "blind_indexes": list(blind_indexes(number)),
    }


def masked_phone(number: str | None, extension: str | None = "") -> str:
    """A stored number as lists show it, empty for none."""
    if not number:
        return ""
    return masks.mask_phone(f"{number};ext={extension}" if extension else number)


def _hit(row: Sequence[Any]) -> CustomerHit:
    pk, number, name, kind, tier, flags, why, matched, phone, extension, *rest = row
    account, service, address, community, building, room = rest
    return CustomerHit(
        pk,
        number,
        name,
        kind,
        tier,
        tuple(flags),
        why,
        matched if why in SHOWN_MATCHES else "",
        masked_phone(phone, extension),
        account,
        service,
        address,
        short(community, building, room, address),
    )
