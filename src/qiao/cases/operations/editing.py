"""Editing a case's texts and fields when others may be editing too: nothing is lost."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiao.cases import definitions
from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, Journal, lock_case
from qiao.cases.models import Case, CaseDraft
from qiao.cases.operations.customer_numbers import with_numbers
from qiao.cases.operations.drafts import drop_draft
from qiao.cases.operations.opening import TEXT_LENGTH, TITLE_LENGTH
from qiao.cases.operations.raising import raise_later
from qiao.cases.rules.merging import Conflict, merge_edits
from qiao.cases.rules.values import BadFact, check_facts
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

TEXTS = {"title": TITLE_LENGTH, "description": TEXT_LENGTH, "place": 300, "caller_name": 100}
CONFLICT_BOX = "conflict"


@dataclass(frozen=True, slots=True)
class EditResult:
    """What was saved, and what somebody else had changed meanwhile; `conflicts` were not saved
    but are kept as a draft of the person who typed them."""

    case: Case
    saved: tuple[str, ...]
    conflicts: tuple[Conflict, ...]


def edit_case(
    *,
    case_id: int,
    base: Mapping[str, Any],
    mine: Mapping[str, Any],
    actor: Actor,
    now: datetime,
) -> EditResult:
    """Save the fields that the person changed, field by field.

    `base` holds the values the person saw, `mine` those typed. A field that somebody else changed
    since is left as it is and reported with both texts.

    Raises `Forbidden`, `BadFact`, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    current = _values(case)
    merged = merge_edits(base=base, mine=_checked(case, mine, actor), current=current)
    for key, value in merged.changes.items():
        if key in TEXTS:
            setattr(case, key, value)
        else:
            kept = {**case.facts, key: value}
            case.facts = {k: v for k, v in kept.items() if v is not None}
    if merged.changes:
        case.version += 1
        journal = Journal(case, actor=actor, now=now)
        before = {key: current.get(key) for key in merged.changes}
        journal.add(
            "edited", {"before": before, "after": dict(merged.changes)}, visibility=INTERNAL
        )
        raise_later(journal, merged.changes)
        journal.write()
        events.publish(
            CaseChanged(case.pk, "edited"),
            organisation_id=case.organisation_id,
            actor=actor,
            now=now,
        )
    if merged.conflicts:
        lost = {conflict.field: conflict.mine for conflict in merged.conflicts}
        keep_draft(case_id=case.pk, box=CONFLICT_BOX, values=lost, actor=actor, now=now)
    else:
        drop_draft(case.pk, actor.person_id, CONFLICT_BOX, "edit")
    return EditResult(case, tuple(merged.changes), merged.conflicts)


def keep_draft(
    *, case_id: int, box: str, values: Mapping[str, Any], actor: Actor, now: datetime
) -> None:
    """Keep what somebody is typing in a box of the case's page, so that nothing is ever lost.

    A box whose text was taken out again holds no draft.
    """
    required()
    if "text" in values and not str(values["text"]).strip():
        drop_draft(case_id, actor.person_id, box)
        return
    CaseDraft.objects.update_or_create(
        case_id=case_id,
        staff_id=actor.person_id,
        box=box,
        defaults={"values": dict(values), "updated_at": now},
    )


def _values(case: Case) -> dict[str, Any]:
    return {**{key: getattr(case, key) for key in TEXTS}, **case.facts}


def _checked(case: Case, mine: Mapping[str, Any], actor: Actor) -> dict[str, Any]:
    texts = {
        key: clean(str(value), field=key, max_length=TEXTS[key])
        for key, value in mine.items()
        if key in TEXTS
    }
    if "title" in texts and not texts["title"]:
        raise BadFact("title", "a title")
    fields = definitions.type_of(case).fields
    facts = {key: value for key, value in mine.items() if key not in TEXTS}
    emptied = {key: None for key, value in facts.items() if value in (None, "", [])}
    checked = check_facts(fields, facts, complete=False, beside=case.facts)
    kept = with_numbers(fields, checked, customer_id=case.customer_id, actor=actor)
    return {**texts, **emptied, **kept}
