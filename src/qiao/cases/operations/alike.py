"""Many reports of one cause: a case carries it, reports join it and leave it, all are told.

Locks go one way: the parent's row, then reports by their ids. Joining holds the parent's row
shared, ending it holds it alone: whoever joined before is ended with the others, whoever comes
after is told that it is over. Nobody is lost between.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from django.db import connection

from qiao.cases import definitions
from qiao.cases.events import AlikeNoticeWritten, CaseChanged, CasesHeld, ReportsChanged
from qiao.cases.journal import (
    CUSTOMER,
    INTERNAL,
    CaseClosedAlready,
    Journal,
    ManyJournals,
    closed_from,
    lock_case,
    lock_many,
    reopen_apart,
)
from qiao.cases.models import (
    AlikeNotice,
    AlikeParent,
    AlikeProposal,
    AlikeReport,
    Case,
    CaseEvent,
)
from qiao.cases.operations.merging import JOIN, KeptApart, UnderParent, end_duties, owe_again
from qiao.cases.operations.opening import OpenRequest, open_case
from qiao.cases.operations.talking import TEXT_LENGTH, EmptyText
from qiao.cases.queries.subtasks import refuse_open_subtasks
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

ALIKE: Final = "cases.alike"
CAUSE_LENGTH: Final = 300
MOST_AT_ONCE: Final = 500


class ParentOver(Exception):  # noqa: N818 - names the finding
    """The common cause is over, or is being ended: nothing joins it any more."""


class NotAReport(Exception):  # noqa: N818 - names the finding
    """The case is no report of a common cause now."""


@dataclass(frozen=True, slots=True)
class Cause:
    """What is known of a common cause: the kind of trouble, where, since when, why, until when."""

    kind: str
    area: str
    since: datetime
    cause: str = ""
    expected_at: datetime | None = None


def make_parent(*, case_id: int, cause: Cause, actor: Actor, now: datetime) -> AlikeParent:
    """Let an open case carry a common cause: reports may join it from now on.

    Raises `Forbidden`, `CaseClosedAlready`, `MergedAway`, `UnderParent` for a report of another or
    one that carries a cause already, `KeptApart` for one about somebody of the house, `BadText`.
    """
    case = lock_case(case_id)
    actor.require(ALIKE, case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    if case.parent_id is not None or case.is_parent:
        raise UnderParent(case.number)
    if case.about_unit_id is not None:
        raise KeptApart(case.number)
    words = clean(cause.cause, field="cause", max_length=CAUSE_LENGTH)
    case.is_parent = True
    journal = Journal(case, actor=actor, now=now)
    journal.add("parent_made", {"cause": words}, visibility=INTERNAL)
    journal.write()
    parent = AlikeParent.objects.create(
        case=case,
        kind=cause.kind,
        area=cause.area,
        since=cause.since,
        cause=words,
        expected_at=cause.expected_at,
    )
    _changed(case, actor, now)
    return parent


def open_parent(
    *, request: OpenRequest, cause: Cause, case_ids: Sequence[int], actor: Actor, now: datetime
) -> AlikeParent:
    """Open a case for a common cause and let these reports join it.

    Raises what `open_case`, `make_parent` and `join_reports` raise.
    """
    case = open_case(request=request, actor=actor, now=now)
    parent = make_parent(case_id=case.pk, cause=cause, actor=actor, now=now)
    if case_ids:
        join_reports(parent_id=case.pk, case_ids=case_ids, actor=actor, now=now)
    return parent


def join_reports(
    *, parent_id: int, case_ids: Sequence[int], actor: Actor, now: datetime
) -> tuple[int, ...]:
    """Let open cases wait for the case of their common cause; the ids of those that joined.

    What is archived, merged away, or a report already is left out. What other modules owe to
    their steps is owed no more.

    Raises `ParentOver`, `Forbidden` in the unit of any of them, `AlikeParent.DoesNotExist`.
    """
    required()
    number = _share_open(parent_id)
    joined = [case for case in lock_many(sorted({*case_ids} - {parent_id})) if _may_join(case)]
    for case in joined:
        actor.require(JOIN, case.organisation_id)
    journal = ManyJournals(joined, actor=actor, now=now)
    owed: list[int] = []
    for case in joined:
        duties = end_duties(case.pk, now=now)
        if duties:
            owed.append(case.pk)
        case.parent_id = parent_id
        about = {"case": parent_id, "number": number, "duties": duties}
        journal.add(case, "joined_parent", about, visibility=INTERNAL)
    journal.write()
    AlikeReport.objects.bulk_create(
        AlikeReport(parent_id=parent_id, case=case, joined_at=now, joined_by_id=actor.staff_id)
        for case in joined
    )
    ids = tuple(case.pk for case in joined)
    if joined:
        told = ReportsChanged(parent_id, ids)
        events.publish(told, organisation_id=joined[0].organisation_id, actor=actor, now=now)
    if owed:
        held = CasesHeld(tuple(owed), parent_id)
        events.publish(held, organisation_id=joined[0].organisation_id, actor=actor, now=now)
    return ids


def _may_join(case: Case) -> bool:
    free = case.merged_into_id is None and case.parent_id is None and not case.is_parent
    free = free and case.about_unit_id is None  # a common cause tells its readers of its reports
    return free and case.closed_at is None


def _share_open(parent_id: int) -> str:
    """Hold the parent as open against its end; its number."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT a.state, c.number"
            " FROM cases_alikeparent a JOIN cases_case c ON c.id = a.case_id"
            " WHERE a.case_id = %s FOR SHARE OF a",
            [parent_id],
        )
        row = cursor.fetchone()
    if row is None:
        raise AlikeParent.DoesNotExist(str(parent_id))
    if row[0] != AlikeParent.State.OPEN:
        raise ParentOver(row[1])
    return str(row[1])


def take_out(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Take a case out again that joined wrongly: it stands where it stood, with what its step is
    owed. Raises `Forbidden`, `NotAReport`, `CaseClosedAlready`.
    """
    case = lock_case(case_id)
    actor.require(JOIN, case.organisation_id)
    if case.parent_id is None:
        raise NotAReport(case.number)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    parent_id, case.parent_id = case.parent_id, None
    joined = case.events.filter(kind="joined_parent").order_by("-seq").first()
    duties = list(joined.data.get("duties", [])) if joined else []
    number = joined.data.get("number", "") if joined else ""
    journal = Journal(case, actor=actor, now=now)
    journal.add("left_parent", {"case": parent_id, "number": number}, visibility=INTERNAL)
    entered = None
    if duties:
        entered = journal.add("step_entered", {"step": case.step, "again": True})
    journal.write()
    if entered is not None:
        owe_again(case, entered, duties[0], actor=actor, now=now)
    _leave(case, AlikeReport.Why.WRONG, actor, now)
    _told(case, parent_id, actor, now)
    return case


def not_back(*, case_id: int, words: str, actor: Actor, now: datetime) -> Case:
    """A customer says that it is not over for him: his case is opened again in the step it was
    in, out of the common cause, and stands in its tail. Returns the case.

    Raises `Forbidden`, `NotAReport` for one that was not closed with others, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.parent_id is None or case.closed_at is None:
        raise NotAReport(case.number)
    said = clean(words, field="words", max_length=TEXT_LENGTH)
    parent_id, case.parent_id = case.parent_id, None
    journal = ManyJournals([case], actor=actor, now=now)
    journal.add(case, "not_back", {"case": parent_id, "words": said}, visibility=CUSTOMER)
    step = closed_from(case)
    reopen_apart(journal, case, step=step, at=now, data={"reason": said})
    journal.write()
    duty = definitions.process_of(case.process).step(step).duty
    if duty:
        owe_again(case, case.event_count, duty, actor=actor, now=now)
    _leave(case, AlikeReport.Why.NOT_BACK, actor, now)
    _told(case, parent_id, actor, now)
    return case


def _leave(case: Case, why: str, actor: Actor, now: datetime) -> None:
    AlikeReport.objects.filter(case=case, left_at__isnull=True).update(
        left_at=now, left_by_id=actor.staff_id, why=why
    )


def _told(case: Case, parent_id: int, actor: Actor, now: datetime) -> None:
    changed = ReportsChanged(parent_id, (case.pk,))
    events.publish(changed, organisation_id=case.organisation_id, actor=actor, now=now)
    _changed(case, actor, now)


def set_expectation(
    *,
    parent_id: int,
    cause: str,
    expected_at: datetime | None,
    actor: Actor,
    now: datetime,
) -> AlikeParent:
    """Say why it is and when it is expected to be over: every report shows it at once.

    Raises `Forbidden`, `ParentOver`, `BadText`.
    """
    parent = _lock_open(parent_id, actor)
    parent.cause = clean(cause, field="cause", max_length=CAUSE_LENGTH)
    parent.expected_at = expected_at
    parent.save(update_fields=["cause", "expected_at"])
    case = lock_case(parent_id)
    journal = Journal(case, actor=actor, now=now)
    when = expected_at.isoformat() if expected_at else ""
    journal.add("expectation_set", {"cause": parent.cause, "expected": when}, visibility=INTERNAL)
    journal.write()
    _changed(case, actor, now)
    return parent


def broadcast(
    *, parent_id: int, text: str, letters: bool = False, actor: Actor, now: datetime
) -> AlikeNotice:
    """Tell the customers of all reports; those who join while it goes on are told as well.

    By e-mail, with `letters` also by letter where there is no e-mail.

    Raises `Forbidden`, `ParentOver`, `EmptyText`, `BadText`.
    """
    parent = _lock_open(parent_id, actor)
    return _write_notice(
        parent, AlikeNotice.Kind.UPDATE, text, letters=letters, actor=actor, now=now
    )


def end_reports(
    *, parent_id: int, text: str, letters: bool = False, actor: Actor | None, now: datetime
) -> AlikeNotice:
    """Say that it is over: all reports are told and closed, in batches by a job; from now on
    nothing joins. `actor` is None where the end of the parent's own case did it, which waited for
    the sub-tasks of all.

    Raises `Forbidden`, `ParentOver`, `SubTasksOpen`, `EmptyText`, `BadText`.
    """
    parent = _lock_open(parent_id, actor)
    if actor is not None:
        refuse_open_subtasks(parent.case, below_only=True)
    parent.state, parent.closing_at = AlikeParent.State.CLOSING, now
    parent.closing_by_id = actor.staff_id if actor else None
    parent.save(update_fields=["state", "closing_at", "closing_by"])
    return _write_notice(
        parent, AlikeNotice.Kind.BACK, text, letters=letters, actor=actor, now=now
    )


def _lock_open(parent_id: int, actor: Actor | None) -> AlikeParent:
    required()
    parent = (
        AlikeParent.objects.select_for_update(of=("self",))
        .select_related("case")
        .get(case=parent_id)
    )
    if actor is not None:
        actor.require(ALIKE, parent.case.organisation_id)
    if parent.state != AlikeParent.State.OPEN:
        raise ParentOver(parent.case.number)
    return parent


def _write_notice(
    parent: AlikeParent,
    kind: str,
    text: str,
    *,
    letters: bool,
    actor: Actor | None,
    now: datetime,
) -> AlikeNotice:
    words = clean(text, field="text", max_length=TEXT_LENGTH)
    if not words:
        raise EmptyText
    notice = AlikeNotice.objects.create(
        parent=parent,
        kind=kind,
        text=words,
        letters=letters,
        at=now,
        by_id=actor.staff_id if actor else None,
    )
    case = lock_case(parent.case_id)
    journal = Journal(case, actor=actor, now=now)
    entry = "broadcast" if kind == AlikeNotice.Kind.UPDATE else "reports_ended"
    visibility = CaseEvent.Visibility.CUSTOMER
    journal.add(entry, {"text": words, "notice": notice.pk}, visibility=visibility)
    journal.write()
    written = AlikeNoticeWritten(notice.pk, case.pk)
    events.publish(written, organisation_id=case.organisation_id, actor=actor, now=now)
    _changed(case, actor, now)
    return notice


def decide_proposal(*, proposal_id: int, state: str, actor: Actor, now: datetime) -> AlikeProposal:
    """Say that a burst was made a common cause (``taken``) or is none (``dismissed``).

    Raises `AlikeProposal.DoesNotExist`, `Forbidden`, `ParentOver` if it was decided already.
    """
    required()
    proposal = AlikeProposal.objects.select_for_update().get(id=proposal_id)
    actor.require(ALIKE, proposal.organisation_id)
    if proposal.state != AlikeProposal.State.OPEN:
        raise ParentOver(str(proposal_id))
    proposal.state, proposal.decided_at = state, now
    proposal.decided_by_id = actor.staff_id
    proposal.save(update_fields=["state", "decided_at", "decided_by"])
    return proposal


def _changed(case: Case, actor: Actor | None, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, "alike"), organisation_id=case.organisation_id, actor=actor, now=now
    )
