"""Who takes which contact: one pure decision over queues, agents and what waits, on any channel.

Contacts go in the order of their rank: emergencies, then those that somebody in charge raised, by
arrival, then points (of the queue, of the customer's tier, and of the time waited), then arrival.
Each is given to the best agent that it may go to; what is asked of agents is relaxed while it
waits, the language of the customer too, and other queues help out when it has waited long, or when
too many wait. An offer says why: which rule chose, among how many, what had been relaxed.

Held by tests: no agent with room stays idle while a contact waits that may go to them; nobody is
offered more than their room; first in, first out within a rank; whoever waits long enough outranks
everybody who is no emergency and was not raised.
"""

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, Literal

Strategy = Literal["longest_idle", "least_occupied", "best_skill"]
Skills = tuple[tuple[str, int], ...]
"""Skills that are asked for, with their least level (1 to 5)."""

FULL: Final = 100  # the room of an agent in hundredths: a call takes all of it, a chat a third
MINUTE: Final = 60.0


@dataclass(frozen=True, slots=True)
class Overflow:
    """From when another queue's agents help out: after so many seconds, while more than so many
    wait, or at once where it `is_closed` at this hour. Of several given, one is enough."""

    queue: str
    after_seconds: float | None = None
    longer_than: int | None = None
    is_closed: bool = False

    def helps(self, waited: float, waiting: int) -> bool:
        """Whether it helps somebody who waited so long in a queue of so many."""
        by_time = self.after_seconds is not None and waited >= self.after_seconds
        return (
            self.is_closed
            or by_time
            or (self.longer_than is not None and waiting > self.longer_than)
        )


@dataclass(frozen=True, slots=True)
class Queue:
    """How contacts of one kind are given out.

    `skills` are asked of every agent; after each of `relax_after` seconds every level may be one
    lower, down to `least_level` (0: the skill is not asked for any more). So are the languages of
    a contact after each of `language_relax_after`, the last of which gives them up. `points` rank
    its contacts against others', `tier_points` by the customer's tier, `points_per_minute` by the
    time waited. With `last_agent_seconds` a contact waits so long for whom the customer spoke to
    last, if they are signed on; otherwise that person is only preferred.
    """

    key: str
    strategy: Strategy = "longest_idle"
    skills: Skills = ()
    relax_after: tuple[float, ...] = ()
    least_level: int = 1
    language_relax_after: tuple[float, ...] = ()
    points: float = 0.0
    tier_points: Mapping[str, float] = field(default_factory=dict)
    points_per_minute: float = 1.0
    overflow: tuple[Overflow, ...] = ()
    last_agent_seconds: float = 0.0


@dataclass(frozen=True, slots=True)
class Agent:
    """Somebody who is signed on.

    `queues` are those that they serve; `room` is what is left of `FULL`, 0 for one who is not
    ready; `idle_since` is when the last work ended, `occupancy` the share of the shift at work.
    """

    agent_id: int
    queues: frozenset[str]
    idle_since: datetime
    skills: Mapping[str, int] = field(default_factory=dict)
    room: int = FULL
    occupancy: float = 0.0


@dataclass(frozen=True, slots=True)
class Contact:
    """Somebody who waits. `since` is when they came: a call back that was asked for keeps it.

    `takes` is the room that it needs of an agent; `skills` are asked for beside the queue's;
    `languages` are those that the customer would rather speak, in the same form; `refused` are
    agents to whom it was offered in vain. `is_raised`: somebody in charge put it before all that
    are no emergency.
    """

    contact_id: int
    queue: str
    since: datetime
    takes: int = FULL
    skills: Skills = ()
    tier: str = ""
    is_emergency: bool = False
    last_agent: int | None = None
    refused: frozenset[int] = frozenset()
    is_raised: bool = False
    languages: Skills = ()


@dataclass(frozen=True, slots=True)
class Reason:
    """Why this agent: the rule that chose (``last_agent`` or a strategy), among how many that had
    room; what the contact's rank was; by how many levels skills were relaxed; which queue helped
    out, empty for its own. `language` is that which the customer would rather speak, empty for
    any, and `language_level` what was still asked of it: 0 for one given up."""

    rule: str
    among: int
    waited_seconds: float
    points: float
    relaxed: int
    helped_by: str
    language: str = ""
    language_level: int = 0


@dataclass(frozen=True, slots=True)
class Offer:
    """This contact goes to this agent."""

    contact_id: int
    agent_id: int
    reason: Reason


Waits = Literal["nobody_serves", "nobody_able", "all_busy", "for_last_agent"]


@dataclass(frozen=True, slots=True)
class Decisions:
    """Offers in the order of rank, and why every other contact waits on."""

    offers: tuple[Offer, ...]
    waiting: Mapping[int, Waits]


def route(
    queues: Mapping[str, Queue],
    agents: Sequence[Agent],
    contacts: Sequence[Contact],
    now: datetime,
) -> Decisions:
    """Decide for everybody who waits. Raises `KeyError` for a queue that is not there."""
    desk = _Desk(queues, agents)
    lengths: dict[str, int] = defaultdict(int)
    for each in contacts:
        lengths[each.queue] += 1
    offers: list[Offer] = []
    waiting: dict[int, Waits] = {}
    for rank, contact in ranked(queues, contacts, now):
        queue = queues[contact.queue]
        waited = (now - contact.since).total_seconds()
        found = desk.take(queue, contact, waited, lengths[contact.queue], rank)
        if isinstance(found, Offer):
            offers.append(found)
        else:
            waiting[contact.contact_id] = found
    return Decisions(tuple(offers), waiting)


def ranked(
    queues: Mapping[str, Queue], contacts: Iterable[Contact], now: datetime
) -> list[tuple[float, Contact]]:
    """Contacts with their points, the first to be served first."""
    with_points = [(points_of(queues[each.queue], each, now), each) for each in contacts]
    with_points.sort(key=lambda row: _place(*row))
    return with_points


def _place(points: float, contact: Contact) -> tuple[bool, bool, float, datetime, int]:
    """Among those that were raised arrival alone counts."""
    counted = 0.0 if contact.is_raised else -points
    raised, since = contact.is_raised, contact.since
    return not contact.is_emergency, not raised, counted, since, contact.contact_id


def points_of(queue: Queue, contact: Contact, now: datetime) -> float:
    """The rank of a contact in points: they grow while it waits."""
    waited = max(0.0, (now - contact.since).total_seconds())
    aged = queue.points_per_minute * waited / MINUTE
    return queue.points + queue.tier_points.get(contact.tier, 0.0) + aged


def asked_of(queue: Queue, contact: Contact, waited: float) -> tuple[Skills, int]:
    """The skills that an agent needs by now, and by how many levels they were relaxed."""
    relaxed = bisect_right(queue.relax_after, waited)
    wanted: dict[str, int] = {}
    for skill, level in (*queue.skills, *contact.skills):
        least = max(min(level, queue.least_level), level - relaxed)
        wanted[skill] = max(wanted.get(skill, 0), least)
    wanted.update(languages_of(queue, contact, waited))
    return tuple(sorted((skill, level) for skill, level in wanted.items() if level)), relaxed


def languages_of(queue: Queue, contact: Contact, waited: float) -> Skills:
    """The languages that an agent must still speak: a level less after each step, none after the
    last, so that nobody waits for ever for a speaker."""
    if not contact.languages:
        return ()
    steps = queue.language_relax_after
    relaxed = bisect_right(steps, waited)
    if steps and relaxed == len(steps):
        return ()
    return tuple((key, max(1, level - relaxed)) for key, level in contact.languages)


class _Desk:
    """The agents and what is left of their room while contacts are given out.

    Agents who may take the same kind of contact are put into order once; those without room are
    passed over, so that thousands of contacts cost one look each.
    """

    def __init__(self, queues: Mapping[str, Queue], agents: Sequence[Agent]) -> None:
        self._queues = queues
        self._agents = agents
        self._room = {each.agent_id: each.room for each in agents}
        self._by_id = {each.agent_id: each for each in agents}
        self._serving: dict[str, list[Agent]] = {}
        self._able: dict[tuple[str, Skills], _Line] = {}

    def take(
        self, queue: Queue, contact: Contact, waited: float, length: int, points: float
    ) -> Offer | Waits:
        """The agent who takes this contact, or why nobody does."""
        skills, relaxed = asked_of(queue, contact, waited)
        why: Waits = "nobody_serves"
        if (last := self._last(queue, contact, skills)) is not None:
            if self._has_room(last, contact):
                return self._offer(contact, last, "last_agent", 1, waited, points, relaxed, "")
            if waited < queue.last_agent_seconds and last.agent_id not in contact.refused:
                return "for_last_agent"
        for helper in (queue, *self._helpers(queue, waited, length)):
            line = self._line(helper, skills)
            chosen, among = line.first(self._room, contact)
            if chosen is not None:
                helped = "" if helper is queue else helper.key
                return self._offer(
                    contact, chosen, helper.strategy, among, waited, points, relaxed, helped
                )
            if line.agents:
                why = "all_busy"
            elif why == "nobody_serves" and self._serve(helper.key):
                why = "nobody_able"
        return why

    def _helpers(self, queue: Queue, waited: float, length: int) -> Iterator[Queue]:
        for each in queue.overflow:
            if each.helps(waited, length):
                yield self._queues[each.queue]

    def _last(self, queue: Queue, contact: Contact, skills: Skills) -> Agent | None:
        """Whom the customer spoke to last, if signed on and able."""
        found = self._by_id.get(contact.last_agent) if contact.last_agent is not None else None
        if found is None or queue.key not in found.queues or not _is_able(found, skills):
            return None
        return found

    def _has_room(self, agent: Agent, contact: Contact) -> bool:
        return (
            self._room[agent.agent_id] >= contact.takes and agent.agent_id not in contact.refused
        )

    def _serve(self, key: str) -> list[Agent]:
        if key not in self._serving:
            self._serving[key] = [each for each in self._agents if key in each.queues]
        return self._serving[key]

    def _line(self, queue: Queue, skills: Skills) -> "_Line":
        kind = (queue.key, skills)
        if kind not in self._able:
            able = [each for each in self._serve(queue.key) if _is_able(each, skills)]
            self._able[kind] = _Line(_in_order(able, queue.strategy, skills))
        return self._able[kind]

    def _offer(
        self, contact: Contact, agent: Agent, rule: str, among: int,
        waited: float, points: float, relaxed: int, helped_by: str,
    ) -> Offer:  # fmt: skip
        self._room[agent.agent_id] -= contact.takes
        language = contact.languages[0][0] if contact.languages else ""
        asked = dict(languages_of(self._queues[contact.queue], contact, waited))
        reason = Reason(
            rule, among, waited, points, relaxed, helped_by, language, asked.get(language, 0)
        )
        return Offer(contact.contact_id, agent.agent_id, reason)


class _Line:
    """Agents who may take a kind of contact, the best first."""

    def __init__(self, agents: list[Agent]) -> None:
        self.agents = agents
        self._left = agents  # those who had any room when it was last looked at

    def first(self, room: Mapping[int, int], contact: Contact) -> tuple[Agent | None, int]:
        """The first with room for it, and how many have room for it."""
        takes, refused = contact.takes, contact.refused
        self._left = [each for each in self._left if room[each.agent_id]]
        free = [each for each in self._left if room[each.agent_id] >= takes]
        if refused:
            free = [each for each in free if each.agent_id not in refused]
        return (free[0] if free else None), len(free)


def _is_able(agent: Agent, skills: Skills) -> bool:
    has = agent.skills
    return all(has.get(skill, 0) >= level for skill, level in skills)


def _in_order(agents: list[Agent], strategy: Strategy, skills: Skills) -> list[Agent]:
    """The best first; who is equal by the strategy, by the longest idle."""
    if strategy == "least_occupied":
        return sorted(agents, key=lambda a: (a.occupancy, a.idle_since, a.agent_id))
    if strategy == "best_skill":
        return sorted(agents, key=lambda a: (-_level(a, skills), a.idle_since, a.agent_id))
    return sorted(agents, key=lambda a: (a.idle_since, a.agent_id))


def _level(agent: Agent, skills: Skills) -> int:
    """The sum of an agent's levels in what is asked for."""
    return sum(agent.skills.get(skill, 0) for skill, _level in skills)
