"""Who takes which contact: the rules one by one, and what holds whatever waits."""

from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.contact.rules.routing import (
    FULL,
    Agent,
    Contact,
    Decisions,
    Overflow,
    Queue,
    asked_of,
    languages_of,
    points_of,
    ranked,
    route,
)

NOW = datetime(2026, 3, 2, 9, 0, tzinfo=UTC)
GAS = Queue("gas", skills=(("gas", 3),))
ALL = {"gas": GAS, "bills": Queue("bills"), "night": Queue("night")}


def ago(seconds: float) -> datetime:
    return NOW - timedelta(seconds=seconds)


def agent(pk: int, *queues: str, idle: float = 60, **more: Any) -> Agent:
    more.setdefault("skills", {"gas": 5})
    return Agent(pk, frozenset(queues or ALL), ago(idle), **more)


def contact(pk: int, queue: str = "gas", waited: float = 0, **more: Any) -> Contact:
    return Contact(pk, queue, ago(waited), **more)


def decide(queues: Any, agents: Any, contacts: Any) -> Decisions:
    return route(queues, agents, contacts, NOW)


def pairs(found: Decisions) -> list[tuple[int, int]]:
    return [(offer.contact_id, offer.agent_id) for offer in found.offers]


def test_of_two_with_the_skill_the_one_idle_longest_takes_the_call() -> None:
    """CC-05; whoever has no room, or not the level, takes none."""
    agents = [
        agent(1, idle=50),
        agent(2, idle=90),
        agent(3, idle=900, skills={"gas": 2}),
        agent(4, idle=900, room=0),
    ]
    found = decide(ALL, agents, [contact(7)])
    assert pairs(found) == [(7, 2)]
    assert found.offers[0].reason.rule == "longest_idle"
    assert found.offers[0].reason.among == 2


@pytest.mark.parametrize(
    ("strategy", "wanted"), [("longest_idle", 1), ("least_occupied", 2), ("best_skill", 3)]
)
def test_each_strategy_chooses_by_its_own_measure(strategy: Any, wanted: int) -> None:
    """Idle longest, worked least, knows most."""
    agents = [
        agent(1, idle=90, occupancy=0.9, skills={"gas": 3}),
        agent(2, idle=50, occupancy=0.1, skills={"gas": 4}),
        agent(3, idle=10, occupancy=0.5, skills={"gas": 5}),
    ]
    found = decide({"gas": replace(GAS, strategy=strategy)}, agents, [contact(7)])
    assert pairs(found) == [(7, wanted)]


def test_an_emergency_overtakes_all_whatever_they_waited() -> None:
    """And two emergencies go by arrival."""
    waiting = [
        contact(1, waited=3000, tier="A"),
        contact(2, waited=1, is_emergency=True),
        contact(3, waited=2, is_emergency=True),
    ]
    found = decide(ALL, [agent(1), agent(2)], waiting)
    assert [pk for pk, _agent in pairs(found)] == [3, 2]
    assert found.waiting == {1: "all_busy"}


def test_who_was_raised_goes_before_all_but_emergencies_and_by_arrival_among_each_other() -> None:
    """Whatever points the others have, of the queue, the tier or the time."""
    waiting = [
        contact(1, waited=3000, tier="A"),
        contact(2, waited=5, is_raised=True, tier="A"),
        contact(3, waited=9, is_raised=True),
        contact(4, "bills", waited=7, is_raised=True),
        contact(5, waited=1, is_emergency=True),
    ]
    queues = ALL | {"gas": replace(GAS, tier_points={"A": 50.0})}
    assert [each.contact_id for _points, each in ranked(queues, waiting, NOW)] == [5, 3, 4, 2, 1]


def test_a_tier_counts_as_minutes_that_others_can_wait_off() -> None:
    """Ten points are ten minutes at a point a minute."""
    queue = replace(GAS, tier_points={"A": 10})
    late, loved = contact(1, waited=11 * 60), contact(2, waited=0, tier="A")
    assert [c.contact_id for _points, c in ranked({"gas": queue}, [loved, late], NOW)] == [1, 2]
    sooner = contact(1, waited=9 * 60)
    assert [c.contact_id for _, c in ranked({"gas": queue}, [sooner, loved], NOW)] == [2, 1]
    assert points_of(queue, late, NOW) == pytest.approx(11)


def test_skills_are_relaxed_step_by_step_and_no_further_than_said() -> None:
    """A level less after 30 and after 60 seconds, at least 1, or given up at 0."""
    queue = replace(GAS, relax_after=(30, 60, 90))
    assert asked_of(queue, contact(1), 29) == ((("gas", 3),), 0)
    assert asked_of(queue, contact(1), 30) == ((("gas", 2),), 1)
    assert asked_of(queue, contact(1), 500) == ((("gas", 1),), 3)
    given_up = replace(queue, least_level=0)
    assert asked_of(given_up, contact(1), 500) == ((), 3)
    novice = agent(1, skills={"gas": 1})
    assert decide({"gas": queue}, [novice], [contact(1, waited=59)]).waiting == {1: "nobody_able"}
    found = decide({"gas": queue}, [novice], [contact(1, waited=60)])
    assert found.offers[0].reason.relaxed == 2


def test_what_the_contact_asks_beside_the_queue_counts_too() -> None:
    """A language, and the higher of two levels of one skill."""
    wants = contact(1, skills=(("yue", 2), ("gas", 5)))
    assert asked_of(GAS, wants, 0)[0] == (("gas", 5), ("yue", 2))
    speakers = [agent(1, skills={"gas": 5}), agent(2, skills={"gas": 5, "yue": 3})]
    assert pairs(decide(ALL, speakers, [wants])) == [(1, 2)]


def test_a_language_is_asked_for_first_then_less_of_it_and_given_up_at_last() -> None:
    """The best speaker for 20 seconds, then any, then anybody; the offer says which."""
    queue = replace(GAS, language_relax_after=(20, 40))
    speaks = agent(2, idle=5, skills={"gas": 5, "yue": 3})
    halting = agent(3, idle=50, skills={"gas": 5, "yue": 2})
    silent = agent(1, idle=900)

    def told(people: list[Agent], waited: float) -> tuple[object, ...] | str:
        waits = contact(7, waited=waited, languages=(("yue", 3),))
        found = decide({"gas": queue}, people, [waits])
        if not found.offers:
            return found.waiting[7]
        (offer,) = found.offers
        return offer.agent_id, offer.reason.language, offer.reason.language_level

    assert told([silent, halting, speaks], 0) == (2, "yue", 3)
    assert told([silent, halting], 19) == "nobody_able"
    assert told([silent, halting], 20) == (3, "yue", 2)
    assert told([silent], 39) == "nobody_able"
    assert told([silent], 40) == (1, "yue", 0)
    busy = replace(speaks, room=0)
    assert told([silent, busy], 39) == "all_busy"


def test_a_queue_that_knows_no_end_of_it_asks_for_the_language_for_ever() -> None:
    """A level of one is not lowered: it is what speaking means."""
    waits = contact(1, languages=(("yue", 3),))
    assert languages_of(GAS, waits, 3600) == (("yue", 3),)
    steps = replace(GAS, language_relax_after=(10, 20, 30, 40, 50))
    assert languages_of(steps, waits, 45) == (("yue", 1),)
    assert languages_of(steps, waits, 50) == ()


def test_another_queue_helps_after_a_time_or_when_too_many_wait() -> None:
    """Not before; the offer says who helped."""
    queues = ALL | {"gas": replace(GAS, overflow=(Overflow("bills", 60, 2),))}
    helper = agent(9, "bills", skills={"gas": 3})
    early = [contact(1, waited=59)]
    assert decide(queues, [helper], early).waiting == {1: "nobody_serves"}
    found = decide(queues, [helper], [contact(1, waited=60)])
    assert found.offers[0].reason.helped_by == "bills"
    crowd = [contact(pk, waited=pk) for pk in (1, 2, 3)]
    assert pairs(decide(queues, [helper], crowd)) == [(3, 9)]


def test_another_queue_helps_at_once_outside_the_hours_of_its_own() -> None:
    """Closed at this hour is enough, whatever else is given."""
    helper = agent(9, "bills", skills={"gas": 3})
    for is_closed, found in ((True, [(1, 9)]), (False, [])):
        overflow = Overflow("bills", 60, is_closed=is_closed)
        queues = ALL | {"gas": replace(GAS, overflow=(overflow,))}
        assert pairs(decide(queues, [helper], [contact(1, waited=0)])) == found


def test_whom_they_spoke_to_last_is_preferred_or_waited_for() -> None:
    """Preferred where there is room; waited for as long as the queue says, if signed on."""
    agents = [agent(1, idle=900), agent(2, idle=5)]
    again = contact(7, last_agent=2)
    found = decide(ALL, agents, [again])
    assert pairs(found) == [(7, 2)]
    assert found.offers[0].reason.rule == "last_agent"
    busy = [agents[0], replace(agents[1], room=0)]
    assert pairs(decide(ALL, busy, [again])) == [(7, 1)]
    patient = {"gas": replace(GAS, last_agent_seconds=20)}
    assert decide(patient, busy, [again]).waiting == {7: "for_last_agent"}
    assert pairs(decide(patient, busy, [contact(7, waited=20, last_agent=2)])) == [(7, 1)]
    assert pairs(decide(patient, agents[:1], [again])) == [(7, 1)]


def test_an_agent_who_did_not_answer_is_not_offered_it_again() -> None:
    """Others are, and they too when nobody else is there no more."""
    agents = [agent(1, idle=900), agent(2)]
    assert pairs(decide(ALL, agents, [contact(7, refused=frozenset({1}))])) == [(7, 2)]
    nobody = contact(7, refused=frozenset({1, 2}))
    assert decide(ALL, agents, [nobody]).waiting == {7: "all_busy"}


def test_chats_share_an_agent_and_a_call_takes_all_of_one() -> None:
    """Three chats to one who has room for three; no call to whoever chats."""
    chats = [contact(pk, "bills", takes=FULL // 3) for pk in (1, 2, 3, 4)]
    found = decide(ALL, [agent(1)], chats)
    assert pairs(found) == [(1, 1), (2, 1), (3, 1)]
    chatting = agent(1, room=FULL - FULL // 3)
    assert decide(ALL, [chatting], [contact(9)]).waiting == {9: "all_busy"}


def test_it_is_said_why_nobody_takes_it() -> None:
    """Nobody serves the queue, nobody has the skill, or all are busy."""
    assert decide(ALL, [agent(1, "bills")], [contact(7)]).waiting == {7: "nobody_serves"}
    novice = agent(1, skills={})
    assert decide(ALL, [novice], [contact(7)]).waiting == {7: "nobody_able"}
    assert decide(ALL, [agent(1, room=0)], [contact(7)]).waiting == {7: "all_busy"}
    with pytest.raises(KeyError):
        decide(ALL, [agent(1)], [contact(7, "nowhere")])


KEYS = ("a", "b", "c")
SKILLS = ("gas", "yue", "en")
skill_sets = st.dictionaries(st.sampled_from(SKILLS), st.integers(1, 5), max_size=2)
queue_lists = st.tuples(
    *(
        st.builds(
            Queue,
            key=st.just(key),
            strategy=st.sampled_from(("longest_idle", "least_occupied", "best_skill")),
            skills=skill_sets.map(lambda found: tuple(found.items())),
            relax_after=st.sampled_from(((), (30.0,), (30.0, 60.0))),
            least_level=st.integers(0, 2),
            language_relax_after=st.sampled_from(((), (20.0,), (20.0, 90.0))),
            points=st.integers(0, 5).map(float),
            tier_points=st.just({"A": 5.0}),
            points_per_minute=st.sampled_from((0.5, 1.0)),
            overflow=st.sampled_from(
                (
                    (),
                    (Overflow("b", 45),),
                    (Overflow("c", None, 2),),
                    (Overflow("a", 90, 3, is_closed=True),),
                )
            ),
            last_agent_seconds=st.sampled_from((0.0, 20.0)),
        )
        for key in KEYS
    )
).map(lambda found: {each.key: each for each in found})
agent_lists = st.lists(
    st.builds(
        Agent,
        agent_id=st.integers(1, 8),
        queues=st.frozensets(st.sampled_from(KEYS)),
        idle_since=st.integers(0, 900).map(ago),
        skills=skill_sets,
        room=st.sampled_from((0, 33, 66, FULL)),
        occupancy=st.sampled_from((0.0, 0.3, 0.9)),
    ),
    max_size=6,
    unique_by=lambda each: each.agent_id,
)
contact_lists = st.lists(
    st.builds(
        Contact,
        contact_id=st.integers(1, 30),
        queue=st.sampled_from(KEYS),
        since=st.integers(0, 300).map(ago),
        takes=st.sampled_from((33, FULL)),
        skills=st.sampled_from(((), (("yue", 1),))),
        languages=st.sampled_from(((), (("yue", 2),), (("en", 3),))),
        tier=st.sampled_from(("", "A")),
        is_emergency=st.booleans(),
        is_raised=st.booleans(),
        last_agent=st.none() | st.integers(1, 8),
        refused=st.frozensets(st.integers(1, 8), max_size=2),
    ),
    max_size=10,
    unique_by=lambda each: each.contact_id,
)


@given(queue_lists, agent_lists, contact_lists)
def test_no_one_with_room_is_idle_while_somebody_waits_whom_they_may_take(
    queues: dict[str, Queue], agents: list[Agent], contacts: list[Contact]
) -> None:
    """And nobody is offered more than their room, or what they refused, or cannot do."""
    found = decide(queues, agents, contacts)
    by_id = {each.contact_id: each for each in contacts}
    room = {each.agent_id: each.room for each in agents}
    people = {each.agent_id: each for each in agents}
    assert sorted([*found.waiting, *(pk for pk, _ in pairs(found))]) == sorted(by_id)
    for offer in found.offers:
        waits = by_id[offer.contact_id]
        room[offer.agent_id] -= waits.takes
        assert offer.agent_id not in waits.refused
        assert may_take(queues, people[offer.agent_id], waits, contacts)
    assert min(room.values(), default=0) >= 0
    for pk, why in found.waiting.items():
        waits = by_id[pk]
        could = [
            each
            for each in agents
            if room[each.agent_id] >= waits.takes
            and each.agent_id not in waits.refused
            and may_take(queues, each, waits, contacts)
        ]
        assert not could or why == "for_last_agent"


def may_take(
    queues: dict[str, Queue], someone: Agent, waits: Contact, contacts: list[Contact]
) -> bool:
    """Whether a contact may go to an agent, counted anew."""
    own = queues[waits.queue]
    waited = (NOW - waits.since).total_seconds()
    length = sum(each.queue == waits.queue for each in contacts)
    served = {own.key, *(o.queue for o in own.overflow if o.helps(waited, length))}
    skills, _relaxed = asked_of(own, waits, waited)
    able = all(someone.skills.get(skill, 0) >= level for skill, level in skills)
    return able and bool(served & someone.queues)


@given(queue_lists, agent_lists, contact_lists, st.randoms(use_true_random=False))
def test_decisions_do_not_depend_on_the_order_in_which_things_are_listed(
    queues: dict[str, Queue], agents: list[Agent], contacts: list[Contact], chance: Random
) -> None:
    """The same people, the same offers."""
    wanted = decide(queues, agents, contacts)
    chance.shuffle(agents)
    chance.shuffle(contacts)
    found = decide(dict(reversed(queues.items())), agents, contacts)
    assert (found.offers, dict(found.waiting)) == (wanted.offers, dict(wanted.waiting))


@given(queue_lists, agent_lists, contact_lists)
def test_first_in_first_out_among_alike(
    queues: dict[str, Queue], agents: list[Agent], contacts: list[Contact]
) -> None:
    """Of two who ask for the same, the later one is not served while the earlier one waits."""
    alike = [
        replace(
            each,
            refused=frozenset(),
            last_agent=None,
            tier="",
            skills=(),
            takes=FULL,
            languages=(),
        )
        for each in contacts
    ]
    plain = {k: replace(q, relax_after=(), overflow=()) for k, q in queues.items()}
    found = decide(plain, agents, alike)
    kinds: dict[tuple[str, bool, bool], list[Contact]] = defaultdict(list)
    for each in alike:
        kinds[each.queue, each.is_emergency, each.is_raised].append(each)
    for some in kinds.values():
        some.sort(key=lambda each: (each.since, each.contact_id))
        waits = [each.contact_id in found.waiting for each in some]
        assert waits == sorted(waits)


@given(queue_lists, contact_lists, st.integers(1, 30))
def test_nobody_starves(queues: dict[str, Queue], contacts: list[Contact], pk: int) -> None:
    """Whoever waited an hour longer than the points of others are worth goes before them all."""
    others = [
        replace(each, is_emergency=False, is_raised=False)
        for each in contacts
        if each.contact_id != pk
    ]
    for queue in queues.values():
        old = contact(pk, queue.key, waited=300 + 3600)
        first = ranked(queues, [*others, old], NOW)[0][1]
        assert first.contact_id == pk
