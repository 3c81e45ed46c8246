"""A search that is narrowed: by kind, tier, flag, segment and tag, before anything is cut off."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from qiao.customers.models import Customer, CustomerTag, Segment, SegmentMember, Tag
from qiao.customers.operations import merge_customers
from qiao.customers.operations.tags import create_tag
from qiao.customers.queries import NotVisible, find_customers, find_near, search
from qiao.customers.queries.exporting import ExportFilters, export_rows
from qiao.customers.queries.listing import narrow_for
from qiao.customers.queries.search import Narrow
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
CROWD = 70


@pytest.fixture
def world() -> Company:
    return make_company()


@pytest.fixture
def agent(world: Company) -> Client:
    return browser(world.agent_staff)


def names(world: Company, text: str, **narrow: Any) -> list[str]:
    hits = find_customers(actor=world.agent, text=text, narrow=Narrow(**narrow))
    return [hit.name for hit in hits]


def tagged(world: Company, *customers: Customer) -> Tag:
    tag = create_tag(actor=world.chief, now=NOW, name="大户")
    CustomerTag.objects.bulk_create(
        CustomerTag(tag=tag, customer=each, actor_id=world.agent.person_id, at=NOW)
        for each in customers
    )
    return tag


def segment_of(world: Company, *customers: Customer) -> Segment:
    segment = Segment.objects.create(
        organisation=world.lake, name="老用户", rule={}, state="current",
        created_at=NOW, changed_at=NOW,
    )  # fmt: skip
    SegmentMember.objects.bulk_create(
        SegmentMember(segment=segment, customer=each, since=NOW) for each in customers
    )
    return segment


def test_an_organisation_is_found_behind_a_crowd_of_people(world: Company, agent: Client) -> None:
    for n in range(CROWD):
        make_customer(world.agent, name=f"海天{n}")
    firm = make_customer(world.agent, name="老海天商行", kind="organisation")
    assert names(world, "海天", kind="organisation") == ["老海天商行"]
    url = reverse("customers:pick", args=["person"])
    html = agent.get(url, {"q": "海天", "kind": "organisation"}).content.decode()
    assert f'name="person" value="{firm.pk}" checked' in html
    assert html.count("<input") == 1
    assert agent.get(url, {"q": "海天", "kind": "person"}).content.decode().count("<input") == 8
    assert agent.get(reverse("customers:pick", args=["tier"])).status_code == 404


TEXTS = ("陈", "慧敏", "chm", "chenhuimin", "1380571", "226", "1002883456", "0571226")


@pytest.mark.parametrize("few", [0, search.FEW_AT_MOST])
def test_every_filter_narrows_every_way_of_finding(
    world: Company, monkeypatch: pytest.MonkeyPatch, few: int
) -> None:
    if not few:  # as where a segment holds many
        monkeypatch.setattr(search, "_FEW", {})
    inside = make_customer(world.agent, name="陈慧敏", phones=["13805712264"], flags=["infant"])
    outside = make_customer(world.agent, name="陈慧敏", phones=["13805712265"])
    for customer, number in ((inside, "10028834561"), (outside, "10028834562")):
        make_account(world.agent, owner=customer, number=number)
    Customer.objects.filter(pk=inside.pk).update(tier="A")
    tag, segment = tagged(world, inside).pk, segment_of(world, inside).pk
    every = {"tag": tag, "segment": segment, "flag": "infant", "tier": "A", "kind": "person"}
    for key in ("tag", "segment", "flag", "tier", ""):
        narrow = Narrow(**({key: every[key]} if key else every))  # type: ignore[arg-type]
        for text in TEXTS:
            hits = find_customers(actor=world.agent, text=text, narrow=narrow)
            anybody = {hit.customer_id for hit in find_customers(actor=world.agent, text=text)}
            assert {hit.customer_id for hit in hits} == {inside.pk} & anybody
        near = find_near(actor=world.agent, text="陈惠民", narrow=narrow)
        assert [hit.customer_id for hit in near] == [inside.pk]
    assert names(world, "陈", tag=tag, kind="organisation") == []


def test_the_old_name_of_a_merged_record_leads_to_who_is_among_those_chosen(
    world: Company,
) -> None:
    kept, between, gone = (
        make_customer(world.agent, name=name) for name in ("陈慧敏", "陈会敏", "老陈记")
    )
    tag = tagged(world, kept)
    for survivor, merged in ((between, gone), (kept, between)):
        merge_customers(
            actor=world.agent, now=NOW, customer_id=survivor.pk, merged_id=merged.pk,
            reason="同一人",
        )  # fmt: skip
    assert names(world, "老陈记", tag=tag.pk) == ["陈慧敏"]
    assert names(world, "老陈记", tag=tag.pk, kind="organisation") == []


def test_the_list_keeps_its_filters_while_a_text_is_searched(
    world: Company, agent: Client
) -> None:
    inside, outside = (make_customer(world.agent, name=name) for name in ("陈一", "陈二"))
    tag: Any = tagged(world, inside).pk
    segment: Any = segment_of(world, inside, outside).pk
    url = reverse("customers:list")
    chosen = {"q": "陈", "tag": tag, "segment": segment}
    html = agent.get(url, chosen, headers={"HX-Request": "true"}).content.decode()
    assert "陈一" in html
    assert "陈二" not in html
    assert f'href="{url}?q=%E9%99%88&amp;segment={segment}"' in html
    assert f'href="{url}?q=%E9%99%88&amp;tag={tag}"' in html
    assert "陈二" in agent.get(url, {"q": "陈", "segment": segment}).content.decode()
    none = agent.get(url, {"q": "陈二", "tag": tag}).content.decode()
    assert "Take a filter away" in none
    assert agent.get(url, {"q": "陈", "tag": tag + 1}).status_code == 404


def test_a_list_that_is_taken_away_holds_what_text_and_filters_leave(world: Company) -> None:
    inside, _other = (make_customer(world.agent, name=name) for name in ("陈一", "陈二"))
    tag = tagged(world, inside)
    chunks = export_rows(
        actor=world.agent,
        organisations=[world.lake.pk],
        filters=ExportFilters(text="陈", tag=tag.pk),
    )
    assert [row.name for chunk in chunks for row in chunk] == ["陈一"]


def test_nobody_searches_in_a_segment_of_somewhere_else(world: Company) -> None:
    segment = segment_of(world)
    assert narrow_for(actor=world.agent, segment_id=segment.pk).segment == segment.pk
    with pytest.raises(NotVisible):
        narrow_for(actor=world.outsider, segment_id=segment.pk)
