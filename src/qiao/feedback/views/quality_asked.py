"""Which evaluations a page asks for, read from its address; what does not fit is left out."""

from datetime import date, timedelta
from typing import Final

from django.http import QueryDict

from qiao.feedback.queries.quality_figures import Asked

DAYS: Final = 56
LONGEST: Final = 400


def read_asked(query: QueryDict, *, today: date, is_own: bool = False) -> Asked:
    """The evaluations asked for; the last eight weeks unless said otherwise."""
    until = min(_day(query.get("until", "")) or today, today)
    since = _day(query.get("since", "")) or until - timedelta(days=DAYS - 1)
    since = min(max(since, until - timedelta(days=LONGEST)), until)
    if is_own:
        return Asked(since, until, is_own=True)
    return Asked(
        since,
        until,
        unit_id=_number(query.get("unit", "")),
        team_id=_number(query.get("team", "")),
        person_id=_number(query.get("person", "")),
        kind_key=query.get("kind", "")[:80].replace("\0", ""),
        question=query.get("question", "")[:80].replace("\0", ""),
        value=query.get("value", "")[:3].replace("\0", ""),
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text[:10])
    except ValueError:
        return None
    return found if date(2000, 1, 1) <= found <= date(2100, 1, 1) else None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 16 else None
