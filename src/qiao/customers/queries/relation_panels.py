"""Households, groups, contact persons and acting on the page of a customer: one JSON value each.

A group is told of to those who serve in its organisation; a person at the other end of a relation
only to those who may see them.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from qiao.core.days import TODAY
from qiao.customers.queries.relations import is_primary_today
from qiao.customers.queries.search import phone_to_show, survivor_of


def _seen(column: str) -> str:
    return (
        "EXISTS (SELECT 1 FROM customers_customerorganisation l"
        f" WHERE l.customer_id = {column} AND (l.organisation_id + 0) = ANY(%(organisation_ids)s))"
    )


# Where the customer belongs today, with whom; of companies the whole tree.
GROUPS = f"""
SELECT json_build_object(
    'kind', c.kind,
    'past', (
        SELECT count(*) FROM customers_groupmember m
          JOIN customers_customergroup g ON g.id = m.group_id
         WHERE m.customer_id = ANY(%(customer_ids)s::bigint[]) AND upper(m.period) <= {TODAY}
           AND g.organisation_id = ANY(%(organisation_ids)s)),
    'rows', (
        SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT g.id, g.number, g.kind, g.name, mine.role, lower(mine.period) AS since,
                   (SELECT json_agg(p ORDER BY p.role, p.since, p.id) FROM (
                       SELECT DISTINCT ON (s.id) s.id, s.name, s.tier, m.role,
                              lower(m.period) AS since, {survivor_of("m.under_id")} AS under,
                              s.id = %(customer_id)s AS is_self
                         FROM (SELECT r.*, {survivor_of("r.customer_id")} AS other
                                 FROM customers_groupmember r
                                WHERE r.group_id = g.id AND r.period @> {TODAY}
                                ORDER BY r.role, r.id LIMIT 60) m
                         JOIN customers_customer s ON s.id = m.other
                        ORDER BY s.id, m.role) p) AS members
              FROM customers_groupmember mine
              JOIN customers_customergroup g ON g.id = mine.group_id
             WHERE mine.customer_id = ANY(%(customer_ids)s::bigint[])
               AND mine.period @> {TODAY} AND g.organisation_id = ANY(%(organisation_ids)s)
             ORDER BY g.id LIMIT 4) x))
  FROM customers_customer c
 WHERE c.id = %(customer_id)s AND cardinality(%(organisation_ids)s) > 0
"""

# Who speaks for an organisation; absent for persons.
CONTACTS = f"""
SELECT CASE WHEN c.kind = 'organisation' THEN json_build_object(
    'count', (SELECT count(*) FROM customers_contactperson p
               WHERE p.customer_id = ANY(%(customer_ids)s::bigint[])),
    'rows', (
        SELECT coalesce(json_agg(x ORDER BY x.is_primary DESC, x.id), '[]') FROM (
            SELECT p.id, s.id AS person, coalesce(s.name, p.name) AS name, p.function, p.email,
                   p.leads AS is_primary, lower(p.period) AS since,
                   coalesce(nullif(p.phone, ''), {phone_to_show("s.id")}) AS phone
              FROM (SELECT r.*, {survivor_of("r.person_id")} AS other,
                           {is_primary_today("r", "%(customer_ids)s::bigint[]", TODAY)} AS leads
                      FROM customers_contactperson r
                     WHERE r.customer_id = ANY(%(customer_ids)s::bigint[]) AND r.period @> {TODAY}
                     ORDER BY leads DESC, r.id LIMIT 40) p
              LEFT JOIN customers_customer s ON s.id = p.other
             WHERE p.person_id IS NULL OR {_seen("s.id")}
             ORDER BY p.leads DESC, p.id LIMIT 8) x)) END
  FROM customers_customer c
 WHERE c.id = %(customer_id)s AND cardinality(%(organisation_ids)s) > 0
"""


# What is read of one customer is bounded before it is joined: the plan is the same for any size.
def _acting(own: str, other: str) -> str:
    return f"""
        SELECT coalesce(json_agg(x ORDER BY x.since, x.id), '[]') FROM (
            SELECT a.id, s.id AS customer, s.name, s.tier, s.flags, a.basis, a.scope,
                   a.document_id AS document, lower(a.period) AS since, upper(a.period) AS until
              FROM (SELECT r.*, {survivor_of(f"r.{other}")} AS other FROM customers_acting r
                     WHERE r.{own} = ANY(%(customer_ids)s::bigint[]) AND r.period @> {TODAY}
                     ORDER BY lower(r.period), r.id LIMIT 40) a
              JOIN customers_customer s ON s.id = a.other
             WHERE s.id <> %(customer_id)s AND {_seen("s.id")} LIMIT 12) x"""


_SPEAKS_FOR = f"""
        SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (
            SELECT p.id, s.id AS customer, s.name, s.tier, p.function
              FROM (SELECT r.id, r.function, {survivor_of("r.customer_id")} AS other
                      FROM customers_contactperson r
                     WHERE r.person_id = ANY(%(customer_ids)s::bigint[]) AND r.period @> {TODAY}
                     ORDER BY r.id LIMIT 40) p
              JOIN customers_customer s ON s.id = p.other
             WHERE s.id <> %(customer_id)s AND {_seen("s.id")} LIMIT 8) x"""
_BOTH = f"""
       ({_acting("agent_id", "principal_id")}) AS acts_for,
       ({_acting("principal_id", "agent_id")}) AS represented_by,
       ({_SPEAKS_FOR}) AS speaks_for"""

# For whom the customer acts, and who acts for them.
ACTING = f"""
SELECT json_build_object(
    'acts_for', x.acts_for, 'represented_by', x.represented_by, 'speaks_for', x.speaks_for,
    'past', (SELECT count(*) FROM customers_acting a
              WHERE (a.agent_id = ANY(%(customer_ids)s::bigint[])
                     OR a.principal_id = ANY(%(customer_ids)s::bigint[]))
                AND upper(a.period) <= {TODAY}))
  FROM (SELECT {_BOTH}) x WHERE cardinality(%(organisation_ids)s) > 0
"""

# The same beside a call: absent when there is nothing to say.
ACTING_ASIDE = f"""
SELECT CASE WHEN json_array_length(x.acts_for) + json_array_length(x.represented_by)
                 + json_array_length(x.speaks_for) > 0 THEN row_to_json(x) END
  FROM (SELECT {_BOTH}) x
"""

# How many relations a customer has or had, for the comparison of two records.
COUNT = """
SELECT (SELECT count(*) FROM customers_groupmember m
          JOIN customers_customergroup g ON g.id = m.group_id
         WHERE m.customer_id = ANY(%(customer_ids)s::bigint[])
           AND g.organisation_id = ANY(%(organisation_ids)s))
     + (SELECT count(*) FROM customers_contactperson p
         WHERE p.customer_id = ANY(%(customer_ids)s::bigint[])
            OR p.person_id = ANY(%(customer_ids)s::bigint[]))
     + (SELECT count(*) FROM customers_acting a
         WHERE a.agent_id = ANY(%(customer_ids)s::bigint[])
            OR a.principal_id = ANY(%(customer_ids)s::bigint[]))
"""
