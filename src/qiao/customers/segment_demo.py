"""The segments of the demo world: those of the packs, and one of the company's own."""

from collections.abc import Sequence

from django.db import connection

from qiao.core.demo import Finding, World
from qiao.core.packs.enabled import catalogue
from qiao.core.registry import registry
from qiao.core.rules.conditions import condition_data
from qiao.customers.models import Segment, SegmentDirty, SegmentKept
from qiao.customers.operations.segment_installing import install_segments
from qiao.customers.operations.segments import build_segment, waiting_segments
from qiao.customers.rules.segments import Group, Line, Rule, to_condition
from qiao.staff.queries import company_id

OWN = Rule(
    "all",
    (
        Group("any", (Line("customers.tier", "in", ("A", "B")),)),
        Group("any", (Line("customers.complaints", "ge", 1), Line("cases.open", "ge", 1))),
    ),
)


def build(world: World) -> None:
    """Build every segment over the whole world."""
    install_segments(presets=catalogue().segments.values(), now=world.now)
    own = Segment.objects.create(
        organisation_id=company_id(),
        name="高等级客户近期有不满",
        note="客户经理每周一查看，主动回访。",
        rule=condition_data(to_condition(OWN)),
        created_at=world.now,
        changed_at=world.now,
    )
    SegmentKept.objects.create(segment=own)
    SegmentDirty.objects.all().delete()
    for segment_id in waiting_segments():
        build_segment(segment_id=segment_id, now=world.now)


def audit() -> Sequence[Finding]:
    """Members are those who fit, and some but not all are in each segment."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), count(*) FILTER (WHERE member_count = 0),"
            " count(*) FILTER (WHERE member_count <> (SELECT count(*) FROM customers_segmentmember"
            " m WHERE m.segment_id = s.id)) FROM customers_segment s"
            " JOIN customers_segmentkept k ON k.segment_id = s.id WHERE state = 'current'"
        )
        segments, empty, miscounted = cursor.fetchone()
    fields = len(registry.segment_fields())
    return [
        Finding("segments", str(segments), "6 or more", segments >= 6),
        Finding("segments without a member", str(empty), "at most 2", empty <= 2),
        Finding("segments whose kept count is wrong", str(miscounted), "0", miscounted == 0),
        Finding("fields of segments", str(fields), "18 or more", fields >= 18),
    ]
