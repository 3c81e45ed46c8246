"""Cases of a log that are here already: found by number, compared with what a file says now."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.operations.intake_deciding import Decided

_KNOWN: Final = """
SELECT s.number, s.case_id, s.digest, s.entry_count, c.event_count, c.title, c.description,
       c.place, c.area, c.priority, c.caller_name, c.caller_phone, c.closed_at, c.opened_at,
       s.status, s.agency, c.step, c.merged_into_id IS NOT NULL, s.outcome, s.due_at, c.answered_at
  FROM cases_casesource s JOIN cases_case c ON c.id = s.case_id
 WHERE s.organisation_id = %s AND s.source = %s AND s.number = ANY(%s)
"""
LONGEST: Final = 200


@dataclass(frozen=True, slots=True)
class Known:
    """A case of the log that is here, as it stands now."""

    number: str
    case_id: int
    digest: str
    entry_count: int
    event_count: int
    title: str
    description: str
    place: str
    area: str
    priority: str
    caller_name: str
    caller_phone: str
    closed_at: datetime | None
    opened_at: datetime
    status: str
    agency: str
    step: str
    is_merged: bool
    outcome: str
    due_at: datetime | None
    answered_at: datetime | None

    @property
    def is_untouched(self) -> bool:
        """Whether nothing but files of its log has said anything about it."""
        return self.event_count == self.entry_count and not self.is_merged


def find_known(
    organisation_id: int, source: str, numbers: Sequence[str], *, lock: bool = False
) -> dict[str, Known]:
    """Cases of a log by their numbers there; `lock` holds them until the transaction ends."""
    if not numbers:
        return {}
    sql = _KNOWN + (" ORDER BY c.id FOR UPDATE OF c" if lock else "")
    with connection.cursor() as cursor:
        cursor.execute(sql, [organisation_id, source, list(numbers)])
        return {row[0]: Known(*row) for row in cursor.fetchall()}


def differences(known: Known, decided: Decided) -> list[dict[str, str]]:
    """Field, what stands here and what the file says, as texts."""
    row = decided.row
    pairs: Mapping[str, tuple[Any, Any]] = {
        "opened_at": (known.opened_at, row.opened_at),
        "answered_at": (known.answered_at, row.answered_at or known.answered_at),
        "closed_at": (known.closed_at, row.closed_at),
        "due_at": (known.due_at, row.due_at),
        "status": (known.status, row.status),
        "title": (known.title, decided.title),
        "description": (known.description, row.description),
        "address": (known.place, decided.place),
        "priority": (known.priority, decided.priority),
        "area": (known.area, decided.area),
        "name": (known.caller_name, row.name),
        "phone": (known.caller_phone, row.phone),
        "agency": (known.agency, row.agency),
        "outcome": (known.outcome, row.outcome),
    }
    return [
        {"field": key, "held": _text(held), "found": _text(found)}
        for key, (held, found) in pairs.items()
        if held != found
    ]


def _text(value: Any) -> str:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value or "")[:LONGEST]


def may_update(known: Known, decided: Decided) -> bool:
    """Whether a file may change the case: nobody worked on it here, it was opened at the same
    moment, and it was not over before."""
    same_start = decided.row.opened_at == known.opened_at
    same_end = known.closed_at is None or known.closed_at == decided.row.closed_at
    return known.is_untouched and same_start and same_end
