"""The tool of a call above its contact: its keys, and after it how it ended, in the same place."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from qiao.core.actor import Actor
from qiao.telephony.queries import ended_call, load_controls
from qiao.telephony.words import end_words


def load_tool(*, actor: Actor, interaction_id: int, now: datetime) -> Mapping[str, Any] | None:
    """What may be done with the call, or how it ended: what stands below must not move under the
    hand of somebody who types when the other side hangs up."""
    tool = load_controls(actor=actor, interaction_id=interaction_id, now=now)
    if tool is not None:
        return tool
    row = ended_call(actor=actor, interaction_id=interaction_id)
    if row is None:
        return None
    had, ended = row.connected_at or row.ended_at, row.ended_at
    seconds = max(0, int((ended - had).total_seconds())) if had and ended else 0
    return {
        "ends": False,
        "row": row,
        "over": end_words(row.end, is_out=row.direction == "out"),
        "seconds": seconds,
    }
