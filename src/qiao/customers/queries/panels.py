"""What the customers module shows on the page of a customer: one JSON value a statement."""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from qiao.core.days import TODAY
from qiao.customers.queries.search import ids_of, survivor_of
from qiao.customers.queries.tags import CHIPS

# The band on top: who this is, what to be careful of, where, and how to reach them.
BAND = f"""
SELECT json_build_object(
    'id', c.id, 'number', c.number, 'name', c.name, 'kind', c.kind, 'gender', c.gender,
    'tier', c.tier, 'tier_reason', c.tier_reason, 'flags', c.flags, 'created_at', c.created_at,
    'merged', cardinality(%(customer_ids)s::bigint[]) - 1, 'tags', {CHIPS},
    'phones', (
        SELECT coalesce(json_agg(p ORDER BY p.standing <> '', p.is_own DESC, p.is_primary DESC,
                                 p.id), '[]') FROM (
            SELECT DISTINCT ON (p.number, p.extension) p.id, p.number, p.extension, p.label,
                   p.is_primary, p.customer_id = %(customer_id)s AS is_own, p.standing,
                   p.standing_since AS since, p.standing_reason AS reason
              FROM customers_customerphone p
             WHERE p.customer_id = ANY(%(customer_ids)s::bigint[])
             ORDER BY p.number, p.extension, is_own DESC, p.id LIMIT 20) p),
    'account', (
        SELECT json_build_object('id', a.id, 'number', a.number, 'service', a.service,
                                 'use', a.use, 'opened', a.opened_date, 'role', t.role,
                                 'premises', h.id, 'address', coalesce(h.full_text, ''))
          FROM customers_accountparty t
          JOIN customers_account a ON a.id = t.account_id
          LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
          LEFT JOIN customers_premises h ON h.id = s.premises_id
         WHERE t.customer_id = ANY(%(customer_ids)s::bigint[])
           AND (a.organisation_id + 0) = ANY(%(organisation_ids)s)
         ORDER BY t.period @> {TODAY} DESC, a.status,
               array_position(ARRAY['owner','payer','occupant','contact'], t.role), a.id
         LIMIT 1),
    'last_contact', (
        SELECT json_build_object('at', l.at, 'channel', l.channel, 'subject', l.subject)
          FROM customers_lastcontact l
         WHERE l.customer_id = ANY(%(customer_ids)s::bigint[]) ORDER BY l.at DESC LIMIT 1))
  FROM customers_customer c WHERE c.id = %(customer_id)s
"""

# Accounts with their service points and meters, those that run first.
ACCOUNTS = f"""
SELECT CASE WHEN count(*) > 0
            THEN json_build_object('count', max(x.total), 'rows', json_agg(x)) END
  FROM (
    SELECT a.id, a.number, a.service, a.status, a.use, a.opened_date AS opened, t.role,
           t.is_current, h.id AS premises, coalesce(h.full_text, '') AS address,
           s.number AS point,
           s.meter_number AS meter, s.meter_size AS size, s.meter_is_remote AS is_remote,
           s.meter_test_due_date AS test_due, count(*) OVER () AS total
      FROM (SELECT DISTINCT ON (t.account_id) t.account_id, t.role,
                   t.period @> {TODAY} AS is_current
              FROM customers_accountparty t
             WHERE t.customer_id = ANY(%(customer_ids)s::bigint[])
             ORDER BY t.account_id, is_current DESC,
                   array_position(ARRAY['owner','payer','occupant','contact'], t.role)) t
      JOIN customers_account a ON a.id = t.account_id
      LEFT JOIN customers_servicepoint s ON s.id = a.service_point_id
      LEFT JOIN customers_premises h ON h.id = s.premises_id
     WHERE (a.organisation_id + 0) = ANY(%(organisation_ids)s)
     ORDER BY t.is_current DESC, a.status, a.id
     LIMIT 8) x
"""

# Who else stands for the customer's accounts, today's first; what is over is told with its end.
PARTIES = f"""
SELECT CASE WHEN count(*) > 0 THEN json_agg(x) END
  FROM (
    SELECT o.customer_id AS id, c.name, c.tier, o.role, o.id AS party, a.number AS account,
           lower(o.period) AS since, upper(o.period) AS until,
           o.period @> {TODAY} AS is_current,
           coalesce(upper(o.period) > {TODAY}, true) AS may_end,
           o.customer_id = ANY(%(customer_ids)s::bigint[]) AS is_self
      FROM (SELECT DISTINCT t.account_id FROM customers_accountparty t
             WHERE t.customer_id = ANY(%(customer_ids)s::bigint[]) LIMIT 20) mine
      JOIN customers_account a ON a.id = mine.account_id
      JOIN customers_accountparty o ON o.account_id = a.id
      JOIN customers_customer c ON c.id = o.customer_id
     WHERE (a.organisation_id + 0) = ANY(%(organisation_ids)s)
     ORDER BY is_current DESC, a.number,
           array_position(ARRAY['owner','payer','occupant','contact'], o.role), o.id
     LIMIT 16) x
"""

# Who else is a customer at the same door.
HOUSEHOLD = f"""
SELECT CASE WHEN count(*) > 0 THEN json_agg(x) END
  FROM (
    SELECT DISTINCT ON (c.id) c.id, c.name, c.tier, c.kind, o.role, (
               SELECT m.group_id FROM customers_groupmember m
                 JOIN customers_customergroup g ON g.id = m.group_id
                WHERE m.customer_id = ANY({ids_of("c.id")}) AND m.period @> {TODAY}
                  AND g.organisation_id = ANY(%(organisation_ids)s) LIMIT 1) AS household,
           EXISTS (SELECT 1 FROM customers_groupmember m
                    WHERE m.customer_id = ANY(%(customer_ids)s::bigint[])
                      AND m.period @> {TODAY}) AS is_taken
      FROM (SELECT DISTINCT s.premises_id
              FROM customers_accountparty t
              JOIN customers_account a ON a.id = t.account_id
              JOIN customers_servicepoint s ON s.id = a.service_point_id
             WHERE t.customer_id = ANY(%(customer_ids)s::bigint[])
               AND t.period @> {TODAY}
             LIMIT 8) here
      JOIN customers_servicepoint p ON p.premises_id = here.premises_id
      JOIN customers_account b ON b.service_point_id = p.id
      JOIN customers_accountparty o ON o.account_id = b.id
      JOIN customers_customer c ON c.id = {survivor_of("o.customer_id")}
     WHERE (b.organisation_id + 0) = ANY(%(organisation_ids)s)
       AND o.period @> {TODAY}
       AND o.customer_id <> ALL(%(customer_ids)s::bigint[])
     ORDER BY c.id LIMIT 8) x
"""

# The tier now, and how it came to be.
TIER = """
SELECT json_build_object(
    'tier', c.tier, 'reason', c.tier_reason,
    'changes', (
        SELECT coalesce(json_agg(x ORDER BY x.at), '[]') FROM (
            SELECT h.at, h.tier, h.kind, h.reason, h.until, h.inputs, h.rule_version
              FROM customers_tierchange h
             WHERE h.customer_id = ANY(%(customer_ids)s::bigint[])
             ORDER BY h.at DESC LIMIT 12) x))
  FROM customers_customer c WHERE c.id = %(customer_id)s
"""

IDENTITIES = """
SELECT CASE WHEN count(*) > 0 THEN json_agg(x) END
  FROM (
    SELECT i.id, i.kind, i.hint, i.verified_at IS NOT NULL AS is_verified
      FROM customers_customeridentity i
     WHERE i.customer_id = ANY(%(customer_ids)s::bigint[]) ORDER BY i.id LIMIT 8) x
"""

# Cells of the strip: accounts that run and since when, the latest contact, ways to reach them.
STANDING = f"""
SELECT json_build_object(
    'active', x.active, 'years', x.years,
    'phones', (SELECT count(DISTINCT (p.number, p.extension)) FROM customers_customerphone p
                WHERE p.customer_id = ANY(%(customer_ids)s::bigint[])),
    'last_contact', (
        SELECT json_build_object('at', l.at, 'channel', l.channel, 'subject', l.subject)
          FROM customers_lastcontact l
         WHERE l.customer_id = ANY(%(customer_ids)s::bigint[]) ORDER BY l.at DESC LIMIT 1))
  FROM (
    SELECT count(DISTINCT a.id) FILTER (WHERE a.status = 'active' AND t.period @> {TODAY})
               AS active,
           extract(year FROM age({TODAY}, min(lower(t.period))))::int AS years
      FROM customers_accountparty t
      JOIN customers_account a ON a.id = t.account_id
     WHERE t.customer_id = ANY(%(customer_ids)s::bigint[])
       AND (a.organisation_id + 0) = ANY(%(organisation_ids)s)) x
"""
