"""What people want after the contact at hand: kept from one to the next, forgotten when they are
ready again; and the end of their shift when they sign out of Qiao or are suspended."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client
from django.utils import timezone

from qiao.contact import operations
from qiao.contact.models import AgentState, AgentStateChange
from qiao.contact.operations import Wish
from qiao.core.actor import Actor
from qiao.staff.operations import suspend
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 22, 1, 41, tzinfo=UTC)
HOUR = timedelta(hours=1)


@pytest.fixture
def world() -> Company:
    return make_company()


def at_work(actor: Actor, state: str = "wrap_up", **more: str) -> None:
    """Signed on, and at the work after a call whose time is over."""
    operations.sign_on(actor=actor, endpoint="screen/1027", now=NOW)
    mine = AgentState.objects.filter(staff_id=actor.person_id)
    mine.update(state=state, until=NOW if state == "wrap_up" else None, **more)


def stands(actor: Actor) -> tuple[str, str, str]:
    agent = AgentState.objects.get(staff_id=actor.person_id)
    return agent.state, agent.reason, agent.wanted


def test_whoever_is_ready_again_wants_no_break_any_more(world: Company) -> None:
    at_work(world.agent, "busy")
    operations.take_break(actor=world.agent, reason="rest", now=NOW)
    operations.release_agent(staff_id=world.agent.person_id, now=NOW)
    operations.be_ready(actor=world.agent, now=NOW)
    assert stands(world.agent) == ("ready", "", "")
    operations.begin_calling(actor=world.agent, now=NOW)
    operations.release_agent(staff_id=world.agent.person_id, now=NOW)
    operations.end_work_after(actor=world.agent, now=NOW)
    assert stands(world.agent) == ("ready", "", "")


@pytest.mark.parametrize(
    ("wanted", "reason"), [("break", "meal"), ("off", ""), ("not_ready", ""), ("", "")]
)
def test_a_call_taken_over_leaves_what_was_wanted_after_the_one_before(
    world: Company, wanted: str, reason: str
) -> None:
    at_work(world.agent, wanted=wanted, reason=reason)
    operations.take_directly(actor=world.agent, endpoint="screen/1027", now=NOW)
    assert stands(world.agent) == ("busy", reason, wanted)
    operations.release_agent(staff_id=world.agent.person_id, now=NOW)
    operations.end_work_after(actor=world.agent, now=NOW)
    assert stands(world.agent) == (wanted or "ready", reason, "")


def test_whoever_cannot_be_turned_holds_up_nobody(world: Company) -> None:
    cast = (world.agent, world.colleague, world.outsider)
    bad, good, lost = sorted(cast, key=lambda each: each.person_id)
    at_work(bad, wanted="break", reason="")  # no break without its reason: the row is refused
    at_work(good)
    operations.sign_on(actor=lost, endpoint="screen/1029", now=NOW)
    operations.renew_leases(people=[bad.person_id, good.person_id], now=NOW + HOUR)
    assert operations.let_time_pass(now=NOW + HOUR) == [good.person_id, lost.person_id]
    assert stands(bad) == ("wrap_up", "", "break")
    assert stands(lost) == ("off", "lost", "")


def sign_out(world: Company) -> int:
    client = Client()
    client.force_login(world.agent_staff, backend="qiao.staff.signin.StaffBackend")
    assert client.post("/account/logout/").status_code == 302
    return world.agent.person_id


def be_suspended(world: Company) -> int:
    rights = ("staff.manage", *world.agent.grants)
    chief = person(number="9004", name="郑岩", branch=world.company, permissions=rights)
    actor = actor_for(chief, day=TODAY)
    suspend(actor=actor, now=timezone.now(), number=world.agent_staff.number)
    return actor.person_id


@pytest.mark.parametrize("goes", [sign_out, be_suspended])
@pytest.mark.parametrize("state", ["ready", "wrap_up", "break", "not_ready"])
def test_whoever_signs_out_or_is_suspended_is_signed_off(
    world: Company, state: str, goes: Callable[[Company], int]
) -> None:
    at_work(world.agent, state, reason="meal" if state == "break" else "")
    on(world.colleague)
    by = goes(world)
    assert stands(world.agent) == ("off", "", "")
    assert AgentStateChange.objects.get(staff=world.agent_staff, state="off").by_id == by
    assert stands(world.colleague) == ("ready", "", "")


def on(actor: Actor) -> None:
    operations.sign_on(actor=actor, endpoint="screen/1028", now=NOW)


@pytest.mark.parametrize("wanted", ["", "break"])
def test_a_call_goes_on_after_its_agent_signed_out_and_is_their_last(
    world: Company, wanted: str
) -> None:
    at_work(world.agent, "busy", wanted=wanted, reason="meal" if wanted else "")
    sign_out(world)
    assert stands(world.agent)[0] == "busy"
    operations.release_agent(staff_id=world.agent.person_id, now=NOW)
    operations.let_time_pass(now=NOW + HOUR)
    assert stands(world.agent) == ("off", "", "")


@pytest.mark.parametrize("why", ["no_answer", "caller_gone", ""])
def test_whoever_signs_out_while_rung_is_rung_by_no_other_call(world: Company, why: str) -> None:
    on(world.agent)
    wish = Wish("water.written", "phone", "call", 1, world.company.pk, NOW)
    operations.wait_for_agent(wish=wish, now=NOW)
    (asked,) = operations.route(now=NOW)
    sign_out(world)
    assert stands(world.agent)[0] == "reserved"
    if why:
        operations.refuse_offer(offer_id=asked.offer_id, why=why, now=NOW)
        operations.route(now=NOW)
    else:
        operations.take_offer(offer_id=asked.offer_id, now=NOW)
        operations.release_agent(staff_id=world.agent.person_id, now=NOW)
        operations.end_work_after(actor=world.agent, now=NOW)
    assert stands(world.agent) == ("off", "", "")
