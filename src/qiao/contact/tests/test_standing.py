"""The bar of whoever takes contacts."""

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse

from qiao.contact.models import AgentState
from qiao.contact.operations import Wish, renew_leases, route, sign_on, wait_for_agent
from qiao.staff.operations import define_skill, give_skill
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 11, 28, 4, tzinfo=UTC)
BILLS = "water.billing"


@pytest.fixture
def world() -> Company:
    made = make_company()
    define_skill(key=BILLS, names={"en": BILLS})
    give_skill(staff=made.agent_staff, skill_key=BILLS, level=3)
    return made


@pytest.fixture
def browser(world: Company) -> Client:
    client = Client(headers={"HX-Request": "true", "accept-language": "zh-hans"})
    client.force_login(world.agent_staff, backend="qiao.staff.signin.StaffBackend")
    return client


def press(browser: Client, name: str, at: datetime, **data: str) -> str:
    with time_machine.travel(at, tick=False):
        answer = browser.post(reverse(f"contact:{name}"), data)
    assert answer.status_code == 200
    return answer.content.decode()


def stands() -> tuple[str, str]:
    agent = AgentState.objects.get()
    return agent.state, agent.reason


def test_somebody_signs_on_rests_and_signs_off(browser: Client) -> None:
    assert 'data-s="ready"' in press(browser, "on", NOW)
    agent = AgentState.objects.get()
    assert (agent.state, agent.endpoint) == ("ready", "screen/1027")
    assert 'data-s="break"' in press(browser, "rest", NOW, reason="meal")
    assert stands() == ("break", "meal")
    press(browser, "ready", NOW)
    assert stands() == ("ready", "")
    assert 'data-s="off"' in press(browser, "off", NOW)


def test_a_break_without_a_known_reason_changes_nothing(browser: Client) -> None:
    press(browser, "on", NOW)
    press(browser, "rest", NOW, reason="bored")
    assert stands() == ("ready", "")


def test_whoever_is_rung_cannot_leave(world: Company, browser: Client) -> None:
    press(browser, "on", NOW)
    wait_for_agent(wish=Wish(BILLS, "phone", "call", 1, world.company.pk, NOW), now=NOW)
    assert route(now=NOW)
    assert 'data-s="reserved"' in press(browser, "off", NOW)
    assert stands()[0] == "reserved"


def test_a_browser_that_is_heard_of_keeps_its_person_signed_on(world: Company) -> None:
    sign_on(actor=world.agent, endpoint="x", now=NOW)
    later = NOW + timedelta(seconds=40)
    renew_leases(people=[world.agent.person_id, world.colleague.person_id], now=later)
    lease = AgentState.objects.get().lease_until
    assert lease is not None
    assert lease > later + timedelta(seconds=30)


def test_the_bar_stands_on_every_page_of_who_takes_contacts(
    world: Company, browser: Client
) -> None:
    page = browser.get(reverse("cases:list"), headers={"HX-Request": ""}).content.decode()
    assert 'id="q-standing"' in page
    assert f"live:agent-{world.agent.person_id}" in page


@pytest.mark.parametrize(
    ("state", "ready", "rest"),
    [("ready", False, True), ("wrap_up", True, True), ("break", True, False),
     ("not_ready", True, True), ("busy", False, True), ("reserved", False, False)],
)  # fmt: skip
def test_the_keys_of_the_bar_are_those_that_do_something(
    browser: Client, state: str, ready: bool, rest: bool
) -> None:
    press(browser, "on", NOW)
    AgentState.objects.update(state=state, reason="meal" if state == "break" else "")
    shown = browser.get(reverse("frame")).content.decode()
    assert ('data-key="Alt+R"' in shown) is ready
    assert ('data-key="Alt+B"' in shown) is rest
