"""Events: written with the change, delivered once, to nobody if the change is undone."""

import json
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
from django.db import connection, transaction
from procrastinate.contrib.django import app

from qiao.core import events, settings
from qiao.core.models import Event
from qiao.core.tasks import deliver

NOW = datetime(2026, 11, 21, 1, 45, tzinfo=UTC)
heard: list[object] = []


@events.event_type("test.happened")
@dataclass(frozen=True)
class Happened:
    case_id: int
    due_at: datetime


def on_happened(*, event: Happened, envelope: events.Envelope) -> None:
    heard.append((event, envelope.actor_id))


events.subscribe(Happened, "test.on_happened", on_happened)


def jobs() -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT args::text FROM procrastinate_jobs WHERE task_name = 'core.deliver'"
        )
        return [json.loads(row[0]) for row in cursor.fetchall()]


@pytest.mark.django_db
def test_an_event_and_its_jobs_share_the_transaction_of_the_change() -> None:
    def publish_then_fail() -> None:
        with transaction.atomic():
            events.publish(Happened(7, NOW), organisation_id=1, actor=None, now=NOW)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        publish_then_fail()
    assert not Event.objects.exists()
    assert jobs() == []
    event_id = events.publish(Happened(7, NOW), organisation_id=1, actor=None, now=NOW)
    assert Event.objects.values_list("id", "name", "payload").get() == (
        event_id,
        "test.happened",
        {"case_id": 7, "due_at": "2026-11-21T01:45:00+00:00"},
    )
    assert [job["subscriber"] for job in jobs()] == ["test.on_happened"]


@pytest.mark.django_db
def test_events_that_are_told_together_are_those_told_one_by_one() -> None:
    def tell() -> None:
        for number in (7, 8):
            events.publish(Happened(number, NOW), organisation_id=1, actor=None, now=NOW)

    tell()
    with events.together(), events.together():
        tell()
        assert Event.objects.count() == len(jobs()) == 2
    alone, together = Event.objects.order_by("id")[:2], Event.objects.order_by("id")[2:]
    assert [event.payload for event in together] == [event.payload for event in alone]
    ids = [job.pop("event_id") for job in jobs()]
    assert ids == list(Event.objects.order_by("id").values_list("id", flat=True))


@pytest.mark.django_db
def test_nothing_is_told_of_a_block_that_fails() -> None:
    def fail() -> None:
        with events.together():
            events.publish(Happened(7, NOW), organisation_id=1, actor=None, now=NOW)
            raise InterruptedError

    with pytest.raises(InterruptedError):
        fail()
    assert (Event.objects.count(), jobs()) == (0, [])


@pytest.mark.django_db
def test_an_inner_block_that_fails_takes_its_events_along_and_no_others() -> None:
    def tell(number: int) -> None:
        events.publish(Happened(number, NOW), organisation_id=1, actor=None, now=NOW)

    with events.together():
        tell(7)
        with suppress(InterruptedError), transaction.atomic(), events.together():
            tell(8)
            raise InterruptedError
        tell(9)
    assert [event.payload["case_id"] for event in Event.objects.order_by("id")] == [7, 9]


@pytest.mark.django_db
def test_a_job_of_an_event_is_what_the_queue_itself_would_keep() -> None:
    events.publish(Happened(7, NOW), organisation_id=1, actor=None, now=NOW)
    (args,) = jobs()
    app.configure_task(events.DELIVER_TASK, queue=events.QUEUE).defer(**args)
    with connection.cursor() as cursor:
        cursor.execute("SELECT to_jsonb(j) - 'id' FROM procrastinate_jobs j ORDER BY id")
        ours, theirs = [json.loads(row[0]) for row in cursor.fetchall()]
    assert ours == theirs


@pytest.mark.django_db
def test_a_job_that_runs_twice_takes_effect_once() -> None:
    heard.clear()
    events.publish(Happened(7, NOW), organisation_id=1, actor=None, now=NOW)
    (job,) = jobs()
    deliver.func(**job)
    deliver.func(**job)
    assert heard == [(Happened(7, NOW), None)]


def test_nothing_is_published_outside_a_transaction(own_database: str) -> None:
    with pytest.raises(RuntimeError, match="transaction"):
        events.publish(Happened(7, NOW), organisation_id=1, actor=None, now=NOW)


@pytest.mark.django_db
def test_a_setting_holds_for_its_days_and_the_nearest_unit_wins() -> None:
    for day, value in ((date(2026, 1, 1), 45), (date(2026, 7, 1), 40), (date(2026, 4, 1), 42)):
        settings.put(
            "arrival", value, valid_from=day, source="public promise", actor=None, now=NOW
        )
    settings.put(
        "arrival",
        30,
        valid_from=date(2026, 1, 1),
        source="city",
        actor=None,
        now=NOW,
        organisation_id=9,
    )

    def on(month: int, *units: int) -> object:
        return settings.find("arrival", day=date(2026, month, 15), organisation_ids=units).value

    assert [on(m) for m in (1, 4, 6, 8)] == [45, 42, 42, 40]
    assert on(8, 12, 9, 1) == 30
    with pytest.raises(settings.SettingMissing):
        settings.find("arrival", day=date(2025, 12, 31))
    with pytest.raises(ValueError, match="source"):
        settings.put("arrival", 1, valid_from=date(2026, 1, 1), source=" ", actor=None, now=NOW)
