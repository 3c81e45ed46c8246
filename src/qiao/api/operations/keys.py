"""Keys of programs: made, rotated, revoked."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from qiao.api.events import KeyCreated, KeyRevoked, KeyRotated
from qiao.api.models import ApiKey, KeySecret
from qiao.api.models.keys import MANAGE
from qiao.api.operations.refusals import MoreThanOwn, NothingChosen, UnknownScope, WrongState
from qiao.api.rules.keys import Secret, new_public_id, new_secret
from qiao.api.rules.scopes import SCOPES
from qiao.core.actor import Actor
from qiao.core.events import publish
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.operations import hire
from qiao.staff.queries import organisation

NAME_LENGTH = 80
PURPOSE_LENGTH = 300
ACCOUNT_PREFIX = "API-"  # of the technical staff number


@dataclass(frozen=True, slots=True)
class NewKey:
    """A key with its secret in clear: shown once, then known to nobody but the program."""

    key: ApiKey
    secret: Secret


def create_key(
    *,
    actor: Actor,
    now: datetime,
    organisation_id: int,
    name: str,
    scopes: Iterable[str],
    purpose: str = "",
    ranges: Iterable[str] = (),
    calls_a_minute: int = 600,
    expires_at: datetime | None = None,
) -> NewKey:
    """Give a program access to an organisation and all below it, with the actor as its steward.

    Raises `UnknownScope`, `NothingChosen`, `MoreThanOwn`, `BadText`, `Forbidden`.
    """
    required()
    actor.require(MANAGE, organisation_id)
    wanted = _checked(actor, organisation_id, scopes)
    title = clean(name, field="name", max_length=NAME_LENGTH, one_line=True, required=True)
    public_id = new_public_id()
    account = hire(
        organisation=organisation(organisation_id),
        number=f"{ACCOUNT_PREFIX}{public_id}",
        name=title,
        title="API",
        is_active=False,
    )
    key = ApiKey.objects.create(
        public_id=public_id,
        name=title,
        purpose=clean(purpose, field="purpose", max_length=PURPOSE_LENGTH),
        organisation_id=organisation_id,
        account=account,
        steward_id=actor.person_id,
        scopes=wanted,
        ranges=list(ranges),
        calls_a_minute=calls_a_minute,
        created_at=now,
        created_by_id=actor.staff_id,
        expires_at=expires_at,
    )
    secret = _add_secret(key, now)
    event = KeyCreated(key.pk, tuple(wanted))
    publish(event, organisation_id=organisation_id, actor=actor, now=now)
    return NewKey(key, secret)


def _checked(actor: Actor, organisation_id: int, scopes: Iterable[str]) -> list[str]:
    wanted = set(scopes)
    if not wanted:
        raise NothingChosen("scopes")
    for scope in sorted(wanted):
        if scope not in SCOPES:
            raise UnknownScope(scope)
        if not all(actor.can_in(each, organisation_id) for each in SCOPES[scope]):
            raise MoreThanOwn(scope)
    return [scope for scope in SCOPES if scope in wanted]


def _add_secret(key: ApiKey, now: datetime) -> Secret:
    secret = new_secret(key.public_id)
    KeySecret.objects.create(key=key, digest=secret.digest, created_at=now)
    return secret


def _lock(actor: Actor, key_id: int) -> ApiKey:
    required()
    return ApiKey.objects.visible_to(actor).select_for_update(of=("self",)).get(pk=key_id)


def rotate_key(*, actor: Actor, now: datetime, key_id: int, overlap: timedelta) -> NewKey:
    """Give the program another secret; those in force end after `overlap`.

    Raises `WrongState` for a key that opens nothing, `ApiKey.DoesNotExist`.
    """
    key = _lock(actor, key_id)
    if key.state(now) != ApiKey.State.ACTIVE:
        raise WrongState(key.state(now))
    ends = now + overlap
    key.secrets.filter(ends_at__isnull=True).update(ends_at=ends)
    key.secrets.filter(ends_at__gt=ends).update(ends_at=ends)
    secret = _add_secret(key, now)
    publish(KeyRotated(key.pk), organisation_id=key.organisation_id, actor=actor, now=now)
    return NewKey(key, secret)


def revoke_key(*, actor: Actor, now: datetime, key_id: int) -> ApiKey:
    """End a program's access at once. Raises `WrongState`, `ApiKey.DoesNotExist`."""
    key = _lock(actor, key_id)
    if key.revoked_at is not None:
        raise WrongState(ApiKey.State.REVOKED)
    key.revoked_at, key.revoked_by_id = now, actor.person_id
    key.save(update_fields=["revoked_at", "revoked_by"])
    publish(KeyRevoked(key.pk), organisation_id=key.organisation_id, actor=actor, now=now)
    return key
