"""Pages of code tables: forms that modules contribute, and the second person."""

from collections.abc import Callable

import pytest
from django.test import Client
from django.utils import timezone

from qiao.core.models import Approval
from qiao.staff import operations
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
PEOPLE = "/administration/codes/staff.people"


@pytest.fixture
def company() -> Company:
    made = make_company()
    operations.install_roles()
    return made


def test_the_role_of_an_administrator_is_given_by_two_people(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    chief = client_of(company.chief_staff)
    day = timezone.localdate()
    form = {"role": "administrator", "unit": company.company.pk, "valid_from": day.isoformat()}
    asked = chief.post(f"{PEOPLE}/at/1028/give/", form)
    assert asked.status_code == 422
    assert "reason" in asked.content.decode()
    assert chief.post(f"{PEOPLE}/at/1028/give/", form | {"reason": "Deputy"}).status_code == 302
    waiting = Approval.objects.get(kind="code.staff.people/give")
    assert "administrator" not in actor_for(company.colleague_staff, day=day).roles
    page = f"/administration/decisions/{waiting.pk}/"
    assert chief.post(page, {"word": "agree", "note": ""}).status_code == 422
    second = operations.hire(organisation=company.company, number="9002", name="丁一")
    for held in company.chief_staff.assignments.all():
        operations.assign_role(
            staff=second, role=held.role, organisation=held.organisation, valid_from=day
        )
    told = client_of(second).get(page).content.decode()
    assert "周明" in told
    assert client_of(second).post(page, {"word": "agree", "note": ""}).status_code == 302
    assert "administrator" in actor_for(company.colleague_staff, day=day).roles


def test_a_plain_role_is_given_at_once_and_a_first_role_never_manages_people(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    agent = client_of(company.agent_staff)
    day = timezone.localdate().isoformat()
    given = {"role": "clerk", "unit": company.lake.pk, "valid_from": day}
    assert agent.post(f"{PEOPLE}/at/1028/give/", given).status_code == 302
    assert "clerk" in actor_for(company.colleague_staff, day=timezone.localdate()).roles
    person = {"number": "6300", "name": "李芸", "unit": company.lake.pk, "role": "administrator"}
    assert agent.post(f"{PEOPLE}/add/add/", person).status_code == 422
    assert not Staff.objects.filter(number="6300").exists()
    assert agent.post(f"{PEOPLE}/add/add/", person | {"role": "agent"}).status_code == 302


def test_people_of_another_branch_and_days_of_the_company_are_out_of_reach(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    outsider = client_of(company.outsider_staff)
    assert outsider.get(f"{PEOPLE}/at/1027/").status_code == 404
    assert outsider.post(f"{PEOPLE}/at/1027/suspend/").status_code == 404
    assert Staff.objects.get(number="1027").is_active
    assert outsider.get("/administration/codes/core.days/add/add/").status_code == 403
    assert outsider.get("/administration/codes/no.table/").status_code == 404
    assert outsider.get(f"{PEOPLE}/at/2001/nothing/").status_code == 404


def test_a_name_in_another_language_says_which_it_is(
    company: Company, client_of: Callable[[Staff], Client]
) -> None:
    company.lake.names = {"zh-Hans": company.lake.name, "en": "Lake Branch"}
    company.lake.save(update_fields=["names"])
    chief = client_of(company.chief_staff)
    chief.cookies["q-language"] = "zh-hans"
    page = chief.get("/administration/codes/staff.units/").content.decode()
    assert '<span lang="en">Lake Branch</span>' in page
    assert f'<span lang="zh-Hans">{company.lake.name}</span>' not in page
