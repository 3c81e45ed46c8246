"""What staff say of the product: from any page, to who introduces it, and back with an answer."""

import io
from datetime import timedelta

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from PIL import Image

from qiao.cases.models import Case
from qiao.cases.operations import (
    NoCustomer,
    Reply,
    answer_customer,
    reply_to_customer,
    take_action,
    withdraw,
)
from qiao.cases.tests.browsing import HTMX, client_of, text_of
from qiao.core.models import Attachment
from qiao.rollout.models import Pilot, Remark
from qiao.rollout.operations.pilots import PilotPlan, plan_pilot
from qiao.rollout.operations.remarks import Said, say, tell_answered
from qiao.staff.models import Notice
from qiao.staff.operations import add_organisation, join_team
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import Company, person


def a_pilot(company: Company, feature: str = "cases.macros") -> Pilot:
    today = timezone.localdate()
    plan = PilotPlan(
        title="试点",
        features=[feature],
        units=[company.lake.pk],
        since=today,
        until=today + timedelta(days=14),
        aim="x",
        helpers=[company.colleague.person_id],
    )
    return plan_pilot(plan=plan, actor=company.chief, now=timezone.now())


def picture() -> SimpleUploadedFile:
    content = io.BytesIO()
    Image.new("RGB", (40, 30), "navy").save(content, format="PNG")
    return SimpleUploadedFile("screen.png", content.getvalue(), "image/png")


def said(company: Company, kind: str = "", page: str = "", path: str = "") -> Remark:
    return say(said=Said("按钮太小", kind, page, path), actor=company.agent, now=timezone.now())


def test_during_a_pilot_its_helper_answers_for_what_the_units_say(company: Company) -> None:
    a_pilot(company, "cases.green_channel")
    pilot = a_pilot(company)
    remark = said(company, page="cases:macro_menu", path="/cases/7/macros?x=1", kind="wrong")
    case = remark.case
    assert (remark.pilot, remark.feature, remark.path) == (
        pilot,
        "cases.macros",
        "/cases/7/macros",
    )
    assert remark.unit_id == company.lake_team.pk
    assert case.responsible_id == company.colleague.staff_id
    assert (case.customer_id, case.case_type.group) == (None, "internal")


def test_without_a_pilot_the_team_of_the_duty_takes_it_in(company: Company) -> None:
    team = add_organisation(
        kind="team", code="it", name="系统支持组", parent=company.company, skills=["systems"]
    )
    helper = person(number="9101", name="秦思雨", branch=team)
    join_team(staff=helper, team=team, is_lead=True)
    remark = said(company)
    assert remark.pilot is None
    assert (remark.case.team_id, remark.case.responsible_id) == (team.pk, helper.pk)


def test_whoever_has_no_right_on_cases_says_something_and_follows_it(company: Company) -> None:
    reader = person(number="3003", name="许静", branch=company.lake, permissions=("staff.view",))
    browser = client_of(reader)
    there = reverse("rollout:say")
    asked = browser.get(there, headers=HTMX | {"HX-Current-URL": "http://testserver/cases/?q=1"})
    assert 'value="cases:list"' in text_of(asked)
    data = {
        "text": "看不到工单，\n能否给班长开放？",
        "kind": "idea",
        "page": "cases:list",
        "path": "/cases/",
        "picture": picture(),
    }
    done = browser.post(there, data, headers=HTMX)
    assert done.status_code == 200
    assert "q:toast" in done.headers["HX-Trigger"]
    remark = Remark.objects.get()
    assert (
        Attachment.objects.get(owner_kind="case", owner_id=remark.case_id).created_by_id
        == reader.pk
    )
    assert remark.case.number in text_of(browser.get(reverse("rollout:own_remarks")))
    assert browser.get(reverse("cases:detail", args=[remark.case_id])).status_code == 403
    other = client_of(company.colleague_staff)
    assert remark.case.number not in text_of(other.get(reverse("rollout:own_remarks")))


def test_who_said_it_is_told_of_the_answer_once(company: Company) -> None:
    a_pilot(company)
    remark = said(company)
    helper = actor_for(company.colleague_staff, day=timezone.localdate())
    take_action(
        case_id=remark.case_id,
        action="remark_answered",
        given={"answer_given": "已放大"},
        actor=helper,
        now=timezone.now(),
    )
    for _again in range(2):
        tell_answered(case_id=remark.case_id, now=timezone.now())
    assert Notice.objects.get(kind="rollout.remark").staff_id == company.agent.staff_id
    browser = client_of(company.agent_staff)
    assert "已放大" in text_of(browser.get(reverse("rollout:own_remarks")))


def test_an_internal_case_has_no_box_to_a_customer_and_answers_who_asked(
    company: Company,
) -> None:
    case, colleague = said(company).case, client_of(company.colleague_staff)
    page = text_of(colleague.get(reverse("cases:detail", args=[case.pk])))
    assert 'id="case-reply"' not in page
    assert 'class="cs-told"' not in page
    assert 'id="case-answer"' in page
    sent = {"text": "下周改大", "channel": "web"}
    answered = colleague.post(reverse("cases:answer", args=[case.pk]), sent, headers=HTMX)
    assert 'id="case-answer"' in text_of(answered)
    entry = case.events.get(kind="answer")
    assert (entry.visibility, entry.data) == ("internal", {"text": "下周改大", "inside": True})
    assert case.events.filter(kind="first_response").count() == 1
    assert Notice.objects.get(kind="cases.answered_inside").staff_id == company.agent.staff_id
    browser = client_of(company.agent_staff)
    assert "下周改大" in text_of(browser.get(reverse("rollout:own_remarks")))
    withdraw(case_id=case.pk, seq=entry.seq, actor=company.colleague, now=timezone.now())
    assert "下周改大" not in text_of(browser.get(reverse("rollout:own_remarks")))


def test_nothing_is_sent_out_of_the_house_from_an_internal_case(
    company: Company,
) -> None:
    case, colleague = said(company).case, client_of(company.colleague_staff)
    reply = Reply("email", "x", "y", "z", "x@example.com")
    with pytest.raises(NoCustomer):
        reply_to_customer(
            case_id=case.pk, reply=reply, actor=company.colleague, now=timezone.now()
        )
    sent = {"channel": "email", "title": "x", "text": "y", "address": "x@example.com"}
    refused = colleague.post(reverse("cases:reply", args=[case.pk]), sent, headers=HTMX)
    assert refused.status_code == 403


def test_whoever_may_not_open_the_case_reads_the_answer_with_the_notice(company: Company) -> None:
    reader = person(number="3003", name="许静", branch=company.lake, permissions=("staff.view",))
    asked = say(
        said=Said("看不到工单"),
        actor=actor_for(reader, day=timezone.localdate()),
        now=timezone.now(),
    )
    answer_customer(
        case_id=asked.case_id, text="明天开放", channel="", actor=company.colleague,
        now=timezone.now(),
    )  # fmt: skip
    assert "明天开放" in text_of(client_of(reader).get(reverse("staff:notices")))


def test_other_cases_tell_nobody(company: Company) -> None:
    tell_answered(case_id=10**9, now=timezone.now())
    assert not Notice.objects.exists()


@pytest.mark.parametrize("text", ["", "   ", "x" * 2_001])
def test_what_says_nothing_or_too_much_is_refused_and_opens_no_case(
    company: Company, agent: Client, text: str
) -> None:
    refused = agent.post(reverse("rollout:say"), {"text": text}, headers=HTMX)
    assert refused.status_code == 422
    assert not Case.objects.exists()


def test_the_button_stands_on_every_page(company: Company, agent: Client) -> None:
    for name in ("cases:list", "customers:list", "knowledge:list"):
        assert reverse("rollout:say") in text_of(agent.get(reverse(name)))
