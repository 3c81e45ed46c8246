"""The logs of calls are written, and mirrored on their rows."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from qiao.core.prepared import execute
from qiao.telephony.models import Call as Row
from qiao.telephony.operations.recordings import note_recordings
from qiao.telephony.operations.turns import record_turns
from qiao.telephony.rules.calls import WITH_A_PERSON, Call, Entry
from qiao.telephony.rules.menu_visits import kept_data

# One statement for all calls of a turn: twenty calls a second are kept with six turns each.
_KEEP: Final = """
WITH kept AS (
    INSERT INTO telephony_callentry (call_id, seq, kind, at, recorded_at, data)
    SELECT e.call_id, e.seq, e.kind, e.at, %(now)s, e.data
      FROM jsonb_to_recordset(%(entries)s::jsonb)
           AS e (call_id bigint, seq int, kind text, at timestamptz, data jsonb))
UPDATE telephony_call c
   SET phase = r.phase, queue = r.queue, "end" = r."end", queued_at = r.queued_at,
       connected_at = r.connected_at, ended_at = r.ended_at, staff_id = r.staff_id,
       entry_count = r.entry_count
  FROM jsonb_to_recordset(%(rows)s::jsonb)
       AS r (id bigint, phase text, queue text, "end" text, queued_at timestamptz,
             connected_at timestamptz, ended_at timestamptz, staff_id bigint, entry_count int)
 WHERE c.id = r.id
"""
_MIRRORED: Final = (
    "phase", "queue", "end", "queued_at", "connected_at", "ended_at", "staff_id", "entry_count",
)  # fmt: skip


def note(row: Row, call: Call) -> None:
    """Mirror on a call's row how it stands; nothing is written yet."""
    row.phase, row.queue, row.end = call.phase, call.queue, call.end
    row.queued_at, row.connected_at, row.ended_at = _moments(row, call)
    agent = call.leg("agent")
    if agent is not None and call.phase in WITH_A_PERSON:
        row.staff_id = agent.staff


def keep(gained: Sequence[tuple[Row, Sequence[Entry]]], now: datetime) -> None:
    """Write what the logs of calls gained, and their rows as they were noted; with the end of a
    call, what is counted of it."""
    if not gained:
        return
    entries = []
    for row, added in gained:
        for entry in added:
            row.entry_count += 1
            entries.append(_line(row, entry))
    rows = [{"id": row.pk} | {name: _plain(getattr(row, name)) for name in _MIRRORED}
            for row, _added in gained]  # fmt: skip
    execute(
        _KEEP,
        {
            "now": now,
            "entries": json.dumps(entries, ensure_ascii=False),
            "rows": json.dumps(rows, ensure_ascii=False),
        },
    )
    for row, added in gained:
        note_recordings(row, added, now)
    ended = [row.pk for row, added in gained if any(each.kind == "ended" for each in added)]
    if ended:
        record_turns(ended)


def _line(row: Row, entry: Entry) -> dict[str, Any]:
    data = dict(entry.data)
    if entry.kind in ("menu_began", "menu_moved"):
        data["visit"] = kept_data(data["visit"])
    return {
        "call_id": row.pk,
        "seq": row.entry_count,
        "kind": entry.kind,
        "at": entry.at.isoformat(),
        "data": data,
    }


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _moments(row: Row, call: Call) -> tuple[datetime | None, ...]:
    """Two clocks tell the time of a call: none of them ends it before it began."""
    ended = max(call.ended_at, row.arrived_at) if call.ended_at else None
    return call.queued_at, call.connected_at, ended
