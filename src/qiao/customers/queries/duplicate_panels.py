"""What the page of a customer shows of merges and of proposals: one JSON value a statement."""

# Records that stand behind this one, and those that did for a while.
MERGED = """
SELECT CASE WHEN count(*) > 0 THEN json_agg(x) END
  FROM (
    SELECT m.merged_id AS id, c.name, c.number, m.at, m.reason, m.undone_at,
           m.undone_at IS NULL AS standing, s.name AS by
      FROM customers_merge m
      JOIN customers_customer c ON c.id = m.merged_id
      LEFT JOIN staff_staff s ON s.id = m.actor_id
     WHERE m.survivor_id = ANY(%(customer_ids)s::bigint[])
     ORDER BY standing DESC, m.at DESC LIMIT 8) x
"""

# Who may be the same customer; the other side must be within the right, too.
TWINS = """
SELECT CASE WHEN count(*) > 0 THEN json_agg(x) END
  FROM (
    SELECT c.id, c.name, c.number, c.tier, d.score,
           (SELECT json_agg(s ORDER BY (s ->> 'weight')::float8 DESC)
              FROM jsonb_array_elements(d.evidence -> 'signs') s
             WHERE (s ->> 'weight')::float8 > 1) AS signs
      FROM customers_duplicate d
      JOIN customers_customer c
        ON c.id = CASE WHEN d.first_id = %(customer_id)s THEN d.second_id ELSE d.first_id END
     WHERE d.state = 'proposed' AND %(customer_id)s IN (d.first_id, d.second_id)
       AND EXISTS (SELECT 1 FROM customers_customerorganisation l WHERE l.customer_id = c.id
                      AND (l.organisation_id + 0) = ANY(%(organisation_ids)s))
     ORDER BY d.score DESC LIMIT 6) x
"""
