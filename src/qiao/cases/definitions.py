"""Case types and processes as the engine takes them, read once per process of the server."""

import dataclasses
import hashlib
import json
import threading
from collections.abc import Mapping, Sequence
from typing import Any

from qiao.cases.models import Case, ProcessVersion, PromiseSet
from qiao.cases.rules.pack import read_process
from qiao.cases.rules.process import Process
from qiao.cases.rules.promises import Promise, promise_data
from qiao.core.packs import CaseType, Pack, qualify
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CalendarSpec, ProcessSource
from qiao.core.packs.reading import PackInvalid, PackProblem, Table
from qiao.core.rules.texts import Text

_processes: dict[int, Process] = {}
_set_ids: dict[str, int] = {}
_sets: dict[int, list[dict[str, Any]]] = {}
_lock = threading.Lock()
NAMELESS = Text("", "", "")


def case_types() -> Mapping[str, CaseType]:
    """All case types of the enabled packs by qualified key (``water.leak``)."""
    return catalogue().case_types


def type_of(case: Case) -> CaseType:
    """The definition of a case's type. Raises KeyError when its pack is no longer enabled."""
    return case_types()[case.case_type.key]


def stored_form(pack: Pack, source: ProcessSource) -> dict[str, Any]:
    """All that is needed to run a process later, whatever becomes of the pack."""
    used = {step.get("calendar") for step in source.data.get("step", ())}
    return {
        "pack": pack.key,
        "process": dict(source.data),
        "calendars": [
            {"key": c.key, "zone": c.zone, "week": dict(c.week), "always": c.round_the_clock}
            for c in pack.calendars
            if c.key in used
        ],
    }


def digest_of(definition: Mapping[str, Any]) -> str:
    """A fingerprint of a stored form."""
    text = json.dumps(definition, sort_keys=True, ensure_ascii=False, default=str)
    return hashlib.sha256(text.encode()).hexdigest()


def promise_set_of(promises: Sequence[Promise]) -> int:
    """The id under which these promises are kept; the same promises have the same id."""
    data = [promise_data(promise) for promise in promises]
    digest = digest_of({"promises": data})
    found = _set_ids.get(digest)
    if found is None:
        row, is_new = PromiseSet.objects.get_or_create(digest=digest, defaults={"promises": data})
        found = row.pk
        if not is_new:  # a new one may still be rolled back
            _set_ids[digest] = found
    return found


def promises_in(set_id: int) -> list[dict[str, Any]]:
    """The plain promises of a kept set."""
    found = _sets.get(set_id)
    if found is None:
        found = PromiseSet.objects.values_list("promises", flat=True).get(id=set_id)
        _sets[set_id] = found
    return found


def process_of(version: ProcessVersion) -> Process:
    """The engine's form of a stored process version."""
    found = _processes.get(version.pk)
    if found is None:
        found = _read(version)
        with _lock:
            _processes[version.pk] = found
    return found


def _read(version: ProcessVersion) -> Process:
    stored = version.definition
    calendars = {
        item["key"]: CalendarSpec(
            key=item["key"],
            name=NAMELESS,
            zone=item["zone"],
            week={day: tuple((a, b) for a, b in spans) for day, spans in item["week"].items()},
            round_the_clock=item["always"],
        )
        for item in stored["calendars"]
    }
    problems: list[PackProblem] = []
    table = Table(stored["process"], file=version.key, place="", problems=problems)
    process = read_process(table, calendars)
    if problems:
        raise PackInvalid(problems)
    steps = tuple(
        dataclasses.replace(step, calendar=qualify(stored["pack"], step.calendar))
        for step in process.steps
    )
    return dataclasses.replace(process, key=version.key, version=version.version, steps=steps)
