"""The tree and the people as code tables: who may do what to whom, and from which day."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiao.core.code_tables import CodeQuery, CodeRefused
from qiao.core.models import AuditEntry, CalendarDay
from qiao.core.registry import registry
from qiao.staff import operations
from qiao.staff.models import Assignment, Organisation, Role, Staff
from qiao.staff.queries import actor_for, skills_of
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
PASSWORD = "willow-bridge-17"


@pytest.fixture
def company() -> Company:
    return make_company()


def rows(table: str, actor: Any, **more: Any) -> list[Any]:
    found = registry.code_table(table)
    assert found is not None
    return list(found.load(actor, CodeQuery(now=timezone.now(), language="zh-hans", **more)))


def act(table: str, action: str, actor: Any, row_key: str = "", **values: Any) -> None:
    found = registry.code_table(table)
    assert found is not None
    found.action(action).apply(actor=actor, now=timezone.now(), row_key=row_key, values=values)


def take_on(company: Company, number: str = "6200", **more: Any) -> Staff:
    given: dict[str, Any] = {
        "actor": company.agent,
        "now": timezone.now(),
        "unit_id": company.lake_team.pk,
        "number": number,
        "name": "苏文",
        "title": "营业员",
        "password": PASSWORD,
        "role_key": "clerk",
    }
    return operations.take_on(**given | more)


def test_a_person_taken_on_signs_in_and_may_do_what_the_role_may_in_that_unit(
    company: Company,
) -> None:
    operations.install_roles()
    made = take_on(company)
    assert Client().login(number="6200", password=PASSWORD)
    actor = actor_for(made, day=timezone.localdate())
    assert actor.can_in("customers.edit", company.lake_team.pk)
    assert not actor.can_in("customers.edit", company.lake.pk)
    assert actor.team_ids == (company.lake_team.pk,)
    with pytest.raises(operations.NumberTaken):
        take_on(company)
    with pytest.raises(operations.WeakPassword):
        take_on(company, "6201", password="1234")
    with pytest.raises(operations.PersonMissing):
        take_on(company, "6202", unit_id=company.river.pk)


def test_nobody_gives_more_than_they_hold_nor_touches_who_may_do_more(company: Company) -> None:
    few = person(
        number="3001", name="严冬", branch=company.lake, permissions=("staff.manage", "staff.view")
    )
    actor = actor_for(few, day=timezone.localdate())
    with pytest.raises(operations.RoleBeyondOwn):
        take_on(company, actor=actor, role_key="everything")
    with pytest.raises(operations.RoleNeedsTwo):
        take_on(company, role_key="everything")
    with pytest.raises(operations.MorePowerful):
        operations.suspend(actor=actor, now=timezone.now(), number="1027")
    with pytest.raises(operations.MorePowerful):
        operations.reset_second_step(actor=actor, now=timezone.now(), number="1027")
    with pytest.raises(operations.MorePowerful):
        operations.set_password(actor=actor, now=timezone.now(), number="1028", password=PASSWORD)
    with pytest.raises(operations.NotOneself):
        operations.suspend(actor=actor, now=timezone.now(), number="3001")
    with pytest.raises(operations.PersonMissing):
        operations.suspend(actor=company.agent, now=timezone.now(), number="2001")


def test_a_role_holds_from_its_day_to_the_day_on_which_it_ends(company: Company) -> None:
    operations.install_roles()
    made, today = take_on(company), timezone.localdate()
    first, last = today + timedelta(days=3), today + timedelta(days=10)
    given: dict[str, Any] = {
        "role_key": "supervisor",
        "unit_id": company.lake.pk,
        "valid_from": first,
        "valid_to": None,
    }
    about: dict[str, Any] = {"actor": company.agent, "now": timezone.now(), "number": made.number}
    held = operations.give_role(**about, **given)
    with pytest.raises(operations.AlreadyHeld):
        operations.give_role(**about, **given)
    operations.end_role(**about, assignment_id=held.pk, valid_to=last)

    def roles(day: date) -> frozenset[str]:
        return actor_for(made, day=day).roles

    assert [
        "supervisor" in roles(day) for day in (first - timedelta(1), first, last - timedelta(1))
    ] == [False, True, True]
    assert "supervisor" not in roles(last)
    operations.end_role(**about, assignment_id=held.pk, valid_to=today)
    assert not Assignment.objects.filter(pk=held.pk).exists()


def test_a_suspended_person_is_out_with_the_next_click_and_may_come_back(company: Company) -> None:
    client = Client()
    client.force_login(company.colleague_staff, backend="qiao.staff.signin.StaffBackend")
    assert client.get("/workspace/").status_code == 200
    operations.suspend(actor=company.agent, now=timezone.now(), number="1028")
    assert client.get("/workspace/").status_code == 302
    operations.readmit(actor=company.agent, now=timezone.now(), number="1028")
    assert client.get("/workspace/").status_code == 200


def test_a_unit_is_added_renamed_and_closed_when_nobody_is_left_in_it(company: Company) -> None:
    unit_id, today = company.lake_team.pk, timezone.localdate()
    act(
        "staff.units",
        "add",
        company.agent,
        str(company.lake.pk),
        kind="team",
        code="lake-2",
        name="滨湖二班",
        **{"name-en": "Lake team 2", "name-zh-Hans": "", "name-zh-Hant": "濱湖二班"},
    )
    made = Organisation.objects.get(code="lake-2")
    assert made.path.startswith(company.lake.path)
    assert made.names == {"en": "Lake team 2", "zh-Hant": "濱湖二班"}
    with pytest.raises(CodeRefused, match="2"):
        act("staff.units", "close", company.agent, str(unit_id), closed_date=today)
    with pytest.raises(CodeRefused):
        act("staff.units", "rename", company.outsider, str(made.pk), name="x")
    later = today + timedelta(days=5)
    keeper = actor_for(company.agent_staff, day=today)
    act("staff.units", "close", keeper, str(made.pk), closed_date=later)
    assert operations.close_due_units(today=today) == 0
    assert Organisation.objects.get(pk=made.pk).is_active
    assert operations.close_due_units(today=later) == 1
    assert not Organisation.objects.get(pk=made.pk).is_active
    trail = AuditEntry.objects.filter(table_name="staff_organisation", row_id=made.pk)
    assert any(entry.after and "closed_date" in entry.after for entry in trail)


def test_rows_of_another_branch_are_not_seen(company: Company) -> None:
    assert {row.key for row in rows("staff.people", company.outsider)} == {"2001"}
    assert rows("staff.people", company.outsider, only="1027") == []
    assert rows("staff.units", company.outsider, only=str(company.lake.pk)) == []
    assert {row.depth for row in rows("staff.units", company.outsider)} == {0, 1}


def test_people_are_paged_by_number_and_cost_the_same_for_any_number_of_them(
    company: Company, django_assert_max_num_queries: Any
) -> None:
    role = Role.objects.get(key="everything")
    for n in range(120):
        made = operations.hire(organisation=company.lake, number=f"5{n:03}", name=f"员工{n}")
        operations.assign_role(
            staff=made, role=role, organisation=company.lake, valid_from=date(2026, 1, 1)
        )
    with django_assert_max_num_queries(2):
        page = rows("staff.people", company.agent)
    assert len(page) == 101
    following = rows("staff.people", company.agent, after=page[99].key)
    assert page[100].key == following[0].key
    assert len({row.key for row in [*page[:100], *following]}) == 122


@pytest.mark.parametrize("key", [table.key for module in registry for table in module.code_tables])
def test_every_table_shows_its_rows_and_each_row_alone(key: str, company: Company) -> None:
    found = rows(key, company.chief)
    for row in found[:5]:
        (alone,) = rows(key, company.chief, only=row.key)
        assert alone.name_in("zh-hans") == row.name_in("zh-hans")
        assert "/" not in row.key
    if key != "core.days":
        assert rows(key, company.chief, text="no code is called so") == []


def test_no_action_keeps_a_secret_for_a_second_person(company: Company) -> None:
    asking = [
        action
        for module in registry
        for table in module.code_tables
        for action in table.actions
        if action.second_person
    ]
    assert asking
    for action in asking:
        assert action.on_row
        assert action.asked(company.chief, None, timezone.localdate())


def test_the_company_adds_a_day_that_is_to_come_and_takes_it_back(company: Company) -> None:
    day = timezone.localdate() + timedelta(days=400)
    values: dict[str, Any] = {
        "date": day,
        "kind": "holiday",
        "name": "公司成立纪念日",
        "source": "Decision 9",
    }
    act("core.days", "add", company.chief, **values)
    made = CalendarDay.objects.get(date=day)
    with pytest.raises(CodeRefused):
        act("core.days", "add", company.chief, **values)
    with pytest.raises(CodeRefused):
        act("core.days", "add", company.chief, **values | {"date": timezone.localdate()})
    act("core.days", "take_back", company.chief, str(made.pk))
    assert not CalendarDay.objects.filter(date=day).exists()


def test_how_well_somebody_holds_a_skill_is_said_on_the_page_of_people(company: Company) -> None:
    operations.define_skill(key="water.billing", names={"en": "Bills", "zh-Hans": "账务"})
    for level in ("2", "4"):
        act("staff.people", "skill", company.chief, "1027", skill="water.billing", level=level)
    assert skills_of(company.agent_staff.pk) == {"water.billing": 4}
    (row,) = rows("staff.people", company.chief, only="1027")
    assert any("账务 · 4" in str(value) for _label, value in row.more)
    act("staff.people", "skill", company.agent, "1027", skill="water.billing", level="0")
    assert skills_of(company.agent_staff.pk).get("water.billing", 0) == 0
    for number, skill, level, field in (
        ("1027", "water.flying", "3", "skill"),
        ("1027", "water.billing", "6", "level"),
        ("2001", "water.billing", "3", ""),
    ):
        with pytest.raises(CodeRefused) as refused:
            act("staff.people", "skill", company.agent, number, skill=skill, level=level)
        assert refused.value.field == field
    assert AuditEntry.objects.filter(table_name="staff_staffskill").count() == 3


def test_a_unit_has_a_telephone_and_an_address_for_letters_and_bills(company: Company) -> None:
    key = str(company.lake.pk)
    act("staff.units", "contact", company.agent, key, phone=" 0571-88 ", address="滨江大道 88 号")
    company.lake.refresh_from_db()
    assert (company.lake.phone, company.lake.address) == ("0571-88", "滨江大道 88 号")
    (row,) = [each for each in rows("staff.units", company.agent) if each.key == key]
    assert "滨江大道 88 号" in [value for _label, value in row.more]
    with pytest.raises(CodeRefused):
        act("staff.units", "contact", company.outsider, key, phone="1", address="")
    act("staff.units", "contact", company.agent, key, phone="", address="")
    company.lake.refresh_from_db()
    assert (company.lake.phone, company.lake.address) == ("", "")
