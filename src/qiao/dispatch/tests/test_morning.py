"""The demo's crews act by themselves and leave the visitor's technician alone."""

from datetime import timedelta

import pytest

from qiao.dispatch.models import WorkOrder, WorkOrderEvent
from qiao.dispatch.morning import MOST_AT_ONCE, tick
from qiao.dispatch.operations import accept
from qiao.dispatch.tests.cast import NOW, Crew, a_work_order

pytestmark = pytest.mark.django_db
HOUR = timedelta(hours=1)


def test_crews_bring_their_jobs_to_the_end_one_state_at_a_time(crew: Crew) -> None:
    order = a_work_order(crew)
    states = []
    for n in range(1, 5):
        assert tick(NOW + n * HOUR, spare=("3101",)) == 1
        states.append(WorkOrder.objects.get(id=order.pk).state)
    assert states == ["accepted", "travelling", "arrived", "done"]
    actors = set(
        WorkOrderEvent.objects.filter(work_order=order, actor__isnull=False).values_list(
            "actor__number", flat=True
        )
    )
    assert actors == {"3102"}


def test_the_visitors_jobs_are_left_alone_and_only_a_few_move_at_once(crew: Crew) -> None:
    mine = a_work_order(crew)
    accept(work_order_id=mine.pk, actor=crew.technician, now=NOW)
    for n in range(5):
        a_work_order(crew, title=f"第 {n} 单")
    assert 0 < tick(NOW + HOUR, spare=("3101",)) <= MOST_AT_ONCE
    assert WorkOrder.objects.get(id=mine.pk).state == "accepted"
    assert tick(NOW + timedelta(seconds=20), spare=("3101",)) == 0
