"""The page of retention, and changing a period."""

import pytest
from django.utils import timezone

from qiao.core.models import Approval
from qiao.core.retention import period, rule, run_rule
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_the_page_of_retention_tells_periods_floors_and_what_is_due(
    company: Company,
) -> None:
    chief = browser(company.chief_staff)
    run_rule(rule("api.deliveries"), clock=timezone.now)
    page = chief.get("/administration/retention/").content.decode()
    for words in ("Audit trail", "10 years", "never less than 3 years", "24 hours", "not yet"):
        assert words in page
    assert "/administration/parameters/retention.core.trail/" in page
    assert browser(company.agent_staff).get("/administration/retention/").status_code == 403


def test_a_shorter_period_waits_for_a_second_person_and_stops_at_the_floor(
    company: Company,
) -> None:
    chief = browser(company.chief_staff)
    url = "/administration/parameters/retention.core.trail/"
    form = {"valid_from": timezone.localdate().isoformat(), "source": "decided", "region": "",
            "organisation": ""}  # fmt: skip
    low = chief.post(url, form | {"value": "1000"})
    assert low.status_code == 422
    assert "At least 1095" in low.content.decode()
    assert chief.post(url, form | {"value": "2000"}).status_code == 302
    assert Approval.objects.get().kind == "parameter.retention.core.trail"
    assert period(rule("core.trail"), now=timezone.now()).length == 3650
