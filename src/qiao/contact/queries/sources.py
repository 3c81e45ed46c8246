"""What the customer's page and the workspace's aside show of contacts: one statement each."""

from typing import Final

RECENT: Final = """
SELECT CASE WHEN count(*) = 0 THEN NULL ELSE json_agg(r ORDER BY r.at DESC) END
  FROM (SELECT i.id, i.started_at AS at, i.channel, i.direction, i.state,
               coalesce(nullif(i.subject, ''), nullif(i.summary, ''), '') AS subject,
               i.outcome, i.resolved,
               (SELECT count(*) FROM contact_interactioncase l WHERE l.interaction_id = i.id)
                   AS cases
          FROM contact_interaction i
         WHERE i.customer_id = ANY(%(customer_ids)s)
           AND (i.organisation_id + 0) = ANY(%(organisation_ids)s)
           AND i.state = 'closed'
         ORDER BY i.started_at DESC, i.id DESC
         LIMIT 5) AS r
"""

TIMELINE: Final = """
SELECT i.started_at, 'contact', i.id, i.channel,
       coalesce(nullif(i.subject, ''), i.number), i.summary, coalesce(s.name, ''),
       i.outcome, i.number
  FROM contact_interaction i
  LEFT JOIN staff_staff s ON s.id = i.agent_id
 WHERE i.customer_id = ANY(%(customer_ids)s)
   AND (i.organisation_id + 0) = ANY(%(organisation_ids)s)
   AND i.state <> 'abandoned' AND i.started_at < %(before)s
 ORDER BY i.started_at DESC, i.id DESC
 LIMIT %(limit)s
"""
