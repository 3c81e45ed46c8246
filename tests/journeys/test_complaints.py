"""A threat is raised and acknowledged, an executive decides, an outlet reads the end alone."""

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.cases.models import Case, Digest, DigestReader, RiskAlarm
from qiao.cases.operations import OpenRequest, give_finding, open_case
from qiao.cases.operations.complaint_rules import set_desk, set_digest_reader
from qiao.cases.operations.digests import draw_for
from qiao.staff.models import Organisation, Role, Staff
from qiao.staff.operations import add_organisation, assign_role, hire, join_team
from qiao.staff.queries import actor_for, company_id
from tests.journeys.site import AREA, SINCE, Site, see, settle

pytestmark = pytest.mark.browser
TITLE = "约好上门三次没人来"
WORDS = "再没人来，我就打12345，还要找电视台"
FINDING = "三次改约均未告知客户，属实，已整改"


def prepare() -> int:
    """A neutral team beside the crew, a named manager, a reader of the digest, and a complaint."""
    now = timezone.now()
    with transaction.atomic():
        company = Organisation.objects.get(pk=company_id())
        neutral = add_organisation(
            kind="team",
            code="complaints",
            name="投诉处理组",
            parent=company,
            areas=[AREA],
            skills=["complaints"],
        )
        for number, name, role in (
            ("1008", "沈国良", "supervisor"),
            ("9002", "唐慧", "leader"),
            ("9001", "郑岩", "administrator"),
        ):
            person = Staff.objects.get(number=number)
            person.organisation = neutral
            person.save()
            person.memberships.all().delete()
            join_team(staff=person, team=neutral)
            assert (person.name, role) == (name, Role.objects.get(key=role).key)
        officer = hire(organisation=neutral, number="1502", name="罗静怡", title="投诉专员")
        role = Role.objects.get(key="complaint_officer")
        assign_role(staff=officer, role=role, organisation=company, valid_from=SINCE)
        join_team(staff=officer, team=neutral)
        chief = actor_for(Staff.objects.get(number="9001"), day=timezone.localdate())
        manager = Staff.objects.get(number="1008")
        set_desk(
            actor=chief,
            now=now,
            organisation_id=company.pk,
            pack="",
            manager_id=manager.pk,
            deputy_id=officer.pk,
            neutral_team_id=neutral.pk,
        )
        set_digest_reader(
            actor=chief,
            now=now,
            staff_id=Staff.objects.get(number="9002").pk,
            organisation_id=company.pk,
            hour=0,
            count=3,
        )
        agent = actor_for(Staff.objects.get(number="1027"), day=timezone.localdate())
        case = open_case(
            request=OpenRequest(
                type_key="water.service_complaint",
                organisation_id=company.pk,
                title=TITLE,
                channel="phone",
                description=f"{TITLE}，{WORDS}。抢修的人说没接到单。投诉滨湖抢修班。",
                area=AREA,
                facts={
                    "about": "crew",
                    "happened_on": timezone.localdate().isoformat(),
                    "what_happened": TITLE,
                },
            ),
            actor=agent,
            now=now,
        )
    return case.pk


def acknowledge(manager: Page, address: str, case_id: int) -> None:
    """The named manager finds the alarm, reads why, and acknowledges it."""
    manager.goto(f"{address}/cases/risk")
    manager.get_by_role("link", name=TITLE).click()
    panel = manager.locator("[id='panel-cases.risk']")
    expect(panel.locator("mark").first).to_have_text("12345")
    panel.get_by_role("button", name="Acknowledge").click()
    dialog = manager.locator("dialog[open]")
    dialog.locator("textarea").fill("I call the customer myself")
    dialog.locator(".btn-primary").click()
    expect(panel.get_by_role("button", name="Acknowledge")).to_have_count(0)
    alarm = RiskAlarm.objects.get(case=case_id)
    assert alarm.ending == "acknowledged"


def hand_past(manager: Page, outlet: Page, address: str, case_id: int) -> None:
    """The complaint names the crew: it goes past it, and the crew's people lose it."""
    outlet.goto(f"{address}/cases/{case_id}/")
    see(outlet, TITLE)
    manager.goto(f"{address}/cases/{case_id}/")
    panel = manager.locator("[id='panel-cases.about']")
    panel.get_by_role("button", name="About them").first.click()
    manager.locator("dialog[open] .btn-primary").click()
    expect(panel).to_contain_text("Goes past them")
    answer = outlet.goto(f"{address}/cases/{case_id}/")
    assert answer is not None
    assert answer.status == 404
    outlet.goto(f"{address}/cases/?view=all")
    expect(outlet.locator("main")).not_to_contain_text(TITLE)


def order(executive: Page, address: str) -> None:
    """The executive reads the day's complaints and orders something; it stands on the case."""
    executive.goto(f"{address}/cases/digests")
    executive.locator("tbody a").first.click()
    story = executive.locator("#story-1")
    expect(story).to_contain_text(WORDS)
    story.locator("[name=decision][value=order]").check(force=True)
    story.locator("[name=words]").fill("Visit the customer within three days")
    story.locator("[name=owner]").select_option(label="罗静怡 1502")
    story.get_by_role("button", name="Decide").click()
    expect(executive.locator("#story-1")).to_contain_text("I order this")


def draw(day_seed: int) -> None:
    """The digest of the morning, as the job draws it."""
    with transaction.atomic():
        reader = DigestReader.objects.get()
        draw_for(reader, day=timezone.localdate(), seed=day_seed, now=timezone.now())
    assert Digest.objects.get().items.count() == 1


def write_finding(manager: Page) -> None:
    """The neutral team writes down what was found."""
    panel = manager.locator("[id='panel-cases.about']")
    panel.get_by_role("button", name="Write the finding").click()
    dialog = manager.locator("dialog[open]")
    dialog.locator("[name=verdict][value=confirmed]").check(force=True)
    dialog.locator("textarea").fill(FINDING)
    dialog.locator(".btn-primary").click()
    expect(panel).to_contain_text(FINDING)


def archive(case_id: int) -> str:
    """The case is archived, and the job that follows lets the outlet read the finding."""
    now = timezone.now()
    with transaction.atomic():
        Case.objects.filter(pk=case_id).update(
            closed_at=now, closed_date=timezone.localdate(), phase="closed"
        )
        assert give_finding(case_id=case_id, now=now)
    return str(Case.objects.get(pk=case_id).number)


def test_a_threat_is_raised_decided_on_and_kept_from_the_outlet(site: Site) -> None:
    case_id = prepare()
    manager, agent = site.sign_in("沈国良"), site.sign_in("周明")
    executive = site.sign_in("唐慧")
    acknowledge(manager, site.address, case_id)
    hand_past(manager, agent, site.address, case_id)
    site.work()

    draw(7)
    order(executive, site.address)
    manager.goto(f"{site.address}/cases/{case_id}/")
    see(manager, "Order of the executive")
    write_finding(manager)
    agent.goto(f"{site.address}/cases/findings")
    expect(agent.locator("main")).not_to_contain_text(FINDING)

    number = archive(case_id)
    agent.goto(f"{site.address}/cases/findings")
    expect(agent.locator("main")).to_contain_text(FINDING)
    expect(agent.locator("main")).not_to_contain_text(number)
    settle(agent)
