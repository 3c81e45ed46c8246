"""Addresses of logs of cases that come in from outside."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _log(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, **args: str) -> Visit:
    return Visit({"intake_id": "{log}"} | args, (), post, get=get)


def _file(post: Mapping[str, Any] | None = None) -> Visit:
    return Visit({"intake_id": "{log_file}"}, (), post, get=NOT_ALLOWED)


INTAKE: Final = {
    "cases:intakes": Visit(queries=("after=99",)),
    "cases:intake_new": Visit(
        post={"organisation": "{unit}", "source": "log", "file": "CSV"}, own=True
    ),
    "cases:intake": Visit({"intake_id": "{log}"}, ("view=all", "view=refused&after=1", "view=x")),
    "cases:intake_columns": _file({"column-0": "number", "column-1": "opened_at"}),
    "cases:intake_words": _file({"statuses-0": "open"}),
    "cases:intake_back": _file({}),
    "cases:intake_again": _file({}),
    "cases:intake_start": _file({}),
    "cases:intake_discard": _file({}),
    "cases:intake_cancel": _log({}),
    "cases:intake_resume": _log({}),
    "cases:intake_undo": _log({}, OK),
    "cases:intake_report": _log(get=OK),
    "cases:intake_rows": _log({}, what="refused", form="csv"),
}
