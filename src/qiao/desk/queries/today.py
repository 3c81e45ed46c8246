"""A working day in figures: what came in, what waits, what is late. Kept counts only."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from qiao.cases.queries import kept_counts
from qiao.contact.queries import interaction_counts
from qiao.core.actor import Actor

FIRST_HOUR, LAST_HOUR = 7, 21


@dataclass(frozen=True, slots=True)
class Today:
    """The person's own contacts of the day, and everybody's by the hour that the person may see.

    `cases` holds kept counts by view of the case list; empty without the right to see cases.
    """

    mine: int
    everybody: int
    resolved: int
    hours: Sequence[tuple[int, int]]
    cases: dict[str, int]

    @property
    def resolved_percent(self) -> int:
        """Share of today's contacts that were answered at once."""
        return round(100 * self.resolved / self.everybody) if self.everybody else 0


def today_of(*, actor: Actor, now: datetime) -> Today:
    """The figures of the actor's day, in two statements."""
    day = now.astimezone(ZoneInfo(actor.timezone)).date()
    found = interaction_counts(
        actor=actor,
        since=day,
        until=day + timedelta(days=1),
        views=("taken", "agent", "hour", "resolved"),
    )
    by_hour = {int(c.holder): c.n for c in found if c.view == "hour"}
    me = str(actor.staff_id)
    return Today(
        mine=sum(c.n for c in found if c.view == "agent" and c.holder == me),
        everybody=sum(c.n for c in found if c.view == "taken"),
        resolved=sum(c.n for c in found if c.view == "resolved"),
        hours=[(hour, by_hour.get(hour, 0)) for hour in range(FIRST_HOUR, LAST_HOUR + 1)],
        cases=kept_counts(actor=actor) if actor.can("cases.view") else {},
    )
