"""Segments: saved rules, and the customers who fit them."""

from datetime import datetime
from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from qiao.api.views.v1.calls import ProgramRequest, actor_of
from qiao.api.views.v1.customers import CustomerLine
from qiao.api.views.v1.service import reads
from qiao.api.views.v1.shapes import (
    PAGE_ROWS,
    Cursor,
    Limit,
    PathId,
    Shown,
    cursor_for,
    read_cursor,
)
from qiao.customers import queries

GROUP = "segments"
LISTED = "segments"


class SegmentShown(Shown):
    """A segment. `member_count` is null where the key sees only a part of the segment's units;
    `rule` is a condition as the house keeps it. Members fit it as of `refreshed_at`."""

    segment_id: int
    organisation_id: int
    name: str
    note: str
    state: str
    rule: dict[str, Any]
    member_count: int | None
    refreshed_at: datetime | None
    created_at: datetime
    changed_at: datetime


class Segments(Shown):
    """A page: `next` goes on, null at the end."""

    items: list[SegmentShown]
    next: str | None


class Member(CustomerLine):
    """A customer in a segment, since the moment that was seen."""

    since: datetime


class Members(Shown):
    """A page of members whom the key may see, the newest customers first."""

    items: list[Member]
    next: str | None


def _told(line: Any) -> SegmentShown:
    segment = line.segment
    own = ("organisation_id", "note", "state", "rule", "created_at", "changed_at")
    return SegmentShown(
        segment_id=segment.pk,
        name=queries.name_in(segment, get_language() or "en"),
        member_count=line.count,
        refreshed_at=segment.kept.refreshed_at,
        **{field: getattr(segment, field) for field in own},
    )


@reads(
    "/segments", "listSegments", scope="segments:read", answer=Segments, group=GROUP,
    title=_("List segments"),
    about=_("Saved rules of the key’s units and of those above; not those in the archive."),
)  # fmt: skip
def list_segments(
    request: ProgramRequest, after: Cursor = "", limit: Limit = PAGE_ROWS
) -> Segments:
    """A page of segments."""
    page = queries.page_of_segments(
        actor=actor_of(request), now=request.call.now, after=read_cursor(LISTED, after),
        limit=limit,
    )  # fmt: skip
    return Segments(items=list(map(_told, page.lines)), next=cursor_for(LISTED, page.after))


@reads(
    "/segments/{segment_id}", "getSegment", scope="segments:read", answer=SegmentShown,
    group=GROUP, title=_("Read a segment"),
)  # fmt: skip
def get_segment(request: ProgramRequest, segment_id: PathId) -> SegmentShown:
    """One segment."""
    line = queries.segment_line(
        actor=actor_of(request), now=request.call.now, segment_id=segment_id
    )
    return _told(line)


@reads(
    "/segments/{segment_id}/members", "listMembers", scope="segments:read", answer=Members,
    group=GROUP, title=_("List the customers in a segment"),
    about=_(
        "Those whom the key may see. Members follow changes within a minute; a page goes on where"
        " the last one ended, whoever joined or left meanwhile."
    ),
)  # fmt: skip
def list_members(
    request: ProgramRequest, segment_id: PathId, after: Cursor = "", limit: Limit = PAGE_ROWS
) -> Members:
    """A page of members."""
    actor = actor_of(request)
    segment = queries.get_open_segment_for(actor=actor, segment_id=segment_id)
    listed = f"segments.{segment.pk}"
    page = queries.list_members(
        actor=actor, segment_id=segment.pk, after=read_cursor(listed, after), limit=limit
    )
    members = [
        Member(since=line.since, **CustomerLine.model_validate(line.customer).model_dump())
        for line in page.lines
    ]
    return Members(items=members, next=cursor_for(listed, page.after))
