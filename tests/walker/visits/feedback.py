"""Addresses of follow-ups."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _follow_up(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"follow_up_id": "{follow_up}"}, (), post, sender="colleague", get=get)


FEEDBACK: Final = {
    "feedback:list": Visit(queries=("view=open", "view=done", "rating=satisfied")),
    "feedback:detail": _follow_up(get=OK),
    "feedback:pane": _follow_up(get=OK),
    "feedback:confirm": _follow_up(
        {"rating": "satisfied", "resolved": "yes", "channel": "phone", "words": "x"}
    ),
    "feedback:attempt": _follow_up({"channel": "phone", "outcome": "busy", "note": "x"}),
    "feedback:take": _follow_up({}),
}
