"""Where events are sent: endpoints made, changed, switched off and on, given new secrets."""

from collections.abc import Iterable
from datetime import datetime, timedelta

from django.conf import settings

from qiao.api.events import EndpointDisabled
from qiao.api.models import Delivery, Endpoint
from qiao.api.models.keys import MANAGE
from qiao.api.operations.refusals import (
    BadAddress,
    NothingChosen,
    StillOverlapping,
    UnknownEvent,
    WrongState,
)
from qiao.api.queries.webhooks import sealing_context
from qiao.api.rules.signing import new_webhook_secret
from qiao.core import crypto
from qiao.core.actor import Actor
from qiao.core.events import event_types, publish
from qiao.core.rules.text import clean
from qiao.core.rules.web import is_web_address
from qiao.core.transactions import required

NAME_LENGTH = 80
URL_LENGTH = 500


def checked_url(text: str) -> str:
    """An address that webhooks may be sent to: https, a host, no password in it.

    Plain http is taken only where the installation allows private addresses. What the host's name
    stands for is checked at every attempt. Raises `BadAddress`, `BadText`.
    """
    url = clean(text, field="url", max_length=URL_LENGTH, one_line=True, required=True)
    schemes = {"https", "http"} if settings.QIAO_WEBHOOKS_PRIVATE else {"https"}
    if not is_web_address(url, schemes=schemes):
        raise BadAddress(url)
    return url


def _checked_types(names: Iterable[str]) -> list[str]:
    wanted, known = set(names), {kind.name for kind in event_types()}
    if not wanted:
        raise NothingChosen("event_types")
    if wanted - known:
        raise UnknownEvent(min(wanted - known))
    return sorted(wanted)


def _seal(endpoint: Endpoint, secret: str) -> bytes:
    return crypto.default_ring().encrypt(secret, context=sealing_context(endpoint.pk))


def add_endpoint(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    name: str,
    url: str,
    event_types: Iterable[str],
) -> tuple[Endpoint, str]:
    """An endpoint for events of an organisation and all below it, and its secret in clear.

    Raises `BadAddress`, `NothingChosen`, `UnknownEvent`, `BadText`, `Forbidden`.
    """
    required()
    actor.require(MANAGE, organisation_id)
    endpoint = Endpoint.objects.create(
        organisation_id=organisation_id,
        name=clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True),
        url=checked_url(url),
        event_types=_checked_types(event_types),
        secret=b"",
        created_at=now,
        created_by_id=actor.staff_id,
    )
    secret = new_webhook_secret()
    endpoint.secret = _seal(endpoint, secret)  # bound to the id, which is known only now
    endpoint.save(update_fields=["secret"])
    return endpoint, secret


def _lock(actor: Actor, endpoint_id: int) -> Endpoint:
    required()
    return (
        Endpoint.objects.visible_to(actor)
        .filter(deleted_at__isnull=True)
        .select_for_update(of=("self",))
        .get(pk=endpoint_id)
    )


def change_endpoint(
    *, actor: Actor, endpoint_id: int, name: str, url: str, event_types: Iterable[str]
) -> Endpoint:
    """Change what an endpoint is called, where it is and what it hears.

    Raises what `add_endpoint` raises, and `Endpoint.DoesNotExist`.
    """
    endpoint = _lock(actor, endpoint_id)
    endpoint.name = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    endpoint.url = checked_url(url)
    endpoint.event_types = _checked_types(event_types)
    endpoint.save(update_fields=["name", "url", "event_types"])
    return endpoint


def rotate_endpoint_secret(
    *, actor: Actor, now: datetime, endpoint_id: int, overlap: timedelta
) -> str:
    """A new secret, in clear; the one in force signs beside it until `overlap` is over.

    While a former one signs another is made only without overlap, as after a leak: all that were
    known stop at once.

    Raises `StillOverlapping` where the former one would stop before its time,
    `Endpoint.DoesNotExist`.
    """
    endpoint = _lock(actor, endpoint_id)
    if overlap and endpoint.former_until is not None and endpoint.former_until > now:
        raise StillOverlapping(endpoint.former_until)
    secret = new_webhook_secret()
    endpoint.former_secret, endpoint.former_until = endpoint.secret, now + overlap
    endpoint.secret = _seal(endpoint, secret)
    endpoint.save(update_fields=["secret", "former_secret", "former_until"])
    return secret


def disable_endpoint(*, actor: Actor, now: datetime, endpoint_id: int) -> Endpoint:
    """Send nothing more for now. Raises `WrongState`, `Endpoint.DoesNotExist`."""
    endpoint = _lock(actor, endpoint_id)
    if endpoint.disabled_at is not None:
        raise WrongState(endpoint.disabled_because)
    switch_off(endpoint, Endpoint.Disabled.BY_HAND, actor=actor, now=now)
    return endpoint


def switch_off(endpoint: Endpoint, because: str, *, actor: Actor | None, now: datetime) -> None:
    """Disable a locked endpoint, give up what waits for it, and tell so."""
    _give_up_waiting(endpoint, now)
    endpoint.disabled_at, endpoint.disabled_because = now, because
    endpoint.save(update_fields=["disabled_at", "disabled_because"])
    publish(
        EndpointDisabled(endpoint.pk, because),
        organisation_id=endpoint.organisation_id,
        actor=actor,
        now=now,
    )


def _give_up_waiting(endpoint: Endpoint, now: datetime) -> None:
    """Messages that are being sent right now are skipped: their attempt settles them."""
    waiting = Delivery.objects.filter(endpoint=endpoint, state=Delivery.State.WAITING)
    ids = list(waiting.select_for_update(skip_locked=True).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=ids).update(
        state=Delivery.State.FAILED, finished_at=now, next_at=None
    )


def enable_endpoint(*, actor: Actor, endpoint_id: int) -> Endpoint:
    """Send again, from the next event on. Raises `WrongState`, `Endpoint.DoesNotExist`."""
    endpoint = _lock(actor, endpoint_id)
    if endpoint.disabled_at is None:
        raise WrongState("enabled")
    endpoint.disabled_at, endpoint.disabled_because, endpoint.failing_since = None, "", None
    endpoint.save(update_fields=["disabled_at", "disabled_because", "failing_since"])
    return endpoint


def delete_endpoint(*, actor: Actor, now: datetime, endpoint_id: int) -> None:
    """Take an endpoint out of use for good; its messages stay on record."""
    endpoint = _lock(actor, endpoint_id)
    _give_up_waiting(endpoint, now)
    endpoint.deleted_at = now
    endpoint.save(update_fields=["deleted_at"])
