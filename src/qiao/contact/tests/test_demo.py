"""The whole demo world in small: what its audit finds, and that its morning moves."""

import json
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import connection, transaction
from django.utils import timezone

from qiao.cases.models import Case, CaseEvent
from qiao.cases.operations import install_packs
from qiao.contact.models import Interaction
from qiao.core import demo
from qiao.core.events import DELIVER_TASK
from qiao.core.packs.enabled import catalogue
from qiao.core.registry import registry
from qiao.core.tasks import deliver
from qiao.dispatch.models import WorkOrder, WorkOrderEvent
from qiao.feedback.models import FollowUp, FollowUpAttempt
from qiao.staff.queries import cast_ids

BREATH = timedelta(seconds=12)
CUSTOMERS = 400


@pytest.fixture
def now(db: None) -> datetime:
    """The moment up to which a small world was built."""
    moment = timezone.now()
    install_packs(catalogue=catalogue(), now=moment - timedelta(days=1))
    world = demo.World(customers=CUSTOMERS, pack="water", now=moment)
    stages = sorted((s for module in registry for s in module.demo), key=lambda s: s.order)
    for stage in stages:
        with transaction.atomic(), connection.cursor() as cursor:
            stage.build(world)
            cursor.execute("DISCARD TEMP")  # as the end of a stage's own transaction would
    return moment


def _deliver() -> None:
    """Run the jobs of the events that were published, as a worker would."""
    while True:
        with connection.cursor() as cursor:
            cursor.execute(
                "DELETE FROM procrastinate_jobs WHERE status = 'todo' AND task_name = %s"
                " RETURNING id, args::text",
                [DELIVER_TASK],
            )
            jobs = sorted(cursor.fetchall())
        if not jobs:
            return
        for _, arguments in jobs:
            deliver.func(**json.loads(arguments))


def _amounts() -> tuple[int, ...]:
    tables: tuple[Any, ...] = (CaseEvent, WorkOrderEvent, FollowUpAttempt, Interaction)
    at_hand = Interaction.objects.at_hand().count()
    return (*(table.objects.count() for table in tables), at_hand)


def _held_by_the_cast() -> set[tuple[int, int]]:
    played = cast_ids()
    cases = Case.objects.filter(responsible__in=played, closed_at__isnull=True)
    return set(cases.values_list("id", "event_count"))


def test_a_small_world_is_whole_and_its_morning_moves(now: datetime) -> None:
    assert Interaction.objects.count() == 5 * CUSTOMERS
    audits = [s.audit for module in registry for s in module.demo if s.audit is not None]
    whole = [f for audit in audits for f in audit() if f.expected in ("0", "some")]
    assert len(whole) > 15
    assert [f for f in whole if not f.ok] == []

    ours, before, begun = _held_by_the_cast(), _amounts(), Case.objects.open().count()
    still = longest = 0
    for breath in range(50):
        seen = _amounts()
        demo.tick(now + breath * BREATH)
        _deliver()
        still = 0 if _amounts() != seen else still + 1
        longest = max(longest, still)
    assert longest <= 2  # something moves within half a minute
    assert all(after > was for after, was in zip(_amounts()[:1], before[:1], strict=True))
    assert _held_by_the_cast() >= ours
    assert Interaction.objects.at_hand().count() <= 8
    assert Case.objects.open().count() <= begun + 10  # what comes in is worked off
    assert WorkOrder.objects.open().count() <= 60
    assert FollowUp.objects.open().count() <= 60
    broken = [f for audit in audits for f in audit() if f.expected == "0" and not f.ok]
    assert broken == []
