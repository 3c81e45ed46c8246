"""Recordings are played, taken away and held: each by right, and on record."""

from datetime import datetime
from typing import Final

from qiao.core import disclosure
from qiao.core.actor import Actor
from qiao.core.models import Attachment, Disclosure
from qiao.core.retention import let_batch_end
from qiao.core.rules.text import BadText, TextFault, clean
from qiao.core.transactions import required
from qiao.telephony.models import CallRecording, RecordingHold
from qiao.telephony.queries.recordings import (
    HOLD,
    SUBJECT,
    TAKE,
    RecordingNotVisible,
    file_of,
    recording_for,
)

REASON_LENGTH: Final = 300


class NotKept(Exception):  # noqa: N818 - a refusal, not a fault
    """The recording is not there: not yet, or not any more."""


class HeldAlready(Exception):  # noqa: N818 - a refusal, not a fault
    """It is held, or it is not, as was asked for."""


def play_recording(*, actor: Actor, now: datetime, recording_id: int) -> Disclosure:
    """Let somebody hear a recording: the record of it is what the sound is given for.

    Raises `RecordingNotVisible`, `NotKept`.
    """
    found = recording_for(actor=actor, recording_id=recording_id)
    return _disclose("reveal", found, actor, now)


def take_recording(*, actor: Actor, now: datetime, recording_id: int, reason: str) -> Attachment:
    """Let somebody take a recording away, which is recorded as an export.

    Raises `RecordingNotVisible`, `NotKept`, `BadText`, `qiao.core.actor.Forbidden`.
    """
    found = recording_for(actor=actor, recording_id=recording_id)
    actor.require(TAKE, found.call.organisation_id)
    _disclose("export", found, actor, now, _said(reason, "reason"))
    return file_of(found)


def _disclose(
    kind: str, found: CallRecording, actor: Actor, now: datetime, reason: str = ""
) -> Disclosure:
    required()
    if found.state != CallRecording.State.KEPT:
        raise NotKept(found.name)
    return disclosure.record(
        kind=kind,
        subject=SUBJECT,
        subject_id=found.pk,
        organisation_id=found.call.organisation_id,
        actor=actor,
        now=now,
        reason=f"{found.name} {reason}".strip(),
    )


def hold_recording(
    *, actor: Actor, now: datetime, recording_id: int, why: str, note: str
) -> RecordingHold:
    """Keep a recording however old it becomes.

    Raises `RecordingNotVisible`, `NotKept`, `HeldAlready`, `BadText`,
    `qiao.core.actor.Forbidden`.
    """
    let_batch_end()
    found = _locked(actor, recording_id)
    if found.state not in (CallRecording.State.KEPT, CallRecording.State.DUE):
        raise NotKept(found.name)
    if why not in RecordingHold.Why.values:
        raise BadText("why", TextFault.EMPTY)
    if _open_hold(found) is not None:
        raise HeldAlready(found.name)
    return RecordingHold.objects.create(
        recording=found,
        why=why,
        note=_said(note, "note"),
        placed_at=now,
        placed_by_id=actor.person_id,
    )


def release_recording(*, actor: Actor, now: datetime, recording_id: int) -> RecordingHold:
    """Let its period run again. Raises `RecordingNotVisible`, `HeldAlready`, `Forbidden`."""
    found = _locked(actor, recording_id)
    hold = _open_hold(found)
    if hold is None:
        raise HeldAlready(found.name)
    hold.released_at, hold.released_by_id = max(now, hold.placed_at), actor.person_id
    hold.save(update_fields=["released_at", "released_by"])
    return hold


def _locked(actor: Actor, recording_id: int) -> CallRecording:
    required()
    found = recording_for(actor=actor, recording_id=recording_id)
    actor.require(HOLD, found.call.organisation_id)
    locked = CallRecording.objects.select_for_update().filter(pk=found.pk).first()
    if locked is None:
        raise RecordingNotVisible(str(recording_id))
    return locked


def _open_hold(recording: CallRecording) -> RecordingHold | None:
    return recording.holds.filter(released_at__isnull=True).first()


def _said(words: str, field: str) -> str:
    return clean(words, field=field, max_length=REASON_LENGTH, required=True)
