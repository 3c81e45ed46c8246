"""Ticking items off, and keeping the lists."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import uuid4

from django.db import transaction

from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, CaseClosedAlready, Journal, lock_case
from qiao.cases.models import Case, CaseCheck, Checklist
from qiao.cases.queries.checklists import holds_for, shipped_checklists, visit_of
from qiao.cases.rules.checklists import CheckItem, read_items
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.packs import qualify
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import company_id

KEEP: Final = "cases.checklists"
NAME_LENGTH: Final = 120


class NoSuchCheck(Exception):  # noqa: N818 - names the finding
    """The list does not hold for the case in its step, or has no such item."""


def tick_check(
    *, case_id: int, checklist_id: int, item: str, done: bool, actor: Actor, now: datetime
) -> Case:
    """Tick an item off, or take the tick back; saying it again changes nothing.

    Raises `Forbidden`, `CaseClosedAlready`, `NoSuchCheck`.
    """
    case = lock_case(case_id)
    actor.require("cases.note", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    checklist = Checklist.objects.filter(pk=checklist_id).first()
    if checklist is None or not holds_for(case, checklist):
        raise NoSuchCheck(str(checklist_id))
    found = next((each for each in read_items(checklist.items) if each.key == item), None)
    if found is None:
        raise NoSuchCheck(item)
    place = {"case": case, "checklist": checklist, "item": item, "entered_seq": visit_of(case)}
    if not _changed(place, done=done, actor=actor, now=now):
        return case
    journal = Journal(case, actor=actor, now=now)
    kind = "check_ticked" if done else "check_unticked"
    told = {"checklist": checklist.pk, "item": item, "names": dict(found.names)}
    journal.add(kind, told, visibility=INTERNAL)
    journal.write()
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
    return case


def _changed(place: Mapping[str, object], *, done: bool, actor: Actor, now: datetime) -> bool:
    if not done:
        count, _models = CaseCheck.objects.filter(**place).delete()
        return count > 0
    with transaction.atomic():
        _row, made = CaseCheck.objects.get_or_create(
            **place, defaults={"ticked_at": now, "ticked_by_id": actor.person_id}
        )
    return made


@dataclass(frozen=True, slots=True)
class ChecklistDraft:
    """A list as somebody wrote it."""

    names: Mapping[str, str]
    items: Sequence[CheckItem]
    case_types: Iterable[str] = ()
    steps: Iterable[str] = ()
    position: int = 0


def save_checklist(
    *, draft: ChecklistDraft, actor: Actor, now: datetime, checklist_id: int | None = None
) -> Checklist:
    """Keep a list, new or changed; it holds at once, also for cases already in the step.

    Raises `Forbidden`, `NoSuchCheck`, `BadText`.
    """
    required()
    actor.require(KEEP, company_id())
    row = Checklist(key="")
    if checklist_id is not None:
        found = Checklist.objects.select_for_update().filter(pk=checklist_id).first()
        if found is None:
            raise NoSuchCheck(str(checklist_id))
        row = found
    row.names = _names(draft.names)
    items = [CheckItem(i.key, _names(i.names), i.required) for i in draft.items]
    row.items = [item.data() for item in items]
    row.case_types, row.steps = sorted(set(draft.case_types)), sorted(set(draft.steps))
    row.position, row.is_edited = draft.position, row.is_edited or bool(row.pack)
    row.changed_by_id, row.changed_at = actor.person_id, now
    if not row.key:
        row.key = f"own.{uuid4().hex}"
    row.save()
    return row


def retire_checklist(
    *, checklist_id: int, actor: Actor, now: datetime, back: bool = False
) -> Checklist:
    """Take a list out of use, or put it back. Raises `Forbidden`, `NoSuchCheck`."""
    required()
    actor.require(KEEP, company_id())
    row = Checklist.objects.select_for_update().filter(pk=checklist_id).first()
    if row is None:
        raise NoSuchCheck(str(checklist_id))
    row.is_active, row.is_edited = back, row.is_edited or bool(row.pack)
    row.changed_by_id, row.changed_at = actor.person_id, now
    row.save()
    return row


def _names(names: Mapping[str, str]) -> dict[str, str]:
    kept = {
        key: clean(name, field="name", max_length=NAME_LENGTH, one_line=True)
        for key, name in names.items()
    }
    found = {key: name for key, name in kept.items() if name}
    if not found:
        clean("", field="name", max_length=NAME_LENGTH, required=True)
    return found


def install_checklists(*, now: datetime) -> None:
    """Bring new editions of the packs' lists in; one that was edited here is left alone."""
    required()
    known = {row.key: row for row in Checklist.objects.exclude(pack="")}
    for position, (pack, seed) in enumerate(shipped_checklists()):
        key = qualify(pack, seed.key)
        row = known.get(key) or Checklist(key=key, pack=pack)
        if row.is_edited or row.edition >= seed.edition:
            continue
        row.names, row.items = dict(seed.names), [item.data() for item in seed.items]
        row.case_types = [qualify(pack, each) for each in seed.case_types]
        row.steps, row.edition = list(seed.steps), seed.edition
        row.position, row.changed_at = position, now
        row.save()
