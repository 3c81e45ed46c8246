"""Cases that are one matter: one stands for the others, until that is undone.

Nothing is rewritten: the merged case keeps its row, its customer, its own clocks and history, and
whatever refers to it. Reads follow `merged_into`; work is done on the survivor.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from qiao.cases.events import CaseChanged, CasesHeld, CasesMerged, MergeUndone, StepEntered
from qiao.cases.journal import (
    CUSTOMER,
    INTERNAL,
    CaseClosedAlready,
    Journal,
    ManyJournals,
    MergedAway,
    lock_case,
    lock_many,
)
from qiao.cases.models import Case, CaseDuty
from qiao.cases.operations.talking import TEXT_LENGTH, EmptyText
from qiao.cases.operations.word_mirror import mirror_words
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

JOIN: Final = "cases.join"
REASON_LENGTH: Final = 300
MOST_MERGED: Final = 20


class SameCase(Exception):  # noqa: N818 - names the finding
    """A case cannot be merged with itself, nor nothing with it."""


class NotMerged(Exception):  # noqa: N818 - names the finding
    """The case stands for itself."""


class UnderParent(Exception):  # noqa: N818 - names the finding
    """The case is a report of a common cause, or that cause's own case: it is not merged."""


class KeptApart(Exception):  # noqa: N818 - names the finding
    """A case is kept from an outlet or a person and another is not kept from the same: joined,
    they would tell each other's readers of it."""


class TooMany(Exception):  # noqa: N818 - names the finding
    """More cases than one can look through before merging them."""


def merge_cases(
    *, survivor_id: int, merged: Sequence[int], reason: str = "", actor: Actor, now: datetime
) -> Case:
    """Let the case of `survivor_id` stand for the others, which are open like it.

    Owner, process and priority are the survivor's; it is due when the first of them is due. Work
    that other modules owe to the merged ones ends, and begins anew if the merge is undone.

    Raises `Case.DoesNotExist`, `Forbidden` in the unit of any of them, `SameCase`, `TooMany`,
    `CaseClosedAlready`, `MergedAway`, `UnderParent`, `KeptApart`, `BadText`.
    """
    required()
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    wanted = sorted({*merged} - {survivor_id})
    if not wanted or survivor_id in merged:
        raise SameCase(str(survivor_id))
    if len(wanted) > MOST_MERGED:
        raise TooMany(str(len(wanted)))
    queue_joins()
    rows = _lock_standing([survivor_id, *wanted], actor)
    survivor = rows[survivor_id]
    held = {case_id: end_duties(case_id, now=now) for case_id in wanted}
    journal = Journal(survivor, actor=actor, now=now)
    others = ManyJournals([rows[case_id] for case_id in wanted], actor=actor, now=now)
    for case_id in wanted:
        case = rows[case_id]
        case.merged_into_id = survivor.pk
        about = {"case": survivor.pk, "number": survivor.number, "duties": held[case_id]}
        others.add(case, "merged_away", {**about, "reason": words}, visibility=INTERNAL)
        told = {"case": case.pk, "number": case.number, "reason": words}
        journal.add("merged_in", told, visibility=INTERNAL)
    others.write()
    survivor.merged_count += len(wanted)
    journal.regroup()
    journal.write()
    mirror_words([survivor.pk])
    _tell(
        [survivor, *(rows[case_id] for case_id in wanted)],
        CasesMerged(survivor.pk, tuple(wanted)),
        actor,
        now,
    )
    return survivor


def undo_merge(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Let a merged case stand for itself again, where it stood; the survivor as well.

    What was written on the survivor meanwhile stays there. A step that waited for another module
    waits again. The survivor must stand for itself: later merges are undone first.

    Raises `Case.DoesNotExist`, `Forbidden`, `NotMerged`, `MergedAway`.
    """
    required()
    queue_joins()
    survivor, case, duties = _lock_merged(case_id, actor)
    case.merged_into_id = None
    other = ManyJournals([case], actor=actor, now=now)
    about = {"case": survivor.pk, "number": survivor.number}
    other.add(case, "merge_undone", about, visibility=INTERNAL)
    entered = None
    if duties and case.closed_at is None:
        entered = other.add(case, "step_entered", {"step": case.step, "again": True})
    other.write()
    if entered is not None:
        owe_again(case, entered, duties[0], actor=actor, now=now)
    survivor.merged_count -= 1
    journal = Journal(survivor, actor=actor, now=now)
    journal.add("unmerged", {"case": case.pk, "number": case.number}, visibility=INTERNAL)
    journal.regroup()
    journal.write()
    mirror_words([survivor.pk, case.pk])
    for each in (survivor, case):
        _changed(each, "merge_undone", actor, now)
    events.publish(
        MergeUndone(survivor.pk, case.pk),
        organisation_id=survivor.organisation_id,
        actor=actor,
        now=now,
    )
    return case


def _lock_merged(case_id: int, actor: Actor) -> tuple[Case, Case, list[str]]:
    """The survivor, the case merged into it, and what other modules owed to that one."""
    survivor_id = Case.objects.values_list("merged_into_id", flat=True).get(id=case_id)
    if survivor_id is None:
        raise NotMerged(str(case_id))
    survivor = lock_case(survivor_id)
    (case,) = lock_many([case_id])
    for each in (survivor, case):
        actor.require(JOIN, each.organisation_id)
    away = case.events.filter(kind="merged_away").order_by("-seq").first()
    if away is None:  # it ended as part of the survivor: a split that was taken back
        raise NotMerged(case.number)
    return survivor, case, list(away.data.get("duties", []))


def queue_joins() -> None:
    """Merges and what undoes them go one after another: who stands for whom is settled before
    any case is locked, so that all lock in one order."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('cases_merge'))")


def _lock_standing(case_ids: Sequence[int], actor: Actor) -> dict[int, Case]:
    """Open cases that stand for themselves, locked in the order of their ids."""
    away = Case.objects.filter(id__in=case_ids, merged_into__isnull=False).first()
    if away is not None and away.merged_into_id is not None:
        raise MergedAway(away.merged_into_id)
    rows = {case.pk: case for case in lock_many(case_ids)}
    for case_id in case_ids:
        if case_id not in rows:
            raise Case.DoesNotExist(str(case_id))
        case = rows[case_id]
        actor.require(JOIN, case.organisation_id)
        if case.closed_at is not None:
            raise CaseClosedAlready(case.number)
        if case.parent_id is not None or case.is_parent:
            raise UnderParent(case.number)
    if len({(case.about_unit_id, case.about_staff_id) for case in rows.values()}) > 1:
        raise KeptApart(rows[case_ids[0]].number)
    return rows


def end_duties(case_id: int, *, now: datetime) -> list[str]:
    """Say that nobody owes the case's step anything any more; the duties that were open."""
    found = CaseDuty.objects.filter(case=case_id, done_at__isnull=True)
    duties = list(found.order_by("-entered_seq").values_list("duty", flat=True))
    found.update(done_at=now, result={"held": True})
    return duties


def owe_again(
    case: Case, entered_seq: int, duty: str, *, actor: Actor | None, now: datetime
) -> None:
    """Let the case's step wait again for `duty`, as a new visit to it."""
    CaseDuty.objects.create(case=case, duty=duty, entered_seq=entered_seq, entered_at=now)
    entered = StepEntered(case.pk, case.step, case.phase, duty, entered_seq, case.due_at)
    events.publish(entered, organisation_id=case.organisation_id, actor=actor, now=now)


def _tell(cases: Sequence[Case], merged: CasesMerged, actor: Actor, now: datetime) -> None:
    survivor = cases[0]
    for event in (merged, CasesHeld(merged.merged_ids, survivor.pk)):
        events.publish(event, organisation_id=survivor.organisation_id, actor=actor, now=now)
    for case in cases:
        _changed(case, "merged", actor, now)


def _changed(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )


def answer_merged(*, case_id: int, text: str, channel: str, actor: Actor, now: datetime) -> Case:
    """Keep what the customer of a merged case was told: his clocks that wait for it stop.

    Raises `Case.DoesNotExist`, `Forbidden`, `NotMerged`, `CaseClosedAlready`, `EmptyText`,
    `BadText`.
    """
    required()
    queue_joins()
    survivor_id = Case.objects.values_list("merged_into_id", flat=True).get(id=case_id)
    if survivor_id is None:
        raise NotMerged(str(case_id))
    survivor = lock_case(survivor_id)
    (case,) = lock_many([case_id])
    actor.require("cases.work", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    told = clean(text, field="text", max_length=TEXT_LENGTH)
    if not told:
        raise EmptyText
    journal = ManyJournals([case], actor=actor, now=now)
    if not case.events.filter(kind="first_response").exists():
        journal.add(case, "first_response", {})
    journal.add(case, "answer", {"text": told, "channel": channel}, visibility=CUSTOMER)
    journal.add(case, "answered", {})
    case.answered_at = now
    journal.write()
    above = Journal(survivor, actor=actor, now=now)
    above.add("answered_merged", {"case": case.pk, "number": case.number}, visibility=INTERNAL)
    above.regroup()
    above.write()
    for each in (survivor, case):
        _changed(each, "answer", actor, now)
    return case
