"""Recordings, as the actor may hear them."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final

from django.db.models import Prefetch
from django.http import Http404

from qiao.core.actor import Actor
from qiao.core.models import Attachment, Disclosure
from qiao.telephony.models import CallEntry, CallRecording, RecordingHold
from qiao.telephony.queries.owed import owed_seen_by
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.recordings import TimeLine, left_out, time_line

if TYPE_CHECKING:
    from django.db.models import QuerySet

OWNER_KIND: Final = "call_recording"
SUBJECT: Final = "telephony.recording"
LISTEN, TAKE, HOLD = "calls.listen", "calls.download", "calls.hold"
WORK: Final = "interactions.work"
CLOCKS_APART: Final = timedelta(seconds=2)  # the database's, by which jobs begin, and ours
HEARD_WITHIN: Final = timedelta(hours=2)  # from a play on record until its sound is refused
TOLD: Final = ("recording_began", "recording_paused", "recording_resumed", "recording_ended",
               "clock_stepped", "ended")  # fmt: skip


class RecordingNotVisible(Http404):
    """No such recording, or none that the actor may hear: outsiders cannot tell the difference."""


@dataclass(frozen=True, slots=True)
class Listening:
    """A recording as it is shown: what the actor may do with it, and why it is held, if it is."""

    recording: CallRecording
    hold: RecordingHold | None
    may_listen: bool
    may_take: bool
    may_hold: bool


def one_to_hear(*, actor: Actor, recording_id: int) -> Listening:
    """One that the actor may hear: by the right to listen where the call belongs to, or because
    the call that a message asks for is owed and theirs to return. Raises `RecordingNotVisible`."""
    found = listening_to(actor, CallRecording.objects.filter(pk=recording_id))
    if not found or not found[0].may_listen:
        raise RecordingNotVisible(str(recording_id))
    return found[0]


def recording_for(*, actor: Actor, recording_id: int) -> CallRecording:
    """The same without what else the actor may do. Raises `RecordingNotVisible`."""
    return one_to_hear(actor=actor, recording_id=recording_id).recording


def _messages_of(actor: Actor, call_ids: Collection[int]) -> set[str]:
    """Names of the messages whose calls are still owed, and the actor may return."""
    if not actor.can(WORK):
        return set()
    owed = owed_seen_by(actor).open().filter(call_id__in=call_ids).exclude(recording="")
    return set(owed.values_list("recording", flat=True))


def recordings_of(*, actor: Actor, call_id: int) -> Sequence[Listening]:
    """All that was recorded of a call, which the actor is known to see."""
    return listening_to(actor, CallRecording.objects.filter(call_id=call_id))


def message_of(*, actor: Actor, call_id: int, recording: str) -> Listening | None:
    """The message of a call that is owed; None where none was left."""
    if not recording:
        return None
    rows = CallRecording.objects.filter(call_id=call_id, name=recording)
    return next(iter(listening_to(actor, rows)), None)


def listening_to(actor: Actor, rows: "QuerySet[CallRecording]") -> list[Listening]:
    """Rows with what the actor may do with each, in few statements however many there are."""
    open_holds = RecordingHold.objects.filter(released_at__isnull=True).select_related("placed_by")
    found = list(
        rows.select_related("call")
        .prefetch_related(Prefetch("holds", queryset=open_holds, to_attr="open_holds"))
        .order_by("began_at", "id")
    )
    owed = _messages_of(actor, {row.call_id for row in found if row.kind == "message"})
    shown = []
    for row in found:
        unit = row.call.organisation_id
        may_listen = actor.can_in(LISTEN, unit) or row.name in owed
        shown.append(
            Listening(
                row,
                row.open_holds[0] if row.open_holds else None,
                may_listen,
                may_listen and actor.can_in(TAKE, unit),
                may_listen and actor.can_in(HOLD, unit),
            )
        )
    return shown


def file_of(recording: CallRecording) -> Attachment:
    """Where its sound is. Raises `RecordingNotVisible` where it has none."""
    found = Attachment.objects.filter(
        pk=recording.attachment_id or 0, owner_kind=OWNER_KIND, owner_id=recording.pk
    ).first()
    if found is None:
        raise RecordingNotVisible(recording.name)
    return found


def sound_for(*, actor: Actor, recording_id: int, play_id: int, now: datetime) -> Attachment:
    """The sound of a recording, for a play of the actor's own that is on record and fresh.

    Raises `RecordingNotVisible`.
    """
    found = recording_for(actor=actor, recording_id=recording_id)
    plays = Disclosure.objects.filter(
        pk=play_id, kind="reveal", subject=SUBJECT, subject_id=found.pk, actor_id=actor.person_id,
        at__gt=now - HEARD_WITHIN,
    )  # fmt: skip
    if not plays.exists():
        raise RecordingNotVisible(str(play_id))
    return file_of(found)


def line_of(recording: CallRecording) -> TimeLine:
    """Its time line, with what the log says was left out."""
    rows = CallEntry.objects.filter(call_id=recording.call_id, kind__in=TOLD).order_by("seq")
    entries = [Entry(row.kind, row.at, row.data) for row in rows]
    return time_line(recording.sound_seconds, left_out(entries, recording.name))


def recording_to_see_to(recording_id: int, now: datetime) -> CallRecording | None:
    """One of which something is to be done by now; None for one that is settled or waits."""
    return CallRecording.objects.filter(pk=recording_id, next_at__lte=now + CLOCKS_APART).first()


def troubles() -> Mapping[str, int]:
    """How many recordings are lost, and how many the switch was asked for in vain so far."""
    rows = CallRecording.objects.exclude(trouble="")
    return {
        "lost": rows.filter(state=CallRecording.State.LOST).count(),
        "waiting": rows.filter(state=CallRecording.State.DUE).count(),
    }
