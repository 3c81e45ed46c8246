"""Lists narrowed to a segment, and a rule tried while it is written, at all customers."""

import time
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone
from measuring import timing
from measuring.databases import connected_to
from measuring.timing import Limits, Result, once

from customers_parts.world import ensure
from qiao.core.actor import Actor
from qiao.core.rules.conditions import parse_condition
from qiao.customers.models import Segment
from qiao.customers.operations.segment_keeping import build_segment, waiting_segments
from qiao.customers.queries import list_customers
from qiao.customers.queries.segment_preview import count_exactly, preview, units_seen
from qiao.customers.rules.segments import from_condition
from qiao.staff.queries import actor_by_number, company_id

LISTED = Limits(p95=100)
TRIED = Limits(most={"seconds": 3})
COUNTED = Limits(most={"seconds": 60})
CHIEF, AGENT = "9001", "1027"
ROUNDS = 200


def measure(customers: int) -> Iterator[Result]:
    """Lists by who sees everybody and by who sees one branch, of the largest segment and of the
    company's own; then that one's rule, estimated and counted."""
    with connected_to(ensure(customers)):
        now = timezone.now()
        for segment_id in waiting_segments():
            with transaction.atomic():
                build_segment(segment_id=segment_id, now=now)
        day = timezone.localdate(now)
        kept = Segment.objects.exclude(state="archived").select_related("kept")
        largest = max(kept, key=lambda segment: segment.kept.member_count)
        for who, number in (("company", CHIEF), ("branch", AGENT)):
            yield _listed(who, actor_by_number(number, day=day), largest)
        own = next(segment for segment in kept if not segment.key)
        yield from _tried(actor_by_number(CHIEF, day=day), own, now)


def _listed(who: str, actor: Actor, segment: Segment) -> Result:
    afters: list[Any] = [None]
    for _page in range(20):
        afters.append(
            list_customers(actor=actor, segment_id=segment.pk, after=afters[-1]).after or None
        )

    def narrowed(number: int) -> None:
        list_customers(actor=actor, segment_id=segment.pk, after=afters[number % len(afters)])

    return timing.measure(
        f"segment-list-{who}",
        narrowed,
        lambda number: list_customers(actor=actor, after=afters[number % len(afters)]),
        rounds=ROUNDS,
        limits=LISTED,
    )


def _tried(actor: Actor, segment: Segment, now: datetime) -> Iterator[Result]:
    condition = parse_condition(segment.rule)
    unit = company_id()
    began = time.monotonic()
    told = preview(actor=actor, rule=from_condition(condition), now=now, organisation_id=unit)
    seconds = time.monotonic() - began
    began = time.monotonic()
    seen, found = count_exactly(rule=condition, units=units_seen(actor, unit), now=now)
    counted = time.monotonic() - began
    yield once("segment-preview", seconds, limits=TRIED, about=told.found.value,
               low=told.found.low, high=told.found.high, truth=found,
               wrong=int(not told.found.low <= found <= told.found.high))  # fmt: skip
    yield once("segment-count", counted, limits=COUNTED, seen=seen, found=found)
