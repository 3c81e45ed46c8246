"""Cases that few match: found first and sorted afterwards, where a list in its order would be
walked to the end for a page that never fills.

Whether they are few is not guessed: an index that holds nothing else is read until they are too
many.
"""

from typing import Any, Final

from django.db import connection

from qiao.cases.queries.filters import OPEN_VIEWS, Filters, narrow_by_type

MOST_OPEN: Final = 2_000  # so many are looked up and sorted in a few milliseconds
MOST_CLOSED: Final = 5_000
_OPEN, _CLOSED = "c.closed_at IS NULL", "c.closed_at IS NOT NULL"


def few_matching(view: str, filters: Filters) -> list[int] | None:
    """The ids of all cases of the types or channels that are asked for; None where they are many
    or neither is asked for. The view and the other filters are still to be applied to them."""
    if filters.text:
        return None
    by_type: list[str] = []
    values: dict[str, Any] = {
        "priority": list(filters.priority),
        "channel": list(filters.channel),
    }
    narrow_by_type(filters, by_type, values)
    by_channel = ["c.channel = ANY(%(channel)s)"] if filters.channel else []
    by_priority = ["c.priority = ANY(%(priority)s)"] if filters.priority else []
    for parts in (by_type, by_channel):
        found = _ids(view, [*parts, *by_priority], values) if parts else None
        if found is not None:
            return found
    return None


def _ids(view: str, parts: list[str], values: dict[str, Any]) -> list[int] | None:
    found: list[int] = []
    is_open, is_closed = view in OPEN_VIEWS or view == "all", view not in OPEN_VIEWS
    for wanted, state, most in ((is_open, _OPEN, MOST_OPEN), (is_closed, _CLOSED, MOST_CLOSED)):
        if wanted:
            where = " AND ".join([state, *parts])
            # Django binds in the client: the plan is made for these very values.
            with connection.cursor() as cursor:
                cursor.execute(
                    f"SELECT c.id FROM cases_case c WHERE {where} LIMIT %(most)s",  # noqa: S608 - own pieces
                    values | {"most": most + 1},
                )
                ids = [pk for (pk,) in cursor.fetchall()]
            if len(ids) > most:
                return None
            found += ids
    return found
