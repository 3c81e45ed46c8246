"""Two people in charge have to do with one agent at the same moment: one of them does it, the
other is told so; how everybody stands and what the log of the call says is whole."""

from collections import Counter
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest
from django.db import transaction

from qiao.cases.tests.test_joining_races import at_once
from qiao.contact.models import AgentState, AgentStateChange, Offer, Waiting
from qiao.contact.operations import WrongState, sign_off, sign_on, take_break
from qiao.core.actor import Actor
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person
from qiao.telephony.models import Call, CallAsk, CallEntry, CallWatch
from qiao.telephony.operations import (
    CallRefusal,
    add_line,
    ask_of_call,
    give_waiting_call,
    move_waiting_call,
    take_over_call,
    watch_call,
)
from qiao.telephony.queries import histories
from qiao.telephony.rules import asks, switch
from qiao.telephony.tests.test_at_hand import BILLS, HOTLINE, NOW, after, rings, taken
from qiao.telephony.tests.watched import Desk

if TYPE_CHECKING:
    from collections.abc import Callable

REPAIRS, COMPLAINTS = "water.repair", "water.complaints"


@pytest.fixture
def world(own_database: str) -> Company:
    """A hotline and its people; each act is a transaction of its own."""
    del own_database
    with transaction.atomic():
        made = make_company()
        for key in (BILLS, REPAIRS, COMPLAINTS):
            define_skill(key=key, names={"en": key})
        give_skill(staff=made.agent_staff, skill_key=BILLS, level=3)
        add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
        sign_on(actor=made.agent, endpoint="screen/1027", now=NOW)
    return made


@pytest.fixture
def chief(world: Company) -> Actor:
    return actor_for(world.chief_staff, day=TODAY)


@pytest.fixture
def other(world: Company) -> Actor:
    with transaction.atomic():
        return actor_for(person(number="9002", name="高敏", branch=world.company), day=TODAY)


def arrives(desk: Desk, channel: str, seconds: float = 5) -> Call:
    """Another caller, who waits."""
    desk.hear(switch.Arrived(after(seconds), channel, "13900001111", HOTLINE), seconds)
    desk.hear(switch.Up(after(seconds), channel), seconds)
    call = Call.objects.get(channel=channel)
    assert call.phase == "waiting"
    return call


def refused(results: list[Any], *why: str) -> CallRefusal:
    """One did it, and the other was refused for one of these reasons."""
    (found,) = [each for each in results if isinstance(each, Exception)]
    assert isinstance(found, CallRefusal), results
    assert found.why in why
    return found


def winner(results: list[Any], *people: Actor) -> Actor:
    (place,) = [n for n, each in enumerate(results) if not isinstance(each, Exception)]
    return people[place]


def whole(*calls: Call) -> None:
    """Logs without a gap say what the rows say; whoever is rung has one open offer, nobody else
    has any; and how people stand is what was kept last of them."""
    for call in calls:
        call.refresh_from_db()
        places = list(CallEntry.objects.filter(call=call).order_by("seq").values_list("seq"))
        assert [seq for (seq,) in places] == list(range(1, len(places) + 1))
        folded = histories([call.pk])[call.pk]
        assert (folded.phase, folded.queue) == (call.phase, call.queue)
        held = Waiting.objects.filter(subject_id=call.pk, state__in=["waiting", "offered"])
        assert held.count() == (call.phase == "waiting")
    open_offers = Counter(Offer.objects.filter(state="open").values_list("staff_id", flat=True))
    states = AgentState.objects.all()
    assert open_offers == Counter(each.staff_id for each in states if each.state == "reserved")
    for each in states:
        last = AgentStateChange.objects.filter(staff_id=each.staff_id).latest("id")
        assert last.state == each.state


def heard_by_one(desk: Desk, call: Call, *people: Actor) -> tuple[Actor, CallRefusal]:
    """All whisper to its agent at one moment: who does, and how the other was refused."""
    whisper: Callable[..., Any] = partial(
        watch_call, call_id=call.pk, mode="whisper", now=after(10)
    )
    results = at_once(*(partial(whisper, actor=each) for each in people))
    lost = refused(results, "watched")
    hears = winner(results, *people)
    desk.ask(10)
    desk.answers(call, 12)
    return hears, lost


def test_one_of_two_whispers_and_takes_the_call_over(
    world: Company, chief: Actor, other: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    hears, lost = heard_by_one(desk, call, chief, other)
    assert lost.name == hears.name
    assert CallWatch.objects.get().staff_id == hears.person_id
    results = at_once(
        *(partial(take_over_call, actor=each, now=after(20)) for each in (chief, other))
    )
    refused(results, "none")
    assert winner(results, chief, other) is hears
    desk.ask(20)
    whole(call)
    assert (call.phase, call.staff_id) == ("talking", hears.person_id)
    kinds = Counter(CallEntry.objects.filter(call=call).values_list("kind", flat=True))
    assert (kinds["watched"], kinds["taken_over"]) == (1, 1)
    states = dict(AgentState.objects.values_list("staff_id", "state"))
    assert states == {world.agent.person_id: "wrap_up", hears.person_id: "busy"}


@pytest.mark.parametrize("act", ["sign_off", "hang_up", "transfer"])
def test_the_call_is_taken_over_while_its_agent_ends_their_part_of_it(
    world: Company, chief: Actor, act: str
) -> None:
    """Both may be asked at one moment; who comes second finds the call as the first left it."""
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    with transaction.atomic():
        watch_call(call_id=call.pk, mode="whisper", actor=chief, now=after(10))
    desk.ask(10)
    desk.answers(call, 12)
    ends: dict[str, Callable[[], Any]] = {
        "sign_off": lambda: sign_off(actor=world.agent, now=after(20)),
        "hang_up": lambda: ask_of_call(
            call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=after(20)
        ),
        "transfer": lambda: ask_of_call(
            call_id=call.pk, ask=asks.TransferTo(REPAIRS), actor=world.agent, now=after(20)
        ),
    }
    results = at_once(lambda: take_over_call(actor=chief, now=after(20)), ends[act])
    assert not [each for each in results if isinstance(each, Exception)]
    desk.ask(20)
    whole(call)
    agent = AgentState.objects.get(staff_id=world.agent.person_id)
    assert agent.state == "wrap_up"
    taken_over = CallEntry.objects.filter(call=call, kind="taken_over").count()
    has = (call.phase, call.staff_id) == ("talking", chief.person_id)
    assert taken_over == has
    if act == "sign_off":
        assert (has, agent.wanted) == (True, "off")
    assert CallWatch.objects.get().ended_at == after(20)


@pytest.mark.parametrize(
    "ask", [asks.HangUp(), asks.TransferTo(REPAIRS), asks.Hold(on=True), asks.Consult(0, 2, "", 0)]
)
def test_what_an_agent_asks_while_the_call_is_taken_over_is_asked_of_it_no_more(
    world: Company, chief: Actor, ask: asks.Ask
) -> None:
    """The key was pressed before the page told them; the caller stays with who has them."""
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    with transaction.atomic():
        sign_on(actor=world.colleague, endpoint="screen/1028", now=NOW)
        watch_call(call_id=call.pk, mode="whisper", actor=chief, now=after(10))
    desk.ask(10)
    desk.answers(call, 12)
    with transaction.atomic():
        take_over_call(actor=chief, now=after(20))
        ask_of_call(call_id=call.pk, ask=ask, actor=world.agent, now=after(20))
    desk.ask(20)
    whole(call)
    assert (call.phase, call.staff_id) == ("talking", chief.person_id)
    assert not CallAsk.objects.filter(done_at__isnull=True).exists()


def test_a_caller_is_moved_to_one_of_two_queues(
    world: Company, chief: Actor, other: Actor
) -> None:
    desk = Desk()
    call = taken(desk.board, rings(desk.board))
    waits = arrives(desk, "c2")
    moves = ((chief, REPAIRS), (other, COMPLAINTS))
    results = at_once(
        *(
            partial(move_waiting_call, call_id=waits.pk, queue=queue, actor=who, now=after(20))
            for who, queue in moves
        )
    )
    moved = winner(results, chief, other)
    queue = REPAIRS if moved is chief else COMPLAINTS
    assert refused(results, "moved").name == moved.name
    desk.ask(20)
    whole(call, waits)
    assert waits.queue == Waiting.objects.get(subject_id=waits.pk).queue == queue
    with transaction.atomic():  # a moment later it is another's turn
        move_waiting_call(call_id=waits.pk, queue=BILLS, actor=other, now=after(22))


def test_one_agent_is_rung_with_one_of_two_calls(
    world: Company, chief: Actor, other: Actor
) -> None:
    desk = Desk()
    with transaction.atomic():
        take_break(actor=world.agent, reason="rest", now=NOW)
        sign_on(actor=world.colleague, endpoint="screen/1028", now=NOW)
    calls = [arrives(desk, channel) for channel in ("c1", "c2")]
    give: Callable[..., Any] = partial(
        give_waiting_call, staff_id=world.colleague.person_id, now=after(20)
    )
    results = at_once(
        *(
            partial(give, call_id=call.pk, actor=who)
            for call, who in zip(calls, (chief, other), strict=True)
        )
    )
    gave = winner(results, chief, other)
    assert refused(results, "given").name == gave.name
    desk.ask(20)
    whole(*calls)
    offer = Offer.objects.get(state="open")
    first = calls[0] if gave is chief else calls[1]
    assert (offer.staff_id, offer.waiting.subject_id) == (world.colleague.person_id, first.pk)


def test_a_caller_is_given_to_somebody_or_moved_elsewhere_but_not_both(
    world: Company, chief: Actor, other: Actor
) -> None:
    desk = Desk()
    with transaction.atomic():
        take_break(actor=world.agent, reason="rest", now=NOW)
        sign_on(actor=world.colleague, endpoint="screen/1028", now=NOW)
    call = arrives(desk, "c1")
    results = at_once(
        lambda: give_waiting_call(
            call_id=call.pk, staff_id=world.colleague.person_id, actor=chief, now=after(20)
        ),
        lambda: move_waiting_call(call_id=call.pk, queue=REPAIRS, actor=other, now=after(20)),
    )
    refused(results, "moved")
    desk.ask(20)
    whole(call)
    is_given = winner(results, chief, other) is chief
    assert call.queue == (BILLS if is_given else REPAIRS)
    assert Offer.objects.filter(state="open").count() == is_given


def test_an_agent_is_rung_with_a_call_that_was_given_them_or_on_a_break(
    world: Company, chief: Actor
) -> None:
    desk = Desk()
    with transaction.atomic():
        take_break(actor=world.agent, reason="rest", now=NOW)
        sign_on(actor=world.colleague, endpoint="screen/1028", now=NOW)
    call = arrives(desk, "c1")
    results = at_once(
        lambda: give_waiting_call(
            call_id=call.pk, staff_id=world.colleague.person_id, actor=chief, now=after(20)
        ),
        lambda: take_break(actor=world.colleague, reason="rest", now=after(20)),
    )
    if isinstance(results[0], Exception):
        refused(results, "not_ready")
    assert not isinstance(results[1], WrongState)
    desk.ask(20)
    whole(call)
    assert AgentState.objects.get(staff_id=world.colleague.person_id).state == "break"
    assert not Offer.objects.filter(state="open").exists()
