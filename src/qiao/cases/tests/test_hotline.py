"""A complaint about an outlet or a person goes past them: no reader of theirs holds it."""

from datetime import date, timedelta
from typing import Any

import pytest

from qiao.cases import operations, queries
from qiao.cases.models import Case, OutletFinding
from qiao.cases.operations.complaint_rules import set_desk
from qiao.cases.queries import Filters, findings_for, kept_counts, list_cases
from qiao.cases.tests.browsing import client_of
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor, Forbidden
from qiao.core.registry import registry
from qiao.core.timeline import load_timeline
from qiao.customers.operations import register_customer
from qiao.staff.models import Staff
from qiao.staff.operations import add_organisation, assign_role, define_role, join_team
from qiao.staff.queries import actor_for, holders_of, units_among
from qiao.staff.tests.cast import TODAY, Company, person

MARK = "翠湖花园渗水传言"
DAY = TODAY


@pytest.fixture
def centre(company: Company) -> Any:
    """A team for complaints beside the branches, with one officer who sees the whole company."""
    office = add_organisation(
        kind="team",
        code="office",
        name="投诉处理组",
        parent=company.company,
        skills=["complaints"],
    )
    officer = person(number="1502", name="罗静怡", branch=company.company)
    join_team(staff=officer, team=office)
    return office


def insider(company: Company, *, number: str = "3101") -> Staff:
    """Somebody of the lake branch who may do everything in the whole company."""
    staff = person(number=number, name="王建军", branch=company.lake)
    role = define_role(
        key="wide",
        names={"en": "wide"},
        permissions=tuple(registry.permissions()),
        home="cases:list",
    )
    assign_role(staff=staff, role=role, organisation=company.company, valid_from=date(2020, 1, 1))
    return staff


def again(staff: Staff) -> Actor:
    """The actor with the rights of now."""
    return actor_for(staff, day=DAY)


def handed(company: Company, centre: Any, **changes: Any) -> Case:
    """A case about the lake branch, handed past it by its own agent."""
    case = a_case(company, title=MARK, description=MARK, **changes)
    operations.hand_past(case_id=case.pk, unit_id=company.lake.pk, actor=company.agent, now=NOW)
    return Case.objects.get(pk=case.pk)


def test_it_goes_to_a_team_that_is_not_theirs(company: Company, centre: Any) -> None:
    case = handed(company, centre)
    officer = Staff.objects.get(number="1502")
    assert case.team_id == centre.pk
    assert case.organisation.kind == "sealed"
    assert case.responsible_id == officer.pk
    assert queries.can_see(actor=again(officer), case_id=case.pk)
    assert queries.can_see(actor=again(company.chief_staff), case_id=case.pk)


def test_nobody_of_the_outlet_reads_it_whatever_rights_they_hold(
    company: Company, centre: Any
) -> None:
    inside = insider(company)
    case = handed(company, centre)
    for staff in (inside, company.agent_staff, company.colleague_staff, company.outsider_staff):
        actor = again(staff)
        assert not queries.can_see(actor=actor, case_id=case.pk)
        for view in ("open", "all", "team", "mine", "responsible"):
            assert not list_cases(actor=actor, now=NOW, view=view, filters=Filters()).rows
        assert not queries.find_cases(actor=actor, text=case.number)
        assert not queries.lines_by_id(actor=actor, case_ids=[case.pk])
        assert kept_counts(actor=actor)["open"] == 0
        with pytest.raises(queries.NotVisible):
            queries.get_case_for(actor=actor, case_id=case.pk)
        with pytest.raises(Forbidden):
            operations.add_note(case_id=case.pk, text="x", actor=actor, now=NOW)


def test_no_page_of_theirs_shows_it(company: Company, centre: Any) -> None:
    inside = insider(company)
    chief = again(company.chief_staff)
    customer = register_customer(
        actor=chief, now=NOW, organisation_id=company.lake.pk, name="陈雅琴"
    )
    case = handed(company, centre, customer_id=customer.pk)
    browser = client_of(inside)
    pages = (
        "/cases/?view=all",
        "/cases/?view=open&q=" + case.number,
        f"/cases/{case.pk}/",
        f"/cases/{case.pk}/pane",
        f"/cases/{case.pk}/feed",
        "/cases/risk?whose=all",
        "/cases/findings",
        f"/customers/{customer.pk}/",
        f"/search?q={case.number}",
        "/",
    )
    for page in pages:
        assert MARK not in browser.get(page, follow=True).content.decode(), page
    found = load_timeline(
        again(inside), customer.pk, NOW + timedelta(days=1), customer_ids=[customer.pk]
    )
    assert MARK not in str(found)
    export = browser.post("/cases/export?view=all")
    assert MARK not in b"".join(export).decode()


def test_the_live_stream_and_who_is_asked_know_nothing_of_it(
    company: Company, centre: Any
) -> None:
    inside = insider(company)
    case = handed(company, centre)
    grants = again(inside).grants
    assert all(case.organisation_id not in units for units in grants.values())
    able = holders_of(permission="cases.view", organisation_ids=[case.organisation_id], day=DAY)
    assert inside.pk not in {each.staff_id for each in able}


def test_a_person_is_passed_over_and_their_colleagues_of_the_branch_are_not(
    company: Company, centre: Any
) -> None:
    other = person(number="1040", name="苏婉", branch=company.lake)
    case = a_case(company)
    operations.hand_past(
        case_id=case.pk,
        unit_id=operations.unit_of_person(company.colleague.person_id),
        staff_id=company.colleague.person_id,
        actor=company.agent,
        now=NOW,
    )
    chief = again(company.chief_staff)
    assert queries.can_see(actor=chief, case_id=case.pk)
    assert not queries.can_see(actor=again(company.colleague_staff), case_id=case.pk)
    assert other.pk not in {
        each.staff_id
        for each in holders_of(
            permission="cases.view",
            organisation_ids=[Case.objects.get(pk=case.pk).organisation_id],
            day=DAY,
        )
    }


def test_who_joins_the_outlet_later_sees_it_no_more(company: Company, centre: Any) -> None:
    officer = Staff.objects.get(number="1502")
    case = handed(company, centre)
    assert queries.can_see(actor=again(officer), case_id=case.pk)
    join_team(staff=officer, team=company.lake_team)
    assert not queries.can_see(actor=again(officer), case_id=case.pk)


def test_nobody_hands_it_back_to_them(company: Company, centre: Any) -> None:
    case = handed(company, centre)
    chief = again(company.chief_staff)
    inside = insider(company)
    with pytest.raises(operations.NotATeam):
        operations.transfer(
            case_id=case.pk, team_id=company.lake_team.pk, reason="x", actor=chief, now=NOW
        )
    join_team(staff=inside, team=centre)
    with pytest.raises(operations.NotATeam):
        operations.assign(case_id=case.pk, staff_id=inside.pk, actor=chief, now=NOW)


def test_the_named_neutral_team_comes_first(company: Company, centre: Any) -> None:
    named = add_organisation(
        kind="team", code="ombud", name="监察组", parent=company.company, skills=[]
    )
    ombud = person(number="7001", name="严正", branch=company.company)
    join_team(staff=ombud, team=named)
    set_desk(
        actor=company.chief,
        now=NOW,
        organisation_id=company.company.pk,
        pack="",
        manager_id=company.chief.person_id,
        neutral_team_id=named.pk,
    )
    assert handed(company, centre).team_id == named.pk


def test_the_outlet_reads_the_finding_once_the_case_is_archived_and_nobody_s_name(
    company: Company, centre: Any
) -> None:
    case = handed(company, centre, caller_name="钱多多", caller_phone="13800138000")
    chief = again(company.chief_staff)
    write: dict[str, Any] = {
        "case_id": case.pk,
        "verdict": "confirmed",
        "actor": chief,
        "now": NOW,
    }
    for text in ("钱多多反映属实", "来电 138 0013 8000 属实", f"见 {case.number}"):
        with pytest.raises(operations.NamesCaller):
            operations.write_finding(text=text, **write)
    operations.write_finding(text="预约后未上门，属实", **write)
    assert not findings_for(actor=again(company.agent_staff))
    OutletFinding.objects.filter(case=case).update(given_at=NOW)
    (line,) = findings_for(actor=again(company.agent_staff))
    assert (line.verdict, line.text) == ("confirmed", "预约后未上门，属实")
    assert not findings_for(actor=again(company.outsider_staff))
    page = client_of(company.agent_staff).get("/cases/findings").content.decode()
    assert "预约后未上门" in page
    assert case.number not in page
    assert "钱多多" not in page


def test_counts_of_the_outlet_lose_it_and_counts_of_the_owner_gain_it(
    company: Company, centre: Any
) -> None:
    case = a_case(company)
    assert kept_counts(actor=again(company.agent_staff))["open"] == 1
    operations.hand_past(case_id=case.pk, unit_id=company.lake.pk, actor=company.agent, now=NOW)
    assert kept_counts(actor=again(company.agent_staff))["open"] == 0
    assert kept_counts(actor=again(company.chief_staff))["open"] == 1


def test_sealed_units_are_nobody_s_choice(company: Company, centre: Any) -> None:
    case = handed(company, centre)
    listed = units_among([case.organisation_id], language="en")
    assert listed == []
