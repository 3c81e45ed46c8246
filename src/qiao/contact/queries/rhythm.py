"""How contacts spread over days and over the hours of a day, for who plans people."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from django.db import connection


@dataclass(frozen=True, slots=True)
class ContactSlot:
    """Contacts about one matter (`reason`, the key of a case type, or empty) that began within
    the interval of a local day that begins at `minute`; `work_seconds` is the time that agents
    had with them, work after them included, together."""

    reason: str
    day: date
    minute: int
    count: int
    work_seconds: float


# The moments bound the span of the index; the days are those of the unit's own wall clock.
_SLOTS: Final = """
SELECT i.reason, i.started_date,
       (extract(hour FROM local.at) * 60 + extract(minute FROM local.at))::int
           / %(minutes)s * %(minutes)s AS minute,
       count(*)::int,
       coalesce(
           sum(greatest(0, extract(
               epoch FROM coalesce(i.closed_at, i.ended_at) - i.started_at))), 0)::float8
  FROM contact_interaction i
  JOIN staff_organisation o ON o.id = i.organisation_id
 CROSS JOIN LATERAL (SELECT i.started_at AT TIME ZONE o.timezone AS at) local
 WHERE i.organisation_id = ANY(%(units)s::bigint[])
   AND i.started_at >= %(since)s::date - interval '1 day'
   AND i.started_at < %(until)s::date + interval '1 day'
   AND i.started_date >= %(since)s AND i.started_date < %(until)s
   AND i.channel = %(channel)s AND i.direction = 'in' AND i.state <> 'abandoned'
 GROUP BY 1, 2, 3
"""


def contacts_by_slot(
    *, organisation_ids: Collection[int], channel: str, since: date, until: date, minutes: int
) -> list[ContactSlot]:
    """Incoming contacts of a channel by matter, day (from `since` on, before `until`) and interval
    of so many minutes; one statement."""
    values: dict[str, Any] = {
        "units": sorted(organisation_ids),
        "channel": channel,
        "since": since,
        "until": until,
        "minutes": minutes,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SLOTS, values)
        return [ContactSlot(*row) for row in cursor.fetchall()]


@dataclass(frozen=True, slots=True)
class AgentContacts:
    """Contacts of a person about one matter, the seconds they had with them, work after them
    included, and how many of them ended with one of the outcomes that were asked for."""

    staff_id: int
    reason: str
    count: int
    work_seconds: float
    ended_so: int


_OF_AGENTS: Final = """
SELECT i.agent_id, i.reason, count(*)::int,
       coalesce(
           sum(greatest(0, extract(
               epoch FROM coalesce(i.closed_at, i.ended_at) - i.started_at))), 0)::float8,
       count(*) FILTER (WHERE i.outcome = ANY(%(outcomes)s::text[]))::int
  FROM contact_interaction i
 WHERE i.organisation_id = ANY(%(units)s::bigint[]) AND i.agent_id = ANY(%(staff)s::bigint[])
   AND i.started_at >= %(since)s AND i.started_at < %(until)s AND i.state <> 'abandoned'
   AND i.channel <> ALL(%(written)s)
 GROUP BY 1, 2
"""
WRITTEN: Final = ("letter", "email")  # entered after the fact: their time is not known


def contacts_of_agents(
    *,
    organisation_ids: Collection[int],
    staff_ids: Collection[int],
    since: datetime,
    until: datetime,
    outcomes: Collection[str] = (),
) -> list[AgentContacts]:
    """Contacts of people by matter, from one moment to before another, counted too by whether they
    ended with one of `outcomes`; one statement."""
    values: dict[str, Any] = {
        "units": sorted(organisation_ids),
        "staff": sorted(staff_ids),
        "since": since,
        "until": until,
        "written": list(WRITTEN),
        "outcomes": list(outcomes),
    }
    with connection.cursor() as cursor:
        cursor.execute(_OF_AGENTS, values)
        return [AgentContacts(*row) for row in cursor.fetchall()]
