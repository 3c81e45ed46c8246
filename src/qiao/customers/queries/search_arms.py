"""The arms of a search: for each way of finding a customer one statement over one index.

Each keeps to the customers who fit (whom the actor may see, and what the search is narrowed to)
and stops after `limit` hits, or `places` and `sorted` where they are sorted first.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Callable

from qiao.customers.rules.searching import Arm

Fits = Callable[[str], str]  # a condition on the customer of a column


def _merged_into(customer: str) -> str:
    """Into whom the customer of that column was merged, if into anybody."""
    return f"(SELECT m.merged_into_id FROM customers_customer m WHERE m.id = {customer})"


# Among equal matches, a number that may no longer be right comes last.
_PHONE_KEY = "CASE WHEN p.standing = '' THEN p.digits ELSE '~' || p.digits END"


def _parties(fits: Fits, today: str) -> str:
    # Of an account: who stands for it now, the owner first; of a closed one, who stood for it.
    return f"""
CROSS JOIN LATERAL (
    SELECT t.customer_id,
           array_position(ARRAY['owner','payer','occupant','contact'], t.role) AS part
      FROM customers_accountparty t
     WHERE t.account_id = a.id
       AND (t.period @> {today} OR a.status = 'closed')
       AND {fits("t.customer_id")}
     ORDER BY part, lower(t.period) DESC
     LIMIT 3
) x
"""


def _by_start(fits: Fits, arm: Arm, column: str, value: str) -> str:
    return f"""
(SELECT c.id AS customer_id, c.merged_into_id, '{arm.value}' AS why, '' AS matched,
        NULL::bigint AS account_id, (c.{column} <> %({value})s)::int + 1 AS rank,
        c.name_search AS key
   FROM customers_customer c
  WHERE c.{column} >= %({value})s AND c.{column} < %({value}_end)s AND {fits("c.id")}
  ORDER BY c.{column}, c.id
  LIMIT %(limit)s)
"""


def _name_part(fits: Fits) -> str:
    return f"""
(SELECT n.id, n.merged_into_id,
        CASE WHEN n.name_search = %(name)s THEN 'name' ELSE 'name_part' END, '', NULL::bigint,
        CASE WHEN n.name_search = %(name)s THEN 0
             WHEN starts_with(n.name_search, %(name)s) THEN 2 ELSE 3 END, n.name_search
   FROM (SELECT c.id, c.merged_into_id, c.name_search FROM customers_customer c
          WHERE c.name_grams @> %(name_grams)s::text[] AND c.name_search LIKE %(name_like)s
            AND {fits("c.id")}
          LIMIT %(sorted)s) n
  ORDER BY 5, 6 LIMIT %(limit)s)
"""


def _phone(fits: Fits) -> str:
    # Whose number it is, and whose it was.
    return f"""
((SELECT p.customer_id, {_merged_into("p.customer_id")}, 'phone', p.digits, NULL::bigint, 0,
         {_PHONE_KEY}
   FROM customers_customerphone p
  WHERE p.digits = %(digits)s AND {fits("p.customer_id")}
  LIMIT %(limit)s)
 UNION ALL
 (SELECT f.customer_id, {_merged_into("f.customer_id")}, 'phone_former', f.digits, NULL::bigint, 3,
         f.digits
   FROM customers_formerphone f
  WHERE f.digits = %(digits)s AND {fits("f.customer_id")}
  LIMIT %(limit)s))
"""


def _phone_tail(fits: Fits) -> str:
    return f"""
(SELECT p.customer_id, {_merged_into("p.customer_id")}, 'phone_tail', p.digits,
        NULL::bigint, 1, {_PHONE_KEY}
   FROM customers_customerphone p
  WHERE reverse(p.digits) >= %(tail)s AND reverse(p.digits) < %(tail_end)s
    AND {fits("p.customer_id")}
  ORDER BY reverse(p.digits)
  LIMIT %(limit)s)
"""


def _phone_middle(fits: Fits) -> str:
    return f"""
(SELECT p.customer_id, {_merged_into("p.customer_id")}, 'phone_middle', p.digits,
        NULL::bigint, 3, {_PHONE_KEY}
   FROM customers_customerphone p
  WHERE p.digits LIKE %(digits_like)s AND {fits("p.customer_id")}
  LIMIT %(limit)s)
"""


def _account(parties: str) -> str:
    return f"""
(SELECT x.customer_id, {_merged_into("x.customer_id")}, 'account', a.number, a.id,
        (a.number <> %(account)s)::int, a.number
   FROM customers_account a {parties}
  WHERE a.number >= %(account)s AND a.number < %(account_end)s
    AND (a.organisation_id + 0) = ANY(%(organisations)s)
  ORDER BY a.number, x.part
  LIMIT %(limit)s)
"""


def _number(fits: Fits) -> str:
    return f"""
(SELECT c.id, c.merged_into_id, 'number', c.number, NULL::bigint,
        (c.number <> %(account)s)::int, c.number
   FROM customers_customer c
  WHERE c.number >= %(account)s AND c.number < %(account_end)s AND {fits("c.id")}
  ORDER BY c.number
  LIMIT %(limit)s)
"""


def _identity(fits: Fits) -> str:
    return f"""
(SELECT i.customer_id, {_merged_into("i.customer_id")}, 'identity', i.hint, NULL::bigint, 0, i.kind
   FROM customers_customeridentity i
  WHERE i.kind = ANY(%(identity_kinds)s) AND i.blind_index = ANY(%(blind_indexes)s)
    AND {fits("i.customer_id")}
  LIMIT %(limit)s)
"""


def _address(parties: str) -> str:
    return f"""
(SELECT d.customer_id, {_merged_into("d.customer_id")}, 'address', d.full_text, d.account_id,
        4, d.search
   FROM (SELECT x.customer_id, a.id AS account_id, h.full_text, h.search
           FROM customers_premises h
           CROSS JOIN LATERAL (
               SELECT b.id, b.status FROM customers_servicepoint s
                 JOIN customers_account b ON b.service_point_id = s.id
                WHERE s.premises_id = h.id AND (b.organisation_id + 0) = ANY(%(organisations)s)
                ORDER BY b.status, b.id LIMIT 4) a
           {parties}
          WHERE h.grams @> %(address_grams)s::text[] AND h.search LIKE ALL(%(address_likes)s)
          LIMIT %(places)s) d
  ORDER BY d.search LIMIT %(limit)s)
"""


def _meter(parties: str) -> str:
    # By a meter that hangs at the account's point or once did, the present one first.
    return f"""
(SELECT d.customer_id, {_merged_into("d.customer_id")}, 'meter', d.meter_number, d.account_id,
        d.rank, d.meter_search
   FROM (SELECT x.customer_id, a.id AS account_id, m.meter_number, m.meter_search,
                2 - 2 * (m.meter_search = %(account)s AND upper_inf(m.period))::int AS rank
           FROM customers_meterinstallation m
           JOIN customers_account a ON a.service_point_id = m.service_point_id
                                   AND (a.organisation_id + 0) = ANY(%(organisations)s)
           {parties}
          WHERE m.meter_search >= %(account)s AND m.meter_search < %(account_end)s
          LIMIT %(places)s) d
  ORDER BY d.rank, d.meter_search LIMIT %(limit)s)
"""


def arms_for(fits: Fits, *, today: str) -> dict[Arm, str]:
    """The statement of every arm, for customers who fit; `today` is an expression of SQL's."""
    parties = _parties(fits, today)
    return {
        Arm.NAME_START: _by_start(fits, Arm.NAME_START, "name_search", "name"),
        Arm.NAME_PART: _name_part(fits),
        Arm.INITIALS: _by_start(fits, Arm.INITIALS, "initials", "letters"),
        Arm.PINYIN: _by_start(fits, Arm.PINYIN, "pinyin", "letters"),
        Arm.PHONE: _phone(fits),
        Arm.PHONE_TAIL: _phone_tail(fits),
        Arm.PHONE_MIDDLE: _phone_middle(fits),
        Arm.ACCOUNT: _account(parties),
        Arm.NUMBER: _number(fits),
        Arm.IDENTITY: _identity(fits),
        Arm.ADDRESS: _address(parties),
        Arm.METER: _meter(parties),
    }
