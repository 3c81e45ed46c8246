"""Recordings in words: how they stand, why a stretch was left out, what went wrong."""

from typing import Any, Final

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.core.ui.moments import duration
from qiao.telephony.models import CallRecording, RecordingHold
from qiao.telephony.operations.listening import REASON_LENGTH
from qiao.telephony.queries import Listening, line_of
from qiao.telephony.rules.recordings import CARD, LeftOut

State = CallRecording.State
TROUBLES: Final[dict[str, Promise]] = {
    "missing": gettext_lazy("The switch has no recording of this name."),
    "damaged": gettext_lazy("What the switch gave is no sound, or not the whole of it."),
    "not_made": gettext_lazy("The switch could not make it."),
    "too_large": gettext_lazy("What the switch gave is longer than any call."),
    "down": gettext_lazy("The switch does not answer; it is asked again by itself."),
}
PAUSES: Final[dict[str, Promise]] = {
    CARD: pgettext_lazy("recording", "Paused: card number"),
    "": pgettext_lazy("recording", "Paused"),
}
TONES: Final = {State.KEPT: "", State.LOST: "bad", State.DUE: "info", State.RUNNING: "pri"}


def pause_words(gap: LeftOut) -> str:
    """Why a stretch was left out, how long it was, and where in the sound it is missing."""
    why = PAUSES.get(gap.why, PAUSES[""])
    return _("%(why)s · %(seconds)d s left out at %(at)s") % {
        "why": why,
        "seconds": round(gap.seconds),
        "at": duration(int(gap.at)),
    }


def shown(one: Listening, *, play_id: int | None = None, fault: str = "") -> dict[str, Any]:
    """What a recording is drawn with; with a play on record, its player. `fault` is why what was
    asked for was refused."""
    row = one.recording
    return {
        "row": row,
        "one": one,
        "is_kept": row.state == State.KEPT,
        "is_fetched": row.state == State.DUE,
        "polls": row.state == State.DUE and not row.trouble and one.may_listen,
        "tone": TONES.get(State(row.state), ""),
        "seconds": round(row.sound_seconds) or row.seconds,
        "trouble": TROUBLES.get(row.trouble, ""),
        "reasons": RecordingHold.Why.choices,
        "longest": REASON_LENGTH,
        "fault": fault,
        "player": _player(row, play_id) if play_id is not None else None,
    }


def _player(row: CallRecording, play_id: int) -> dict[str, Any]:
    line = line_of(row)
    return {
        "url": reverse("telephony:recording_sound", args=[row.pk, play_id]),
        "seconds": round(line.seconds),
        "missing": [
            [round(each.left_out.at, 2), round(each.left_out.seconds, 2)] for each in line.gaps
        ],
        "gaps": line.gaps,
        "pauses": [pause_words(each.left_out) for each in line.gaps],
    }
