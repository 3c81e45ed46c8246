"""Kept counts of open follow-ups, without looking at one."""

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all

_OPEN = """
SELECT coalesce(sum(n), 0) FROM (
    SELECT n FROM feedback_followupcount
     WHERE organisation_id = ANY(%(organisations)s::bigint[]) AND view = 'open'
       AND day = date '0001-01-01' AND holder = %(holder)s
    UNION ALL
    SELECT n FROM feedback_followupcountchange
     WHERE organisation_id = ANY(%(organisations)s::bigint[]) AND view = 'open'
       AND day = date '0001-01-01' AND holder = %(holder)s) AS k
"""


def my_open_count(actor: Actor) -> int:
    """How many follow-ups wait for the person, for the rail."""
    values = {
        "organisations": list(actor.organisations("followups.view")),
        "holder": str(actor.staff_id or 0),
    }
    ((count,),) = fetch_all(_OPEN, values)
    return int(count)
