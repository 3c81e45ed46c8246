"""Pages by keyset: rows in the order of a moment or a day, then of their ids."""

import base64
import json
from datetime import date, datetime
from typing import Any, TypeVar

from django.db.models import Model, Q, QuerySet

Row = TypeVar("Row", bound=Model)


def page_of(
    rows: "QuerySet[Row]", *, key: str, size: int, after: str, newest_first: bool = False
) -> tuple[list[Row], str]:
    """A page in the order of `key`, and the cursor of the next one; empty at the end.

    A cursor that was tampered with reads as the first page.
    """
    sign, beyond = ("-", "lt") if newest_first else ("", "gt")
    place = _read(after)
    if place is not None:
        at, last = place
        rows = rows.filter(
            Q(**{f"{key}__{beyond}": at}) | Q(**{key: at, f"id__{beyond}": last}),
            **{f"{key}__{beyond}e": at},
        )
    found = list(rows.order_by(f"{sign}{key}", f"{sign}id")[: size + 1])
    if len(found) <= size:
        return found, ""
    kept = found[:size]
    return kept, _write(getattr(kept[-1], key), kept[-1].pk)


def _write(at: date, pk: int) -> str:
    return base64.urlsafe_b64encode(json.dumps([at.isoformat(), pk]).encode()).decode()


def _read(cursor: str) -> tuple[date, int] | None:
    if not cursor:
        return None
    try:
        at, pk = json.loads(base64.urlsafe_b64decode(cursor.encode()))
        found: Any = datetime.fromisoformat(at) if "T" in at else date.fromisoformat(at)
        is_whole = not isinstance(found, datetime) or found.tzinfo is not None
        return (found, int(pk)) if is_whole else None
    except (ValueError, TypeError, UnicodeError):
        return None
