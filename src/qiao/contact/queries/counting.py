"""Kept counts: how many contacts by channel, hour, agent or outcome, without reading one."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from django.db import connection

from qiao.core.actor import Actor

VIEWS: Final = ("taken", "channel", "hour", "agent", "outcome", "resolved", "unknown")
_COUNTS = """
SELECT view, day, holder, sum(n) FROM (
    SELECT view, day, holder, n FROM contact_interactioncount
     WHERE organisation_id = ANY(%(organisations)s) AND view = ANY(%(views)s)
       AND day >= %(since)s AND day < %(until)s
    UNION ALL
    SELECT view, day, holder, n FROM contact_interactioncountchange
     WHERE organisation_id = ANY(%(organisations)s) AND view = ANY(%(views)s)
       AND day >= %(since)s AND day < %(until)s
) AS both_tables
 GROUP BY view, day, holder HAVING sum(n) <> 0
 ORDER BY view, day, holder
"""


@dataclass(frozen=True, slots=True)
class InteractionCount:
    """`n` contacts of a day for a holder of a view: a channel, an hour ``09``, an agent's id."""

    view: str
    day: date
    holder: str
    n: int


def interaction_counts(
    *, actor: Actor, since: date, until: date, views: Sequence[str] = VIEWS
) -> Sequence[InteractionCount]:
    """Contacts from day `since` to before `until` in the organisations the actor may see.

    Views: ``taken`` (all), ``channel``, ``hour``, ``agent``, ``outcome``, ``resolved``,
    ``unknown`` (no customer). Contacts begun by mistake are not counted.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNTS,
            {
                "organisations": list(actor.organisations("interactions.view")),
                "views": list(views),
                "since": since,
                "until": until,
            },
        )
        rows = cursor.fetchall()
    return [InteractionCount(view, day, holder, int(n)) for view, day, holder, n in rows]
