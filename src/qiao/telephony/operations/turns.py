"""What is counted of calls: turns written with their end, figures kept of them, both rebuilt."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from itertools import groupby
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from qiao.core.prepared import execute
from qiao.core.transactions import acting, outside, required
from qiao.telephony.models import Call, CallEntry, CallTurn
from qiao.telephony.queries import terms_of
from qiao.telephony.rules.calls import Entry
from qiao.telephony.rules.turns import turns_of

PORTION: Final = 500
NO_WRAP_UP: Final = timedelta(minutes=5)  # by then whoever had to do something after it does it
LONGEST_WRAP_UP: Final = timedelta(days=1)

_WRITE: Final = """
INSERT INTO telephony_callturn (call_id, seq, organisation_id, line_id, kind, queue, staff_id,
    offered_at, slot_at, ended_at, wait_seconds, ring_seconds, talk_seconds, hold_seconds, offers,
    is_in_time, is_short, is_transferred)
SELECT c.id, t.seq, c.organisation_id, c.line_id, t.kind, t.queue, t.staff, t.offered_at,
       date_bin('30 minutes', t.offered_at, timestamptz '2000-01-01 00:00+00'), t.ended_at,
       t.wait_seconds, t.ring_seconds, t.talk_seconds, t.hold_seconds, t.offers, t.is_in_time,
       t.is_short, t.is_transferred
  FROM jsonb_to_recordset(%(turns)s::jsonb) AS t (call_id bigint, seq int, kind text, queue text,
       staff bigint, offered_at timestamptz, ended_at timestamptz, wait_seconds int,
       ring_seconds int, talk_seconds int, hold_seconds int, offers int, is_in_time bool,
       is_short bool, is_transferred bool)
  JOIN telephony_call c ON c.id = t.call_id
ON CONFLICT (call_id, seq) DO NOTHING
"""
# The work after a call is what the person did next: from when they turned to it until they turned.
_SETTLE: Final = """
UPDATE telephony_callturn t SET wrap_seconds = w.seconds
  FROM (SELECT u.id, CASE
               WHEN began.at IS NULL THEN CASE WHEN u.ended_at < %(none)s THEN 0 END
               WHEN began.until IS NULL THEN CASE WHEN u.ended_at < %(longest)s THEN 0 END
               ELSE extract(epoch FROM began.until - began.at)::int END AS seconds
          FROM telephony_callturn u
          LEFT JOIN LATERAL (
               SELECT s.at, (SELECT n.at FROM contact_agentstatechange n
                              WHERE n.staff_id = s.staff_id AND (n.at, n.id) > (s.at, s.id)
                              ORDER BY n.at, n.id LIMIT 1) AS until
                 FROM contact_agentstatechange s
                WHERE s.staff_id = u.staff_id AND s.state = 'wrap_up'
                  AND s.at BETWEEN u.ended_at - interval '5 s' AND u.ended_at + interval '30 s'
                ORDER BY s.at LIMIT 1) AS began ON true
         WHERE u.wrap_seconds IS NULL AND u.staff_id IS NOT NULL
         ORDER BY u.ended_at LIMIT %(limit)s) AS w
 WHERE t.id = w.id AND w.seconds IS NOT NULL
"""


def record_turns(call_ids: Sequence[int]) -> int:
    """Write the turns of ended calls from their logs; what is written stays. Returns how many
    turns the logs have."""
    required()
    found = list(_turns(call_ids))
    execute(_WRITE, {"turns": json.dumps(found, ensure_ascii=False, default=_plain)})
    return len(found)


def _turns(call_ids: Sequence[int]) -> Iterator[dict[str, Any]]:
    kept = CallEntry.objects.filter(call_id__in=call_ids).order_by("call_id", "seq")
    rows = kept.values_list("call_id", "kind", "at", "data")
    for call_id, entries in groupby(rows, key=itemgetter(0)):
        log = (Entry(kind, at, data) for _call, kind, at, data in entries)
        for seq, turn in enumerate(turns_of(call_id, log, terms_of), 1):
            yield {"call_id": call_id, "seq": seq, **asdict(turn)}


def _plain(value: datetime) -> str:
    return value.isoformat()


def settle_wrap_ups(*, now: datetime, limit: int = 2_000) -> None:
    """Bring the length of the work after each call into its turn, once it is over."""
    required()
    values: dict[str, Any] = {
        "none": now - NO_WRAP_UP,
        "longest": now - LONGEST_WRAP_UP,
        "limit": limit,
    }
    with connection.cursor() as cursor:
        cursor.execute(_SETTLE, values)


def fold_figures() -> int:
    """Fold changes of kept figures into the figures. Returns how many there were."""
    required()
    return _call("telephony_fold_figures")


def rebuild_turns(*, now: datetime) -> int:
    """Read the turns of all ended calls out of their logs anew, and count the figures of them.

    Works in portions, each a transaction; killed in between, it is called again. Returns how many
    calls were read. Raises `RuntimeError` inside a transaction.
    """
    outside()
    last = calls = 0
    while ids := _ended_after(last):
        with acting(None):
            CallTurn.objects.filter(call_id__in=ids).delete()
            record_turns(ids)
        last, calls = ids[-1], calls + len(ids)
    with acting(None):
        settle_wrap_ups(now=now, limit=10**9)
        _call("telephony_figure_again")
    return calls


def _ended_after(last: int) -> list[int]:
    found = Call.objects.filter(phase=Call.Phase.ENDED, pk__gt=last).order_by("pk")
    return list(found.values_list("pk", flat=True)[:PORTION])


def _call(function: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {function}()")
        (found,) = cursor.fetchone()
    return int(found)
