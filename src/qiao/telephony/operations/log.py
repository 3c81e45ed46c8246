"""The log of a call is written, and mirrored on its row."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final

from qiao.core.prepared import execute
from qiao.telephony.models import Call as Row
from qiao.telephony.operations.recordings import note_recordings
from qiao.telephony.operations.turns import record_turns
from qiao.telephony.rules.calls import WITH_A_PERSON, Call, Entry

# One statement: twenty calls a second are kept with six of these each.
_KEEP: Final = """
WITH kept AS (
    INSERT INTO telephony_callentry (call_id, seq, kind, at, recorded_at, data)
    SELECT %(call_id)s, e.seq, e.kind, e.at, %(now)s, e.data
      FROM jsonb_to_recordset(%(entries)s::jsonb)
           AS e (seq int, kind text, at timestamptz, data jsonb))
UPDATE telephony_call
   SET phase = %(phase)s, queue = %(queue)s, "end" = %(end)s, queued_at = %(queued_at)s,
       connected_at = %(connected_at)s, ended_at = %(ended_at)s, staff_id = %(staff_id)s,
       entry_count = %(count)s
 WHERE id = %(call_id)s
"""


def keep(row: Row, call: Call, entries: Sequence[Entry], now: datetime) -> None:
    """Add entries to a call's log and mirror on its row how it stands; with its end, what is
    counted of it."""
    numbered = [
        {
            "seq": row.entry_count + place,
            "kind": entry.kind,
            "at": entry.at.isoformat(),
            "data": dict(entry.data),
        }
        for place, entry in enumerate(entries, 1)
    ]
    row.entry_count += len(entries)
    row.phase, row.queue, row.end = call.phase, call.queue, call.end
    row.queued_at, row.connected_at, row.ended_at = _moments(row, call)
    agent = call.leg("agent")
    if agent is not None and call.phase in WITH_A_PERSON:
        row.staff_id = agent.staff
    execute(
        _KEEP,
        {
            "call_id": row.pk,
            "now": now,
            "entries": json.dumps(numbered, ensure_ascii=False),
            "phase": row.phase,
            "queue": row.queue,
            "end": row.end,
            "queued_at": row.queued_at,
            "connected_at": row.connected_at,
            "ended_at": row.ended_at,
            "staff_id": row.staff_id,
            "count": row.entry_count,
        },
    )
    note_recordings(row, entries, now)
    if any(entry.kind == "ended" for entry in entries):
        record_turns([row.pk])


def _moments(row: Row, call: Call) -> tuple[datetime | None, ...]:
    """Two clocks tell the time of a call: none of them ends it before it began."""
    ended = max(call.ended_at, row.arrived_at) if call.ended_at else None
    return call.queued_at, call.connected_at, ended
