"""Forty reports of one cause: the burst is seen, joined, told, closed, and its tail chased."""

from datetime import timedelta

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.models import AlikeParent, AlikeReport, Case
from qiao.cases.operations import OpenRequest, note_bursts, open_case
from qiao.customers.models import Customer
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, CUSTOMER, Site, see, settle

pytestmark = pytest.mark.browser
REPORTS = 40
REPORT_ROWS = ".cs-reports tbody tr:not(.cs-street)"


def report(place: int, *, known: bool) -> Case:
    """A neighbour without water calls."""
    now = timezone.now()
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    customer = Customer.objects.get(name=CUSTOMER)
    at = now - timedelta(minutes=55) + timedelta(minutes=place)
    request = OpenRequest(
        type_key="water.no_water",
        organisation_id=Organisation.objects.get(code="lake").pk,
        title=f"翠湖花园 {place} 号无水",
        channel="phone",
        area=AREA,
        place=f"翠湖路 {place} 号",
        customer_id=customer.pk if known else None,
        caller_name="" if known else f"住户{place}",
        caller_phone="" if known else f"+86138{place:08d}",
        facts={"scope": "building"},
        at=at,
    )
    return open_case(request=request, actor=agent, now=at)


def prepare() -> None:
    """Forty calls within the hour, one of a customer whose e-mail is known."""
    agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
    with transaction.atomic():
        customer = Customer.objects.get(name=CUSTOMER)
        add_email(
            customer_id=customer.pk, address="chen@example.com", actor=agent, now=timezone.now()
        )
        for place in range(REPORTS):
            report(place, known=place == 0)
        assert note_bursts(now=timezone.now()) == 1


def open_cause(page: Page, address: str) -> AlikeParent:
    """The supervisor takes the proposal; all reports in it join."""
    page.goto(f"{address}/cases/alike/")
    see(page, "reports within")
    page.get_by_role("link", name="Open a main case").click()
    dialog = page.locator("dialog[open]")
    expect(dialog.locator("[name=report]:checked").first).to_be_visible()
    dialog.locator("[name=cause]").fill("道路施工挖断供水管")
    dialog.locator(".btn-primary").click()
    page.wait_for_url("**/cases/alike/*/")
    return AlikeParent.objects.get()


def join_the_rest(agent: Page, address: str) -> None:
    """The agent lets each report that stands beside join with one key."""
    for case in Case.objects.filter(parent__isnull=True, is_parent=False):
        agent.goto(f"{address}/cases/{case.pk}/")
        agent.keyboard.press("j")
        see(agent, "A report of")


def tell(chief: Page, site: Site, parent: AlikeParent) -> None:
    """The supervisor tells all; who could not be told is listed, to be called."""
    chief.reload()
    chief.get_by_role("button", name="Tell all").click()
    dialog = chief.locator("dialog[open]")
    dialog.locator("[name=text]").fill("预计 12 点恢复供水")
    dialog.locator(".btn-primary").click()
    expect(dialog).to_have_count(0)
    settle(chief)
    site.work()
    assert Message.objects.filter(kind="broadcast", channel="email").count() == 1
    chief.goto(f"{site.address}/cases/alike/{parent.pk}/?side=missed")
    expect(chief.locator(REPORT_ROWS)).to_have_count(REPORTS - 1)


def close(chief: Page, site: Site, parent: AlikeParent) -> None:
    """The supervisor says that it is over; a job closes every report."""
    chief.get_by_role("button", name="Tell and close all").click()
    dialog = chief.locator("dialog[open]")
    dialog.locator(".btn-primary").click()
    expect(dialog).to_have_count(0)
    settle(chief)
    site.work()
    assert not Case.objects.filter(parent=parent.pk, closed_at__isnull=True).exists()


def come_back(agent: Page, chief: Page, site: Site, parent: AlikeParent) -> None:
    """One customer says that it is not over: his case is open again and stands in the tail."""
    last = Case.objects.filter(parent=parent.pk).order_by("-id")[0]
    agent.goto(f"{site.address}/cases/{last.pk}/")
    agent.get_by_role("button", name="Not over…").click()
    agent.locator("dialog[open] [name=text]").fill("还是没水")
    agent.locator("dialog[open] .btn-primary").click()
    see(agent, "The customer says that it is not over")
    chief.goto(f"{site.address}/cases/alike/{parent.pk}/?side=tail")
    expect(chief.locator(REPORT_ROWS)).to_have_count(1)


def chase_the_tail(chief: Page, parent: AlikeParent) -> None:
    """The supervisor goes to the one for whom it is not over, and chases it."""
    chief.locator(REPORT_ROWS).get_by_role("link").click()
    see(chief, "The customer says that it is not over")
    chief.get_by_role("button", name="Chase").first.click()
    chief.locator("dialog[open] [name=text]").fill("今晚必须有水")
    chief.locator("dialog[open] [data-primary]").click()
    see(chief, "asked again 1 time")
    (last,) = Case.objects.filter(parent__isnull=True, chase_count=1)
    assert last.closed_at is None
    assert AlikeReport.objects.get(case=last, parent=parent).why == "not_back"


def test_forty_alike_are_joined_told_and_closed(site: Site) -> None:
    prepare()
    chief, agent = site.sign_in("沈国良"), site.sign_in("林晓岚")
    parent = open_cause(chief, site.address)
    assert AlikeReport.objects.filter(parent=parent).count() >= REPORTS - 10
    join_the_rest(agent, site.address)
    assert AlikeReport.objects.filter(parent=parent).count() == REPORTS
    tell(chief, site, parent)
    close(chief, site, parent)
    come_back(agent, chief, site, parent)
    chase_the_tail(chief, parent)
    assert site.complaints == []
