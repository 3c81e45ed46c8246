"""Customers chosen in the list: a tag or a manager for many, as far as the right reaches."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.customers.models import Customer, CustomerTag, ManagerAssignment, Tag
from qiao.customers.operations import merge_customers
from qiao.customers.operations.managing import assign_manager
from qiao.customers.operations.tag_many import tag_customers
from qiao.customers.operations.tags import MOST_TAGS, UnknownTag, create_tag, retire_tag
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.operations import assign_role, define_role
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}
DAY = timezone.localdate()


@pytest.fixture
def world() -> Company:
    return make_company()


def make_tag(world: Company, name: str = "出租房") -> Tag:
    return create_tag(actor=world.chief, now=NOW, name=name)


def text_of(client: Client, url: str, data: dict[str, Any], status: int = 200) -> str:
    response = client.post(url, data, headers=HTMX)
    assert response.status_code == status
    return response.content.decode()


def carriers(tag: Tag) -> set[int]:
    return set(CustomerTag.objects.filter(tag=tag).values_list("customer_id", flat=True))


def test_the_list_lets_choose_only_who_may_do_something(world: Company) -> None:
    make_customer(world.agent, name="陈慧敏")
    reader = person(number="1", name="甲", branch=world.lake, permissions=("customers.view",))
    editor = person(
        number="2", name="乙", branch=world.lake, permissions=("customers.view", "customers.edit")
    )
    url = reverse("customers:list")
    for query in ({}, {"q": "陈慧敏"}):
        plain = browser(reader).get(url, query).content.decode()
        tags_only = browser(editor).get(url, query).content.decode()
        both = browser(world.agent_staff).get(url, query).content.decode()
        assert "data-pick-all" not in plain
        assert "customers-picked" not in plain
        assert "Give a tag" in tags_only
        assert "Assign a customer manager" not in tags_only
        assert "Assign a customer manager" in both
    assert browser(reader).post(reverse("customers:tag_picked")).status_code == 403


def test_many_customers_are_given_a_tag_after_a_look(world: Company) -> None:
    tag, client, url = make_tag(world), browser(world.agent_staff), reverse("customers:tag_picked")
    ours = [make_customer(world.agent, name=name) for name in ("陈慧敏", "王海")]
    other = make_customer(world.outsider, name="邻居")
    ids = [other.pk, *(each.pk for each in ours)]
    preview = text_of(client, url, {"customer": ids})
    assert all(each.number in preview for each in ours)
    assert other.number not in preview
    assert carriers(tag) == set()
    done = client.post(url, {"customer": ids, "confirmed": "1", "tag": tag.pk}, headers=HTMX)
    assert (done.status_code, done["HX-Redirect"]) == (204, reverse("customers:list"))
    assert carriers(tag) == {each.pk for each in ours}
    assert "2 customers carry the tag now." in client.get(done["HX-Redirect"]).content.decode()


def test_nobody_chosen_and_no_tag_chosen_change_nothing(world: Company) -> None:
    tag, client, url = make_tag(world), browser(world.agent_staff), reverse("customers:tag_picked")
    customer = make_customer(world.agent)
    asked = "Select customers in the list first."
    assert asked in text_of(client, url, {})
    assert asked in text_of(client, url, {"customer": "x", "confirmed": "1", "tag": tag.pk}, 422)
    text_of(client, url, {"customer": customer.pk, "confirmed": "1"}, 422)
    retire_tag(actor=world.chief, tag_id=tag.pk)
    text_of(client, url, {"customer": customer.pk, "confirmed": "1", "tag": tag.pk}, 422)
    with pytest.raises(UnknownTag):
        tag_customers(actor=world.agent, now=NOW, customer_ids=[customer.pk], tag_id=tag.pk)
    assert carriers(tag) == set()


def test_who_is_not_given_the_tag_is_named(world: Company) -> None:
    tag, url = make_tag(world), reverse("customers:tag_picked")
    full, free = make_customer(world.agent, name="满"), make_customer(world.agent, name="空")
    seen = make_customer(world.outsider, name="只看")
    rest = Tag.objects.bulk_create(Tag(name=f"t{n}", created_at=NOW) for n in range(MOST_TAGS))
    CustomerTag.objects.bulk_create(CustomerTag(customer=full, tag=each, at=NOW) for each in rest)
    both = person(number="3", name="丙", branch=world.company, permissions=("customers.view",))
    edits = define_role(
        key="edits", names={"en": "Edits"}, permissions=("customers.edit",), home="customers:list"
    )
    assign_role(staff=both, role=edits, organisation=world.lake, valid_from=DAY)
    ids = [full.pk, free.pk, seen.pk]
    told = text_of(browser(both), url, {"customer": ids, "confirmed": "1", "tag": tag.pk})
    assert carriers(tag) == {free.pk}
    assert "1 customer carries it now." in told
    assert free.number not in told
    assert told.index(full.number) < told.index("at most 30 tags") < told.index(seen.number)
    assert told.index(seen.number) < told.index("You do not have the right")


def test_a_merged_row_means_who_stands_for_it(world: Company) -> None:
    tag = make_tag(world)
    kept, gone = make_customer(world.agent), make_customer(world.agent)
    merge_customers(actor=world.chief, now=NOW, customer_id=kept.pk, merged_id=gone.pk)
    given = tag_customers(
        actor=world.agent, now=NOW, customer_ids=[gone.pk, kept.pk], tag_id=tag.pk
    )
    assert given.carried == carriers(tag) == {kept.pk}
    assert given.full == set()


def test_chosen_customers_are_assigned_and_who_stays_is_named(world: Company) -> None:
    client = browser(world.agent_staff)
    free, taken = make_customer(world.agent, name="新厂"), make_customer(world.agent, name="老厂")
    other = make_customer(world.outsider, name="邻居")
    assign_manager(
        actor=world.agent, now=timezone.now(), customer_ids=[taken.pk],
        manager_id=world.agent.person_id, since=DAY,
    )  # fmt: skip
    url = reverse("customers:assign_many")
    url += f"?customer={free.pk}&customer={taken.pk}&customer={other.pk}&customer=x"
    asked = client.get(url).content.decode()
    assert "2 selected customers" in asked
    assert other.number not in asked
    form = {
        "source": "picked", "manager_id": world.colleague.person_id, "since": DAY.isoformat(),
        "replace": "no",
    }  # fmt: skip
    looked = client.post(url, form | {"do": "look"}).content.decode()
    assert taken.number in looked
    assert "stays with another manager" in looked
    assert not ManagerAssignment.objects.filter(manager=world.colleague_staff).exists()
    done = client.post(url, form | {"do": "assign"}, follow=True).content.decode()
    assert "1 customer has the manager now." in done
    assert f"Left as they were: 老厂 ({taken.number})" in done
    (made,) = ManagerAssignment.objects.filter(manager=world.colleague_staff)
    assert made.customer_id == free.pk
    reader = person(number="4", name="丁", branch=world.lake, permissions=("customers.view",))
    assert browser(reader).get(url).status_code == 403


def test_a_chosen_customer_of_a_unit_where_one_assigns_nobody_stays(world: Company) -> None:
    staff = person(
        number="5", name="戊", branch=world.lake,
        permissions=("customers.view", "customers.assign_manager"),
    )  # fmt: skip
    sees = define_role(
        key="sees", names={"en": "Sees"}, permissions=("customers.view",), home="customers:list"
    )
    assign_role(staff=staff, role=sees, organisation=world.company, valid_from=DAY)
    ours: Customer = make_customer(world.agent, name="新厂")
    theirs = make_customer(world.outsider, name="江北厂")
    url = reverse("customers:assign_many") + f"?customer={ours.pk}&customer={theirs.pk}"
    form = {
        "source": "picked", "manager_id": world.colleague.person_id, "since": DAY.isoformat(),
        "replace": "yes", "do": "look",
    }  # fmt: skip
    response = browser(staff).post(url, form)
    assert (response.context["foreseen"].free, response.context["foreseen"].unseen) == (1, 1)
    assert [line.name for line, _why in response.context["left"]] == ["江北厂"]
