"""Addresses of files of customers that come in and go out."""

from collections.abc import Mapping
from typing import Any, Final

from tests.walker.visits.addressed import NOT_ALLOWED, OK, Visit


def _import(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED, **args: str) -> Visit:
    return Visit({"import_id": "{import}"} | args, (), post, get=get)


def _file(post: Mapping[str, Any] | None = None, get: int = NOT_ALLOWED) -> Visit:
    return Visit({"file_id": "{import_file}"}, (), post, get=get)


IMPORTS: Final = {
    "customers:imports": Visit(queries=("after=99",)),
    "customers:import_new": Visit(post={"organisation": "{unit}", "file": "CSV"}, own=True),
    "customers:import_file": _file(get=OK),
    "customers:import_columns": _file({"column-0": "name", "column-1": "phone"}),
    "customers:import_back": _file({}),
    "customers:import_again": _file({}),
    "customers:import_start": _file({}),
    "customers:import_discard": _file({}),
    "customers:import": Visit(
        {"import_id": "{import}"},
        ("view=all", "view=refused", "view=known&after=1", "view=differs"),
    ),
    "customers:import_cancel": _import({}),
    "customers:import_resume": _import({}),
    "customers:import_undo": _import({}, OK),
    "customers:export_new": Visit(
        queries=("tier=C", "segment=x", "q=zqxcan", "manager={agent}", "manager=x"),
        post={"format": "csv", "columns": ["name", "phones"], "phones": "full", "reason": "x"},
        own=True,
    ),
    "customers:import_refused": _import({}, form="csv"),
    "customers:import_differing": _import({}, form="csv"),
}
