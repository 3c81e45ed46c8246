"""Case types and processes as the engine takes them, read once per process of the server."""

import threading
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import connection, transaction

from qiao.cases.models import Case, ProcessVersion, PromiseSet
from qiao.cases.models import CaseType as CaseTypeRow
from qiao.cases.rules.case_forms import PREFIX, form_from_data, form_key
from qiao.cases.rules.pack import process_from_data, promise_of
from qiao.cases.rules.process import Process
from qiao.cases.rules.promises import Promise, promise_data, promises_from_data
from qiao.core import calendars
from qiao.core.packs import CaseType
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.house import UNCLOCKED, house_calendar, house_promise
from qiao.core.packs.model import PromiseSpec
from qiao.core.prepared import fetch_one
from qiao.core.rules.digests import digest_of_data
from qiao.core.rules.texts import DATA_KEYS, Text

WORKING_DAY: Final = 8 * 3_600  # seconds; of a pack's calendar that is not at hand any more
Place = tuple[str, int]
"""An id, and the database in which it stands."""

_processes: dict[Place, Process] = {}
_types: dict[Place, CaseTypeRow] = {}
_versions: dict[Place, ProcessVersion] = {}
_set_ids: dict[tuple[str, str], int] = {}
_sets: dict[Place, list[dict[str, Any]]] = {}
_promises: dict[Place, tuple[Promise, ...]] = {}
_shaped: dict[Place, tuple[CaseType, CaseType]] = {}
_lock = threading.Lock()


def case_types() -> Mapping[str, CaseType]:
    """All case types of the enabled packs by qualified key (``water.leak``)."""
    return catalogue().case_types


def type_of(case: Case) -> CaseType:
    """The definition of a case's type with the form that the case was opened with. Of a type that
    no enabled pack has any more what its row keeps: it promises no more than the house does, and
    its cases are worked on to their end."""
    definition = case_types().get(case.case_type.key) or _switched_off(case.case_type)
    return shaped(definition, _form_id(case))


def _switched_off(row: CaseTypeRow) -> CaseType:
    name = Text(*(row.names[key] for key in DATA_KEYS))
    return CaseType(
        key=row.key,
        group=row.group,
        name=name,
        customer_name=name,
        process=row.process_key,
        default_priority=Case.Priority.NORMAL.value,
        emergency=row.emergency,
        promises=_promised_by_house(row),
    )


def _promised_by_house(row: CaseTypeRow) -> tuple[PromiseSpec, ...]:
    """The house's promise for a type of a pack that is not enabled: its calendars are kept."""
    kept = calendars.all_versions()
    keys = sorted(key for key in kept if key.partition(".")[0] == row.pack) or sorted(kept)
    if not keys:
        return ()
    key = house_calendar(keys)
    always = kept[key][-1].calendar.round_the_clock
    return (house_promise(row.group, key, 86_400 if always else WORKING_DAY),)


def with_floor(promises: Sequence[Promise], case_type_id: int) -> tuple[Promise, ...]:
    """Promises of a case and the one of its type that holds where nothing else runs: for a case
    that was given its promises when there was none of this kind."""
    row = _type_row(case_type_id)
    definition = case_types().get(row.key) or _switched_off(row)
    floors = [promise_of(s) for s in definition.promises if UNCLOCKED in s.starts_on]
    keys = {promise.key for promise in floors}
    return (*(each for each in promises if each.key not in keys), *floors)


def shaped(definition: CaseType, form_id: int | None) -> CaseType:
    """A case type with the questions and rules of one version of its form."""
    if form_id is None:
        return definition
    place = _place(form_id)
    kept = _shaped.get(place)
    if kept is None or kept[0] is not definition:
        form = form_from_data(definition.key, _version(form_id).definition)
        made = replace(definition, fields=form.fields, rules=form.rules)
        kept = _shaped[place] = (definition, made)
    return kept[1]


def _form_id(case: Case) -> int | None:
    """The version of the form that a case keeps; of one that was taken in from elsewhere, the
    version that was in force when it was opened."""
    if case.form_id is not None:
        return case.form_id
    return _form_in_force(case.case_type.key, case.opened_at)


_FORM_IN_FORCE = """
SELECT id FROM cases_processversion WHERE key = %s AND in_force_from <= %s AND withdrawn_at IS NULL
 ORDER BY in_force_from DESC, version DESC LIMIT 1
"""


def _form_in_force(type_key: str, at: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(_FORM_IN_FORCE, [form_key(type_key), at])
        row = cursor.fetchone()
    return row[0] if row else None


def type_at(key: str, now: datetime) -> CaseType | None:
    """The definition of a case type with the form that new cases take at `now`; None for a key
    that no enabled pack has."""
    definition = case_types().get(key)
    return definition and shaped(definition, _form_in_force(key, now))


_IN_FORCE = """
SELECT t.id, p.id, f.id
  FROM cases_casetype t
 CROSS JOIN LATERAL (SELECT id FROM cases_processversion WHERE key = t.process_key
                        AND in_force_from <= %(now)s AND withdrawn_at IS NULL
                      ORDER BY in_force_from DESC, version DESC LIMIT 1) p
  LEFT JOIN LATERAL (SELECT id FROM cases_processversion WHERE key = %(prefix)s || t.key
                        AND in_force_from <= %(now)s AND withdrawn_at IS NULL
                      ORDER BY in_force_from DESC, version DESC LIMIT 1) f ON true
 WHERE t.key = %(key)s
"""


def in_force(key: str, now: datetime) -> tuple[CaseTypeRow, ProcessVersion, ProcessVersion | None]:
    """The rows of a case type and of the versions of its process and form that new cases take at
    `now`, kept in the process.

    Raises `CaseType.DoesNotExist` for a key that no installed pack has.
    """
    ids = fetch_one(_IN_FORCE, {"now": now, "prefix": PREFIX, "key": key})
    if ids is None:
        raise CaseTypeRow.DoesNotExist(key)
    return _type_row(ids[0]), _version(ids[1]), _version(ids[2]) if ids[2] else None


def attach(case: Case) -> None:
    """Put the rows of its type and process at a case's side; they never change under an id."""
    case.case_type = _type_row(case.case_type_id)
    case.process = _version(case.process_id)
    case.form = _version(case.form_id) if case.form_id else None


def _place(pk: int) -> Place:
    return connection.settings_dict["NAME"], pk


def _type_row(pk: int) -> CaseTypeRow:
    place = _place(pk)
    found = _types.get(place)
    if found is None:
        found = _types[place] = CaseTypeRow.objects.get(id=pk)
    return found


def _version(pk: int) -> ProcessVersion:
    place = _place(pk)
    found = _versions.get(place)
    if found is None:
        found = _versions[place] = ProcessVersion.objects.get(id=pk)
    return found


def process_of_id(version_id: int) -> Process:
    """The same by the id of the version, which is kept in the process of the server."""
    return process_of(_version(version_id))


def newest_processes() -> list[ProcessVersion]:
    """The newest version of every process."""
    return list(ProcessVersion.objects.processes().newest())


def promise_set_of(promises: Sequence[Promise]) -> int:
    """The id under which these promises are kept; the same promises have the same id."""
    data = [promise_data(promise) for promise in promises]
    digest = digest_of_data({"promises": data})
    place = (connection.settings_dict["NAME"], digest)
    found = _set_ids.get(place)
    if found is None:
        row, _ = PromiseSet.objects.get_or_create(digest=digest, defaults={"promises": data})
        found = row.pk
        # Until then it may be rolled back, and its id with it.
        transaction.on_commit(partial(_set_ids.__setitem__, place, found))
    return found


def promises_in(set_id: int) -> list[dict[str, Any]]:
    """The plain promises of a kept set."""
    place = _place(set_id)
    found = _sets.get(place)
    if found is None:
        found = PromiseSet.objects.values_list("promises", flat=True).get(id=set_id)
        _sets[place] = found
    return found


def promises_of(set_id: int) -> tuple[Promise, ...]:
    """The promises of a kept set, as the clock rules take them; the same objects each time."""
    place = _place(set_id)
    found = _promises.get(place)
    if found is None:
        found = _promises[place] = promises_from_data(promises_in(set_id))
    return found


def process_of(version: ProcessVersion) -> Process:
    """The engine's form of a stored process version."""
    place = _place(version.pk)
    found = _processes.get(place)
    if found is None:
        found = process_from_data(version.key, version.version, version.definition)
        with _lock:
            _processes[place] = found
    return found
