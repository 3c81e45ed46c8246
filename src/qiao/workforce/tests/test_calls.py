"""Calls that came, by queue and half hour, read from contacts."""

from datetime import UTC, date, datetime, timedelta

import pytest

from qiao.contact.operations import finish, start_interaction
from qiao.core.actor import Actor
from qiao.staff.queries import subtree_of
from qiao.staff.tests.cast import Company, make_company
from qiao.workforce.queries.calls import (
    QueueCalls,
    calls_by_queue,
    kinds_of_days,
    phone_queues,
    queue_of,
)

pytestmark = pytest.mark.django_db
MORNING = datetime(2026, 11, 18, 1, 41, tzinfo=UTC)  # a Wednesday, 9:41 on the wall


@pytest.fixture
def world() -> Company:
    return make_company()


def call(actor: Actor, at: datetime, *, reason: str = "", channel: str = "phone") -> None:
    """A contact of four minutes."""
    talk = start_interaction(channel=channel, actor=actor, now=at, phone="138 0571 2264")
    finish(
        interaction_id=talk.pk,
        subject="停水时间",
        outcome="water.answered",
        reason=reason,
        actor=actor,
        now=at + timedelta(minutes=4),
    )


def read(world: Company) -> dict[str, QueueCalls]:
    found = calls_by_queue(
        organisation_ids=subtree_of(world.company.pk),
        until=date(2026, 11, 20),
    )
    return {each.queue: each for each in found}


def test_calls_stand_in_the_half_hour_of_the_wall_and_in_the_queue_of_their_skill(
    world: Company,
) -> None:
    call(world.agent, MORNING, reason="water.bill_query")
    call(world.agent, MORNING + timedelta(minutes=10), reason="water.bill_query")
    call(world.outsider, MORNING + timedelta(days=1), reason="water.small_leak")
    call(world.agent, MORNING, reason="water.small_leak", channel="counter")
    found = read(world)
    bills = found[queue_of("water.bill_query", phone_queues())]
    assert bills.history.days == (date(2026, 11, 18), date(2026, 11, 19))
    assert bills.history.counts[0].nonzero()[0].tolist() == [19]
    assert bills.history.counts[0][19] == 2
    leaks = found[queue_of("water.small_leak", phone_queues())]
    assert leaks.history.totals.tolist() == [0, 1]
    assert sum(each.history.totals.sum() for each in found.values()) == 3


def test_calls_without_a_matter_are_spread_like_the_others_of_the_day(world: Company) -> None:
    call(world.agent, MORNING, reason="water.bill_query")
    call(world.agent, MORNING + timedelta(minutes=5))
    found = read(world)
    assert found[queue_of("water.bill_query", phone_queues())].history.totals[0] == 2
    assert sum(each.history.totals.sum() for each in found.values()) == 2


def test_work_with_a_call_is_what_the_calls_took(world: Company) -> None:
    for n in range(40):
        call(world.agent, MORNING + timedelta(minutes=5 * n), reason="water.bill_query")
    found = read(world)
    assert found[queue_of("water.bill_query", phone_queues())].work_seconds == pytest.approx(240)


def test_one_unit_reads_only_its_own_calls_and_no_calls_are_no_history(world: Company) -> None:
    call(world.outsider, MORNING, reason="water.bill_query")
    own = calls_by_queue(organisation_ids=subtree_of(world.lake.pk), until=date(2026, 11, 20))
    assert own == []


def test_emergencies_wait_where_most_is_promised() -> None:
    queues = phone_queues()
    assert queue_of("water.burst_main", queues) == "water.emergency"
    assert queue_of("nothing.known", queues) == ""


def test_days_are_worked_as_the_kept_calendar_has_them() -> None:
    kind = kinds_of_days()
    assert not kind(date(2026, 10, 1)).works
    assert kind(date(2026, 10, 1)).usual
    assert kind(date(2026, 2, 14)).works
    assert not kind(date(2026, 2, 14)).usual
