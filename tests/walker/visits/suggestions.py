"""Addresses of suggestions: inside the house, and the pages that anybody may open."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import MOVED, NOT_ALLOWED, OK, Visit


def _of(post: Mapping[str, Any] | None = None, get: int = OK) -> Visit:
    return Visit({"suggestion_id": "{suggestion}"}, (), post, get=get)


_NUMBER: Final = {"number": "{suggestion_number}"}
SUGGESTIONS: Final = {
    "feedback:suggestions": Visit(queries=("view=all&q=zz", "view=planned&order=votes")),
    "feedback:suggestion_report": Visit(queries=("since=2026-01-01", "since=x")),
    "feedback:suggestion_paper": Visit(
        post={"source": "card", "title": "x", "text": "x"}, own=True
    ),
    "feedback:suggestion_of_case": Visit({"case_id": "{case}"}, get=MOVED),
    "feedback:suggestion": _of(),
    "feedback:suggestion_screen": _of(
        {"verdict": "public", "title": "x", "text": "x", "category": "other"}
    ),
    "feedback:suggestion_decide": _of({"state": "planned", "owner": "{agent}"}),
    "feedback:suggestion_answer": _of({"text": "x", "outcome": "answered", "readers": "private"}),
    "feedback:suggestion_join": Visit(
        {"suggestion_id": "{suggestion}"},
        ("number=x",),
        {"number": "{unscreened_number}"},
    ),
    "feedback:suggestion_part": _of({}, NOT_ALLOWED),
    "portal:opinions": Visit(queries=("q=water&order=new", "order=answered"), public=True),
    "portal:opinion": Visit(_NUMBER, public=True),
    "portal:opinion_new": Visit(post={"title": "x", "text": "x"}, public=True, own=True),
    "portal:opinion_thanks": Visit(public=True),
    "portal:opinion_vote": Visit(_NUMBER, (), {}, get=NOT_ALLOWED, public=True, own=True),
    "portal:opinion_follow": Visit(
        _NUMBER, (), {"email": "a@example.org"}, get=NOT_ALLOWED, public=True, own=True
    ),
    "portal:opinion_confirm": Visit({**_NUMBER, "token": "a:b:c"}, public=True),
}
