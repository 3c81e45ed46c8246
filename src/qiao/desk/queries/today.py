"""A working day: what came in, what one answers for, what is late. Kept counts and short lists."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from qiao.cases.queries import CaseRow, kept_counts, list_cases
from qiao.contact.queries import (
    InteractionFilters,
    InteractionRow,
    interaction_counts,
    list_interactions,
)
from qiao.core.actor import Actor
from qiao.core.registry import registry

USUAL_HOURS: Final = (7, 21)  # where nobody plans shifts
ROWS = 7
STATES: Final = {"ok": "ok", "warn": "warn", "bad": "bad", "late": "bad"}
SEVERITIES: Final = {"urgent": 1, "high": 2, "normal": 3, "low": 4}


@dataclass(frozen=True, slots=True)
class Promised:
    """The deadline of a case as the tag ``sla`` takes it."""

    due_at: datetime | None
    started_at: datetime | None
    state: str


@dataclass(frozen=True, slots=True)
class Answerable:
    """A case for which one answers as the first person, with its deadline."""

    row: CaseRow
    severity: int
    clock: Promised | None


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
    answerable: Sequence[Answerable]
    contacts: Sequence[InteractionRow]

    @property
    def resolved_percent(self) -> int:
        """Share of today's contacts that were answered at once."""
        return round(100 * self.resolved / self.everybody) if self.everybody else 0


def today_of(*, actor: Actor, now: datetime) -> Today:
    """The figures and lists of the actor's day, in five statements. The hours are those in which
    shifts work, and all others that have a contact."""
    day = now.astimezone(ZoneInfo(actor.timezone)).date()
    tomorrow = day + timedelta(days=1)
    views = ("taken", "agent", "hour", "resolved")
    found = interaction_counts(actor=actor, since=day, until=tomorrow, views=views)
    by_hour = {int(c.holder): c.n for c in found if c.view == "hour"}
    me = str(actor.staff_id)
    filters = InteractionFilters(agent_id=actor.staff_id, since=day, until=tomorrow)
    sees_cases = actor.can("cases.view")
    return Today(
        mine=sum(c.n for c in found if c.view == "agent" and c.holder == me),
        everybody=sum(c.n for c in found if c.view == "taken"),
        resolved=sum(c.n for c in found if c.view == "resolved"),
        hours=_hours(actor, day, by_hour),
        cases=kept_counts(actor=actor) if sees_cases else {},
        answerable=_answerable(actor, now) if sees_cases else [],
        contacts=list_interactions(actor=actor, filters=filters, limit=ROWS).rows,
    )


def _hours(actor: Actor, day: date, by_hour: Mapping[int, int]) -> list[tuple[int, int]]:
    units = actor.organisations("interactions.view")
    worked = registry.shift_hours(organisation_ids=units, day=day) or USUAL_HOURS
    first, last = min((worked[0], *by_hour)), max((worked[1], *by_hour))
    return [(hour, by_hour.get(hour, 0)) for hour in range(first, last + 1)]


def _answerable(actor: Actor, now: datetime) -> list[Answerable]:
    page = list_cases(actor=actor, now=now, view="responsible", limit=ROWS)
    return [Answerable(row, SEVERITIES.get(row.priority, 0), _promised(row)) for row in page.rows]


def _promised(row: CaseRow) -> Promised | None:
    if row.due_at is None or row.is_paused:
        return None
    return Promised(row.due_at, row.clock_started_at, STATES.get(row.level, "ok"))
