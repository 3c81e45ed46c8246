"""Reads of processes: versions, drafts, what they may refer to, and how many cases run them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import connection

from qiao.cases import definitions
from qiao.cases.models import ProcessDraft, ProcessVersion
from qiao.cases.rules.case_forms import form_from_data, form_key, type_of_form
from qiao.cases.rules.draft_checks import Known, fields_in_use, read_draft
from qiao.cases.rules.process import SYSTEM_FACTS
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.packs.model import CaseType, Field
from qiao.staff.queries import company_id, names_of

DESIGN = "cases.design"
_STANDING = [ProcessDraft.State.OPEN, ProcessDraft.State.ASKED]
_RUNNING = """
SELECT process_id, count(*) FROM cases_case
 WHERE closed_at IS NULL AND process_id = ANY(%s) GROUP BY process_id
"""
_WITH_FORM = """
SELECT form_id, count(*) FROM cases_case
 WHERE closed_at IS NULL AND form_id = ANY(%s) GROUP BY form_id
"""


@dataclass(frozen=True, slots=True)
class ProcessLine:
    """A process in the list. `planned` comes into force later; `offer` is a text of the pack that
    waits beside what the house published."""

    key: str
    current: ProcessVersion
    planned: ProcessVersion | None
    offer: ProcessVersion | None
    drafts: int
    running: int
    running_older: int
    types: tuple[CaseType, ...]


def require_design(actor: Actor) -> None:
    """Raises `qiao.core.actor.Forbidden` unless the actor designs processes for the company."""
    actor.require(DESIGN, company_id())


def versions_of(key: str) -> list[ProcessVersion]:
    """All versions of a process, the newest first, with who published, agreed and withdrew."""
    rows = ProcessVersion.objects.filter(key=key).order_by("-version")
    return list(rows.select_related("published_by", "approval", "copied_from", "withdrawn_by"))


def in_force(versions: Iterable[ProcessVersion], now: datetime) -> ProcessVersion | None:
    """The one that new cases take."""
    held = [
        each
        for each in versions
        if each.withdrawn_at is None
        and each.in_force_from is not None
        and each.in_force_from <= now
    ]
    return max(held, key=lambda v: (v.in_force_from, v.version), default=None)


def planned(versions: Iterable[ProcessVersion], now: datetime) -> list[ProcessVersion]:
    """Those that come into force later, the next first."""
    later = [
        v for v in versions
        if v.withdrawn_at is None and v.in_force_from is not None and v.in_force_from > now
    ]  # fmt: skip
    return sorted(later, key=lambda v: (v.in_force_from, v.version))


def offer_of(versions: Iterable[ProcessVersion], now: datetime) -> ProcessVersion | None:
    """The pack's text that waits beside a published one: the newest, unless it was settled or is
    in force by now."""
    versions = list(versions)
    packs = [v for v in versions if v.source == ProcessVersion.Source.PACK]
    newest = max(packs, key=lambda v: v.version, default=None)
    if newest is None or newest.in_force_from is not None or newest.settled_at is not None:
        return None
    current = in_force(versions, now)
    return None if current is not None and current.digest == newest.digest else newest


def running_by_version(version_ids: Iterable[int], *, forms: bool = False) -> dict[int, int]:
    """How many open cases run each of these versions of a process (or were opened with these
    versions of a form), in one statement."""
    with connection.cursor() as cursor:
        cursor.execute(_WITH_FORM if forms else _RUNNING, [list(version_ids)])
        return dict(cursor.fetchall())


def list_processes(*, actor: Actor, now: datetime) -> list[ProcessLine]:
    """Every process of the enabled packs, in their order."""
    require_design(actor)
    held: dict[str, list[ProcessVersion]] = {}
    rows = ProcessVersion.objects.processes().order_by("key", "-version")
    for row in rows.defer("definition"):
        held.setdefault(row.key, []).append(row)
    running = running_by_version([each.pk for rows in held.values() for each in rows])
    drafts: dict[str, int] = {}
    for key in ProcessDraft.objects.filter(state__in=_STANDING).values_list("key", flat=True):
        drafts[key] = drafts.get(key, 0) + 1
    users = users_by_process()
    lines = []
    for key in users:
        versions = held.get(key, [])
        current = in_force(versions, now)
        if current is None:
            continue
        lines.append(
            ProcessLine(
                key=key,
                current=current,
                planned=next(iter(planned(versions, now)), None),
                offer=offer_of(versions, now),
                drafts=drafts.get(key, 0),
                running=running.get(current.pk, 0),
                running_older=sum(running.get(v.pk, 0) for v in versions)
                - running.get(current.pk, 0),
                types=tuple(users[key]),
            )
        )
    return lines


def users_by_process() -> Mapping[str, list[CaseType]]:
    """The case types that run each process, in the order of the packs."""
    users: dict[str, list[CaseType]] = {}
    for each in definitions.case_types().values():
        users.setdefault(each.process, []).append(each)
    return users


def standing_texts(keys: Iterable[str], now: datetime) -> dict[str, list[Mapping[str, Any]]]:
    """The texts that cases may still be opened with: the one in force, and those planned."""
    rows = ProcessVersion.objects.filter(
        key__in=list(keys), in_force_from__isnull=False, withdrawn_at__isnull=True
    )
    held: dict[str, list[ProcessVersion]] = {}
    for row in rows.order_by("-in_force_from", "-version"):
        kept = held.setdefault(row.key, [])
        since = kept[-1].in_force_from if kept else None
        if not kept or (since is not None and since > now):
            kept.append(row)
    return {key: [row.definition for row in kept] for key, kept in held.items()}


def _asked_of(type_key: str, now: datetime) -> set[str]:
    """Keys of the fields that the processes of a case type ask of its form."""
    definition = definitions.case_types().get(type_key)
    if definition is None:
        return set()
    found: set[str] = set()
    for text in standing_texts([definition.process], now).get(definition.process, []):
        process, _faults = read_draft(definition.process, 1, text)
        found |= fields_in_use(process) - {field.key for field in process.fields}
    return found - set(SYSTEM_FACTS)


def known_to(key: str, now: datetime) -> Known:
    """What the process may refer to: fields that every case type running it has, roles, the
    calendars of its pack. Of a form: what processes ask of it."""
    if type_of_form(key):
        return Known(needed=_asked_of(type_of_form(key), now))
    users = [form_key(each.key) for each in users_by_process().get(key, [])]
    texts = standing_texts(users, now)
    sets = [{field["key"] for field in text["fields"]} for each in texts.values() for text in each]
    packs = catalogue()
    own = key.partition(".")[0] + "."
    return Known(
        fields=set.intersection(*sets) if sets else set(),
        roles=set(packs.roles),
        calendars={each for each in packs.calendars if each.startswith(own)},
    )


def get_version(*, actor: Actor, key: str, version: int) -> ProcessVersion:
    """A version to be read. Raises `ProcessVersion.DoesNotExist`, `Forbidden`."""
    require_design(actor)
    return ProcessVersion.objects.select_related("published_by").get(key=key, version=version)


def get_draft_for(*, actor: Actor, draft_id: int) -> ProcessDraft:
    """A draft to be read. Raises `ProcessDraft.DoesNotExist`, `Forbidden`."""
    require_design(actor)
    rows = ProcessDraft.objects.select_related("based_on", "begun_by", "changed_by", "published")
    return rows.get(pk=draft_id)


def drafts_of(key: str) -> list[ProcessDraft]:
    """The drafts of a process that stand or were dropped, the last changed first."""
    rows = ProcessDraft.objects.filter(key=key).exclude(state=ProcessDraft.State.PUBLISHED)
    found = rows.select_related("begun_by", "changed_by", "based_on").defer("definition")
    return list(found.order_by("-changed_at")[:30])


def known_fields_of(key: str, data: Mapping[str, Any]) -> dict[str, Field]:
    """The fields that a text of the process `key` may ask for, by key: its own, and those of the
    case types that run it."""
    if type_of_form(key):
        return {field.key: field for field in form_from_data(key, data).fields}
    users = [form_key(each.key) for each in users_by_process().get(key, [])]
    found: dict[str, Field] = {}
    for row in ProcessVersion.objects.filter(key__in=users).newest():
        own = {field.key: field for field in form_from_data(row.key, row.definition).fields}
        found = own | found
    process, _faults = read_draft(key, 1, data)
    return found | {field.key: field for field in process.fields}


def names_of_versions(version_ids: Iterable[int]) -> dict[int, Any]:
    """The names of processes as these versions have them, without reading the rest of the text."""
    rows = ProcessVersion.objects.filter(pk__in=list(version_ids))
    return dict(rows.values_list("pk", "definition__name"))


def name_of(staff_id: int | None) -> str:
    """The name of a member of staff."""
    return names_of([staff_id]).get(staff_id, "") if staff_id else ""
