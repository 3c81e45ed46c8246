"""Members of segments are those who fit, whatever changes, and nobody is counted twice."""

import threading
from datetime import timedelta
from random import Random
from typing import Any

import pytest
from django.db import connection, connections, transaction

from qiao.core.actor import Actor, Forbidden
from qiao.core.models import Event
from qiao.core.registry import registry
from qiao.core.rules.conditions import AllOf, AnyOf, Condition, Not, Test, holds
from qiao.customers.models import (
    Segment,
    SegmentDirty,
    SegmentKept,
    SegmentMember,
    SegmentMove,
)
from qiao.customers.operations import (
    NewFact,
    add_phone,
    change_name,
    merge_customers,
    note_facts,
    restate_protections,
    undo_merge,
)
from qiao.customers.operations.segment_keeping import (
    build_segment,
    moving_segments,
    refresh_segments,
    waiting_segments,
)
from qiao.customers.operations.segments import (
    SegmentNameTaken,
    archive_segment,
    restore_segment,
    save_segment,
)
from qiao.customers.queries import NotVisible
from qiao.customers.queries.segment_sql import Compiler, clock, people
from qiao.customers.queries.segments import (
    count_members,
    get_segment_for,
    is_member,
    list_members,
    list_segments,
    segments_of,
)
from qiao.customers.rules.segments import BadRule, Group, Line, Rule
from qiao.customers.tests.factories import NOW, make_account, make_customer
from qiao.staff.tests.cast import Company, make_company

FRAIL = Rule("all", (Group("any", (Line("customers.flags", "has", "infant"),
                                   Line("customers.complaints", "ge", 2))),))  # fmt: skip


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def save(actor: Actor, rule: Rule = FRAIL, name: str = "要照顾的客户", **more: Any) -> Segment:
    unit = more.pop("organisation_id", actor.organisation_id)
    segment = save_segment(
        actor=actor, now=NOW, name=name, note="", rule=rule, organisation_id=unit, **more
    )
    build_segment(segment_id=segment.pk, now=NOW)
    segment.refresh_from_db()
    return segment


def members(segment: Segment) -> set[int]:
    found = set(
        SegmentMember.objects.filter(segment=segment).values_list("customer_id", flat=True)
    )
    kept = SegmentKept.objects.get(segment=segment)
    assert kept.member_count == len(found), "the kept count is the number of members"
    return found


def complain(customer_id: int, times: int) -> None:
    note_facts(
        facts=[
            NewFact(
                customer_id, "complaint", NOW - timedelta(days=n), "test", f"{customer_id}-{n}"
            )
            for n in range(times)
        ],
        now=NOW,
    )


def test_who_comes_to_fit_joins_and_who_no_longer_fits_leaves(company: Company) -> None:
    agent = company.agent
    one, other = (make_customer(agent, name=name) for name in ("王伟", "李娜"))
    segment = save(agent)
    assert members(segment) == set()
    restate_protections(
        actor=agent, now=NOW, customer_id=one.pk, kinds=["infant"], reason="tested"
    )
    complain(other.pk, 2)
    assert SegmentDirty.objects.count() >= 2
    told = refresh_segments(now=NOW)
    assert (told.joined, told.left, members(segment)) == (2, 0, {one.pk, other.pk})
    restate_protections(actor=agent, now=NOW, customer_id=one.pk, kinds=[], reason="tested")
    assert refresh_segments(now=NOW).left == 1
    assert members(segment) == {other.pk}
    assert refresh_segments(now=NOW).customers == 0, "nothing is left to look at"
    moves = SegmentMove.objects.filter(segment=segment, customer_id=one.pk)
    assert list(moves.order_by("id").values_list("has_joined", flat=True)) == [True, False]
    told_on = Event.objects.filter(name="customers.segment_changed")
    assert {(e.payload["joined"], e.payload["left"]) for e in told_on} == {(2, 0), (0, 1)}


def test_a_change_that_a_rule_does_not_ask_for_moves_nobody(company: Company) -> None:
    one = make_customer(company.agent, flags=["infant"])
    segment = save(company.agent)
    change_name(actor=company.agent, now=NOW, customer_id=one.pk, name="陈慧敏敏")
    add_phone(actor=company.agent, now=NOW, customer_id=one.pk, number="13805712299")
    told = refresh_segments(now=NOW)
    assert (told.joined, told.left, members(segment)) == (0, 0, {one.pk})


def test_a_merged_customer_stands_in_a_segment_once_with_all_that_both_have(
    company: Company,
) -> None:
    agent = company.agent
    one, other = make_customer(agent, name="王伟"), make_customer(agent, name="王炜")
    complain(one.pk, 1)
    complain(other.pk, 1)
    segment = save(agent)
    assert members(segment) == set()
    merge_customers(actor=agent, now=NOW, customer_id=one.pk, merged_id=other.pk)
    refresh_segments(now=NOW)
    assert members(segment) == {one.pk}
    assert is_member(segment_id=segment.pk, customer_id=other.pk), "under either number"
    undo_merge(actor=agent, now=NOW, merged_id=other.pk)
    refresh_segments(now=NOW)
    assert members(segment) == set()


def test_a_segment_holds_customers_of_its_unit_and_shows_those_one_may_see(
    company: Company,
) -> None:
    here = make_customer(company.agent, flags=["infant"])
    there = make_customer(company.outsider, name="江北", flags=["infant"])
    own = save(company.agent)
    assert members(own) == {here.pk}
    whole = save(company.chief, name="全公司")
    assert members(whole) == {here.pk, there.pk}
    assert count_members(actor=company.chief, segment=whole) == (2, True)
    assert count_members(actor=company.agent, segment=whole) == (1, True)
    page = list_members(actor=company.agent, segment_id=whole.pk)
    assert [line.customer.customer_id for line in page.lines] == [here.pk]
    shown = {line.segment.pk: line.count for line in list_segments(actor=company.agent, now=NOW)}
    assert shown[own.pk] == 1
    assert shown[whole.pk] is None, "what lies outside the own branches is not counted out loud"
    with pytest.raises(NotVisible):
        get_segment_for(actor=company.outsider, segment_id=own.pk)
    with pytest.raises(Forbidden):
        save(company.outsider, name="别人的", organisation_id=company.lake.pk)
    assert segments_of(customer_ids=[here.pk]) == sorted([own.pk, whole.pk])


def test_a_rule_that_cannot_be_used_or_a_name_in_use_is_refused(company: Company) -> None:
    with pytest.raises(BadRule):
        save(company.agent, Rule())
    save(company.agent)
    with pytest.raises(SegmentNameTaken):
        save(company.agent)
    first = Segment.objects.get(name="要照顾的客户")
    archive_segment(actor=company.agent, now=NOW, segment_id=first.pk)
    assert save(company.agent).pk != first.pk, "an archived one lends its name"


def test_the_passing_of_time_moves_members(company: Company) -> None:
    one = make_customer(company.agent)
    make_account(company.agent, owner=one)
    rule = Rule("all", (Group("all", (Line("customers.registered", "le", 30),)),))
    segment = save(company.agent, rule)
    assert members(segment) == {one.pk}
    assert segment.pk in moving_segments()
    build_segment(segment_id=segment.pk, now=NOW + timedelta(days=31))
    assert members(segment) == set()


def test_an_archived_segment_says_nothing_until_it_is_taken_back(company: Company) -> None:
    one = make_customer(company.agent, flags=["infant"])
    segment = save(company.agent)
    archive_segment(actor=company.agent, now=NOW, segment_id=segment.pk)
    assert not is_member(segment_id=segment.pk, customer_id=one.pk)
    assert segments_of(customer_ids=[one.pk]) == []
    restate_protections(
        actor=company.agent, now=NOW, customer_id=one.pk, kinds=[], reason="tested"
    )
    restore_segment(actor=company.agent, now=NOW, segment_id=segment.pk)
    assert segment.pk in waiting_segments()
    build_segment(segment_id=segment.pk, now=NOW)
    assert members(segment) == set(), "what changed meanwhile is seen"


def test_a_rule_that_cannot_be_read_any_more_stops_no_other(company: Company) -> None:
    one = make_customer(company.agent, flags=["infant"])
    broken, sound = save(company.agent, name="旧规则"), save(company.agent, name="新规则")
    Segment.objects.filter(pk=broken.pk).update(
        rule={"all": [{"all": [{"field": "gone.field", "op": "given"}]}]}
    )
    restate_protections(
        actor=company.agent, now=NOW, customer_id=one.pk, kinds=[], reason="tested"
    )
    refresh_segments(now=NOW)
    assert (members(broken), members(sound)) == ({one.pk}, set())


def test_a_change_of_very_many_rows_has_everybody_looked_at(company: Company) -> None:
    one = make_customer(company.agent, flags=["infant"])
    segment = save(company.agent)
    SegmentMember.objects.filter(segment=segment).delete()
    SegmentDirty.objects.create(customer_id=None)
    assert refresh_segments(now=NOW).customers is None
    assert segment.pk in waiting_segments()
    build_segment(segment_id=segment.pk, now=NOW)
    assert members(segment) == {one.pk}
    assert segment.pk not in waiting_segments()


def _random_condition(rng: Random, fields: list[Any], depth: int = 0) -> Condition:
    if depth < 2 and rng.random() < 0.5:
        parts = tuple(_random_condition(rng, fields, depth + 1) for _ in range(rng.randint(1, 3)))
        return rng.choice((AllOf(parts), AnyOf(parts), Not(AllOf(parts))))
    field = rng.choice(fields)
    if rng.random() < 0.2:
        return Test(field.key, rng.choice(("given", "empty")))
    keys = [key for key, _ in field.choices()] if field.choices else []
    keys = keys or ["none"]
    if field.kind == "choice":
        some = tuple(rng.sample(keys, rng.randint(1, len(keys))))
        return Test(field.key, rng.choice(("in", "not_in")), some)
    if field.kind == "many":
        return Test(field.key, "contains", rng.choice(keys))
    if field.kind == "flag":
        return Test(field.key, rng.choice(("eq", "ne")), rng.random() < 0.5)
    return Test(field.key, rng.choice(("ge", "le", "gt", "lt", "eq", "ne")), rng.randint(0, 4))


def test_sql_and_the_plain_evaluator_agree_on_every_field_and_comparison(
    company: Company,
) -> None:
    rng = Random(20261127)
    agent = company.agent
    people_made = [
        make_customer(
            agent,
            name=f"客户{n}",
            kind=rng.choice(("person", "organisation")),
            flags=rng.sample(["infant", "welfare", "disabled"], rng.randint(0, 2)),
            phones=[f"1380571{n:04d}"] if rng.random() < 0.5 else [],
            now=NOW - timedelta(days=rng.randint(0, 5)),
        )
        for n in range(25)
    ]
    for customer in people_made:
        if rng.random() < 0.6:
            make_account(agent, owner=customer)
        complain(customer.pk, rng.randint(0, 3))
    merge_customers(
        actor=agent, now=NOW, customer_id=people_made[0].pk, merged_id=people_made[1].pk
    )
    fields = registry.segment_fields()
    with connection.cursor() as cursor:
        columns = ", ".join(known.sql for known in fields)
        cursor.execute(f"SELECT c.id, {columns} FROM {people()} ORDER BY c.id", clock(NOW))
        facts = {
            row[0]: dict(zip((f.key for f in fields), row[1:], strict=True))
            for row in cursor.fetchall()
        }
        seen = set()
        for _ in range(400):
            condition = _random_condition(rng, fields)
            compiler = Compiler({known.key: known for known in fields})
            cursor.execute(
                f"SELECT c.id FROM {people()} WHERE {compiler.compile(condition)}",
                clock(NOW) | compiler.parameters,
            )
            found = {pk for (pk,) in cursor.fetchall()}
            assert found == {pk for pk, known in facts.items() if holds(condition, known)}
            seen.add(len(found))
    assert len(seen) > 5, "rules that find all, some and none were tried"


@pytest.fixture
def apart(own_database: str) -> Company:
    with transaction.atomic():
        return make_company()


def test_changes_that_commit_while_members_are_looked_at_are_not_lost(apart: Company) -> None:
    with transaction.atomic():
        made = [make_customer(apart.agent, name=f"客户{n}") for n in range(12)]
        segment = save(apart.agent)
        SegmentDirty.objects.all().delete()

    def flag(part: list[Any]) -> None:
        try:
            for customer in part:
                with transaction.atomic():
                    restate_protections(
                        actor=apart.agent,
                        now=NOW,
                        customer_id=customer.pk,
                        kinds=["infant"],
                        reason="tested",
                    )
        finally:
            connections.close_all()

    def look() -> None:
        try:
            for _ in range(15):
                with transaction.atomic():
                    refresh_segments(now=NOW)
        finally:
            connections.close_all()

    threads = [threading.Thread(target=flag, args=(made[n::3],)) for n in range(3)]
    threads += [threading.Thread(target=look) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    with transaction.atomic():
        refresh_segments(now=NOW)
    assert members(segment) == {customer.pk for customer in made}
    joined = SegmentMove.objects.filter(segment=segment, has_joined=True)
    assert joined.count() == len(made), "nobody joined twice"
