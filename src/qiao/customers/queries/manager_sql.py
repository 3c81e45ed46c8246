"""Pieces of statements on customer managers: who looks after a customer on a day."""
# ruff: noqa: S608 - statements are put together from this module's own pieces

from typing import Final

from qiao.customers.queries.search import ids_of, stands_for

# Of several records of one customer the own one speaks first, then the one that began last.
_FIRST: Final = """(
    SELECT b.id FROM customers_managerassignment b
     WHERE b.customer_id = ANY(customers_held_as(s.id)) AND b.period @> %(day)s::date
     ORDER BY b.customer_id = s.id DESC, lower(b.period) DESC, b.id DESC LIMIT 1)"""

# Assignments that count on %(day)s, each with the customer who stands for it.
STANDING: Final = f"""
SELECT s.id AS customer_id, a.id AS assignment_id, a.manager_id, lower(a.period) AS since
  FROM customers_managerassignment a
  JOIN customers_customer r ON r.id = a.customer_id
 CROSS JOIN LATERAL (SELECT {stands_for("r")} AS id) s
 WHERE a.period @> %(day)s::date
   AND (r.merged_into_id IS NULL OR a.id = {_FIRST})"""


def manager_of(ids: str, day: str) -> str:
    """The row of the assignment that counts for a customer held as `ids`, whose first is its own:
    the FROM of a lateral join."""
    return f"""(
    SELECT b.id, b.manager_id, lower(b.period) AS since, upper(b.period) AS until, b.reason
      FROM customers_managerassignment b
     WHERE b.customer_id = ANY({ids}) AND b.period @> {day}
     ORDER BY b.customer_id = ({ids})[1] DESC, lower(b.period) DESC, b.id DESC LIMIT 1)"""


# How customers under ``c`` stand who are visited next on ``n.next``: all, by tier, late, soon,
# and without a next visit.
SOON_DAYS: Final = 14
COUNTS: Final = f"""
count(*) AS customers,
count(*) FILTER (WHERE c.tier = 'A') AS a, count(*) FILTER (WHERE c.tier = 'B') AS b,
count(*) FILTER (WHERE c.tier = 'C') AS c, count(*) FILTER (WHERE c.tier = 'D') AS d,
count(*) FILTER (WHERE n.next < %(day)s) AS overdue,
count(*) FILTER (WHERE n.next >= %(day)s AND n.next < %(day)s::date + {SOON_DAYS}) AS soon,
count(*) FILTER (WHERE n.next IS NULL) AS unplanned"""


def done_by(manager: str) -> str:
    """How many visits the manager of that column made in the quarter up to %(day)s."""
    return f"""(
    SELECT count(*) FROM customers_customervisit v
     WHERE v.manager_id = {manager} AND v.state = 'done'
       AND v.date >= date_trunc('quarter', %(day)s::date)::date AND v.date <= %(day)s)"""


# How customers of %(ids)s stand before they pass to %(manager)s on %(since)s.
STANDING_OF: Final = f"""
SELECT c.id,
       bool_or(lower(a.period) > %(since)s AND lower(a.period) <= %(today)s) AS later,
       bool_or(a.customer_id = c.id AND a.manager_id = %(manager)s
               AND a.period @> %(since)s::date AND upper_inf(a.period)) AS same,
       bool_or(a.id IS NOT NULL) AS taken
  FROM customers_customer c
 CROSS JOIN LATERAL (SELECT {ids_of("c.id")} AS ids) h
  LEFT JOIN customers_managerassignment a
    ON a.customer_id = ANY(h.ids) AND (upper_inf(a.period) OR upper(a.period) > %(since)s)
 WHERE c.id = ANY(%(ids)s::bigint[])
 GROUP BY c.id
"""
