"""What the top bar of every page shows of the person who looks at it."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from qiao.core.actor import Actor
from qiao.staff.queries.notices import MOST_COUNTED, count_unread


def page(request: HttpRequest) -> dict[str, Any]:
    """Names for the bell; its count is read only where a page draws it."""
    actor: Actor | None = getattr(request, "actor", None)
    return {"bell": cache(lambda: bell_of(actor))}


def bell_of(actor: Actor | None) -> dict[str, Any] | None:
    """How many notices are unread, in figures; None for whoever has no bell."""
    if actor is None or actor.staff_id is None:
        return None
    unread = count_unread(staff_id=actor.staff_id)
    figure = f"{MOST_COUNTED - 1}+" if unread >= MOST_COUNTED else str(unread)
    return {"staff_id": actor.staff_id, "unread": unread, "figure": figure}
