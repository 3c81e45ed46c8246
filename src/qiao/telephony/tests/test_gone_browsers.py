"""The browser of somebody who takes calls dies at any step of a call: the caller is served by
others, nobody is rung who has gone, and their shift ends once the call is over."""

from datetime import UTC, datetime

import pytest

from qiao.contact.models import AgentState, AgentStateChange, Offer
from qiao.contact.operations import renew_leases, sign_on
from qiao.contact.rules.desk import LEASE_SECONDS
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.engines.sim_phones import Manner
from qiao.telephony.models import Call
from qiao.telephony.operations import add_line
from qiao.telephony.tests.conducted import Conducted

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)
BILLS, HOTLINE, CALLER = "water.billing", "96111", "13805712264"
QUEUE = catalogue().queues[BILLS]


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=BILLS, names={"en": BILLS})
    for staff in (made.agent_staff, made.colleague_staff):
        give_skill(staff=staff, skill_key=BILLS, level=3)
    add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
    return made


def desk(own: Manner, *people: Actor) -> Conducted:
    """They are signed on, the first is rung first."""
    made = Conducted(NOON)
    for each in people:
        made.own(each, f"screen/{each.person_id}", own)
        sign_on(actor=each, endpoint=f"screen/{each.person_id}", now=made.now)
        made.run(1)
    return made


def pass_seconds(made: Conducted, seconds: int, *there: Actor) -> None:
    """Let time pass; only the browsers of those who are there tell so."""
    for _second in range(seconds):
        renew_leases(people=[each.person_id for each in there], now=made.now)
        made.run(1)


def state(person: Actor) -> str:
    return AgentState.objects.get(staff_id=person.person_id).state


def states_since(person: Actor, moment: datetime) -> list[str]:
    changes = AgentStateChange.objects.filter(staff_id=person.person_id, at__gt=moment)
    return list(changes.order_by("id").values_list("state", flat=True))


def test_while_it_rings_the_caller_goes_to_the_next_and_who_has_gone_is_signed_off(
    world: Company,
) -> None:
    made = desk("silent", world.agent, world.colleague)
    made.own(world.colleague, f"screen/{world.colleague.person_id}")
    made.switch.call(CALLER, HOTLINE)
    pass_seconds(made, 2, world.colleague)
    assert state(world.agent) == "reserved"
    pass_seconds(made, QUEUE.ring_seconds + 8, world.colleague)
    call = Call.objects.get()
    assert (call.phase, call.staff_id) == ("talking", world.colleague.person_id)
    pass_seconds(made, LEASE_SECONDS, world.colleague)
    assert state(world.agent) == "off"
    assert Offer.objects.filter(staff_id=world.agent.person_id).count() == 1


def test_amid_a_talk_it_goes_on_and_is_their_last(world: Company) -> None:
    made = desk("answers", world.agent)
    channel = made.switch.call(CALLER, HOTLINE)
    pass_seconds(made, 5, world.agent)
    assert state(world.agent) == "busy"
    pass_seconds(made, 3 * LEASE_SECONDS)
    assert (Call.objects.get().phase, state(world.agent)) == ("talking", "busy")
    made.switch.put_down(channel)
    over = made.now
    made.switch.call("13900001111", HOTLINE)
    pass_seconds(made, QUEUE.wrap_up_seconds + 5)
    assert state(world.agent) == "off"
    assert states_since(world.agent, over) == ["ready", "off"]
    assert Offer.objects.count() == 1
    assert Call.objects.latest("id").phase == "waiting"


def test_in_the_work_after_a_call_it_ends_with_its_limit_and_the_next_caller_waits_on(
    world: Company,
) -> None:
    """Who is heard of no more counts as there for a lease: they may be rung once, in vain."""
    made = desk("answers", world.agent)
    channel = made.switch.call(CALLER, HOTLINE)
    pass_seconds(made, 5, world.agent)
    made.switch.put_down(channel)
    pass_seconds(made, 1, world.agent)
    assert state(world.agent) == "wrap_up"
    made.own(world.agent, f"screen/{world.agent.person_id}", "silent")
    made.switch.call("13900001111", HOTLINE)
    pass_seconds(made, max(QUEUE.wrap_up_seconds, LEASE_SECONDS) + QUEUE.ring_seconds + 10)
    assert state(world.agent) == "off"
    assert Call.objects.latest("id").phase == "waiting"
    assert not Offer.objects.filter(state="open").exists()
