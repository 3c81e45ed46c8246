"""Endpoints and what was sent to them."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import connection
from django.http import Http404

from qiao.api.models import Attempt, Delivery, Endpoint
from qiao.api.models.keys import MANAGE
from qiao.core import crypto
from qiao.core.actor import Actor

PAGE_ROWS = 30
FIGURE_DAYS = 7

# Whether anybody wants an event of that class and organisation: asked by every event published.
WANTED = """
EXISTS (SELECT 1 FROM api_endpoint e
          JOIN staff_organisation top ON top.id = e.organisation_id
          JOIN staff_organisation here ON here.id = %(organisation_id)s
         WHERE e.disabled_at IS NULL AND e.deleted_at IS NULL
           AND %(name)s = ANY(e.event_types) AND here.path LIKE top.path || '%%')
"""


class NotVisible(Http404):
    """No such thing, or none that the actor may see: outsiders cannot tell the difference."""


def sealing_context(endpoint_id: int) -> bytes:
    """What an endpoint's secrets are bound to."""
    return crypto.field_context("api_endpoint", "secret", endpoint_id)


@dataclass(frozen=True, slots=True)
class EndpointLine:
    """An endpoint with the messages of its last seven days."""

    endpoint: Endpoint
    delivered: int
    failed: int
    waiting: int
    last_at: datetime | None


_FIGURES = """
SELECT d.endpoint_id, count(*) FILTER (WHERE d.state = 'delivered'),
       count(*) FILTER (WHERE d.state = 'failed'), count(*) FILTER (WHERE d.state = 'waiting'),
       max(d.finished_at) FILTER (WHERE d.state = 'delivered')
  FROM api_delivery d WHERE d.endpoint_id = ANY(%(ids)s) AND d.created_at >= %(since)s
 GROUP BY d.endpoint_id
"""


def list_endpoints(*, actor: Actor, now: datetime) -> list[EndpointLine]:
    """The endpoints that the actor manages, those switched off first."""
    rows = list(
        Endpoint.objects.visible_to(actor)
        .filter(deleted_at__isnull=True)
        .select_related("organisation")
        .order_by("disabled_at", "name", "pk")[:200]
    )
    with connection.cursor() as cursor:
        cursor.execute(
            _FIGURES,
            {"ids": [row.pk for row in rows], "since": now - timedelta(days=FIGURE_DAYS)},
        )
        figures = {pk: tuple(rest) for pk, *rest in cursor.fetchall()}
    return [EndpointLine(row, *figures.get(row.pk, (0, 0, 0, None))) for row in rows]


def get_endpoint_for(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """One endpoint with its unit. Raises `NotVisible`."""
    found = (
        Endpoint.objects.filter(
            pk=endpoint_id,
            organisation__in=list(actor.organisations(MANAGE)),
            deleted_at__isnull=True,
        )
        .select_related("organisation", "created_by")
        .first()
    )
    if found is None:
        raise NotVisible(f"endpoint {endpoint_id}")
    return found


@dataclass(frozen=True, slots=True)
class DeliveryPage:
    """Messages, the newest first, and the id after which the next page begins."""

    rows: list[Delivery]
    after: int | None


def list_deliveries(
    *, endpoint_id: int, state: str = "", after: int | None = None
) -> DeliveryPage:
    """A page of the messages of an endpoint that the caller may see."""
    rows = Delivery.objects.filter(endpoint_id=endpoint_id)
    if state in Delivery.State.values:
        rows = rows.filter(state=state)
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.defer("body").order_by("-pk")[: PAGE_ROWS + 1])
    shown = found[:PAGE_ROWS]
    return DeliveryPage(shown, shown[-1].pk if len(found) > PAGE_ROWS else None)


def get_delivery_for(*, actor: Actor, delivery_id: int) -> Delivery:
    """One message with its endpoint. Raises `NotVisible`."""
    found = (
        Delivery.objects.filter(
            pk=delivery_id,
            endpoint__organisation__in=list(actor.organisations(MANAGE)),
            endpoint__deleted_at__isnull=True,
        )
        .select_related("endpoint", "endpoint__organisation")
        .first()
    )
    if found is None:
        raise NotVisible(f"delivery {delivery_id}")
    return found


def attempts_of(delivery_id: int) -> list[Attempt]:
    """All attempts of a message that the caller may see, the latest first."""
    return list(Attempt.objects.filter(delivery_id=delivery_id).order_by("-number"))


@dataclass(frozen=True, slots=True)
class Outgoing:
    """A message that waits to be sent, with everything that sending takes."""

    delivery_id: int
    endpoint_id: int
    message_id: str
    url: str
    body: bytes
    secrets: tuple[str, ...]
    attempts: int


def outgoing(*, delivery_id: int, now: datetime) -> Outgoing | None:
    """What a job sends; None if it was sent already, taken back, or the endpoint is off."""
    found = (
        Delivery.objects.filter(
            pk=delivery_id,
            state=Delivery.State.WAITING,
            endpoint__disabled_at__isnull=True,
            endpoint__deleted_at__isnull=True,
        )
        .select_related("endpoint")
        .first()
    )
    if found is None:
        return None
    endpoint = found.endpoint
    sealed: list[Any] = [endpoint.secret]
    if endpoint.former_until is not None and endpoint.former_until > now:
        sealed.append(endpoint.former_secret)
    ring, context = crypto.default_ring(), sealing_context(endpoint.pk)
    return Outgoing(
        delivery_id=found.pk,
        endpoint_id=endpoint.pk,
        message_id=found.message_id,
        url=endpoint.url,
        body=found.body.encode(),
        secrets=tuple(ring.decrypt(each, context=context) for each in sealed),
        attempts=found.attempts,
    )
