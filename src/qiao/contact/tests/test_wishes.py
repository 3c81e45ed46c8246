"""What people want after the contact at hand: kept from one to the next, forgotten when they are
ready again."""

from datetime import UTC, datetime, timedelta

import pytest

from qiao.contact import operations
from qiao.contact.models import AgentState
from qiao.core.actor import Actor
from qiao.staff.tests.cast import Company, make_company

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
