"""What keeps segments current: touched customers every minute, the passing of time every night."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.core.background import QUEUE
from qiao.core.packs.enabled import catalogue
from qiao.core.tasks import PATIENT, PeriodicJob
from qiao.core.transactions import acting
from qiao.customers.models import SegmentMove
from qiao.customers.operations.segment_counting import COUNT_TASK, forget_counts, run_count
from qiao.customers.operations.segment_installing import (
    install_segment_triggers,
    install_segments,
)
from qiao.customers.operations.segment_keeping import (
    build_segment,
    keep_sizes,
    moving_segments,
    refresh_segments,
    waiting_segments,
)
from qiao.customers.operations.segments import BUILD_TASK
from qiao.staff.queries import actor_by_id

MOST_ROUNDS = 40


@app.task(name=BUILD_TASK, queue=QUEUE, retry=PATIENT)
def build(*, segment_id: int) -> None:
    """Look at everybody for one segment."""
    with acting(None):
        build_segment(segment_id=segment_id, now=timezone.now())


@app.task(name=COUNT_TASK, queue=QUEUE, retry=PATIENT)
def count(*, count_id: int, staff_id: int) -> None:
    """Count exactly who fits a rule that somebody writes."""
    actor = actor_by_id(staff_id, day=timezone.localdate())
    with acting(actor):
        run_count(actor=actor, count_id=count_id, now=timezone.now())


def refresh(now: datetime) -> None:
    """Look again at everybody who was touched, a transaction a part; then at new segments."""
    for _round in range(MOST_ROUNDS):
        with acting(None):
            if refresh_segments(now=now).customers == 0:
                break
    _build_each(waiting_segments(), now)


def move_on(now: datetime) -> None:
    """After midnight: days have passed; and how large each segment is goes on record."""
    _build_each(moving_segments(), now, SegmentMove.Cause.TIME)
    with acting(None):
        keep_sizes(now=now)
        forget_counts(now=now)


def _build_each(segment_ids: Iterable[int], now: datetime, cause: str = "") -> None:
    for segment_id in segment_ids:
        with acting(None):
            build_segment(segment_id=segment_id, now=now, cause=cause)


def install(now: datetime) -> None:
    """After every migration: the triggers that mark customers, and the packs' segments."""
    with transaction.atomic():
        install_segment_triggers()
        install_segments(presets=catalogue().segments.values(), now=now)


# The clock of the jobs is UTC: half past three at night in China, when everybody is graded.
PERIODIC = (
    PeriodicJob("customers.refresh_segments", "* * * * *", refresh),
    PeriodicJob("customers.move_segments_on", "30 19 * * *", move_on),
)
