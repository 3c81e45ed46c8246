"""How people stood in a time: who is behind their figures."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.contact.queries import StateSpan, seconds_in_states, state_spans
from qiao.core.actor import Actor
from qiao.staff.queries import subtree_of
from qiao.telephony.queries.levels import RIGHT, Wanted


@dataclass(frozen=True, slots=True)
class Stood:
    """Seconds by state of everybody by their staff id, and of one of them the spans in order;
    those are cut off where the time begins and ends."""

    states: Mapping[int, Mapping[str, float]]
    spans: Sequence[StateSpan]


def how_people_stood(*, actor: Actor, wanted: Wanted, now: datetime) -> Stood:
    """Of a unit and all below it, or of one person (`agent_id`), in the time of `wanted`; the
    sums are those of the figures. Raises `Forbidden` without the right anywhere."""
    actor.require(RIGHT)
    seen = set(actor.organisations(RIGHT))
    if wanted.unit_id is not None:
        seen &= set(subtree_of(wanted.unit_id))
    since, until = wanted.since, wanted.until
    states = seconds_in_states(organisation_ids=sorted(seen), since=since, until=until, now=now)
    person = wanted.agent_id
    if person is None:
        return Stood(states, ())
    if person not in states:
        return Stood({}, ())
    spans = state_spans(staff_ids=[person], since=since, until=until, now=now)
    return Stood({person: states[person]}, [each.within(since, until) for each in spans])
