"""Tags: the vocabulary, who carries what, merging, whole segments, and what counts."""

from typing import Any

import pytest
from django.db import connection, transaction
from django.urls import reverse

from qiao.core.actor import Actor, Forbidden
from qiao.core.tests.deliveries import run_background
from qiao.customers.models import Customer, CustomerTag, Segment, Tag, TagKept, TagRun
from qiao.customers.operations import merge_customers, undo_merge
from qiao.customers.operations import tag_work as work
from qiao.customers.operations.segment_keeping import build_segment
from qiao.customers.operations.segments import save_segment
from qiao.customers.operations.tags import (
    MOST_TAGS,
    TagNameTaken,
    TooManyTags,
    UnknownTag,
    change_tag,
    create_tag,
    restore_tag,
    retire_tag,
    tag_customer,
)
from qiao.customers.queries import NotVisible, list_customers
from qiao.customers.queries.exporting import ExportFilters, export_rows
from qiao.customers.queries.tags import preview_merge, tags_of, vocabulary
from qiao.customers.rules.segments import Group, Line, Rule, replaced
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_pages import browser
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def world() -> Company:
    return make_company()


def make_tag(world: Company, name: str = "出租房", **more: Any) -> Tag:
    return create_tag(actor=world.chief, now=NOW, name=name, **more)


def give(actor: Actor, customer: Customer, *tags: Tag) -> list[int]:
    ids = [tag.pk for tag in tags]
    return tag_customer(actor=actor, now=NOW, customer_id=customer.pk, add=ids)


def kept() -> dict[str, int]:
    """The kept counts, which must be those that are counted."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT t.name, k.customer_count, (SELECT count(*) FROM customers_customertag c"
            " JOIN customers_customer p ON p.id = c.customer_id AND p.merged_into_id IS NULL"
            " WHERE c.tag_id = t.id) FROM customers_tag t"
            " JOIN customers_tagkept k ON k.tag_id = t.id"
        )
        rows = cursor.fetchall()
    assert all(count == counted for _name, count, counted in rows)
    return {name: count for name, count, _counted in rows}


def test_the_vocabulary_belongs_to_the_company(world: Company) -> None:
    tag = make_tag(world, about="房屋出租", group="服务提示", tone="info")
    assert [each.name for each in vocabulary()] == ["出租房"]
    for actor in (world.agent, world.outsider):
        with pytest.raises(Forbidden):
            create_tag(actor=actor, now=NOW, name="x")
        with pytest.raises(Forbidden):
            retire_tag(actor=actor, tag_id=tag.pk)
    with pytest.raises(TagNameTaken):
        make_tag(world)
    with pytest.raises(UnknownTag):
        make_tag(world, name="y", tone="purple")
    assert change_tag(actor=world.chief, tag_id=tag.pk, name="租房").name == "租房"


def test_names_differ_by_more_than_case(world: Company) -> None:
    make_tag(world, name="VIP guest")
    with pytest.raises(TagNameTaken):
        make_tag(world, name="vip Guest")


def test_a_retired_tag_is_carried_on_but_given_no_more_until_it_is_taken_back(
    world: Company,
) -> None:
    tag, one, other = make_tag(world), make_customer(world.agent), make_customer(world.agent)
    give(world.agent, one, tag)
    retire_tag(actor=world.chief, tag_id=tag.pk)
    with pytest.raises(UnknownTag):
        give(world.agent, other, tag)
    assert tags_of(actor=world.agent, customer_id=one.pk) == [tag]
    restore_tag(actor=world.chief, tag_id=tag.pk)
    assert give(world.agent, other, tag) == [tag.pk]
    assert kept() == {"出租房": 2}


def test_only_who_may_change_a_customer_tags_it_and_no_more_than_thirty(world: Company) -> None:
    customer = make_customer(world.agent)
    tag = make_tag(world)
    with pytest.raises(NotVisible):
        give(world.outsider, customer, tag)
    reader = person(number="8", name="读者", branch=world.lake, permissions=("customers.view",))
    with pytest.raises(Forbidden):
        give(actor_for(reader, day=TODAY), customer, tag)
    many = [make_tag(world, name=f"t{number}") for number in range(MOST_TAGS)]
    give(world.agent, customer, *many)
    with pytest.raises(TooManyTags):
        give(world.agent, customer, tag)


def test_giving_twice_changes_nothing_and_is_told_once(world: Company) -> None:
    customer, tag = make_customer(world.agent), make_tag(world)
    give(world.agent, customer, tag)
    give(world.colleague, customer, tag)
    row = CustomerTag.objects.get()
    assert (row.actor_id, row.at) == (world.agent.staff_id, NOW)
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_event WHERE name = 'customers.tags_changed'")
        assert cursor.fetchone() == (1,)


def test_merged_customers_lend_their_tags_and_undoing_takes_them_back(world: Company) -> None:
    """Through a chain of two merges; the counts follow at each step."""
    own, lent, both = (make_tag(world, name=name) for name in ("own", "lent", "both"))
    top, middle, low = (make_customer(world.agent, name=f"陈慧{n}") for n in "一二三")
    give(world.agent, top, own, both)
    give(world.agent, low, lent, both)
    told: dict[str, Any] = {"actor": world.agent, "now": NOW}
    merge_customers(customer_id=middle.pk, merged_id=low.pk, **told)
    assert kept() == {"own": 1, "lent": 1, "both": 2}
    merge_customers(customer_id=top.pk, merged_id=middle.pk, **told)
    names = {tag.name for tag in tags_of(actor=world.agent, customer_id=low.pk)}
    assert names == {"own", "lent", "both"}
    assert kept() == {"own": 1, "lent": 1, "both": 1}
    undo_merge(merged_id=low.pk, **told)
    assert tags_of(actor=world.agent, customer_id=middle.pk) == [both, own]
    assert kept() == {"own": 1, "lent": 1, "both": 2}
    undo_merge(merged_id=middle.pk, **told)
    assert tags_of(actor=world.agent, customer_id=middle.pk) == []
    assert kept() == {"own": 1, "lent": 1, "both": 2}


def test_a_tag_taken_off_does_not_come_back_with_the_next_merge(world: Company) -> None:
    tag = make_tag(world)
    one, other, third = (make_customer(world.agent, name=f"陈慧{n}") for n in "一二三")
    give(world.agent, other, tag)
    told: dict[str, Any] = {"actor": world.agent, "now": NOW}
    merge_customers(customer_id=one.pk, merged_id=other.pk, **told)
    tag_customer(customer_id=one.pk, remove=[tag.pk], **told)
    merge_customers(customer_id=one.pk, merged_id=third.pk, **told)
    assert tags_of(actor=world.agent, customer_id=one.pk) == []
    assert kept() == {"出租房": 0}


def people(world: Company, count: int) -> list[Customer]:
    return [make_customer(world.agent, name=f"王{number}") for number in range(count)]


def test_merging_tags_moves_customers_in_batches_and_survives_a_crash(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    gone, into = make_tag(world, name="租户"), make_tag(world, name="出租房")
    crowd = people(world, 7)
    for customer in crowd:
        give(world.agent, customer, gone)
    give(world.agent, crowd[0], into)
    gone.refresh_from_db()
    found = preview_merge(tag=Tag.objects.get(pk=gone.pk), into=Tag.objects.get(pk=into.pk))
    assert (found.gone, found.kept, found.both, found.after) == (7, 1, 1, 7)
    work.merge_tags(actor=world.chief, now=NOW, tag_id=gone.pk, into_id=into.pk)
    with pytest.raises(UnknownTag):
        give(world.agent, make_customer(world.agent), gone)
    monkeypatch.setattr(work, "BATCH", 3)
    calls: list[None] = []

    def dies(_actor: Any) -> Any:
        calls.append(None)
        if len(calls) == 2:
            raise RuntimeError("killed")
        return transaction.atomic()

    monkeypatch.setattr(work, "acting", dies)
    with pytest.raises(RuntimeError):
        work.move_merged(tag_id=gone.pk)
    assert kept() == {"租户": 4, "出租房": 3}
    assert work.move_merged(tag_id=gone.pk) == 4
    assert kept() == {"租户": 0, "出租房": 7}
    with pytest.raises(work.SameTag):
        work.merge_tags(actor=world.chief, now=NOW, tag_id=into.pk, into_id=into.pk)


def tagged_segment(world: Company, tag: Tag) -> Segment:
    rule = Rule("all", (Group("all", (Line("customers.tags", "has", str(tag.pk)),)),))
    segment = save_segment(
        actor=world.agent, now=NOW, name="s", note="", rule=rule,
        organisation_id=world.lake.pk,
    )  # fmt: skip
    build_segment(segment_id=segment.pk, now=NOW)
    return segment


def test_segments_ask_for_tags_and_follow_a_merge_of_tags(world: Company) -> None:
    gone, into = make_tag(world, name="租户"), make_tag(world, name="出租房")
    one, other = people(world, 2)
    give(world.agent, one, gone)
    give(world.agent, other, into)
    segment = tagged_segment(world, gone)
    assert list(segment.members.values_list("customer_id", flat=True)) == [one.pk]
    work.merge_tags(actor=world.chief, now=NOW, tag_id=gone.pk, into_id=into.pk)
    run_background()
    build_segment(segment_id=segment.pk, now=NOW)
    ids = segment.members.order_by("customer_id").values_list("customer_id", flat=True)
    assert list(ids) == [one.pk, other.pk]


def test_rules_are_rewritten_only_where_they_ask_for_the_tag() -> None:
    rule = {"all": [{"not": {"field": "customers.tags", "op": "contains", "value": "7"}},
                    {"field": "customers.tags", "op": "contains", "value": "77"},
                    {"field": "customers.tier", "op": "in", "value": ["7"]}]}  # fmt: skip
    changed = replaced(rule, field="customers.tags", old="7", new="8")
    assert changed["all"][0]["not"]["value"] == "8"
    assert changed["all"][1:] == rule["all"][1:]


def test_a_whole_segment_is_tagged_once_though_the_job_runs_twice(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    seed, tag = make_tag(world, name="seed"), make_tag(world)
    crowd = people(world, 5)
    for customer in crowd:
        give(world.agent, customer, seed)
    give(world.agent, crowd[2], tag)
    segment = tagged_segment(world, seed)
    monkeypatch.setattr(work, "BATCH", 2)
    run = work.tag_segment(actor=world.agent, now=NOW, tag_id=tag.pk, segment_id=segment.pk)
    run_background()
    again = work.run_tag_segment(actor=world.agent, run_id=run.pk, clock=lambda: NOW)
    assert (again.seen, again.added, again.finished_at is not None) == (5, 4, True)
    assert kept()["出租房"] == 5
    with pytest.raises(NotVisible):
        work.tag_segment(actor=world.outsider, now=NOW, tag_id=tag.pk, segment_id=segment.pk)
    assert TagRun.objects.count() == 1


def test_a_segment_of_the_company_is_tagged_only_as_far_as_the_right_reaches(
    world: Company,
) -> None:
    ours = make_customer(world.agent)
    make_customer(world.outsider, name="邻居")
    rule = Rule("all", (Group("all", (Line("customers.kind", "in", ("person",)),)),))
    segment = save_segment(
        actor=world.chief, now=NOW, name="all", note="", rule=rule,
        organisation_id=world.company.pk,
    )  # fmt: skip
    build_segment(segment_id=segment.pk, now=NOW)
    tag = make_tag(world)
    run = work.tag_segment(actor=world.agent, now=NOW, tag_id=tag.pk, segment_id=segment.pk)
    done = work.run_tag_segment(actor=world.agent, run_id=run.pk, clock=lambda: NOW)
    assert (done.seen, done.added) == (1, 1)
    assert CustomerTag.objects.get().customer_id == ours.pk


def test_lists_and_files_are_narrowed_to_a_tag_page_by_page(world: Company) -> None:
    tag, crowd = make_tag(world), people(world, 5)
    for customer in crowd[:4]:
        give(world.agent, customer, tag)
    merge_customers(actor=world.agent, now=NOW, customer_id=crowd[4].pk, merged_id=crowd[0].pk)
    first = list_customers(actor=world.agent, tag_id=tag.pk, limit=2)
    assert [line.customer_id for line in first.lines] == [crowd[4].pk, crowd[3].pk]
    rest = list_customers(actor=world.agent, tag_id=tag.pk, limit=2, after=first.after)
    assert [line.customer_id for line in rest.lines] == [crowd[2].pk, crowd[1].pk]
    assert rest.after is None
    assert list_customers(actor=world.outsider, tag_id=tag.pk).lines == []
    assert list_customers(actor=world.agent, tag_id=tag.pk, tier="A").lines == []
    segment = tagged_segment(world, tag)
    both = list_customers(actor=world.agent, tag_id=tag.pk, segment_id=segment.pk)
    assert len(both.lines) == 4
    for filters in (ExportFilters(tag=tag.pk), ExportFilters(tag=tag.pk, segment=segment.pk)):
        (rows,) = export_rows(actor=world.agent, organisations=[world.lake.pk], filters=filters)
        assert len(rows) == 4
    with pytest.raises(NotVisible):
        list_customers(actor=world.agent, tag_id=tag.pk + 99)


def test_the_page_of_a_tag_reads_its_index_and_sorts_nothing(world: Company) -> None:
    from qiao.customers.queries import listing  # noqa: PLC0415 - its statement is looked at

    tag = make_tag(world)
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(
            f"EXPLAIN {listing._TAGGED}",  # noqa: SLF001
            {"after": None, "tier": "", "flag": "", "tag": tag.pk, "limit": 31,
             "organisations": [world.lake.pk], "zone": "Asia/Shanghai"},
        )  # fmt: skip
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "customers_customertag_once" in plan


def test_the_dialog_gives_and_takes_off_and_leaves_what_others_did(world: Company) -> None:
    customer = make_customer(world.agent)
    had, new, others = (make_tag(world, name=name) for name in ("had", "new", "others"))
    give(world.agent, customer, had)
    give(world.colleague, customer, others)
    page = browser(world.agent_staff)
    url = reverse("customers:customer_tags", args=[customer.pk])
    answer = page.post(url, {"tag": [new.pk], "had": [had.pk]}, headers={"HX-Request": "true"})
    html = answer.content.decode()
    assert "new" in html
    assert "others" in html
    assert ">had<" not in html
    names = {tag.name for tag in tags_of(actor=world.agent, customer_id=customer.pk)}
    assert names == {"new", "others"}
    retire_tag(actor=world.chief, tag_id=had.pk)
    late = page.post(url, {"tag": [had.pk]}, headers={"HX-Request": "true"})
    assert late.status_code == 422
    assert late.headers["HX-Retarget"] == "#customer-tags-change"
    found = page.get(f"{url}choices/?find=NEW").content.decode()
    assert "new" in found
    assert "others" not in found
    carried = page.get(f"{url}choices/?find=NEW&tag={others.pk}").content.decode()
    assert carried.index("new") < carried.index("others")


def test_the_pages_show_chips_and_lead_to_the_list_of_a_tag(world: Company) -> None:
    customer, tag = make_customer(world.agent), make_tag(world, about="有人租住")
    give(world.agent, customer, tag)
    page = browser(world.agent_staff)
    for name in ("page", "aside"):
        html = page.get(reverse(f"customers:{name}", args=[customer.pk])).content.decode()
        assert "出租房" in html
    listed = page.get(reverse("customers:list"), {"tag": tag.pk}).content.decode()
    assert customer.name in listed
    assert page.get(reverse("customers:list"), {"tag": 999_999}).status_code == 404


def test_the_vocabulary_is_kept_on_its_page(world: Company) -> None:
    chief = browser(world.chief_staff)
    new = reverse("customers:tag_new")
    assert chief.post(new, {"name": "出租房", "tone": "info"}).status_code == 302
    assert chief.post(new, {"name": "出租房"}).status_code == 422
    tag = Tag.objects.get()
    assert TagKept.objects.get(tag=tag).customer_count == 0
    other = make_tag(world, name="租户")
    merging = reverse("customers:tag_merge", args=[other.pk])
    seen = chief.get(f"{merging}?into={tag.pk}", headers={"HX-Request": "true"})
    assert "Afterwards" in seen.content.decode()
    assert chief.post(merging, {"into": tag.pk}).status_code == 302
    assert chief.post(reverse("customers:tag_retire", args=[tag.pk])).status_code == 302
    retired = chief.get(reverse("customers:tags"), {"state": "retired"}).content.decode()
    assert "出租房" in retired
    assert "租户" not in retired
    agent = browser(world.agent_staff)
    assert agent.get(reverse("customers:tags")).status_code == 200
    assert agent.get(new).status_code == 403
