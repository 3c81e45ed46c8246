"""What the telephone adds to the story of a case: the recordings of calls about it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.core.actor import Actor
from qiao.core.manifest import StoryLine, StorySource
from qiao.core.ui.moments import duration
from qiao.telephony.models import Call, CallRecording
from qiao.telephony.queries.recordings import Listening, listening_to

VIEW: Final = "interactions.view"
MOST: Final = 50


def recording_lines(*, actor: Actor, subject_id: int, now: datetime) -> Sequence[StoryLine]:
    """Recordings of calls about a case that the actor may see, oldest first.

    Who may listen has the player of each below its line; that it is heard is put on record there.
    """
    del now
    if not actor.can(VIEW):
        return []
    calls = Call.objects.visible_to(actor).filter(
        interaction__links__case_id=subject_id,
        interaction__organisation_id__in=actor.organisations(VIEW),
    )
    rows = CallRecording.objects.filter(call__in=calls.order_by("-arrived_at", "-id")[:MOST])
    return [_line(each) for each in listening_to(actor, rows)]


def _line(each: Listening) -> StoryLine:
    row = each.recording
    is_message = row.kind == CallRecording.Kind.MESSAGE
    seconds = round(row.sound_seconds) or row.seconds
    detail = duration(seconds) if seconds else ""
    if not each.may_listen:
        detail = " · ".join(
            filter(None, (detail, _("Only who may listen to recordings hears it.")))
        )
    return StoryLine(
        seq=0,
        at=row.began_at,
        title=pgettext("story of a case", "A message was left")
        if is_message
        else pgettext("story of a case", "The talk was recorded"),
        detail=detail,
        text="",
        who="",
        icon="microphone",
        tone="mute",
        side="",
        url=reverse("telephony:detail", args=[row.call_id]),
        fragment=reverse("telephony:recording", args=[row.pk]) if each.may_listen else "",
    )


STORIES: Final = (StorySource("telephony.recordings", "case", recording_lines),)
