"""Finding customers: one door for names, pinyin, telephone and account numbers and addresses.

Every search is one statement. Each arm reads one index, keeps to the rows the actor may see, and
stops after `limit` hits (or `SORTED_AT_MOST`, `PLACES_AT_MOST` where they are sorted first); what
a line shows is joined afterwards, for the few that are shown. The probe of the visibility link is
written as a scalar subquery and adds 0 to the organisation: both keep the planner at one short
index descent per candidate instead of a hash over the whole link table.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Any, NamedTuple

from django.conf import settings
from django.utils.translation import get_language

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.rules import identity, masks
from qiao.core.rules.phones import display, join_extension
from qiao.customers.models import CustomerIdentity
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.queries.search_arms import arms_for
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


def stands_for(row: str, column: str = "id") -> str:
    """Who stands for a row with `merged_into_id`; the function is called for merged rows only."""
    return (
        f"CASE WHEN {row}.merged_into_id IS NULL THEN {row}.{column}"
        f" ELSE customers_survivor({row}.{column}) END"
    )


def survivor_of(customer: str) -> str:
    """Who stands for the customer of that column, without a call where nobody was merged."""
    return f"(SELECT {stands_for('u')} FROM customers_customer u WHERE u.id = {customer})"


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


@cache
def _arms(narrowed: tuple[str, ...], *, few: bool) -> dict[Arm, str]:
    if not narrowed:
        return arms_for(visible, today=TODAY)

    def fits(customer: str) -> str:
        among = f"{customer} = ANY(%(few)s::bigint[]) AND " if few else ""
        own = _at_a_glance(narrowed) if customer == "c.id" else ""
        return f"{own}{among}{visible(customer)} AND {_survivor(customer, narrowed)}"

    return arms_for(fits, today=TODAY)


def _at_a_glance(conditions: tuple[str, ...]) -> str:
    """What the row of a customer ``c`` itself says, so that few others are looked at closer."""
    own = [each.replace("n.", "c.", 1) for each in conditions if each.startswith("n.")]
    return f"(c.merged_into_id IS NOT NULL OR {' AND '.join(own)}) AND " if own else ""


def _survivor(customer: str, conditions: tuple[str, ...]) -> str:
    """The conditions on whoever stands for the customer of a column."""
    return f"""(SELECT {" AND ".join(conditions)} FROM customers_customer n
         WHERE n.id = {survivor_of(customer)})"""


@cache
def _search(
    arms: tuple[Arm, ...], further: tuple[Arm, ...], narrowed: tuple[str, ...], *, few: bool
) -> str:
    statements = _arms(narrowed, few=few)
    likely = " UNION ALL ".join(statements[arm] for arm in arms)
    found = f"WITH found {_FOUND} ({likely})"
    if further:
        rest = "".join(
            f" UNION ALL SELECT * FROM {statements[arm].strip()} AS {arm.value} WHERE {_ROOM}"
            for arm in further
        )
        found = f"WITH likely {_FOUND} ({likely}), found {_FOUND} (SELECT * FROM likely{rest})"
    return f"""
{found},
best AS (
    SELECT DISTINCT ON (1) {stands_for("f", "customer_id")} AS id,
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


_NARROWING = {
    "kind": "n.kind = %(kind)s",
    "tier": "n.tier = %(tier)s",
    "flag": "n.flags @> ARRAY[%(flag)s]",
    "segment": (
        "EXISTS (SELECT 1 FROM customers_segmentmember b"
        " WHERE b.segment_id = %(segment)s AND b.customer_id = n.id)"
    ),
    "tag": (
        "EXISTS (SELECT 1 FROM customers_customertag b"
        " WHERE b.tag_id = %(tag)s AND b.customer_id = n.id)"
    ),
}


FEW_AT_MOST = 5_000


def _few_of(source: str) -> str:
    return f"""
WITH RECURSIVE member AS (SELECT m.customer_id FROM {source} LIMIT {FEW_AT_MOST + 1}),
held (id) AS (
    SELECT customer_id FROM member
    UNION ALL
    SELECT c.id FROM held h JOIN customers_customer c ON c.merged_into_id = h.id)
SELECT CASE WHEN (SELECT count(*) FROM member) <= {FEW_AT_MOST}
            THEN (SELECT coalesce(array_agg(id), '{{}}') FROM held) END
"""


_FEW = {
    "segment": _few_of("customers_segmentmember m WHERE m.segment_id = %(id)s"),
    "tag": _few_of("customers_customertag m WHERE m.tag_id = %(id)s"),
}


@dataclass(frozen=True, slots=True)
class Narrow:
    """Among whom is searched: of a kind, a tier, a protected flag, and the ids of a segment and a
    tag; empty, or 0, for all. Whoever asks has checked that the segment may be seen."""

    kind: str = ""
    tier: str = ""
    flag: str = ""
    segment: int = 0
    tag: int = 0

    @property
    def values(self) -> dict[str, str | int]:
        """What narrows, by its key."""
        told = {key: getattr(self, key) for key in _NARROWING}
        return {key: value for key, value in told.items() if value}

    @property
    def conditions(self) -> list[str]:
        """The same as conditions on a customer ``n``."""
        return [_NARROWING[key] for key in self.values]


ANYBODY = Narrow()


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


def find_customers(
    *, actor: Actor, text: str, limit: int = 20, narrow: Narrow = ANYBODY
) -> list[CustomerHit]:
    """Customers that the actor may see and that `text` may mean, the likeliest first.

    Takes a name or a part of it (from one Chinese character), pinyin initials or full pinyin, a
    telephone number in any writing, its end or its middle (from four digits), an account or
    customer number from its start, a whole identity number, or a part of an address. A merged
    row leads to the customer who stands for it.
    """
    return run_search(searching.read(text), actor, min(limit, MOST_HITS), narrow)


def find_near(
    *, actor: Actor, text: str, limit: int = 5, narrow: Narrow = ANYBODY
) -> list[CustomerHit]:
    """What may have been meant when `find_customers` found nothing: names that sound alike,
    numbers that end or begin alike."""
    return run_search(searching.near(text), actor, min(limit, MOST_HITS), narrow)


def run_search(ask: Ask, actor: Actor, limit: int, narrow: Narrow = ANYBODY) -> list[CustomerHit]:
    """The hits of an understood text, for the actor."""
    organisations = list(actor.organisations("customers.view"))
    if not ask.arms or not organisations:
        return []
    few = _few(narrow)
    return [_hit(row) for row in fetch_all(*statement(ask, organisations, limit, narrow, few))]


def _few(narrow: Narrow) -> list[int] | None:
    """All ids under which the members of the segment, or who carry the tag, are held, if they are
    few: then others need no look at what narrows. None for many, and for neither."""
    for key in _FEW.keys() & narrow.values.keys():
        ((found,),) = fetch_all(_FEW[key], {"id": narrow.values[key]})
        if found is not None:
            return list(found)
    return None


def statement(
    ask: Ask,
    organisations: Sequence[int],
    limit: int,
    narrow: Narrow = ANYBODY,
    few: Sequence[int] | None = None,
) -> tuple[str, dict[str, Any]]:
    """The SQL of a search and its values."""
    values = ask.values | {
        **narrow.values,
        **({} if few is None else {"few": list(few)}),
        "organisations": list(organisations),
        "limit": limit,
        "sorted": max(SORTED_AT_MOST, limit),
        "places": max(PLACES_AT_MOST, limit),
        "zone": settings.TIME_ZONE,
    }
    if Arm.IDENTITY in ask.arms:
        values |= _identity_values(ask.text)
    narrowed = tuple(narrow.conditions)
    return _search(ask.arms, ask.further, narrowed, few=few is not None), values


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
    return masks.mask_phone(join_extension(number, extension))


def shown_phone(actor: Actor, stored: str) -> str:
    """A number as the actor may read it, empty for none: whole with the right to call, else
    masked."""
    if not stored or not actor.can("customers.contact"):
        return masked_phone(stored)
    return display(stored, get_language() or "zh-hans")


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
