"""The pages of customer managers: what they show, to whom, in which order, at which price."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.core.registry import registry
from qiao.customers.models import Customer, CustomerVisit, HandOverOfCustomers, ManagerAssignment
from qiao.customers.operations import set_tier
from qiao.customers.operations.managing import assign_manager
from qiao.customers.operations.visiting import NotTheManager, plan_visit, set_visit_plan
from qiao.customers.queries import NotVisible
from qiao.customers.queries.managers import ASSIGN, manager_of_customer
from qiao.customers.queries.portfolio import keeper_for, portfolio
from qiao.customers.tests.factories import make_customer
from qiao.staff.models import Staff
from qiao.staff.operations import assign_role, define_role, hire
from qiao.staff.queries import actor_for, organisation
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
OWN_RIGHTS = ("customers.view", "customers.manage_own")
TODAY = timezone.localdate()


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def keeper(company: Company) -> Staff:
    """Somebody who looks after customers and does nothing else."""
    return person(number="1301", name="方经理", branch=company.lake, permissions=OWN_RIGHTS)


def test_the_rail_offers_own_customers_to_those_whose_role_begins_there(company: Company) -> None:
    """A supervisor holds every right of the customers, and looks after none."""
    role = define_role(
        key="keeps", names={"en": "Keeps"}, permissions=OWN_RIGHTS, home="customers:portfolio"
    )
    staff = hire(organisation=company.lake, number="1302", name="方经理", title="客户经理")
    assign_role(staff=staff, role=role, organisation=company.lake, valid_from=TODAY)
    entry = f'href="{reverse("customers:portfolio")}"'
    table = f'href="{reverse("customers:managers")}"'
    assert entry in browser(staff).get(reverse("customers:list")).content.decode()
    supervisor = browser(company.chief_staff).get(reverse("customers:list")).content.decode()
    assert entry not in supervisor
    assert table in supervisor
    verbs = [
        {each.key for each in registry.commands(actor_for(who, day=TODAY))}
        for who in (staff, company.chief_staff)
    ]
    assert ["customers.portfolio" in each for each in verbs] == [True, False], (
        "so does the palette"
    )
    assert "customers.managers" in verbs[1]


def browser(staff: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    client.cookies["q-language"] = "en"
    return client


def give(company: Company, keeper: Staff, names: list[str]) -> list[Customer]:
    """Customers in the care of the keeper since ten days ago."""
    customers = [make_customer(company.agent, name=name) for name in names]
    assign_manager(
        actor=company.chief, now=timezone.now(), customer_ids=[each.pk for each in customers],
        manager_id=keeper.pk, since=TODAY - timedelta(days=10),
    )  # fmt: skip
    return customers


def told(keeper: Staff, customer: Customer) -> dict[str, Any]:
    actor = actor_for(keeper, day=TODAY)
    return {"actor": actor, "now": timezone.now(), "customer_id": customer.pk}


def test_the_portfolio_shows_the_late_ones_first_and_who_has_no_plan(
    company: Company, keeper: Staff
) -> None:
    none, later, late = give(company, keeper, ["无计划厂", "下月厂", "逾期厂"])
    set_visit_plan(every_months=3, due_date=TODAY + timedelta(days=30), **told(keeper, later))
    set_visit_plan(every_months=3, due_date=TODAY - timedelta(days=4), **told(keeper, late))

    html = browser(keeper).get(reverse("customers:portfolio")).content.decode()

    assert html.index("逾期厂") < html.index("下月厂") < html.index("无计划厂")
    assert "4 d late" in html
    rows = {
        show: browser(keeper).get(f"{reverse('customers:portfolio')}?show={show}").content.decode()
        for show in ("late", "unplanned", "soon")
    }
    assert ("逾期厂" in rows["late"], "下月厂" in rows["late"]) == (True, False)
    assert (none.name in rows["unplanned"], late.name in rows["unplanned"]) == (True, False)
    assert not any(each.name in rows["soon"] for each in (none, later, late))


@pytest.mark.parametrize("sort", ["due", "tier"])
def test_pages_of_a_portfolio_miss_nobody_and_repeat_nobody(
    company: Company, keeper: Staff, sort: str
) -> None:
    customers = give(company, keeper, [f"厂{n}" for n in range(11)])
    for place, each in enumerate(customers):
        if place % 3:
            set_visit_plan(
                every_months=1, due_date=TODAY + timedelta(days=place % 4), **told(keeper, each)
            )
        if place % 2:
            set_tier(
                actor=company.chief, now=timezone.now(), customer_id=each.pk, tier="A",
                reason="重点", until=TODAY + timedelta(days=30),
            )  # fmt: skip
    actor = actor_for(keeper, day=TODAY)
    owner = keeper_for(actor=actor, manager_id=None, day=TODAY)
    seen: list[tuple[str, Any, int]] = []
    after = ""
    for _ in range(9):
        page = portfolio(
            actor=actor, keeper=owner, now=timezone.now(), day=TODAY, sort=sort, after=after,
            limit=2,
        )  # fmt: skip
        seen += [
            (line.customer.tier if sort == "tier" else "",
             line.next_date or TODAY.replace(year=9999), line.customer.customer_id)
            for line in page.lines
        ]  # fmt: skip
        after = page.after
        if not after:
            break
    assert seen == sorted(seen)
    assert sorted(pk for _, _, pk in seen) == sorted(each.pk for each in customers)


def test_thirty_customers_ask_the_database_as_often_as_one(
    company: Company, keeper: Staff
) -> None:
    client = browser(keeper)
    asked = []
    for names in (["一号厂"], [f"厂{n}" for n in range(29)]):
        for each in give(company, keeper, names):
            plan_visit(day=TODAY, topic="走访", **told(keeper, each))
        with CaptureQueriesContext(connection) as statements:
            html = client.get(reverse("customers:portfolio")).content.decode()
        asked.append(len(statements))
    assert html.count("data-href") == 30
    assert asked[0] == asked[1]


def test_nobody_looks_into_the_portfolio_of_another_without_the_right(
    company: Company, keeper: Staff
) -> None:
    other = person(number="1302", name="孟经理", branch=company.lake, permissions=OWN_RIGHTS)
    give(company, keeper, ["甲厂"])
    address = f"{reverse('customers:portfolio')}?manager={keeper.pk}"

    assert browser(other).get(address).status_code == 404
    assert browser(company.outsider_staff).get(address).status_code == 404
    assert "甲厂" in browser(company.chief_staff).get(address).content.decode()


def test_the_list_of_visits_puts_what_is_late_before_the_weeks(
    company: Company, keeper: Staff
) -> None:
    soon, late = give(company, keeper, ["本周厂", "逾期厂"])
    plan_visit(day=TODAY, topic="约好的走访", **told(keeper, soon))
    set_visit_plan(every_months=1, due_date=TODAY - timedelta(days=2), **told(keeper, late))

    html = browser(keeper).get(reverse("customers:calendar")).content.decode()

    assert html.index("逾期厂") < html.index("this week") < html.index("约好的走访")


def test_a_whole_list_is_assigned_after_a_look_at_the_counts(
    company: Company, keeper: Staff
) -> None:
    taken = give(company, company.agent_staff, ["已有经理厂"])
    for name in ("新厂一", "新厂二"):
        make_customer(company.agent, name=name)
    client = browser(company.chief_staff)
    form = {
        "source": "tier:C", "most": "50", "manager_id": keeper.pk, "since": TODAY.isoformat(),
        "replace": "no",
    }  # fmt: skip

    looked = client.post(reverse("customers:assign_many"), form | {"do": "look"})
    assert ManagerAssignment.objects.filter(manager=keeper).count() == 0
    counts = looked.context["foreseen"]
    assert (counts.free, counts.taken, counts.same) == (2, 1, 0)
    client.post(reverse("customers:assign_many"), form | {"do": "assign"})

    assert ManagerAssignment.objects.filter(manager=keeper).count() == 2
    found = manager_of_customer(customer_id=taken[0].pk, day=TODAY)
    assert found is not None
    assert found.name == "林晓岚"


def test_marked_customers_are_handed_over_and_the_rest_stays(
    company: Company, keeper: Staff
) -> None:
    first, second = give(company, keeper, ["甲厂", "乙厂"])
    client = browser(company.chief_staff)
    address = reverse("customers:hand_over", args=[keeper.pk])

    dialog = client.post(address, {"customer": first.pk}, headers={"HX-Request": "true"})
    assert f'name="customer" value="{first.pk}"' in dialog.content.decode()
    answer = client.post(
        address,
        {"customer": first.pk, "to_manager_id": company.colleague_staff.pk,
         "day": TODAY.isoformat(), "reason": "调岗", "note": "甲厂在谈增容"},
    )  # fmt: skip

    made = HandOverOfCustomers.objects.get()
    assert answer["Location"] == reverse("customers:hand_over_page", args=[made.pk])
    assert made.customer_count == 1
    still = manager_of_customer(customer_id=second.pk, day=TODAY)
    assert still is not None
    assert still.staff_id == keeper.pk
    for nobody in ({"some": "yes"}, {"customer": "x"}):
        told = {"to_manager_id": company.colleague_staff.pk, "day": TODAY.isoformat()}
        client.post(address, nobody | told | {"reason": "调岗"})
        assert HandOverOfCustomers.objects.count() == 1, "none marked is not all"


def test_a_visit_is_recorded_in_a_dialog_with_the_next_one(
    company: Company, keeper: Staff
) -> None:
    (customer,) = give(company, keeper, ["甲厂"])
    address = reverse("customers:visit_record", args=[customer.pk])
    form = {
        "day": TODAY.isoformat(), "how": "on_site", "topic": "走访", "result": "wish",
        "note": "要增压", "next_step": "出方案",
    }  # fmt: skip

    early = browser(keeper).post(address, form | {"next_day": TODAY.isoformat()})
    assert early.status_code == 422
    following = TODAY + timedelta(days=20)
    answer = browser(keeper).post(
        address, form | {"next_day": following.isoformat()},
        headers={"HX-Request": "true", "HX-Current-URL": "http://x/customers/portfolio/?sort=due"},
    )  # fmt: skip

    assert answer["HX-Redirect"] == "/customers/portfolio/?sort=due"
    done, ahead = CustomerVisit.objects.order_by("date")
    assert (done.state, ahead.state, ahead.topic) == ("done", "planned", "出方案")


def test_the_page_and_the_aside_name_the_manager_with_the_number_to_call(
    company: Company, keeper: Staff
) -> None:
    Staff.objects.filter(pk=keeper.pk).update(phone="13900001111")
    (customer,) = give(company, keeper, ["甲厂"])
    for name in ("page", "aside"):
        html = (
            browser(company.agent_staff)
            .get(reverse(f"customers:{name}", args=[customer.pk]))
            .content.decode()
        )
        assert "方经理" in html
        assert 'href="tel:13900001111"' in html


def test_whose_portfolio_it_is_is_asked_without_counting_anybodys_visits(
    company: Company, keeper: Staff
) -> None:
    give(company, keeper, ["一号厂"])
    idle = person(number="1302", name="孟经理", branch=company.lake, permissions=OWN_RIGHTS)
    names = []
    with CaptureQueriesContext(connection) as statements:
        for staff in (keeper, idle):
            found = keeper_for(actor=company.chief, manager_id=staff.pk, day=TODAY)
            names.append(found.name)
        for stranger in (company.agent_staff, company.chief_staff):
            if stranger.pk != company.chief.staff_id:
                with pytest.raises(NotVisible):
                    keeper_for(actor=company.chief, manager_id=stranger.pk, day=TODAY)
    assert names == [keeper.name, "孟经理"]
    assert not any("customervisit" in each["sql"] for each in statements.captured_queries)


def test_who_assigns_in_another_unit_only_is_offered_no_visits_and_refused_them(
    company: Company, keeper: Staff
) -> None:
    (customer,) = give(company, keeper, ["一号厂"])
    other = person(number="1302", name="孟经理", branch=company.lake, permissions=OWN_RIGHTS)
    role = define_role(
        key="assigning", names={"en": "assigning"}, permissions=(ASSIGN,), home="customers:list"
    )
    river = organisation(company.outsider.organisation_id)
    assign_role(staff=other, role=role, organisation=river, valid_from=date(2020, 1, 1))
    record = reverse("customers:visit_record", args=[customer.pk])
    pages = (
        reverse("customers:visits", args=[customer.pk]),
        reverse("customers:page", args=[customer.pk]) + "?topic=customer.relations",
    )
    for url in pages:
        assert record in browser(keeper).get(url).content.decode()
        assert record not in browser(other).get(url).content.decode()
    with pytest.raises(NotTheManager):
        plan_visit(day=TODAY, topic="走访", **told(other, customer))
