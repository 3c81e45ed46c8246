"""Who joined a segment and left it, why, how large it was; and lists narrowed to it."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils.translation import override

from qiao.core.actor import Actor
from qiao.core.models import Export
from qiao.customers.models import Segment, SegmentDay
from qiao.customers.operations import restate_protections
from qiao.customers.operations.exporting import request_export
from qiao.customers.operations.segment_keeping import (
    build_segment,
    keep_sizes,
    refresh_segments,
)
from qiao.customers.operations.segments import archive_segment, save_segment
from qiao.customers.queries import NotVisible, list_customers
from qiao.customers.queries.exporting import ExportFilters, export_rows
from qiao.customers.queries.segment_history import list_moves, trends_of
from qiao.customers.queries.segments import list_segments
from qiao.customers.rules.segments import Group, Line, Rule
from qiao.customers.tests.factories import NOW, make_customer
from qiao.customers.tests.test_segments import complain
from qiao.customers.views.segment_words import move_words
from qiao.staff.tests.cast import Company, make_company

FRAIL = Rule("all", (Group("any", (Line("customers.flags", "has", "infant"),
                                   Line("customers.complaints", "ge", 2))),))  # fmt: skip
ASKED = {"customers.flags", "customers.complaints"}
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)


@pytest.fixture
def company(db: None) -> Company:
    return make_company()


def save(actor: Actor, *, unit: int = 0) -> Segment:
    segment = save_segment(
        actor=actor, now=NOW, name="要照顾的客户", note="", rule=FRAIL,
        organisation_id=unit or actor.organisation_id,
    )  # fmt: skip
    build_segment(segment_id=segment.pk, now=NOW)
    return segment


def flag(actor: Actor, customer_id: int, *flags: str) -> None:
    restate_protections(
        actor=actor, now=NOW, customer_id=customer_id, kinds=list(flags), reason="tested"
    )


def test_each_move_tells_when_and_by_which_field_and_the_first_build_is_no_move(
    company: Company,
) -> None:
    agent = company.agent
    first = make_customer(agent, name="王伟", flags=["infant"])
    other = make_customer(agent, name="李娜")
    segment = save(agent)
    complain(other.pk, 2)
    refresh_segments(now=NOW + HOUR)
    flag(agent, first.pk)
    refresh_segments(now=NOW + 2 * HOUR)
    build_segment(segment_id=segment.pk, now=NOW + timedelta(days=500), cause="time")
    later = NOW + timedelta(days=500)
    page = list_moves(actor=agent, segment_id=segment.pk, now=later)
    assert [(m.name, m.has_joined, m.cause) for m in page.lines] == [("李娜", False, "time")]
    page = list_moves(actor=agent, segment_id=segment.pk, now=NOW + DAY)
    with override("en"):
        seen = [(m.name, m.has_joined, move_words(m, ASKED)) for m in page.lines]
    assert seen == [
        ("李娜", False, "Time passed"),
        ("王伟", False, "Protected because of"),
        ("李娜", True, "Complaints in 12 months"),
    ]
    assert page.lines[-1].at == NOW + HOUR
    assert list_moves(actor=company.outsider, segment_id=segment.pk, now=NOW).lines == []


def test_moves_are_paged_by_key(company: Company) -> None:
    agent = company.agent
    segment = save(agent)
    made = [make_customer(agent, name=f"客户{n}", flags=["infant"]) for n in range(5)]
    refresh_segments(now=NOW)
    seen, before = [], None
    for _ in range(3):
        page = list_moves(actor=agent, segment_id=segment.pk, now=NOW, before=before, limit=2)
        seen += [move.customer_id for move in page.lines]
        before = page.before
    assert before is None
    assert sorted(seen) == [each.pk for each in made]


def test_the_size_is_kept_by_day_and_the_saving_of_a_rule_is_no_coming_or_going(
    company: Company,
) -> None:
    agent = company.agent
    one, other = (make_customer(agent, name=name, flags=["infant"]) for name in ("王伟", "李娜"))
    segment = save(agent)
    flag(agent, one.pk)
    refresh_segments(now=NOW + DAY)
    keep_sizes(now=NOW + 2 * DAY)
    flag(agent, other.pk)
    refresh_segments(now=NOW + 2 * DAY)
    days = SegmentDay.objects.filter(segment=segment).order_by("day")
    kept = [(day.member_count, day.joined, day.left_count) for day in days]
    assert kept == [(2, 0, 0), (1, 0, 1), (0, 0, 1)]
    trend = trends_of(segment_ids=[segment.pk], now=NOW + 2 * DAY)[segment.pk]
    assert (trend.sizes, trend.joined, trend.left) == ([2, 1, 0], 0, 2)
    (line,) = list_segments(actor=agent, now=NOW + 2 * DAY)
    assert line.trend == trend
    assert trends_of(segment_ids=[segment.pk], now=NOW + timedelta(days=40)) == {}


def test_lists_and_files_narrowed_to_a_segment_hold_its_members_whom_one_may_see(
    company: Company,
) -> None:
    agent = company.agent
    here = [
        make_customer(agent, name=f"客户{n}", flags=["infant"] if n % 2 else []) for n in range(6)
    ]
    make_customer(company.outsider, name="江北", flags=["infant"])
    segment = save(company.chief, unit=company.company.pk)
    wanted = sorted((each.pk for each in here[1::2]), reverse=True)
    seen, after = [], None
    for _ in range(2):
        page = list_customers(actor=agent, segment_id=segment.pk, after=after, limit=2)
        seen += [line.customer_id for line in page.lines]
        after = page.after
    assert (seen, after) == (wanted, None)
    assert list_customers(actor=agent, segment_id=segment.pk, tier="A").lines == []
    assert len(list_customers(actor=agent, segment_id=segment.pk, flag="infant").lines) == 3
    units = list(agent.organisations("customers.view"))
    filters = ExportFilters(segment=segment.pk)
    rows = [r for part in export_rows(actor=agent, organisations=units, filters=filters)
            for r in part]  # fmt: skip
    assert [row.customer_id for row in rows] == wanted[::-1]
    archive_segment(actor=company.chief, now=NOW, segment_id=segment.pk)
    with pytest.raises(NotVisible):
        list_customers(actor=agent, segment_id=segment.pk)


def test_members_are_taken_away_by_the_machinery_of_lists_and_of_own_segments_only(
    company: Company,
) -> None:
    segment = save(company.agent)
    ask: dict[str, Any] = {
        "now": NOW, "filters": ExportFilters(segment=segment.pk), "columns": ["name"],
        "form": "csv", "full_phones": False, "reason": "每周回访", "language": "zh-hans",
    }  # fmt: skip
    export = request_export(actor=company.agent, **ask)
    assert Export.objects.get(pk=export.pk).terms["filters"]["segment"] == segment.pk
    with pytest.raises(NotVisible):
        request_export(actor=company.outsider, **ask)
    client = Client()
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    told = client.get(f"/customers/exports/new/?segment={segment.pk}").content.decode()
    assert "要照顾的客户" in told
    assert "要照顾的客户" in client.get("/me/files/").content.decode()
    assert client.get("/customers/?segment=99999999").status_code == 404
