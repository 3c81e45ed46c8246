"""The survey of the demo world is believable by its own audit."""

import pytest
from django.test import Client

from qiao.core.demo import World
from qiao.feedback import survey_demo
from qiao.feedback.models import SurveyWave
from qiao.feedback.queries.survey_report import report_of
from qiao.feedback.tests.surveying import NOW, customers, fresh_company  # noqa: F401 - fixture
from qiao.staff.tests.cast import Company, person

pytestmark = pytest.mark.django_db


def test_two_waves_are_closed_and_one_is_running(company: Company) -> None:
    person(number=survey_demo.OWNER, name="沈国良", branch=company.company)
    customers(company, 70)
    survey_demo.build(World(customers=70, pack="water", now=NOW))
    assert [each.name for each in survey_demo.audit() if not each.ok] == []
    first, second, third = SurveyWave.objects.order_by("number")
    assert first.closes_at
    assert second.closes_at
    assert third.closes_at
    assert second.closes_at < NOW < third.closes_at
    report = report_of(second)
    assert len(report.results) == 9
    assert len(report.places) == 5
    assert report.before == first
    page = Client().get(f"/s/{survey_demo.TOKEN}")
    assert page.status_code in (200, 410)  # by the clock of the machine
