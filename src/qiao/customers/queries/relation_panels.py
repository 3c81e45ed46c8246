"""Households, groups, contact persons and acting on the page of a customer: one JSON value each.

A group is told of to those who serve in its organisation; a person at the other end of a relation
only to those who may see them.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from django.conf import settings

_TODAY = f"(%(now)s AT TIME ZONE '{settings.TIME_ZONE}')::date"


def _survivor(column: str) -> str:
    """Who stands for the customer of that column, without a call where nobody was merged."""
    return (
        f"(SELECT CASE WHEN u.merged_into_id IS NULL THEN u.id ELSE customers_survivor(u.id) END"
        f" FROM customers_customer u WHERE u.id = {column})"
    )


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
         WHERE m.customer_id = ANY(%(customer_ids)s::bigint[]) AND upper(m.period) <= {_TODAY}
           AND g.organisation_id = ANY(%(organisation_ids)s)),
    'rows', (
        SELECT coalesce(json_agg(x), '[]') FROM (
            SELECT g.id, g.number, g.kind, g.name, mine.role, lower(mine.period) AS since,
                   (SELECT json_agg(p ORDER BY p.role, p.since, p.id) FROM (
                       SELECT DISTINCT ON (s.id) s.id, s.name, s.tier, m.role,
                              lower(m.period) AS since, {_survivor("m.under_id")} AS under,
                              s.id = %(customer_id)s AS is_self
                         FROM customers_groupmember m
                         JOIN customers_customer s ON s.id = {_survivor("m.customer_id")}
                        WHERE m.group_id = g.id AND m.period @> {_TODAY}
                        ORDER BY s.id, m.role LIMIT 60) p) AS members
              FROM customers_groupmember mine
              JOIN customers_customergroup g ON g.id = mine.group_id
             WHERE mine.customer_id = ANY(%(customer_ids)s::bigint[])
               AND mine.period @> {_TODAY} AND g.organisation_id = ANY(%(organisation_ids)s)
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
                   p.is_primary, lower(p.period) AS since, coalesce(nullif(p.phone, ''), (
                       SELECT h.number || CASE WHEN h.extension = '' THEN ''
                                               ELSE ';ext=' || h.extension END
                         FROM customers_customerphone h
                        WHERE h.customer_id = s.id ORDER BY h.is_primary DESC, h.id LIMIT 1)
                   ) AS phone
              FROM customers_contactperson p
              LEFT JOIN customers_customer s ON s.id = {_survivor("p.person_id")}
             WHERE p.customer_id = ANY(%(customer_ids)s::bigint[]) AND p.period @> {_TODAY}
               AND (p.person_id IS NULL OR {_seen("s.id")})
             ORDER BY p.is_primary DESC, p.id LIMIT 8) x)) END
  FROM customers_customer c
 WHERE c.id = %(customer_id)s AND cardinality(%(organisation_ids)s) > 0
"""


def _acting(own: str, other: str) -> str:
    return f"""
        SELECT coalesce(json_agg(x ORDER BY x.since, x.id), '[]') FROM (
            SELECT a.id, s.id AS customer, s.name, s.tier, s.flags, a.basis, a.scope,
                   a.document_id AS document, lower(a.period) AS since, upper(a.period) AS until
              FROM customers_acting a
              JOIN customers_customer s ON s.id = {_survivor(f"a.{other}")}
             WHERE a.{own} = ANY(%(customer_ids)s::bigint[]) AND a.period @> {_TODAY}
               AND {_seen("s.id")}
             ORDER BY lower(a.period), a.id LIMIT 12) x"""


_SPEAKS_FOR = f"""
        SELECT coalesce(json_agg(x ORDER BY x.id), '[]') FROM (
            SELECT p.id, s.id AS customer, s.name, s.tier, p.function
              FROM customers_contactperson p
              JOIN customers_customer s ON s.id = {_survivor("p.customer_id")}
             WHERE p.person_id = ANY(%(customer_ids)s::bigint[]) AND p.period @> {_TODAY}
               AND {_seen("s.id")}
             ORDER BY p.id LIMIT 8) x"""
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
                AND upper(a.period) <= {_TODAY}))
  FROM (SELECT {_BOTH}) x WHERE cardinality(%(organisation_ids)s) > 0
"""

# The same beside a call: absent when there is nothing to say.
ACTING_ASIDE = f"""
SELECT CASE WHEN json_array_length(x.acts_for) + json_array_length(x.represented_by)
                 + json_array_length(x.speaks_for) > 0 THEN row_to_json(x) END
  FROM (SELECT {_BOTH}) x
"""
