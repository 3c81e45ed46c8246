"""Calling out: who may, whom, when; what its end settles; who is dialled once."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import OperationalError

from qiao.contact.models import AgentState, Interaction
from qiao.contact.operations import sign_on
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_customer
from qiao.staff.operations import give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.engines.sim_phones import Manner
from qiao.telephony.models import (
    Call,
    CallAsk,
    CallFigureChange,
    CallTurn,
    OutgoingCall,
    OwedCall,
)
from qiao.telephony.operations import (
    add_line,
    ask_of_call,
    call_customer,
    call_owed,
    conducting,
)
from qiao.telephony.operations.owing import owe_call
from qiao.telephony.queries import Wanted, outgoing_tally
from qiao.telephony.rules import asks
from qiao.telephony.rules.outside import played_manner, refusal_of, to_dial
from qiao.telephony.rules.switch import HangUp
from qiao.telephony.tests.conducted import Conducted

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)  # a Friday in Shanghai
EVENING = datetime(2026, 11, 27, 13, 30, tzinfo=UTC)
BILLS, HOTLINE, PHONE = "water.billing", "96111", "+8613805712264"
OWN = "screen/1027"


@pytest.mark.parametrize(
    ("number", "dialled", "refused"),
    [
        ("+8613805712264", "13805712264", None),
        ("+8657188881234", "057188881234", None),
        ("+8657188881234;ext=801", "057188881234", None),
        ("+864008001234", "4008001234", None),
        ("+86110", "110", "service_number"),
        ("+8695598", "95598", "service_number"),
        ("+14155552671", "0014155552671", "abroad"),
        ("", "", "no_number"),
        ("anonymous", "", "no_number"),
    ],
)
def test_numbers_are_dialled_as_people_dial_them_or_refused(
    number: str, dialled: str, refused: str | None
) -> None:
    assert refusal_of(number, abroad=False) == refused
    if dialled:
        assert to_dial(number) == dialled
    if refused == "abroad":
        assert refusal_of(number, abroad=True) is None


def test_whoever_trains_chooses_what_the_other_side_does() -> None:
    manners = {played_manner(f"1380571000{digit}") for digit in range(10)}
    assert manners == {"answers", "silent", "busy", "off", "declines", "mailbox"}


@pytest.fixture
def world() -> Company:
    made = make_company()
    add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
    sign_on(actor=made.agent, endpoint=OWN, now=NOON)
    return made


def customer_of(world: Company, phone: str = PHONE) -> Customer:
    return make_customer(world.agent, phones=[phone])


def owed_by(world: Company, kind: str = "callback") -> OwedCall:
    """Somebody who called and is owed a call."""
    came = Call.objects.create(
        organisation_id=world.lake.pk, channel="c1", caller=PHONE[3:], phone=PHONE,
        arrived_at=NOON, phase="ended", ended_at=NOON, end="abandoned",
    )  # fmt: skip
    return owe_call(call=came, kind=kind, phone=PHONE, queue=BILLS, now=NOON)


def desk(world: Company, manner: Manner = "answers", own: Manner = "answers") -> Conducted:
    made = Conducted(NOON)
    made.own(world.agent, OWN, own)
    made.other(PHONE, manner)
    return made


def state(world: Company) -> str:
    return AgentState.objects.get(staff_id=world.agent.person_id).state


@pytest.mark.django_db
def test_an_owed_call_is_dialled_talked_and_settled(world: Company) -> None:
    owed, switch = owed_by(world), desk(world)
    call = call_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    assert (state(world), call.direction) == ("busy", "out")
    assert call_owed(owed_id=owed.pk, actor=world.agent, now=NOON).pk == call.pk  # pressed twice
    assert CallAsk.objects.count() == 1
    switch.look()
    switch.run(10)
    call.refresh_from_db()
    owed.refresh_from_db()
    assert (call.phase, call.interaction_id) == ("talking", owed.interaction_id)
    assert Interaction.objects.get().direction == "out"
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=switch.now)
    switch.look()
    owed.refresh_from_db()
    assert (owed.state, owed.why, owed.attempts) == ("done", "reached", 1)
    assert state(world) == "wrap_up"
    assert Interaction.objects.get().state == "wrap_up"


@pytest.mark.django_db
@pytest.mark.parametrize("manner", ["silent", "busy", "off", "declines"])
def test_whom_it_does_not_reach_is_tried_again(world: Company, manner: Manner) -> None:
    owed, switch = owed_by(world), desk(world, manner)
    call_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    switch.look()
    switch.run(60)
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.taken_by_id) == ("open", 1, None)
    assert owed.due_at > NOON + timedelta(minutes=30)
    assert state(world) == "wrap_up"


@pytest.mark.django_db
def test_a_telephone_of_ones_own_that_is_not_taken_was_no_attempt(world: Company) -> None:
    owed, switch = owed_by(world), desk(world, own="silent")
    call_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    switch.look()
    switch.run(40)
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.taken_by_id) == ("open", 0, None)
    assert (state(world), Call.objects.latest("id").end) == ("not_ready", "own_phone")
    assert Interaction.objects.get().state == "abandoned"


@pytest.mark.django_db
def test_giving_up_while_ones_own_telephone_rings_was_no_attempt(world: Company) -> None:
    owed, switch = owed_by(world), desk(world)
    call = call_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    switch.look()
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=switch.now)
    switch.look()
    owed.refresh_from_db()
    assert (owed.state, owed.attempts, owed.taken_by_id) == ("open", 0, None)
    assert Call.objects.latest("id").end == "own_phone"


@pytest.mark.django_db
def test_an_owed_call_is_settled_whoever_has_it_at_the_end(world: Company) -> None:
    owed, switch = owed_by(world), desk(world)
    give_skill(staff=world.colleague_staff, skill_key=BILLS, level=3)
    sign_on(actor=world.colleague, endpoint="screen/1028", now=NOON)
    switch.own(world.colleague, "screen/1028")
    call = call_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    switch.look()
    switch.run(10)
    ask_of_call(call_id=call.pk, ask=asks.TransferTo(BILLS), actor=world.agent, now=switch.now)
    switch.look()
    switch.run(10)
    call.refresh_from_db()
    assert (call.phase, call.staff_id) == ("talking", world.colleague.person_id)
    owed.refresh_from_db()
    assert owed.state == "open"  # they were called, they have not called again
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.colleague, now=switch.now)
    switch.look()
    owed.refresh_from_db()
    assert (owed.state, owed.why) == ("done", "reached")


@pytest.mark.django_db
def test_a_call_ends_though_what_it_was_made_for_cannot_be_told(world: Company) -> None:
    owed, switch = owed_by(world), desk(world)
    call = call_owed(owed_id=owed.pk, actor=world.agent, now=NOON)
    OutgoingCall.objects.filter(call=call).update(ref=0)
    switch.look()
    switch.run(10)
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=switch.now)
    switch.look()
    call.refresh_from_db()
    assert (call.phase, state(world)) == ("ended", "wrap_up")


@pytest.mark.django_db
def test_orders_that_stand_are_given_though_what_comes_after_them_fails(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    switch = desk(world, "silent")
    customer = customer_of(world)
    call_customer(customer_id=customer.pk, number=PHONE, actor=world.agent, now=NOON)
    switch.look()
    switch.run(3)
    switch.switch.hears = False

    def fails(*, now: datetime) -> None:
        raise OperationalError(str(now))

    with monkeypatch.context() as patched:
        patched.setattr(conducting, "let_time_pass", fails)
        with pytest.raises(OperationalError):
            switch.board.pass_time(now=NOON + timedelta(minutes=2))
    given = switch.board.pass_time(now=NOON + timedelta(minutes=2))
    assert any(isinstance(each.order, HangUp) for each in given)


@pytest.mark.django_db
def test_what_nobody_conducted_in_time_is_not_dialled_later(world: Company) -> None:
    switch = desk(world)
    call_customer(customer_id=customer_of(world).pk, number=PHONE, actor=world.agent, now=NOON)
    switch.run(60)
    switch.look()
    assert Call.objects.get().end == "system"
    assert (state(world), switch.switch.view().channels) == ("ready", ())


@pytest.mark.django_db
def test_a_lost_word_of_the_switch_ends_the_ringing_by_the_clock(world: Company) -> None:
    switch = desk(world, "silent")
    call_customer(customer_id=customer_of(world).pk, number=PHONE, actor=world.agent, now=NOON)
    switch.look()
    switch.run(3)
    switch.switch.hears = False
    switch.run(30)
    assert Call.objects.get().phase == "dialling"
    switch.run(30)
    assert Call.objects.get().end == "no_answer"
    assert state(world) == "wrap_up"


@pytest.mark.django_db
def test_calls_out_count_beside_the_service_level_and_not_in_it(world: Company) -> None:
    switch = desk(world)
    customer = customer_of(world)
    call = call_customer(customer_id=customer.pk, number=PHONE, actor=world.agent, now=NOON)
    switch.look()
    switch.run(64)
    ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=switch.now)
    switch.look()
    turn = CallTurn.objects.get()
    assert (turn.kind, turn.staff_id, turn.talk_seconds) == ("reached", world.agent.person_id, 59)
    assert not CallFigureChange.objects.exists()
    CallTurn.objects.update(wrap_seconds=20)
    found = outgoing_tally(
        actor=world.chief, wanted=Wanted(NOON, NOON + timedelta(hours=1), world.lake.pk)
    )
    assert (found.called, found.reached, found.rate) == (1, 1, 100.0)
    assert (found.talk_mean, found.wrap_mean) == (59, 20)
    assert not CallFigureChange.objects.exists()
