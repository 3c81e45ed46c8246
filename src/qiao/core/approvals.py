"""Approval by a second person, where money or supply is at stake."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import IntegrityError, transaction

from qiao.core.actor import Actor, Forbidden
from qiao.core.models import Approval


class AlreadyPending(Exception):  # noqa: N818 - names the finding
    """The same request already waits for a second person."""


class AlreadyDecided(Exception):  # noqa: N818 - names the finding
    """The request was decided or withdrawn before."""


class SamePerson(Exception):  # noqa: N818 - names the finding
    """Who asks may not decide."""


def request_approval(
    *,
    kind: str,
    subject_id: int,
    organisation_id: int,
    payload: Mapping[str, Any],
    reason: str,
    actor: Actor,
    now: datetime,
) -> Approval:
    """Ask for a second person's consent. Raises `AlreadyPending`."""
    try:
        with transaction.atomic():
            return Approval.objects.create(
                kind=kind,
                subject_id=subject_id,
                organisation_id=organisation_id,
                payload=dict(payload),
                reason=reason,
                requested_by_id=actor.person_id,
                requested_at=now,
            )
    except IntegrityError as error:
        if "core_approval_one_pending" in str(error):
            raise AlreadyPending(f"{kind} {subject_id}") from error
        raise


def pending_request(*, kind: str, subject_id: int) -> Approval | None:
    """The request of a kind that waits for a second person, locked; None where none does.

    `decide` locks the request before what it is about: whoever may meet it does the same.
    """
    waiting = Approval.objects.select_for_update().filter(
        kind=kind, subject_id=subject_id, state=Approval.State.PENDING
    )
    return waiting.first()


def withdraw(request: Approval, *, actor: Actor, now: datetime) -> None:
    """Take a locked request back, as the one who asked or who rewrote what it is about."""
    request.state = Approval.State.WITHDRAWN
    request.decided_at, request.decided_by_id = now, actor.person_id
    request.save()


def decide(*, approval_id: int, approve: bool, note: str, actor: Actor, now: datetime) -> Approval:
    """Agree or refuse, as a second person holding ``core.approve`` in that organisation.

    Raises `Forbidden`, `SamePerson`, `AlreadyDecided`. The caller carries out what was agreed
    in the same transaction.
    """
    approval = Approval.objects.select_for_update().get(id=approval_id)
    if approval.state != Approval.State.PENDING:
        raise AlreadyDecided(approval.state)
    if actor.staff_id is None or approval.requested_by_id == actor.staff_id:
        raise SamePerson(actor.name)
    if not actor.can_in("core.approve", approval.organisation_id):
        raise Forbidden("core.approve")
    approval.state = Approval.State.APPROVED if approve else Approval.State.REFUSED
    approval.decided_by_id = actor.staff_id
    approval.decided_at = now
    approval.decision_note = note
    approval.save()
    return approval
