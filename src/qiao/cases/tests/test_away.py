"""The first person stays responsible; while they are away, the case says who stands in."""

from datetime import timedelta

from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.cases.tests.browsing import page, text_of
from qiao.cases.tests.world import a_case
from qiao.staff.models import Absence
from qiao.staff.operations.absences import end_absence, plan_absence
from qiao.staff.tests.cast import Company

ENGLISH = {"Accept-Language": "en"}


def test_the_head_of_a_case_names_who_stands_in_and_their_list_leads_to_it(
    company: Company, agent: Client, colleague: Client
) -> None:
    case = a_case(company)
    now = timezone.now()
    day = timezone.localdate(now)
    assert "stands in" not in text_of(agent.get(page(case), headers=ENGLISH))
    row = plan_absence(
        staff=company.agent_staff,
        deputy=company.colleague_staff,
        first=day - timedelta(days=1),
        last=day + timedelta(days=3),
        kind=Absence.Kind.LEAVE,
        today=day,
        actor=company.chief,
        now=now,
    )
    shown = text_of(colleague.get(page(case), headers=ENGLISH))
    head = shown[shown.index('id="case-head"') : shown.index('id="case-here"')]
    assert company.agent.name in head
    assert f"{company.colleague.name}" in head
    assert f"{day + timedelta(days=3):%m-%d}" in head
    people = shown[shown.index('id="case-people"') :]
    assert company.agent.name in people
    listed = text_of(colleague.get(reverse("cases:list") + "?view=open", headers=ENGLISH))
    assert f"person={company.agent.staff_id}" in listed
    assert "I stand in for" in listed
    end_absence(absence_id=row.pk, actor=company.agent, now=now)
    assert "stands in" not in text_of(colleague.get(page(case), headers=ENGLISH))
