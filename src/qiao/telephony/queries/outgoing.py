"""What is counted of calls out, beside the figures of the queues."""

from dataclasses import dataclass, replace
from typing import Final

from django.db import connection

from qiao.core.actor import Actor
from qiao.core.rules.service_level import level
from qiao.telephony.queries.levels import RIGHT, Wanted, where_of

_SUMS: Final = """
SELECT count(*), count(*) FILTER (WHERE f.kind = 'reached'),
       coalesce(sum(f.talk_seconds + f.hold_seconds), 0), coalesce(sum(f.wrap_seconds), 0)
  FROM telephony_callturn f
 WHERE f.kind IN ('reached', 'unreached') AND {where}
"""


@dataclass(frozen=True, slots=True)
class OutgoingTally:
    """Calls out: how many, how many reached somebody, seconds of talk and of work after it."""

    called: int = 0
    reached: int = 0
    talk_seconds: int = 0
    wrap_seconds: int = 0

    @property
    def rate(self) -> float | None:
        """Of all calls, the percentage that reached somebody."""
        return level(self.reached, self.called)

    @property
    def talk_mean(self) -> int:
        """Mean seconds of a talk."""
        return self.talk_seconds // self.reached if self.reached else 0

    @property
    def wrap_mean(self) -> int:
        """Mean seconds of the work after a call."""
        return self.wrap_seconds // self.called if self.called else 0


def outgoing_tally(*, actor: Actor, wanted: Wanted) -> OutgoingTally:
    """Calls out between two moments, of a unit and all below it, of a person; they belong to no
    queue. Raises `Forbidden` without the right anywhere."""
    actor.require(RIGHT)
    where, values = where_of(actor, replace(wanted, queue=""), turns=True)
    with connection.cursor() as cursor:
        cursor.execute(_SUMS.format(where=where), values)
        return OutgoingTally(*map(int, cursor.fetchone()))
