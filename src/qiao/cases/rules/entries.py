"""Entries of histories before they are written."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(slots=True)
class Entry:
    """What happened to a case, until it is written as a row; `case_id` is 0 while the case itself
    is still to be saved."""

    case_id: int
    seq: int
    kind: str
    at: datetime
    recorded_at: datetime
    actor_id: int | None
    visibility: str
    data: dict[str, Any]
