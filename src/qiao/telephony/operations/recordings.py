"""Recordings on their way from the switch: noted with the log, fetched, kept, lost, let go."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Final

import structlog
from django.db import connection
from django.db.models import Q
from django.utils import timezone
from procrastinate.contrib.django import app as jobs

from qiao.core import parameters
from qiao.core.incoming_files import Written, keep_file
from qiao.core.models import Attachment
from qiao.core.packs.enabled import catalogue
from qiao.core.retention import nothing_holds
from qiao.core.transactions import required
from qiao.staff.queries import system_actor
from qiao.telephony.models import Call, CallRecording
from qiao.telephony.queries.recordings import OWNER_KIND
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.recordings import DOWN_FOR, kind_of, next_try

FETCH_TASK: Final = "telephony.fetch_recording"
QUEUE: Final = "recordings"
DROP: Final = "calls.drop_at_switch"
UNTOLD_FOR: Final = timedelta(minutes=1)  # after a call, its recording must have ended
LATE: Final = timedelta(minutes=10)  # longer than a job takes: nobody sees to it any more
MOST_AT_ONCE: Final = 500
State = CallRecording.State
Gone = CallRecording.Gone
log: Final = structlog.get_logger(__name__)


def note_recordings(call: Call, entries: Sequence[Entry], now: datetime) -> None:
    """Keep with a call's log what was recorded of it; a recording that ended is fetched by a job
    once the transaction is through."""
    required()
    for entry in entries:
        name = str(entry.data.get("recording", ""))
        if entry.kind == "recording_began":
            _begin(call, name, entry.at)
        elif entry.kind == "recording_ended":
            _end(name, entry, now)


def _begin(call: Call, name: str, at: datetime) -> None:
    spec = catalogue().queues.get(call.queue)
    begun = CallRecording(
        name=name,
        call=call,
        kind=kind_of(name),
        queue=call.queue,
        keep_days=spec.keep_recordings_days if spec else None,
        began_at=at,
    )
    CallRecording.objects.bulk_create([begun], ignore_conflicts=True)


def _end(name: str, entry: Entry, now: datetime) -> None:
    found = CallRecording.objects.select_for_update().filter(name=name).first()
    if found is None or found.state not in (State.RUNNING, State.REMOVED):  # told twice
        return
    if found.state == State.REMOVED:  # while it ran: only now it lies at the switch, to go there
        found.is_at_switch, found.next_at = True, now
        found.save(update_fields=["is_at_switch", "next_at"])
        _defer(found)
        return
    found.ended_at = max(entry.at, found.began_at)
    found.seconds = int(entry.data.get("seconds") or 0)
    if entry.data.get("ok", True):
        found.state, found.next_at = State.DUE, now
    else:
        found.state, found.trouble, found.is_at_switch = State.LOST, "not_made", False
    found.save()
    if found.next_at is not None:
        _defer(found)


def _defer(row: CallRecording) -> None:
    later = row.next_at if row.next_at and row.next_at > timezone.now() else None
    jobs.configure_task(FETCH_TASK, queue=QUEUE, schedule_at=later).defer(recording_id=row.pk)


def keep_recording(
    *, recording_id: int, written: Written, seconds: float, now: datetime
) -> CallRecording:
    """A sound came and is on the disk: it is kept. One that was removed meanwhile stays so."""
    found = _locked(recording_id)
    if found.state != State.DUE:
        return found
    unit = Call.objects.values_list("organisation_id", flat=True).get(pk=found.call_id)
    kept = keep_file(
        written,
        owner_kind=OWNER_KIND,
        owner_id=found.pk,
        organisation_id=unit,
        actor=system_actor(organisation_id=unit),
        now=now,
    )
    found.state, found.attachment_id = State.KEPT, kept.pk
    found.sound_seconds, found.trouble = seconds, ""
    found.next_at = now if is_dropped_at_switch(now) else None
    found.save()
    return found


def is_dropped_at_switch(now: datetime) -> bool:
    """Whether the switch lets go of what is kept here."""
    return bool(parameters.find(DROP, day=timezone.localdate(now)).value)


def miss_recording(*, recording_id: int, trouble: str, now: datetime) -> CallRecording:
    """The switch had nothing, or nothing that can be kept: ask again later, or say that it is
    lost."""
    found = _locked(recording_id)
    if found.state != State.DUE:
        return found
    found.tries += 1
    found.trouble, found.next_at = trouble, next_try(found.tries, trouble, now)
    if found.next_at is None:
        found.state = State.LOST
        log.warning("recording_lost", recording=found.name, trouble=trouble, tries=found.tries)
    found.save()
    if found.next_at is not None:
        _defer(found)
    return found


def postpone_recording(*, recording_id: int, now: datetime) -> None:
    """The switch does not answer: that is no try in vain, and nothing is lost by it."""
    found = _locked(recording_id)
    if found.next_at is None:
        return
    found.trouble = "down" if found.state == State.DUE else found.trouble
    found.next_at = now + DOWN_FOR
    found.save()
    _defer(found)


def forget_at_switch(*, recording_id: int) -> None:
    """The switch has let go of it; nothing more is to be done."""
    found = _locked(recording_id)
    found.is_at_switch, found.next_at = False, None
    found.save(update_fields=["is_at_switch", "next_at"])


def _locked(recording_id: int) -> CallRecording:
    required()
    return CallRecording.objects.select_for_update().get(pk=recording_id)


_UNTOLD: Final = """
UPDATE telephony_callrecording r
   SET state = 'due', next_at = %(now)s, ended_at = greatest(c.ended_at, r.began_at)
  FROM telephony_call c
 WHERE r.state = 'running' AND c.id = r.call_id AND c.ended_at < %(before)s
RETURNING r.id
"""
_FORGOTTEN: Final = """
UPDATE telephony_callrecording SET next_at = %(now)s
 WHERE id IN (SELECT id FROM telephony_callrecording WHERE next_at < %(late)s
               ORDER BY next_at LIMIT %(most)s FOR UPDATE SKIP LOCKED)
RETURNING id
"""


def look_after_recordings(*, now: datetime) -> int:
    """Have jobs see to what nobody told the end of, and to what a job was lost for; how many."""
    required()
    values: dict[str, Any] = {
        "now": now, "before": now - UNTOLD_FOR, "late": now - LATE, "most": MOST_AT_ONCE,
    }  # fmt: skip
    found: list[int] = []
    with connection.cursor() as cursor:
        for statement in (_UNTOLD, _FORGOTTEN):
            cursor.execute(statement, values)
            found += [row for (row,) in cursor.fetchall()]
    for recording_id in found:
        jobs.configure_task(FETCH_TASK, queue=QUEUE).defer(recording_id=recording_id)
    return len(found)


IDS_OF_ROW: Final = (
    "(SELECT array_agg(x.id) FROM telephony_call c"
    " LEFT JOIN contact_interaction i ON i.id = c.interaction_id"
    " CROSS JOIN LATERAL unnest(customers_held_as(customers_survivor("
    "coalesce(i.customer_id, c.customer_id)))) AS x (id)"
    " WHERE c.id = r.call_id)"
)
"""The customer of a recording (r), as the contact or else the number tells, through merges."""
NOT_HELD: Final = (
    "NOT EXISTS (SELECT FROM telephony_recordinghold d"
    " WHERE d.recording_id = r.id AND d.released_at IS NULL)"
    " AND NOT EXISTS (SELECT FROM telephony_owedcall o WHERE o.call_id = r.call_id"
    " AND o.recording = r.name AND o.state = 'open')"
)
"""Nobody holds a recording (r), and no call is owed for what was said there."""
_REMOVE: Final = """
UPDATE telephony_callrecording r
   SET state = 'removed', removed_at = %(now)s, gone_by = %(gone_by)s, attachment_id = NULL,
       next_at = CASE WHEN r.is_at_switch THEN %(now)s::timestamptz END
 WHERE r.id = ANY(%(ids)s) AND r.state IN ('kept', 'lost')
"""


def let_recordings_go(idents: Sequence[int], now: datetime) -> Sequence[int]:
    """Remove the sounds of recordings; that there were some stays. Gives back those that came
    under a hold meanwhile. Contents that no row holds are swept from the disk by night."""
    required()
    rows = CallRecording.objects.select_for_update().filter(pk__in=idents)
    ids = sorted(rows.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT r.id FROM telephony_callrecording r WHERE r.id = ANY(%(ids)s)"  # noqa: S608
            f" AND {NOT_HELD} AND {nothing_holds(IDS_OF_ROW)}",
            {"ids": ids},
        )
        free = [row for (row,) in cursor.fetchall()]
        values: dict[str, Any] = {"ids": free, "now": now, "gone_by": Gone.PERIOD}
        cursor.execute(_REMOVE, values)
    Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id__in=free).delete()
    return sorted(set(idents) - set(free))


def keep_as_packs_say() -> None:
    """What packs say of how long recordings are kept holds for those that are kept already."""
    required()
    for key, spec in catalogue().queues.items():
        days = spec.keep_recordings_days
        rows = CallRecording.objects.filter(queue=key).exclude(state=State.REMOVED)
        unlike = Q(keep_days__isnull=False) if days is None else ~Q(keep_days=days)
        rows.filter(unlike).update(keep_days=days)
