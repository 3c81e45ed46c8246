"""Whoever watches a call: their own bar, and what the agent may know of it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.staff.queries import names_of
from qiao.telephony.models import Call, CallWatch
from qiao.telephony.queries.at_hand import queue_name
from qiao.telephony.queries.watch_terms import is_seen
from qiao.telephony.rights import WATCH

TOLD: Final = timedelta(seconds=20)  # so long the bar says how a watch ended
BY_THEMSELVES: Final = frozenset({CallWatch.Why.STOPPED, CallWatch.Why.TAKEN_OVER})


@dataclass(frozen=True, slots=True)
class WatchLine:
    """Who heard a call: `seconds` from when their telephone was taken, None while they hear it or
    where it never was."""

    name: str
    agent_name: str
    mode: str
    begun_at: datetime
    seconds: int | None
    end: str


def sees_listening(*, actor: Actor, call: Call, now: datetime) -> bool:
    """Whether the actor is told of whoever only listened to a call."""
    return actor.can(WATCH) or is_seen("listen", organisation_id=call.organisation_id, now=now)


def watches_of(*, actor: Actor, call_id: int) -> Sequence[WatchLine]:
    """Who heard a call, in their order, for whoever watches over calls; nothing for others."""
    if not actor.can(WATCH):
        return []
    rows = list(CallWatch.objects.filter(call_id=call_id).order_by("id"))
    names = names_of({each for row in rows for each in (row.staff_id, row.agent_id) if each})
    return [
        WatchLine(
            names.get(row.staff_id, ""),
            names.get(row.agent_id or 0, ""),
            str(CallWatch.Mode(row.mode).label),
            row.begun_at,
            max(0, int((row.ended_at - row.heard_at).total_seconds()))
            if row.ended_at and row.heard_at
            else None,
            str(CallWatch.Why(row.why).label) if row.ended_at else "",
        )
        for row in rows
    ]


def load_watch(*, actor: Actor, now: datetime, path: str) -> Mapping[str, Any]:
    """What the bar draws: the call that the actor hears, or for a short while how that ended,
    unless they ended it themselves."""
    del path
    mine = CallWatch.objects.filter(staff_id=actor.person_id).select_related("call")
    watch = mine.order_by("-id").first()
    if watch is not None and watch.ended_at is not None:
        told = now - watch.ended_at < TOLD and watch.why not in BY_THEMSELVES
        watch = watch if told else None
    call = watch.call if watch else None
    agent_id = (call.staff_id if call else None) or 0
    return {
        "staff_id": actor.person_id,
        "watch": watch,
        "is_over": watch is not None and watch.ended_at is not None,
        "agent_name": names_of([agent_id]).get(agent_id, "") if agent_id else "",
        "queue": queue_name(call.queue) if call else "",
        "consults": call is not None and call.phase == Call.Phase.CONSULTING,
    }
