"""Five thousand changes over several fields of many customers: who fits which segment again."""

import time
from collections.abc import Iterator

import psycopg
from django.db import connection, transaction
from django.utils import timezone
from measuring.databases import connected_to, say, url_of
from measuring.timing import Limits, Result, once

from customers_parts.world import copy, ensure
from qiao.customers.models import Segment, SegmentDirty
from qiao.customers.operations.segment_keeping import (
    build_segment,
    refresh_segments,
    waiting_segments,
)

LIMITS = Limits(most={"seconds": 5})
CHANGED = "customers_segments"
CHANGES = 5_000
# A quarter of the changes each: protection, tier, a mobile number, a complaint; none in one
# statement, as people make them, but many in a transaction, as the clock is not on them.
_STATEMENTS = (
    "INSERT INTO customers_protection (customer_id, organisation_id, kind, reason, since,"
    " prove_by, review_date, due_date, stage, moves_on, claimed_at, certificate, issuer,"
    " end_reason)"
    " SELECT l.customer_id, l.organisation_id, 'infant', '', t.day, t.day + 30, t.day + 365,"
    " t.day + 30, 'claimed', t.day + 30, now(), '', '', ''"
    " FROM customers_customerorganisation l, (SELECT current_date AS day) AS t"
    " WHERE l.customer_id = %s LIMIT 1 ON CONFLICT DO NOTHING",
    "UPDATE customers_customer SET tier = CASE tier WHEN 'C' THEN 'B' ELSE 'C' END WHERE id = %s",
    "DELETE FROM customers_customerphone WHERE customer_id = %s",
    "INSERT INTO customers_fact (customer_id, kind, amount, occurred_at, recorded_at, source, ref,"
    " revision) VALUES (%s, 'complaint', 1, now(), now(), 'bench', txid_current()::text"
    " || clock_timestamp()::text, 0)",
)


def measure(customers: int) -> Iterator[Result]:
    """Change customers at random, then look again; members must be what a build from nothing
    finds."""
    copy(ensure(customers), CHANGED)
    with connected_to(CHANGED):
        for segment_id in waiting_segments():
            _build(segment_id)
        _change()
        with transaction.atomic():
            began = time.monotonic()
            told = refresh_segments(now=timezone.now())
            seconds = time.monotonic() - began
        segments = Segment.objects.exclude(state="archived").count()
        wrong = _wrong()
        yield once("segment-refresh", seconds, limits=LIMITS, customers=customers,
                   changes=CHANGES, touched=told.customers, segments=segments,
                   joined=told.joined, left=told.left, wrong=wrong)  # fmt: skip


def _build(segment_id: int) -> None:
    began = time.monotonic()
    with transaction.atomic():
        told = build_segment(segment_id=segment_id, now=timezone.now())
    say(f"  segment {segment_id}: {told.joined:,} members in {time.monotonic() - began:.1f} s")


def _change() -> None:
    SegmentDirty.objects.all().delete()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM customers_customer WHERE merged_into_id IS NULL"
            " ORDER BY md5(id::text) LIMIT %s",
            [CHANGES],
        )
        for place, (pk,) in enumerate(cursor.fetchall()):
            cursor.execute(_STATEMENTS[place % len(_STATEMENTS)], [pk])
    with psycopg.connect(url_of(CHANGED), autocommit=True) as owner:
        owner.execute("ANALYZE customers_segmentdirty")


def _wrong() -> int:
    """Members who a build from nothing adds or takes away after the refresh; 0 is right."""
    moved = 0
    for segment in Segment.objects.exclude(state="archived"):
        with transaction.atomic():
            told = build_segment(segment_id=segment.pk, now=timezone.now())
        moved += told.joined + told.left
    return moved
