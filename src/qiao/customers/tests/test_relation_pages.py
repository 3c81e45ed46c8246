"""The pages of households, groups, contact persons and acting: what they show and refuse."""

from datetime import date, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from qiao.core.panels import load_panels
from qiao.customers.models import Acting, ContactPerson, Customer, CustomerGroup, GroupMember
from qiao.customers.operations import add_party, merge_customers
from qiao.customers.operations.groups import change_head, join_group
from qiao.customers.operations.speaking import NewActing, begin_acting
from qiao.customers.queries import match_phone
from qiao.customers.queries.relations import (
    accounts_of_group,
    find_groups,
    people_at_home,
    stays_of,
)
from qiao.customers.rules.relations import tree
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.customers.tests.relation_setting import DAY, household
from qiao.customers.tests.test_pages import browser
from qiao.staff.models import Role
from qiao.staff.operations import assign_role
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


def lives_with(world: Company, owner: Customer, *others: Customer) -> None:
    account = make_account(world.agent, owner=owner)
    for each in others:
        add_party(
            actor=world.agent, now=NOW, account_id=account.pk, customer_id=each.pk,
            role="occupant", from_date=DAY,
        )  # fmt: skip


def address(name: str, *args: int) -> str:
    return reverse(f"customers:{name}", args=args)


def tab(customer: Customer) -> str:
    return address("page", customer.pk) + "?topic=customer.relations"


def today() -> date:
    return timezone.localdate()


def test_people_of_one_address_become_a_household_in_one_dialog(world: Company) -> None:
    owner, mate = (make_customer(world.agent, name=name) for name in ("陈慧敏", "周明"))
    lives_with(world, owner, mate)
    client = browser(world.agent_staff)
    text = client.get(tab(owner)).content.decode()
    assert address("group_new", owner.pk) in text
    url = address("group_new", owner.pk)
    dialog = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert dialog.count("checked") == 3, "both belong to it, the owner leads"
    answer = client.post(
        address("group_new", mate.pk),
        {"members": [owner.pk, mate.pk], "head": owner.pk, "since": "2024-05-01", "name": ""},
    )
    group = CustomerGroup.objects.get()
    assert answer["Location"] == address("group", group.pk)
    page = client.get(answer["Location"]).content.decode()
    assert "Household of 陈慧敏" in page
    assert "周明" in page
    neighbours = people_at_home(actor=world.agent, customer_id=owner.pk, day=today())
    assert {each.group_id for each in neighbours} == {group.pk}


def test_who_stands_for_a_merged_neighbour_is_named_at_the_same_address(world: Company) -> None:
    owner, mate, known = (
        make_customer(world.agent, name=name) for name in ("陈慧敏", "周名", "周明")
    )
    lives_with(world, owner, mate)
    household(world, mate)
    merge_customers(actor=world.agent, now=NOW, customer_id=known.pk, merged_id=mate.pk)
    shown = load_panels(world.agent, "customer.relations", owner.pk, timezone.now())
    (found,) = (value for panel, value in shown if panel.key == "customers.household")
    assert [(each["id"], each["name"], each["household"]) for each in found] == [
        (known.pk, "周明", CustomerGroup.objects.get().pk)
    ]


def test_another_head_is_seen_at_once_on_every_page(world: Company) -> None:
    owner, mate = (make_customer(world.agent, name=name) for name in ("陈慧敏", "周明"))
    group = household(world, owner, mate)
    client = browser(world.agent_staff)
    client.post(address("group_head", group.pk), {"head": mate.pk, "day": today().isoformat()})
    assert "Household of 周明" in client.get(address("group", group.pk)).content.decode()
    text = client.get(tab(owner)).content.decode()
    assert "Household of 周明" in text
    assert "Earlier members" in client.get(address("group", group.pk)).content.decode()


def test_a_head_that_leaves_names_who_takes_the_place(world: Company) -> None:
    owner, mate = (make_customer(world.agent, name=name) for name in ("陈慧敏", "周明"))
    group = household(world, owner, mate)
    client = browser(world.agent_staff)
    url = address("group_leave", group.pk, owner.pk)
    refused = client.post(url, {"day": today().isoformat()})
    assert refused.status_code == 422
    client.post(url, {"day": today().isoformat(), "heir": mate.pk})
    stays = stays_of(actor=world.agent, group_id=group.pk)
    assert [(s.name, s.role) for s in stays if s.holds_on(today())] == [("周明", "head")]


def test_what_is_refused_is_said_in_words_and_the_choice_is_kept(world: Company) -> None:
    owner, mate, other = (
        make_customer(world.agent, name=name) for name in ("陈慧敏", "周明", "吴三")
    )
    group = household(world, owner, mate)
    household(world, other)
    answer = browser(world.agent_staff).post(
        address("group_join", group.pk), {"person": other.pk, "since": today().isoformat()}
    )
    text = answer.content.decode()
    assert answer.status_code == 422
    assert "吴三 belongs to a household or group during these days already." in text
    assert f'value="{other.pk}" checked' in text


def test_who_may_see_but_not_change_somebody_is_told_so(world: Company) -> None:
    group = household(world, make_customer(world.agent))
    far = make_customer(world.outsider, name="江北某人")
    staff = person(
        number="7002", name="读两所", branch=world.company, permissions=("customers.view",)
    )
    role = Role.objects.get(key="everything")
    assign_role(staff=staff, role=role, organisation=world.lake, valid_from=DAY)
    answer = browser(staff).post(
        address("group_join", group.pk), {"person": far.pk, "since": today().isoformat()}
    )
    assert answer.status_code == 422
    assert "You may see this customer, but not change them." in answer.content.decode()
    assert GroupMember.objects.filter(customer=far).count() == 0


def test_who_lives_in_a_household_is_not_offered_another(world: Company) -> None:
    owner, mate = (make_customer(world.agent, name=name) for name in ("陈慧敏", "周明"))
    lives_with(world, owner, mate)
    household(world, owner)
    client = browser(world.agent_staff)
    assert "Make a household of these" not in client.get(tab(owner)).content.decode()
    assert "Make a household of these" in client.get(tab(mate)).content.decode()
    again = client.post(
        address("group_new", owner.pk), {"head": owner.pk, "since": today().isoformat()}
    )
    assert again.status_code == 422


def test_a_group_of_companies_shows_its_tree_and_its_accounts(world: Company) -> None:
    top, left, right = (
        make_customer(world.agent, name=name, kind="organisation")
        for name in ("城建集团", "锦程酒店", "锦程物业")
    )
    account = make_account(world.agent, owner=right)
    client = browser(world.agent_staff)
    client.post(address("group_new", top.pk), {"name": "城建", "since": "2024-05-01"})
    group = CustomerGroup.objects.get()
    for each in (left, right):
        client.post(
            address("group_join", group.pk),
            {"person": each.pk, "since": "2024-05-01", "under": top.pk},
        )
    client.post(
        address("group_place", group.pk, right.pk),
        {"under": left.pk, "day": today().isoformat()},
    )
    page = client.get(address("group", group.pk)).content.decode()
    assert 'data-depth="2"' in page
    assert account.number[:4] in page
    found = accounts_of_group(actor=world.agent, group_id=group.pk, day=today())
    assert [each.number for each in found] == [account.number]
    assert 'data-depth="2"' in client.get(tab(left)).content.decode()


def test_an_organisation_says_whom_to_ask(world: Company) -> None:
    firm = make_customer(world.agent, name="锦程酒店", kind="organisation")
    person = make_customer(world.agent, name="陈慧敏", phones=["13805712264"])
    client = browser(world.agent_staff)
    values: dict[str, Any] = {"function": "finance", "since": "2024-05-01"}
    url = address("contact_person_add", firm.pk)
    assert client.post(url, values).status_code == 422
    client.post(url, {**values, "person": person.pk, "is_primary": "on"})
    client.post(url, {**values, "name": "李会计", "phone": "13905712299"})
    clerk = ContactPerson.objects.get(name="李会计")
    client.post(address("contact_person_primary", clerk.pk), {})
    page = client.get(tab(firm)).content.decode()
    assert page.index("李会计") < page.index("陈慧敏")
    assert "138 0571 2264" in page
    assert "锦程酒店" in client.get(tab(person)).content.decode()
    client.post(address("contact_person_end", clerk.pk), {"day": today().isoformat()})
    assert "李会计" not in client.get(tab(firm)).content.decode()
    assert "李会计" in client.get(address("relations", firm.pk)).content.decode()


def test_whoever_calls_from_the_number_of_a_contact_person_is_the_organisation(
    world: Company,
) -> None:
    firm = make_customer(world.agent, name="锦程酒店", kind="organisation")
    client = browser(world.agent_staff)
    values = {"function": "emergency", "since": "2024-05-01", "phone": "13905712299"}
    url = address("contact_person_add", firm.pk)
    client.post(url, {**values, "name": "李会计", "leads_here": "on"})
    client.post(url, {**values, "name": "王工", "leads_here": "on"})
    (match,) = match_phone(actor=world.agent, e164="+8613905712299")
    assert (match.customer_id, match.label) == (firm.pk, "李会计")


def test_the_page_of_each_says_for_whom_they_act(world: Company) -> None:
    parent, one, other = (
        make_customer(world.agent, name=name) for name in ("陈慧敏", "周小明", "周小红")
    )
    client = browser(world.agent_staff)
    values = {"basis": "parent", "scope": ["service"], "since": "2024-05-01"}
    client.post(address("acting_add", parent.pk), {**values, "side": "for", "person": one.pk})
    client.post(address("acting_add", other.pk), {**values, "side": "by", "person": parent.pk})
    assert set(Acting.objects.values_list("agent_id", "principal_id")) == {
        (parent.pk, one.pk),
        (parent.pk, other.pk),
    }
    aside = client.get(address("aside", parent.pk)).content.decode()
    assert "周小明" in aside
    assert "周小红" in aside
    for child in (one, other):
        text = client.get(address("aside", child.pk)).content.decode()
        assert "Represented by" in text
        assert "陈慧敏" in text


def test_who_may_not_see_the_other_end_reads_nothing_of_it(world: Company) -> None:
    shared = make_customer(world.chief, name="陈慧敏", organisation_id=world.lake.pk)
    make_account(world.outsider, owner=make_customer(world.outsider))
    far = make_customer(world.chief, name="江北某人", organisation_id=world.river.pk)
    begin_acting(
        actor=world.chief, now=NOW, agent_id=shared.pk, principal_id=far.pk, since=DAY,
        told=NewActing("carer", ("service",)),
    )  # fmt: skip
    client = browser(world.agent_staff)
    for name in ("page", "aside", "relations"):
        assert "江北某人" not in client.get(address(name, shared.pk)).content.decode()
    assert (
        "江北某人" in browser(world.chief_staff).get(address("page", shared.pk)).content.decode()
    )


def test_two_records_of_one_member_are_one_line(world: Company) -> None:
    head, one, twin = (make_customer(world.agent, name=n) for n in ("周明", "陈慧敏", "陈惠敏"))
    group = household(world, head, one, twin)
    merge_customers(
        actor=world.agent, now=NOW, customer_id=one.pk, merged_id=twin.pk, reason="同一人"
    )
    page = browser(world.agent_staff).get(address("group", group.pk)).content.decode()
    assert "陈惠敏" not in page
    assert page.count(f'href="{address("page", one.pk)}"') == 1


def test_a_tree_that_two_merged_records_closed_is_still_drawn() -> None:
    assert tree([(1, None), (2, 1), (3, 2)]) == [(1, 0), (2, 1), (3, 2)]
    assert sorted(tree([(1, 2), (2, 1), (3, 1)])) == [(1, 0), (2, 1), (3, 1)]
    assert tree([(1, 1)]) == [(1, 0)]
    assert tree([(2, 9)]) == [(2, 0)]


def test_households_and_groups_are_found_by_name_and_number(world: Company) -> None:
    group = household(world, make_customer(world.agent), name="望江陈家")
    for text in ("望江", "陈家", group.number, group.number.lower()):
        found = find_groups(actor=world.agent, text=text, limit=5)
        assert [each.group_id for each in found] == [group.pk]
        assert find_groups(actor=world.outsider, text=text, limit=5) == []
    assert find_groups(actor=world.agent, text="陈", limit=5) == []


def test_a_household_next_door_is_not_there(world: Company) -> None:
    group = household(world, make_customer(world.agent))
    client = browser(world.outsider_staff)
    for name in ("group", "group_join", "group_head", "group_dissolve", "group_describe"):
        assert client.get(address(name, group.pk)).status_code == 404


def test_a_dissolved_household_shows_who_belonged_to_it(world: Company) -> None:
    one, other = (make_customer(world.agent, name=name) for name in ("陈慧敏", "周明"))
    group = household(world, one, other)
    client = browser(world.agent_staff)
    client.post(address("group_dissolve", group.pk), {"day": today().isoformat()})
    page = client.get(address("group", group.pk)).content.decode()
    assert "dissolved on" in page
    assert "周明" in page
    assert address("group_join", group.pk) not in page
    assert "1 earlier" in client.get(tab(one)).content.decode()


def test_who_comes_later_is_told_apart(world: Company) -> None:
    one, other = (make_customer(world.agent, name=name) for name in ("陈慧敏", "周明"))
    group = household(world, one)
    soon = today() + timedelta(days=9)
    join_group(actor=world.agent, now=NOW, group_id=group.pk, customer_id=other.pk, since=soon)
    change_head(actor=world.agent, now=NOW, group_id=group.pk, customer_id=other.pk, day=soon)
    page = browser(world.agent_staff).get(address("group", group.pk)).content.decode()
    assert soon.isoformat() in page
    assert GroupMember.objects.filter(group=group).count() == 3


def test_the_page_of_a_large_household_asks_no_more_than_that_of_a_small_one(
    world: Company,
) -> None:
    members = [make_customer(world.agent, name=f"成员{n}") for n in range(32)]
    small, large = household(world, *members[:2]), household(world, *members[2:])
    client = browser(world.agent_staff)
    client.get(address("group", small.pk))
    counts = []
    for group in (small, large):
        with CaptureQueriesContext(connection) as asked:
            client.get(address("group", group.pk))
        counts.append(len(asked))
    assert counts[0] == counts[1]
