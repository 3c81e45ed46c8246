"""What programs are told of households, groups, contact persons and acting."""

from datetime import date
from typing import Any

import pytest

from qiao.api.tests.programs import Program, make_key
from qiao.customers.operations.groups import make_group
from qiao.customers.operations.speaking import (
    NewActing,
    NewContactPerson,
    add_contact_person,
    begin_acting,
)
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
DAY = date(2024, 5, 1)


@pytest.fixture
def company() -> Company:
    return make_company()


def test_a_program_reads_with_whom_somebody_lives_and_for_whom_they_act(company: Company) -> None:
    told: dict[str, Any] = {"actor": company.agent, "now": NOW}
    parent, child = (make_customer(company.agent, name=name) for name in ("陈慧敏", "周小明"))
    make_group(kind="household", head_id=parent.pk, member_ids=[child.pk], since=DAY, **told)
    begin_acting(
        agent_id=parent.pk, principal_id=child.pk, since=DAY,
        told=NewActing("parent", ("service",)), **told,
    )  # fmt: skip
    answer = Program(make_key(company.agent)).get(f"/customers/{child.pk}/relations").json()
    (group,) = answer["groups"]
    assert {(each["name"], each["role"]) for each in group["members"]} == {
        ("陈慧敏", "head"),
        ("周小明", "member"),
    }
    assert answer["acts_for"] == []
    assert [each["agent_id"] for each in answer["represented_by"]] == [parent.pk]
    assert answer["represented_by"][0]["since"] == "2024-05-01"


def test_numbers_of_contact_persons_are_masked_without_the_scope(company: Company) -> None:
    firm = make_customer(company.agent, name="锦程酒店", kind="organisation")
    add_contact_person(
        actor=company.agent, now=NOW, customer_id=firm.pk, since=DAY,
        told=NewContactPerson("finance", name="李会计", phone="13905712299", email="a@b.example"),
    )  # fmt: skip
    path = f"/customers/{firm.pk}/relations"
    plain = Program(make_key(company.agent, scopes=["customers:read"])).get(path).json()
    scopes = ["customers:read", "customers:contact"]
    clear = Program(make_key(company.agent, scopes=scopes)).get(path).json()
    (hidden,), (shown,) = plain["contact_persons"], clear["contact_persons"]
    assert "0571" not in hidden["phone"]
    assert (hidden["email"], hidden["is_masked"]) == ("", True)
    assert (shown["phone"], shown["email"]) == ("+8613905712299", "a@b.example")


def test_next_door_there_are_no_relations(company: Company) -> None:
    ours = make_customer(company.agent)
    program = Program(make_key(company.outsider))
    assert program.get(f"/customers/{ours.pk}/relations").status_code == 404
