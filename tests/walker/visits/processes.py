"""Addresses of the design of processes: what stands there is the whole company's."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit

KEY: Final = {"key": "water.enquiry"}


def _chief(
    args: Mapping[str, str],
    post: Mapping[str, Any] | None = None,
    get: int = OK,
    *queries: str,
) -> Visit:
    return Visit(args, queries, post, reader="chief", sender="chief", get=get)


def _draft(
    post: Mapping[str, Any] | None = None, get: int = OK, *queries: str, draft: str = "{draft}"
) -> Visit:
    return _chief({"draft_id": draft}, post, get, *queries)


PROCESSES: Final = {
    "cases:processes": _chief({}),
    "cases:forms": _chief({}),
    "cases:process": _chief(KEY),
    "cases:process_version": _chief({**KEY, "version": "1"}),
    "cases:process_begin": _chief(KEY, {"version": "1"}, NOT_ALLOWED),
    "cases:process_keep": _chief({**KEY, "version": "1"}, {}, NOT_ALLOWED),
    "cases:process_withdraw": _chief({**KEY, "version": "1"}, {}, NOT_ALLOWED),
    "cases:process_draft": _draft(None, OK, "part=step:on_line", "part=field:finding"),
    "cases:process_part": _draft({"seen": "{draft_seen}", "start": "on_line"}, 302),
    "cases:process_add": _draft({"kind": "step"}, NOT_ALLOWED),
    "cases:process_move": _draft({"part": "step:desk_check", "to": "earlier"}, NOT_ALLOWED),
    "cases:process_remove": _draft({"part": "field:finding", "seen": "{field_seen}"}, NOT_ALLOWED),
    "cases:process_compare": _draft(),
    "cases:process_try": _draft(None, OK, "number={number}", "number=x"),
    "cases:process_publish": _draft({"reason": "x"}),
    "cases:process_take_back": _draft({}, NOT_ALLOWED),
    "cases:process_drop": _draft({}, NOT_ALLOWED),
    "cases:process_restore": _draft({}, NOT_ALLOWED, draft="{dropped_draft}"),
}
