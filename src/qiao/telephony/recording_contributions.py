"""What recordings contribute: rights, the job that looks after them, how long they stay."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.manifest import AuditTable, Parameter, Permission, Retention
from qiao.core.tasks import PeriodicJob
from qiao.telephony import tasks
from qiao.telephony.operations import let_recordings_go
from qiao.telephony.operations.recordings import DROP, IDS_OF_ROW, NOT_HELD, QUEUE
from qiao.telephony.queries import load_owed_tool, message_of
from qiao.telephony.recording_words import shown

PERMISSIONS: Final = (
    Permission("calls.listen", _("Listen to recordings of calls")),
    Permission("calls.download", _("Take recordings of calls away as files")),
    Permission("calls.hold", _("Keep a recording longer than its time")),
)
LANES: Final = {QUEUE: 2}
PERIODIC: Final = (PeriodicJob("telephony.look_after_recordings", "* * * * *", tasks.look_after),)
PARAMETERS: Final = (
    Parameter(
        key=DROP,
        label=_("Delete recordings at the switch"),
        about=_("As soon as a recording is kept here, its file goes at the switch."),
        kind="boolean",
        default=True,
        default_source=_("Company rule: a recording lies in one place, where its time is watched"),
    ),
)
RETENTION: Final = (
    Retention(
        key="telephony.recordings",
        label=_("Recordings of calls"),
        about=_(
            "The sound is removed here and at the switch; that there was one stays. A queue may"
            " have a time of its own, in its pack. What is held, and messages of calls that are"
            " still owed, stay."
        ),
        table="telephony_callrecording",
        due=(
            "(r.state = 'kept' OR (r.state = 'lost' AND r.is_at_switch))"
            " AND coalesce(r.ended_at, r.began_at) < CASE WHEN r.keep_days IS NULL THEN %(before)s"
            " ELSE %(now)s::timestamptz - make_interval(days => r.keep_days) END"
            f" AND {NOT_HELD}"
        ),
        keep=180,
        most=3_650,
        because=_("Half a year: whoever disputes what was said does so before"),
        customer_ids=IDS_OF_ROW,
        clear=let_recordings_go,
        batch=500,
    ),
)
AUDITED: Final = ("telephony_recordinghold",)
AUDIT_WORDS: Final = (
    AuditTable(
        "telephony_recordinghold",
        _("Recordings that are held"),
        {
            "why": _("Why it is held"),
            "note": _("Note"),
            "placed_at": pgettext_lazy("hold of a recording", "Held since"),
            "released_at": pgettext_lazy("hold of a recording", "Held until"),
        },
    ),
)


def load_owed(*, actor: Actor, interaction_id: int, now: datetime) -> Mapping[str, Any] | None:
    """The owed call that a contact returns, with the message that was left."""
    found = load_owed_tool(actor=actor, interaction_id=interaction_id, now=now)
    if found is None:
        return None
    owed = found["owed"]
    message = message_of(actor=actor, call_id=owed.call_id, recording=owed.recording)
    return dict(found) | {"rec": shown(message) if message else None}
