"""Jobs: events become messages, messages are sent."""

from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from procrastinate.contrib.django import app

from qiao.api import operations, queries, sending
from qiao.api.operations.delivering import QUEUE, SEND_TASK
from qiao.api.rules.signing import headers
from qiao.core.alone import alone
from qiao.core.events import Envelope
from qiao.core.job_events import JobHandled
from qiao.core.tasks import PATIENT


def forward(*, event: Any, envelope: Envelope) -> None:
    """Make messages of an event for the endpoints that hear it."""
    operations.forward_event(event=event, envelope=envelope, now=timezone.now())


def on_job_handled(*, event: JobHandled, envelope: Envelope) -> None:  # noqa: ARG001 - subscriber
    """A message whose job was given up waits no longer."""
    if event.task == SEND_TASK and event.verb == "give_up":
        operations.give_up_message(job_id=event.job_id, now=timezone.now())


@app.task(name=SEND_TASK, queue=QUEUE, retry=PATIENT)
def send(*, delivery_id: int) -> None:
    """Make one attempt: read, send without a transaction, keep what came of it.

    A worker that dies in between sends once more under the same message id.
    """
    now = timezone.now()
    message = queries.outgoing(delivery_id=delivery_id, now=now)
    if message is None:
        return
    # A repeated message has no lock of its job: it would keep later ones back until it is due.
    with alone(f"endpoint {message.endpoint_id}") as is_free:
        if is_free:
            _attempt(message, now)
            return
    with transaction.atomic():
        operations.postpone(delivery_id=delivery_id, now=timezone.now())


def _attempt(message: queries.Outgoing, now: datetime) -> None:
    signed = headers(
        signing=message.secrets,
        message_id=message.message_id,
        timestamp=int(now.timestamp()),
        body=message.body,
    )
    outcome = sending.post(
        url=message.url,
        body=message.body,
        headers=signed,
        private_allowed=settings.QIAO_WEBHOOKS_PRIVATE,
    )
    with transaction.atomic():
        operations.keep_attempt(
            delivery_id=message.delivery_id, outcome=outcome, now=timezone.now()
        )
