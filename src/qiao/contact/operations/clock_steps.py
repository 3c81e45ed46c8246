"""The clock was set, by a correction or because the machine had slept: what runs by it goes along.

Nobody is signed off, no offer runs out and no place in a queue changes for that alone. What stands
for a moment of the day, such as when to call somebody back, stays.
"""

from datetime import datetime, timedelta
from typing import Final

from qiao.contact.operations.agents import LEASE
from qiao.core.prepared import execute
from qiao.core.transactions import required

# Whoever is signed on has a whole lease to be heard of: their browsers tell the new time.
_PEOPLE: Final = """
WITH there AS (
    SELECT staff_id FROM contact_agentstate WHERE state <> 'off' ORDER BY staff_id FOR UPDATE)
UPDATE contact_agentstate a
   SET since = a.since + %(by)s, until = a.until + %(by)s, idle_since = a.idle_since + %(by)s,
       signed_on_at = a.signed_on_at + %(by)s, lease_until = %(lease)s
  FROM there WHERE there.staff_id = a.staff_id
"""
_WAITING: Final = """
UPDATE contact_waiting SET since = since + %(by)s WHERE state IN ('waiting', 'offered')
"""
# Answered ones too: whoever was asked in vain is asked again a while after that.
_OFFERS: Final = """
UPDATE contact_offer o
   SET made_at = o.made_at + %(by)s, expires_at = o.expires_at + %(by)s,
       answered_at = o.answered_at + %(by)s
  FROM contact_waiting w
 WHERE w.id = o.waiting_id
   AND (w.state IN ('waiting', 'offered') OR o.state = 'taken' AND o.released_at IS NULL)
"""


def follow_clock(*, by: timedelta, now: datetime) -> None:
    """The clock was set forward, or back where `by` is negative, to `now`. With zero only leases
    begin anew: nobody could be heard of for a while."""
    required()
    values = {"by": by, "lease": now + LEASE}
    for statement in (_OFFERS, _WAITING, _PEOPLE) if by else (_PEOPLE,):
        execute(statement, values)
