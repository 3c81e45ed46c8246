"""The telephone in the browser signs on, rings, talks and hangs up, through pages, lost lines and
second windows. The switch is a double (`sip_double`), the other side a Chromium's own WebRTC."""

import os
import time
from collections.abc import Iterator

import pytest
from django.conf import LazySettings
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Browser, Page, expect

from qiao.config.cli.browser import FLAGS
from qiao.contact.models import AgentState
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.telephony.models import BrowserPhone, Call
from qiao.telephony.operations import make_secrets, use_desk_phone
from tests.journeys.exchanges import Exchange
from tests.journeys.sip_double import FLOWS, HEARD, OFFER, TAKE, WAITS, Dialog, SipSwitch
from tests.journeys.site import PHONE_NUMBER, Site
from tests.journeys.test_watching import AGENT

ANSWER = """(call) => new BroadcastChannel("qiao-softphone-1027").postMessage(
  { ask: "answer", call, id: call })"""
PRESSED = """(call) => new Promise((done) => {
  const channel = new BroadcastChannel("qiao-softphone-1027");
  channel.onmessage = ({ data }) => data.done === call && done();
  channel.postMessage({ ask: "answer", call, id: call });
})"""
PASSES = """(seconds) => {
  const now = performance.now.bind(performance);
  performance.now = () => now() + 1000 * seconds;
}"""
BREAKS = "() => { navigator.mediaDevices.getUserMedia = () => Promise.reject(new Error('busy')); }"
MENDS = """() => {
  delete navigator.mediaDevices.getUserMedia;
  navigator.mediaDevices.dispatchEvent(new Event("devicechange"));
}"""
HURRIES = """() => {
  const real = window.setTimeout;
  window.setTimeout = (act, pause, ...more) => real(act, pause === 60_000 ? 100 : pause, ...more);
}"""
USER, ENDPOINT = "1027-web", "PJSIP/1027-web"
SOUND = (
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
    "--allow-loopback-in-peer-connection",
)


@pytest.fixture
def browser(browser: Browser) -> Iterator[Browser]:
    """A Chromium whose microphone is a tone."""
    path = os.environ["QIAO_CHROMIUM"]
    chromium = browser.browser_type.launch(executable_path=path, args=[*FLAGS, *SOUND])
    yield chromium
    chromium.close()


@pytest.fixture(autouse=True)
def sip(settings: LazySettings) -> Iterator[SipSwitch]:
    """The double, before the web server that tells browsers of it."""
    double = SipSwitch()
    double.start()
    settings.SWITCH, settings.SWITCH_WSS = "asterisk", f"ws://127.0.0.1:{double.port}/ws"
    yield double
    double.stop()


class Caller:
    """Whoever calls: a page with a voice, and the call that the switch makes of it."""

    def __init__(self, site: Site, sip: SipSwitch) -> None:
        self.page = site.visitor()
        self.page.goto(site.address)
        self._sip = sip

    def ring(self, call: str = "") -> Dialog:
        sdp = self.page.evaluate(OFFER)
        dialog = self._sip.invite(USER, sdp, number=PHONE_NUMBER, call=call)
        assert dialog.rings.result(WAITS)
        return dialog

    def talk(self, dialog: Dialog) -> None:
        answer = dialog.answered.result(WAITS)
        assert answer, "the telephone refused"
        self.page.evaluate(TAKE, answer)

    def hears(self, least: int) -> None:
        self.page.wait_for_function(HEARD, arg=least)


def stands(phone: Page, state: str) -> None:
    expect(phone.locator(f'main[data-state="{state}"]')).to_be_attached()


def flows(phone: Page, sent: int, heard: int) -> None:
    phone.wait_for_function(FLOWS, arg=[sent, heard])


def bar(page: Page, words: str) -> None:
    expect(page.locator("[data-softphone-open]")).to_contain_text(words, use_inner_text=True)


def signs_on(sip: SipSwitch, times: int, phone: Page) -> None:
    """It was taken on so often at least, by the right secret."""
    for _try in range(WAITS * 10):
        if len(sip.signed_on) >= times:
            return
        phone.wait_for_timeout(100)
    raise AssertionError(f"signed on {len(sip.signed_on)} times, not {times}")


def until_over() -> Call:
    """The call, once the controller knows that it has ended."""
    for _try in range(WAITS * 10):
        call = Call.objects.get()
        if call.phase == Call.Phase.ENDED:
            return call
        time.sleep(0.1)
    raise AssertionError("the call goes on")


def opened(agent: Page, site: Site) -> Page:
    with agent.expect_popup() as told:
        agent.locator("[data-softphone-open]").click()
    phone: Page = told.value
    phone.on("pageerror", lambda error: site.complaints.append(str(error)))
    phone.on("console", site._hear)  # noqa: SLF001 - as its own pages are heard
    return phone


def turned_on(agent: Page, site: Site, sip: SipSwitch) -> Page:
    """The agent's telephone, taken on by the switch with the secret that it knows."""
    with transaction.atomic():
        staff = Staff.objects.get(number="1027")
        sip.secrets[USER] = make_secrets(staff_ids=[staff.pk], now=timezone.now())[staff.pk]
    bar(agent, "Telephone in the browser")
    agent.context.grant_permissions(["microphone"])  # a shell has nobody to ask
    phone = opened(agent, site)
    stands(phone, "ready")  # by itself: leave to use the microphone was given before
    bar(agent, "Telephone ready")
    assert sip.refused == 0
    assert sip.secrets[USER] not in phone.content()
    agent.keyboard.press("Alt+s")
    expect(agent.locator('#q-standing [data-s="ready"]')).to_be_visible()
    assert AgentState.objects.get(staff=staff).endpoint == ENDPOINT
    return phone


def test_a_call_is_answered_where_it_is_shown_and_outlives_pages_and_lines(
    site: Site, sip: SipSwitch, exchange: Exchange
) -> None:
    agent = site.sign_in(AGENT)
    phone = turned_on(agent, site, sip)
    channel = exchange.call(PHONE_NUMBER)
    expect(agent.locator("[data-accept]")).to_be_visible()
    caller = Caller(site, sip)
    talk = caller.ring(f"{Call.objects.get().pk};role=agent")
    stands(phone, "ringing")
    agent.locator("[data-accept]").click()
    caller.talk(talk)
    exchange.lift(ENDPOINT)
    expect(agent.locator("#q-calltools")).to_be_visible()
    stands(phone, "talking")
    flows(phone, 50, 50)
    caller.hears(50)

    goes_on_elsewhere(agent, phone, f"{site.address}/customers/", sip)
    phone.get_by_role("button", name="Hang up").click()
    assert talk.over.result(WAITS) == "phone"
    bar(agent, "Telephone ready")

    exchange.put_down(channel)
    ends_what_ended_meanwhile(phone, caller, sip)
    is_ended_by_the_caller(phone, caller, sip)
    takes_the_call_that_was_meant(agent, phone, caller, sip)
    forgets_an_answer_to_nothing(agent, phone, caller, sip)
    signs_off_without_a_microphone(phone, sip)
    moves_and_is_refused(agent, phone, sip)


def goes_on_elsewhere(agent: Page, phone: Page, address: str, sip: SipSwitch) -> None:
    """Another page, then a line to the switch that is lost: the sound goes on."""
    agent.goto(address)
    bar(agent, "In a call")
    times = len(sip.signed_on)
    assert sip.cut() == 1
    signs_on(sip, times + 1, phone)
    stands(phone, "talking")
    before = phone.evaluate("window.qiaoSoftphone.flow()")
    flows(phone, before["sent"] + 50, before["heard"] + 50)
    phone.get_by_role("button", name="Mute").click()
    expect(agent.locator("[data-softphone-muted]")).to_be_visible()


def ends_what_ended_meanwhile(phone: Page, caller: Caller, sip: SipSwitch) -> None:
    """The line was lost, and the switch could not say that the call was over."""
    call = until_over()
    talk = caller.ring(f"{call.pk};role=own")  # whoever asked for it has it at the ear
    caller.talk(talk)
    stands(phone, "talking")
    assert sip.cut() == 1
    assert talk.over.result(WAITS) == "phone"
    stands(phone, "ready")


def is_ended_by_the_caller(phone: Page, caller: Caller, sip: SipSwitch) -> None:
    """A switch that does not tell which call it is; taken in the telephone's window."""
    told = caller.ring()
    stands(phone, "ringing")
    expect(phone.locator("[data-number]")).to_have_text(PHONE_NUMBER)
    phone.keyboard.press("Space")
    caller.talk(told)
    flows(phone, 20, 20)
    sip.hang_up(told)
    stands(phone, "ready")


def takes_the_call_that_was_meant(
    agent: Page, phone: Page, caller: Caller, sip: SipSwitch
) -> None:
    """Answer was pressed before it rang."""
    agent.evaluate(ANSWER, "77")
    another = caller.ring("76;role=agent")
    stands(phone, "ringing")
    assert not another.answered.done()
    phone.get_by_role("button", name="Do not take it").click()
    assert another.answered.result(WAITS) == ""
    stands(phone, "ready")
    agent.evaluate(ANSWER, "77")
    meant = caller.ring("77;role=agent")
    caller.talk(meant)
    stands(phone, "talking")
    sip.hang_up(meant)
    stands(phone, "ready")


def forgets_an_answer_to_nothing(agent: Page, phone: Page, caller: Caller, sip: SipSwitch) -> None:
    """Answer was pressed for a call that did not ring; when it does, nobody is at the headset."""
    agent.evaluate(PRESSED, "78")
    phone.evaluate(PASSES, 20)
    late = caller.ring("78;role=agent")
    stands(phone, "ringing")
    phone.wait_for_timeout(500)
    stands(phone, "ringing")
    assert not late.answered.done()
    phone.get_by_role("button", name="Do not take it").click()
    assert late.answered.result(WAITS) == ""
    stands(phone, "ready")


def signs_off_without_a_microphone(phone: Page, sip: SipSwitch) -> None:
    """A microphone that does not open when it is tried: nobody is rung there. When it is back, the
    window does not take the ringing from the desk by itself."""
    phone.evaluate(BREAKS)
    phone.locator(".q-softset summary").click()
    phone.get_by_role("button", name="Speak to try it").click()
    stands(phone, "no_microphone")
    for _try in range(WAITS * 10):
        if not sip.is_on(USER):
            break
        phone.wait_for_timeout(100)
    assert not sip.is_on(USER)
    rings_on_the_desk()
    phone.evaluate(MENDS)
    stands(phone, "at_desk")
    assert not sip.is_on(USER)
    phone.get_by_role("button", name="Turn on").click()
    stands(phone, "ready")


def rings_on_the_desk() -> None:
    """Chosen at another computer."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    with transaction.atomic():
        use_desk_phone(actor=agent, now=timezone.now())


def moves_and_is_refused(agent: Page, phone: Page, sip: SipSwitch) -> None:
    """One window holds the telephone; a secret that the switch has no more is told."""
    other = agent.context.new_page()
    other.goto(phone.url)
    stands(other, "elsewhere")
    times = len(sip.signed_on)
    other.get_by_role("button", name="Use it here").click()
    stands(other, "ready")
    stands(phone, "elsewhere")
    assert len(sip.signed_on) > times

    secret, sip.secrets[USER] = sip.secrets[USER], "made anew"
    assert sip.cut() >= 1
    stands(other, "refused")
    bar(agent, "The switch refuses the telephone")

    other.evaluate(HURRIES)
    rings_on_the_desk()
    sip.cut()
    stands(other, "at_desk")
    assert not BrowserPhone.objects.get().is_used
    sip.secrets[USER] = secret
    other.get_by_role("button", name="Turn on").click()
    stands(other, "ready")
    assert BrowserPhone.objects.get().is_used
