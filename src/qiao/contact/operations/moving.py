"""Contacts go along with a case that went past somebody of the house."""

from django.db import connection

from qiao.core.transactions import required

_MOVE = """
UPDATE contact_interaction i SET organisation_id = %(unit)s
  FROM contact_interactioncase l
 WHERE l.case_id = %(case)s AND i.id = l.interaction_id
   AND (i.state NOT IN ('open', 'wrap_up')
        OR NOT staff_barred(coalesce(i.agent_id, 0), %(unit)s, current_date))
"""


def move_interactions(*, case_id: int, organisation_id: int) -> int:
    """Put the contacts in which a case came up under a unit; how many there were.

    One that is still going on stays with an agent from whom the case is kept: they end it.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute(_MOVE, {"case": case_id, "unit": organisation_id})
        return int(cursor.rowcount)
