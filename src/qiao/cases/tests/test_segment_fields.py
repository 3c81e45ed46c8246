"""Fields that cases lend to segments: kept change by change, they are what a build finds."""

from datetime import timedelta

from django.utils import timezone

from qiao.cases.models import Case, CaseType
from qiao.cases.tests.world import NOW, a_case
from qiao.core.actor import Actor
from qiao.customers.models import Segment, SegmentMember
from qiao.customers.operations.segment_keeping import build_segment, refresh_segments
from qiao.customers.operations.segments import save_segment
from qiao.customers.rules.segments import Group, Line, Rule
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company


def save(actor: Actor, line: Line) -> Segment:
    segment = save_segment(
        actor=actor, now=NOW, name=f"{line.field} {line.op}", note="",
        rule=Rule("all", (Group("all", (line,)),)), organisation_id=actor.organisation_id,
    )  # fmt: skip
    build_segment(segment_id=segment.pk, now=NOW)
    return segment


def members(segment: Segment) -> set[int]:
    """Who is in it after the marks were looked at, which is who a build finds."""
    refresh_segments(now=NOW)
    found = SegmentMember.objects.filter(segment=segment).values_list("customer_id", flat=True)
    kept = set(found)
    again = build_segment(segment_id=segment.pk, now=NOW)
    assert (again.joined, again.left) == (0, 0)
    return kept


def test_members_follow_the_kinds_of_open_cases_and_recent_complaints(company: Company) -> None:
    CaseType.objects.filter(key="water.bill").update(group="complaint")
    one, other = (make_customer(company.agent, name=name) for name in ("王伟", "李娜"))
    faults = save(company.agent, Line("cases.groups", "has", "fault"))
    complaints = save(company.agent, Line("cases.complaints", "ge", 1))
    idle = save(company.agent, Line("cases.groups", "empty"))
    assert (members(faults), members(complaints)) == (set(), set())
    assert members(idle) == {one.pk, other.pk}

    fault = a_case(company, customer_id=one.pk)
    bill = a_case(company, type_key="water.bill", customer_id=other.pk)
    assert (members(faults), members(complaints), members(idle)) == ({one.pk}, {other.pk}, set())

    Case.objects.filter(pk=bill.pk).update(customer_id=one.pk)
    assert (members(complaints), members(idle)) == ({one.pk}, {other.pk}), "both are looked at"

    Case.objects.filter(pk__in=(fault.pk, bill.pk)).update(
        closed_at=NOW, closed_date=timezone.localdate(NOW), phase="closed"
    )
    assert (members(faults), members(complaints)) == (set(), {one.pk})
    build_segment(segment_id=complaints.pk, now=NOW + timedelta(days=100), cause="time")
    assert not SegmentMember.objects.filter(segment=complaints).exists(), "it is long ago"
