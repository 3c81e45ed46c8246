"""Tags in bulk: one tag that stands for another, and a tag for a whole segment.

Both are done in the background in batches of one transaction each; a job that dies is run again
and goes on where the last batch ended.
"""
# ruff: noqa: S608 - put together from this module's own pieces; all values are bound

from collections.abc import Callable
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.core import background
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.transactions import acting, required
from qiao.customers.events import SegmentTagged
from qiao.customers.models import Segment, Tag, TagRun
from qiao.customers.operations.refusals import CustomerRefusal
from qiao.customers.operations.segments import ask_to_build
from qiao.customers.operations.tags import PERMISSION, UnknownTag, lock_tag
from qiao.customers.queries.search import visible
from qiao.customers.queries.segments import get_open_segment_for
from qiao.customers.rules.segments import replaced

MERGE_TASK: Final = "customers.merge_tags"
RUN_TASK: Final = "customers.tag_segment"
FIELD: Final = "customers.tags"
BATCH: Final = 2_000


class SameTag(CustomerRefusal):
    """A tag cannot stand for itself."""


def merge_tags(*, actor: Actor, now: datetime, tag_id: int, into_id: int) -> Tag:
    """Let one tag stand for another: it is given no more, its customers follow in the background.

    Rules of segments that asked for it ask for the other from now on.

    Raises `SameTag`, `UnknownTag`, `qiao.core.actor.Forbidden`.
    """
    if tag_id == into_id:
        raise SameTag(str(tag_id))
    tags = {each: lock_tag(actor=actor, tag_id=each) for each in sorted((tag_id, into_id))}
    gone, kept = tags[tag_id], tags[into_id]
    gone.is_active, gone.merged_into = False, kept
    gone.save(update_fields=["is_active", "merged_into"])
    Tag.objects.filter(merged_into=gone).update(merged_into=kept)
    _rewrite_segments(gone.pk, kept.pk, now)
    background.defer(MERGE_TASK, lock=f"{MERGE_TASK}:{kept.pk}", tag_id=gone.pk)
    return kept


def _rewrite_segments(gone_id: int, kept_id: int, now: datetime) -> None:
    for segment in Segment.objects.select_for_update(no_key=True).order_by("pk"):
        rule = replaced(segment.rule, field=FIELD, old=str(gone_id), new=str(kept_id))
        if rule != segment.rule:
            segment.rule, segment.changed_at = rule, now
            segment.save(update_fields=["rule", "changed_at"])
            if segment.state != Segment.State.ARCHIVED:
                ask_to_build(segment.pk)


_MOVE = """
WITH batch AS (
    SELECT t.id, t.customer_id, t.at, t.actor_id, t.through_merge_of
      FROM customers_customertag t JOIN customers_customer c ON c.id = t.customer_id
     WHERE t.tag_id = %(gone)s ORDER BY t.customer_id LIMIT %(most)s FOR SHARE OF c
), moved AS (
    INSERT INTO customers_customertag (tag_id, customer_id, at, actor_id, through_merge_of)
    SELECT %(kept)s, b.customer_id, b.at, b.actor_id, b.through_merge_of FROM batch b
    ON CONFLICT DO NOTHING
)
DELETE FROM customers_customertag WHERE id IN (SELECT id FROM batch)
"""


def move_merged(*, tag_id: int) -> int:
    """Let the customers of a merged tag carry the one that stands for it; how many rows moved."""
    moved = 0
    while True:
        with acting(None), connection.cursor() as cursor:
            tag = Tag.objects.get(pk=tag_id)
            values = {"gone": tag.pk, "kept": tag.merged_into_id, "most": BATCH}
            cursor.execute(_MOVE, values)
            if cursor.rowcount == 0:
                return moved
            moved += cursor.rowcount


def tag_segment(*, actor: Actor, now: datetime, tag_id: int, segment_id: int) -> TagRun:
    """Give a tag to every member of a segment whom the actor may change, in the background.

    Raises `UnknownTag`, `NotVisible`, `qiao.core.actor.Forbidden`.
    """
    required()
    actor.require(PERMISSION)
    segment = get_open_segment_for(actor=actor, segment_id=segment_id)
    tag = Tag.objects.filter(pk=tag_id, is_active=True).first()
    if tag is None:
        raise UnknownTag(str(tag_id))
    run = TagRun.objects.create(
        tag=tag, segment=segment, asked_at=now, asked_by_id=actor.person_id
    )
    background.defer(RUN_TASK, lock=run_lock(run.pk), run_id=run.pk, staff_id=actor.person_id)
    return run


def run_lock(run_id: int) -> str:
    """The lock of the job that gives a segment a tag."""
    return f"{RUN_TASK}:{run_id}"


# The rows are locked against a merge of the customer, which counts the tags of both.
_GIVE = f"""
WITH batch AS MATERIALIZED (
    SELECT c.id, {visible("c.id")} AS is_ours FROM customers_segmentmember m
      JOIN customers_customer c ON c.id = m.customer_id AND c.merged_into_id IS NULL
     WHERE m.segment_id = %(segment)s AND m.customer_id > %(reached)s
     ORDER BY m.customer_id LIMIT %(most)s FOR SHARE OF c
), given AS (
    INSERT INTO customers_customertag (tag_id, customer_id, at, actor_id)
    SELECT %(tag)s, b.id, %(now)s, %(actor)s FROM batch b WHERE b.is_ours
    ON CONFLICT DO NOTHING RETURNING customer_id
)
SELECT (SELECT max(id) FROM batch), (SELECT count(*) FROM batch WHERE is_ours),
       (SELECT count(*) FROM given)
"""


def run_tag_segment(*, actor: Actor, run_id: int, clock: Callable[[], datetime]) -> TagRun:
    """Go on giving a segment its tag until all members were looked at.

    A tag that was retired meanwhile is given to nobody more.
    """
    while True:
        with acting(actor):
            # The tag too: nobody merges it away while a batch is being given.
            rows = TagRun.objects.select_for_update(no_key=True, of=("self", "tag"))
            run = rows.select_related("tag", "segment").get(pk=run_id)
            if run.finished_at is not None:
                return run
            reached, seen, added = (
                _give(run, actor, clock()) if run.tag.is_active else (None, 0, 0)
            )
            run.seen, run.added = run.seen + seen, run.added + added
            if reached is None:
                _finish(run, actor, clock())
            else:
                run.reached = reached
            run.save()


def _give(run: TagRun, actor: Actor, now: datetime) -> Any:
    values: dict[str, Any] = {
        "segment": run.segment_id,
        "reached": run.reached,
        "most": BATCH,
        "tag": run.tag_id,
        "now": now,
        "actor": run.asked_by_id,
        "organisations": list(actor.organisations("customers.edit")),
    }
    with connection.cursor() as cursor:
        cursor.execute(_GIVE, values)
        return cursor.fetchone()


def _finish(run: TagRun, actor: Actor, now: datetime) -> None:
    run.finished_at = now
    publish(
        SegmentTagged(run.tag_id, run.segment_id, run.added),
        organisation_id=run.segment.organisation_id,
        actor=actor,
        now=now,
    )
