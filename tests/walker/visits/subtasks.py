"""Addresses of the sub-tasks of a case."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _task(place: int, post: Mapping[str, Any], get: int = OK) -> Visit:
    return Visit({"case_id": "{case}", "subtask_id": f"{{subtask_{place}}}"}, post=post, get=get)


SUBTASKS: Final = {
    "cases:subtask_add": Visit(
        {"case_id": "{case}"}, post={"title": "x", "owner": "person:{agent}"}
    ),
    "cases:subtask_change": _task(0, {"title": "y", "owner": "person:{agent}"}),
    "cases:subtask_done": _task(1, {"words": "seen"}),
    "cases:subtask_drop": _task(2, {"words": "not needed"}),
    "cases:subtask_reopen": _task(3, {}, NOT_ALLOWED),
}
