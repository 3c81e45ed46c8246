"""An agent calls back who is owed a call, and works a list until nobody is left."""

from collections.abc import Sequence
from datetime import time

from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.core.settings import put
from qiao.customers.models import Customer, Segment, SegmentKept, SegmentMember
from qiao.customers.operations import NewPhone, register_customer
from qiao.messaging.parameters import QUIET_FROM, QUIET_UNTIL, QUIET_UNTIL_ON_REST_DAYS
from qiao.staff.models import Organisation
from qiao.staff.queries import actor_by_number, company_id
from qiao.telephony.models import Call, CallList, CallListTry, OwedCall
from qiao.telephony.operations import ListDraft, make_call_list, turn_call_list
from qiao.telephony.operations.owing import owe_call
from tests.journeys.exchanges import QUEUE, Exchange
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, SINCE, Site, see

AGENT, SUPERVISOR = "林晓岚", "沈国良"
BUSY = "黄志强"  # the last digit of a number says what its telephone does


def owe() -> OwedCall:
    """The customer gave up waiting: theirs is a call that nobody is offered, as one who asked to
    be called back would be, but that people see to from the list."""
    now = timezone.now()
    with transaction.atomic():
        came = Call.objects.create(
            organisation_id=company_id(), channel="c1", caller=PHONE_NUMBER,
            phone=f"+86{PHONE_NUMBER}", arrived_at=now, phase="ended", ended_at=now,
            end="abandoned",
        )  # fmt: skip
        phone = f"+86{PHONE_NUMBER}"
        return owe_call(call=came, kind="abandoned", phone=phone, queue=QUEUE, now=now)


def make_list(mode: str = CallList.Mode.PREVIEW, more: Sequence[str] = ()) -> CallList:
    """Two people at any hour: one whose line is busy, one who answers; and more by number."""
    now = timezone.now()
    maker = actor_by_number("1008", day=now.date())
    with transaction.atomic():
        for key in (QUIET_FROM, QUIET_UNTIL, QUIET_UNTIL_ON_REST_DAYS):  # at any hour of the test
            put(
                key=key, value=0, valid_from=SINCE, source="test", actor=None, now=now,
                organisation_id=company_id(),
            )  # fmt: skip
        answers = Customer.objects.get(name=CUSTOMER)
        lake = Organisation.objects.get(code="lake").pk
        busy = register_customer(
            actor=maker, now=now, organisation_id=lake, name=BUSY,
            phones=[NewPhone("13805710008")],
        )  # fmt: skip
        segment = Segment.objects.create(
            organisation_id=lake, name="阀门", rule={}, state="current", created_at=now,
            changed_at=now,
        )  # fmt: skip
        SegmentKept.objects.create(segment=segment)
        others = [
            register_customer(
                actor=maker, now=now, organisation_id=lake, name=number,
                phones=[NewPhone(number)],
            )
            for number in more
        ]  # fmt: skip
        for each in (answers, busy, *others):
            SegmentMember.objects.create(segment=segment, customer=each, since=now)
        draft = ListDraft(
            "Valves", lake, segment_id=segment.pk, script="Say when the valve is replaced.",
            begins=time(0), ends=time(23, 59), mode=mode,
        )  # fmt: skip
        return make_call_list(draft=draft, actor=maker, now=now)


def test_an_owed_call_is_returned_and_a_list_worked_to_its_end(
    site: Site, exchange: Exchange
) -> None:
    del exchange
    owed = owe()
    make_list()
    agent = site.sign_in(AGENT)
    agent.keyboard.press("Alt+s")
    expect(agent.locator('#q-standing [data-s="ready"]')).to_be_visible()
    call_back(site, agent)
    owed.refresh_from_db()
    assert (owed.state, owed.why, owed.attempts) == ("done", "reached", 1)
    boss = site.sign_in(SUPERVISOR)
    boss.goto(f"{site.address}/calls/lists/")
    boss.get_by_role("link", name="Valves").click()
    boss.get_by_role("button", name="Begin").click()
    see(boss, "Runs")
    work_list(site, agent)
    assert set(CallListTry.objects.values_list("result", "is_by_end")) == {
        ("busy", True), ("done", False),
    }  # fmt: skip
    boss.reload()
    table = boss.locator("section", has=boss.get_by_role("heading", name="What came of the calls"))
    expect(table.locator("tr", has_text="Busy")).to_contain_text("1")
    expect(boss.locator("section", has_text="Who worked it today").first).to_contain_text(AGENT)


def test_a_progressive_list_dials_by_itself_until_a_break_is_wished(
    site: Site, exchange: Exchange
) -> None:
    del exchange
    made = make_list(CallList.Mode.PROGRESSIVE, more=["13805710010", "13805710020"])
    boss = actor_by_number("1008", day=timezone.localdate())
    with transaction.atomic():
        turn_call_list(list_id=made.pk, state="running", actor=boss, now=timezone.now())
    agent = site.sign_in(AGENT)
    agent.keyboard.press("Alt+s")
    expect(agent.locator('#q-standing [data-s="ready"]')).to_be_visible()
    agent.goto(f"{site.address}/calls/lists/{made.pk}/work")
    work = agent.locator("#list-work")
    for _ in range(2):  # nobody presses Next or Call
        expect(work).to_contain_text("You talk with them", timeout=30_000)
        is_last = CallListTry.objects.filter(result="busy").exists()
        if is_last:
            agent.keyboard.press("Alt+b")
            expect(agent.locator("#q-standing")).to_contain_text("After this contact")
        agent.keyboard.press("Alt+x")
        expect(work.get_by_role("button", name="Done")).to_be_enabled()
        agent.keyboard.press("1")
        if is_last:
            break
    expect(agent.locator('#q-standing [data-s="break"]')).to_be_visible()
    expect(work).to_contain_text("Take the next one")  # one waits still, and is left to wait
    assert Call.objects.filter(direction="out").count() == 3


def call_back(site: Site, agent: Page) -> None:
    """Return the one call that is owed."""
    agent.goto(f"{site.address}/calls/owed/")
    agent.locator("tbody a.m").click()
    agent.get_by_role("button", name="Call back").click()
    tools = agent.locator("#q-calltools")
    expect(tools.get_by_role("button", name="Mute")).to_be_visible()
    agent.keyboard.press("Alt+x")
    expect(tools).to_contain_text("The agent hung up")


def work_list(site: Site, agent: Page) -> None:
    """Take one after the other, until nobody is left."""
    agent.goto(f"{site.address}/calls/lists/")
    agent.get_by_role("link", name="Work", exact=True).click()
    work = agent.locator("#list-work")
    expect(work.get_by_role("button", name="Next")).to_be_visible()
    expect(agent.locator("html")).to_have_attribute("data-live", "live")  # its keys are heard
    agent.keyboard.press("Alt+n")
    expect(work).to_contain_text("Say when the valve is replaced.")
    first = CUSTOMER if work.get_by_text(CUSTOMER).count() else BUSY
    for name in (first, BUSY if first == CUSTOMER else CUSTOMER):
        expect(work).to_contain_text(name)
        agent.keyboard.press("Alt+o")
        if name == CUSTOMER:
            expect(work).to_contain_text("You talk with them")
            agent.keyboard.press("Alt+x")
            expect(work.get_by_role("button", name="Done")).to_be_enabled()
            agent.keyboard.press("1")
        expect(work.get_by_role("button", name="Next")).to_be_visible()
        agent.keyboard.press("Alt+n")
    see(agent, "Nobody is to be called at this moment.")
