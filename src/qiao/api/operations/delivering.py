"""Messages to endpoints: made of events, sent by jobs, kept with every attempt."""

import json
import random
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from procrastinate.contrib.django import app as jobs

from qiao.api.models import Attempt, Delivery, Endpoint
from qiao.api.operations.endpoints import switch_off
from qiao.api.operations.refusals import WrongState
from qiao.api.rules.backoff import GIVEN_UP_AFTER, pause_after
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.staff.queries import organisation

SEND_TASK = "api.send_webhook"
QUEUE = "webhooks"
GONE = 410
ANSWER_LENGTH = 1_024
TEST_EVENT = "api.test"
BUSY = timedelta(seconds=20)  # longer than an attempt can last

_FORWARD = """
INSERT INTO api_delivery
    (endpoint_id, message_id, event_id, event_name, body, state, attempts, created_at, next_at)
SELECT e.id, 'msg_' || replace(gen_random_uuid()::text, '-', ''), %(event)s, %(name)s, %(body)s,
       'waiting', 0, %(now)s, %(now)s
  FROM api_endpoint e
  JOIN staff_organisation top ON top.id = e.organisation_id
  JOIN staff_organisation here ON here.id = %(organisation)s
 WHERE e.disabled_at IS NULL AND e.deleted_at IS NULL AND %(name)s = ANY(e.event_types)
   AND here.path LIKE top.path || '%%'
ON CONFLICT DO NOTHING
RETURNING id, endpoint_id
"""


def forward_event(*, event: Any, envelope: events.Envelope, now: datetime) -> int:
    """Make a message of an event for every endpoint that hears it; return how many."""
    required()
    kind = events.type_of(type(event))
    body = _body(kind.name, envelope, json.loads(events.to_payload(event)))
    with connection.cursor() as cursor:
        cursor.execute(
            _FORWARD,
            {
                "event": envelope.event_id,
                "name": kind.name,
                "body": body,
                "organisation": envelope.organisation_id,
                "now": now,
            },
        )
        made = cursor.fetchall()
    for delivery_id, endpoint_id in made:
        # One at a time: a receiver that hangs holds one place of the worker, not all of them.
        lane = f"{SEND_TASK}.{endpoint_id}"
        jobs.configure_task(SEND_TASK, queue=QUEUE, lock=lane).defer(delivery_id=delivery_id)
    return len(made)


def _body(name: str, envelope: events.Envelope, facts: dict[str, Any]) -> str:
    unit = organisation(envelope.organisation_id)
    about = {
        "event_id": envelope.event_id,
        "organisation": {"id": unit.pk, "code": unit.code},
        "actor_id": envelope.actor_id,
    }
    return json.dumps(
        {"type": name, "timestamp": envelope.occurred_at.isoformat(), "data": facts, **about},
        ensure_ascii=False,
    )


def _defer(delivery: Delivery) -> None:
    jobs.configure_task(SEND_TASK, queue=QUEUE, schedule_at=delivery.next_at).defer(
        delivery_id=delivery.pk
    )


def postpone(*, delivery_id: int, now: datetime) -> None:
    """Come back to a message soon, if it still waits; this was no attempt."""
    required()
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    if delivery.state != Delivery.State.WAITING:  # given up since it was read
        return
    delivery.next_at = now + BUSY * (1 + random.random())  # noqa: S311 - spreads load
    delivery.save(update_fields=["next_at"])
    _defer(delivery)


_GIVE_UP = """
UPDATE api_delivery d
   SET state = 'failed', finished_at = %(now)s, next_at = NULL, ended_because = 'given_up'
  FROM procrastinate_jobs j
 WHERE j.id = %(job)s AND j.task_name = %(task)s AND j.status IN ('cancelled', 'aborted', 'doing')
   AND d.id = (j.args ->> 'delivery_id')::bigint AND d.state = 'waiting'
"""


def give_up_message(*, job_id: int, now: datetime) -> bool:
    """Send a message no more whose job was given up; whether it still waited.

    An attempt that is under way meanwhile stays on record, and counts if it arrives.
    """
    required()
    with connection.cursor() as cursor:
        cursor.execute(_GIVE_UP, {"job": job_id, "task": SEND_TASK, "now": now})
        return bool(cursor.rowcount)


@dataclass(frozen=True, slots=True)
class Outcome:
    """What came of an attempt: an answer's status and beginning, or the `fault` before it."""

    ms: int
    status: int | None = None
    fault: str = ""
    answer: str = ""

    @property
    def arrived(self) -> bool:
        """Any answer 2xx means that the receiver has it."""
        return self.status is not None and 200 <= self.status < 300


def keep_attempt(*, delivery_id: int, outcome: Outcome, now: datetime) -> Delivery:
    """Put an attempt on record, and settle what comes next: done, again later, or given up.

    An answer 410 switches the endpoint off, as do three days of nothing but failures.
    """
    required()
    delivery = Delivery.objects.select_for_update().get(pk=delivery_id)
    delivery.attempts += 1
    delivery.last_status, delivery.last_ms = outcome.status, outcome.ms
    Attempt.objects.create(
        delivery=delivery,
        number=delivery.attempts,
        at=now,
        ms=outcome.ms,
        status=outcome.status,
        fault=outcome.fault,
        answer=outcome.answer[:ANSWER_LENGTH],
    )
    if outcome.arrived:
        _finish(delivery, Delivery.State.DELIVERED, now)
        Endpoint.objects.filter(pk=delivery.endpoint_id, failing_since__isnull=False).update(
            failing_since=None
        )
    else:
        _failed(delivery, outcome, now)
    return delivery


def _finish(delivery: Delivery, state: str, now: datetime) -> None:
    delivery.state, delivery.finished_at, delivery.next_at = state, now, None
    if state == Delivery.State.DELIVERED:
        delivery.ended_because = Delivery.Ended.BY_ATTEMPTS
    delivery.save()


def _failed(delivery: Delivery, outcome: Outcome, now: datetime) -> None:
    # Locked before anything is decided: other attempts may be switching it off right now.
    endpoint = Endpoint.objects.select_for_update().get(pk=delivery.endpoint_id)
    pause = pause_after(delivery.attempts, stretch=random.random())  # noqa: S311 - spreads load
    # Given up, while it was being sent, by who switched the endpoint off or took it away.
    is_over = delivery.state != Delivery.State.WAITING or not endpoint.is_open
    if outcome.status == GONE or pause is None or is_over:
        _finish(delivery, Delivery.State.FAILED, now)
    else:
        delivery.next_at = now + pause
        delivery.save()
        _defer(delivery)
    if endpoint.failing_since is None:
        endpoint.failing_since = now
        endpoint.save(update_fields=["failing_since"])
    if not endpoint.is_open:
        return
    if outcome.status == GONE:
        switch_off(endpoint, Endpoint.Disabled.GONE, actor=None, now=now)
    elif now - endpoint.failing_since >= GIVEN_UP_AFTER:
        switch_off(endpoint, Endpoint.Disabled.FAILING, actor=None, now=now)


def resend(*, actor: Actor, now: datetime, delivery_id: int) -> Delivery:
    """Send a message once more, under the same id and with the same words.

    Raises `WrongState` while it waits anyway or its endpoint is off or gone,
    `Delivery.DoesNotExist`.
    """
    required()
    delivery = (
        Delivery.objects.filter(endpoint__in=Endpoint.objects.visible_to(actor))
        .select_related("endpoint")
        .select_for_update(of=("self",))
        .get(pk=delivery_id)
    )
    if not delivery.endpoint.is_open or delivery.state == Delivery.State.WAITING:
        raise WrongState(delivery.state)
    delivery.state, delivery.finished_at = Delivery.State.WAITING, None
    delivery.next_at, delivery.ended_because = now, Delivery.Ended.BY_ATTEMPTS
    delivery.save(update_fields=["state", "finished_at", "next_at", "ended_because"])
    _defer(delivery)
    return delivery


def send_test(*, actor: Actor, now: datetime, endpoint_id: int) -> Delivery:
    """Send a message that tells of nothing. Raises `WrongState`, `Endpoint.DoesNotExist`."""
    required()
    endpoint = Endpoint.objects.visible_to(actor).get(pk=endpoint_id, deleted_at__isnull=True)
    if endpoint.disabled_at is not None:
        raise WrongState(endpoint.disabled_because)
    body = {"type": TEST_EVENT, "timestamp": now.isoformat(), "data": {"endpoint_id": endpoint.pk}}
    delivery = Delivery.objects.create(
        endpoint=endpoint,
        message_id=f"msg_{uuid.uuid4().hex}",
        event_name=TEST_EVENT,
        body=json.dumps(body),
        created_at=now,
        next_at=now,
    )
    _defer(delivery)
    return delivery
