"""The call that rings and the call at hand, as their person's screen shows them."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState, Interaction, Waiting
from qiao.contact.operations import finish, identify_customer, sign_on
from qiao.customers.tests.factories import make_customer
from qiao.staff.models import Staff
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company
from qiao.telephony.models import Call, CallAsk, CallEntry, Line
from qiao.telephony.operations import (
    NotYourCall,
    Switchboard,
    add_line,
    ask_of_call,
    decline_call,
    send_to_colleague,
)
from qiao.telephony.queries import load_controls, load_pop
from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.switch import Outcome

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
BILLS, HOTLINE, CALLER = "water.billing", "96111", "13805712264"


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=BILLS, names={"en": BILLS})
    give_skill(staff=made.agent_staff, skill_key=BILLS, level=3)
    add_line(number=HOTLINE, name="热线", organisation_id=made.company.pk, queue=BILLS)
    sign_on(actor=made.agent, endpoint="screen/1027", now=NOW)
    return made


@pytest.fixture
def enter() -> Callable[[Staff], Client]:
    def sign_in(staff: Staff) -> Client:
        client = Client(headers={"HX-Request": "true", "accept-language": "zh-hans"})
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        return client

    return sign_in


def after(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def rings(board: Switchboard) -> Call:
    board.hear(switch.Arrived(NOW, "c1", CALLER, HOTLINE), now=NOW)
    board.hear(switch.Up(NOW, "c1"), now=NOW)
    call = Call.objects.get()
    board.hear(switch.Ready(NOW, f"q{call.pk}-a2", "agent", str(call.pk)), now=NOW)
    return call


def taken(board: Switchboard, call: Call) -> Call:
    for given in board.hear(switch.Up(after(4), f"q{call.pk}-a2"), now=after(4)):
        board.bring(given, Outcome.DONE, now=after(4))
    call.refresh_from_db()
    assert call.phase == "talking"
    return call


def part(world: Company) -> Any:
    found = load_pop(actor=world.agent, now=after(1), path="/")
    assert found is not None
    return found["ringing"]


def test_the_screen_tells_who_rings_before_the_call_is_taken(world: Company) -> None:
    known = make_customer(world.agent, phones=[CALLER])
    rings(Switchboard())
    ringing = part(world)
    assert ringing.likeliest.customer_id == known.pk
    assert (ringing.line, ringing.calls) == ("热线", 1)
    other = load_pop(actor=world.colleague, now=after(1), path="/")
    assert other is not None
    assert other["ringing"] is None


@pytest.mark.parametrize("is_emergency", [True, False])
def test_an_emergency_says_so_while_it_rings_and_opens_with_what_is_said_first(
    world: Company, enter: Callable[[Staff], Client], is_emergency: bool
) -> None:
    Line.objects.update(is_emergency=is_emergency)
    board = Switchboard()
    with time_machine.travel(after(1), tick=False):
        call = rings(board)
        browser = enter(world.agent_staff)
        pop = browser.get(reverse("frame")).content.decode()
    assert ("紧急报险" in pop.partition("q-popbody")[0]) is is_emergency
    assert part(world).offer.is_emergency is is_emergency
    taken(board, call)
    found = load_pop(actor=world.agent, now=after(5), path="/")
    assert found is not None
    first = "new=emergency&" if is_emergency else ""
    wanted = f"{reverse('desk:workspace')}?{first}open=contact:{call.interaction_id}"
    assert found["talk_url"] == wanted


def test_a_number_that_leads_to_one_person_names_the_contact_and_ranks_the_wait(
    world: Company,
) -> None:
    known = make_customer(world.agent, phones=[CALLER])
    board = Switchboard()
    call = taken(board, rings(board))
    assert call.customer_id == known.pk
    contact = Interaction.objects.get()
    assert (contact.customer_id, call.interaction_id) == (known.pk, contact.pk)
    assert Waiting.objects.get().customer_id == known.pk


def test_who_was_spoken_to_last_is_asked_for_again(world: Company) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    board.hear(switch.Left(after(60), "c1"), now=after(60))
    finish(
        interaction_id=call.interaction_id or 0, subject="水费", outcome="water.answered",
        note="", actor=world.agent, now=after(70),
    )  # fmt: skip
    board.hear(switch.Arrived(after(90), "c2", CALLER, HOTLINE), now=after(90))
    board.hear(switch.Up(after(90), "c2"), now=after(90))
    assert Waiting.objects.latest("id").last_agent_id == world.agent.person_id


def test_closing_the_contact_of_a_call_ends_the_work_after_it(world: Company) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    board.hear(switch.Left(after(60), "c1"), now=after(60))
    assert AgentState.objects.get().state == "wrap_up"
    finish(
        interaction_id=call.interaction_id or 0, subject="水费", outcome="water.answered",
        note="", actor=world.agent, now=after(70),
    )  # fmt: skip
    assert AgentState.objects.get().state == "ready"


def test_only_who_is_rung_may_decline(world: Company) -> None:
    rings(Switchboard())
    with pytest.raises(NotYourCall):
        decline_call(actor=world.colleague, now=after(1))
    decline_call(actor=world.agent, now=after(1))
    assert CallAsk.objects.get().kind == "Decline"


def test_the_keys_follow_the_call(world: Company, enter: Callable[[Staff], Client]) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    browser = enter(world.agent_staff)
    address = reverse("telephony:controls", args=[call.interaction_id])
    with time_machine.travel(after(10), tick=False):
        assert 'aria-pressed="true"' not in browser.get(address).content.decode()
        for key in ("mute", "hold"):
            pressed = reverse("telephony:press", args=[call.pk, key])
            assert browser.post(pressed).status_code == 204
        board.carry_out_asks(now=after(10))
        shown = browser.get(address).content.decode()
    assert shown.count('aria-pressed="true"') == 2
    controls = load_controls(
        actor=world.agent, interaction_id=call.interaction_id or 0, now=after(11)
    )
    assert controls is not None
    assert (controls["call"].phase, controls["call"].is_muted) == ("held", True)


def test_a_call_that_has_ended_tells_the_page_so(
    world: Company, enter: Callable[[Staff], Client]
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    board.hear(switch.Left(after(60), "c1"), now=after(60))
    answer = enter(world.agent_staff).get(
        reverse("telephony:controls", args=[call.interaction_id])
    )
    assert answer.headers["HX-Trigger"] == "call:ended"
    over = answer.content.decode()
    assert "<button" not in over, "nothing can be done with it any more"
    assert "hx-get" not in over, "it is asked for no more"
    assert "来电者挂机" in over


def test_a_colleague_has_no_keys_for_the_call(
    world: Company, enter: Callable[[Staff], Client]
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    answer = enter(world.colleague_staff).post(
        reverse("telephony:press", args=[call.pk, "hang_up"])
    )
    assert answer.status_code in (204, 404)
    assert not CallAsk.objects.exists()


def test_a_call_that_was_just_taken_opens_its_contact_once(
    world: Company, enter: Callable[[Staff], Client]
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    browser = enter(world.agent_staff)
    at_desk = {"HX-Current-URL": f"http://testserver{reverse('desk:workspace')}"}
    opening = f"open=contact:{call.interaction_id}"
    address = reverse("frame")
    first = browser.get(address, headers=at_desk).content.decode()
    assert opening in first
    assert f'name="known" value="{call.pk}"' in first
    again = browser.get(f"{address}?known={call.pk}", headers=at_desk).content.decode()
    assert opening not in again
    assert 'id="q-standing" hx-swap-oob' in again
    elsewhere = browser.get(address).content.decode()
    assert f'href="{reverse("desk:workspace")}?{opening}"' in elsewhere


def test_another_page_says_at_once_that_its_person_has_a_call(
    world: Company, enter: Callable[[Staff], Client]
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    page = enter(world.agent_staff).get(reverse("cases:list"), headers={"HX-Request": ""})
    opening = f"{reverse('desk:workspace')}?open=contact:{call.interaction_id}"
    assert f'href="{opening}"' in page.content.decode()


def test_a_transfer_shows_queues_and_whoever_is_ready(
    world: Company, enter: Callable[[Staff], Client]
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    give_skill(staff=world.colleague_staff, skill_key=BILLS, level=2)
    sign_on(actor=world.colleague, endpoint="screen/1028", now=NOW)
    with time_machine.travel(after(10), tick=False):
        address = reverse("telephony:transfer", args=[call.pk])
        shown = enter(world.agent_staff).get(address).content.decode()
    assert f'value="{BILLS}"' in shown
    assert f'name="staff" value="{world.colleague.person_id}"' in shown
    assert f'name="staff" value="{world.agent.person_id}"' not in shown


def sent_on(board: Switchboard, world: Company, call: Call) -> str:
    """The agent sends their call to the colleague, who is rung; the channel on which they are."""
    give_skill(staff=world.colleague_staff, skill_key=BILLS, level=2)
    sign_on(actor=world.colleague, endpoint="screen/1028", now=after(5))
    send_to_colleague(
        call_id=call.pk, staff_id=world.colleague.person_id, words="三月账单", actor=world.agent,
        now=after(10),
    )  # fmt: skip
    board.carry_out_asks(now=after(10))
    offered = CallEntry.objects.filter(call=call, kind="offered").latest("seq")
    assert offered.data["staff"] == world.colleague.person_id
    return str(offered.data["channel"])


def test_a_call_that_is_sent_on_rings_with_the_words_and_whom_it_is_about(world: Company) -> None:
    known = make_customer(world.agent)
    board = Switchboard()
    call = taken(board, rings(board))  # by a number that nobody is known by
    identify_customer(
        interaction_id=call.interaction_id or 0, customer_id=known.pk, actor=world.agent,
        now=after(6),
    )  # fmt: skip
    sent_on(board, world, call)
    ringing = load_pop(actor=world.colleague, now=after(11), path="/")["ringing"]
    assert ringing is not None
    assert (ringing.sent.words, ringing.sent.by) == ("三月账单", world.agent_staff.name)
    assert ringing.likeliest.customer_id == known.pk
    tool = load_controls(actor=world.agent, interaction_id=call.interaction_id or 0, now=after(11))
    assert tool is not None
    assert tool["waits_in"]
    with pytest.raises(NotYourCall):  # the caller waits: whoever sent them on cannot let them go
        ask_of_call(call_id=call.pk, ask=asks.HangUp(), actor=world.agent, now=after(12))


def test_whoever_gets_a_call_whose_contact_was_closed_meanwhile_has_one_of_their_own(
    world: Company,
) -> None:
    board = Switchboard()
    call = taken(board, rings(board))
    channel = sent_on(board, world, call)
    first = call.interaction_id or 0
    finish(
        interaction_id=first, subject="账单", outcome="water.transferred", note="",
        actor=world.agent, now=after(11),
    )  # fmt: skip
    board.hear(switch.Ready(after(11), channel, "agent", str(call.pk)), now=after(11))
    for given in board.hear(switch.Up(after(14), channel), now=after(14)):
        board.bring(given, Outcome.DONE, now=after(14))
    call.refresh_from_db()
    assert (call.phase, call.staff_id) == ("talking", world.colleague.person_id)
    assert call.interaction_id != first
    own = Interaction.objects.get(pk=call.interaction_id or 0)
    assert (own.state, own.agent_id) == ("open", world.colleague.person_id)
