"""What the page of causes is asked for, read from its address."""

from datetime import date, timedelta
from typing import Final

from django.http import QueryDict

from qiao.cases.queries.cause_ranking import BY, Asked
from qiao.core.packs.model import GROUPS

USUAL_DAYS: Final = 90
LONGEST_DAYS: Final = 366


def read_asked(query: QueryDict, *, today: date) -> Asked:
    """Days, group, unit and columns; what cannot be read is as if it were not there."""
    until = min(_day(query.get("until", "")) or today, today)
    since = _day(query.get("since", "")) or until - timedelta(days=USUAL_DAYS - 1)
    since = max(min(since, until), until - timedelta(days=LONGEST_DAYS - 1))
    group, by, unit = query.get("group", ""), query.get("by", ""), query.get("unit", "")
    return Asked(
        since=since,
        until=until,
        group=group if group in GROUPS else "",
        unit=int(unit) if unit.isdecimal() and len(unit) < 19 else None,
        by=by if by in BY else "unit",
    )


def _day(text: str) -> date | None:
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if found.year > 2000 else None
