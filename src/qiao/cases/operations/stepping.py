"""Moving a case: actions of its process, duties reported done, pauses, priority."""

import zoneinfo
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Final

from django.db.models import Subquery
from django.db.models.functions import Coalesce

from qiao.cases import definitions
from qiao.cases.events import CaseChanged
from qiao.cases.features import CHECKLISTS
from qiao.cases.journal import CaseClosedAlready, Journal, lock_case
from qiao.cases.models import Case, CaseDuty
from qiao.cases.operations.arriving import enter_steps
from qiao.cases.operations.causes import Offered, put_causes
from qiao.cases.operations.merging import UnderParent
from qiao.cases.operations.reopening import end_before, refuse_late
from qiao.cases.queries.checklists import open_checks
from qiao.cases.queries.facts import facts_of
from qiao.cases.queries.subtasks import refuse_open_subtasks
from qiao.cases.rules.process import ASKED_FACTS, Process, State, advance, asked_fields
from qiao.cases.rules.process_refusals import UnknownAction
from qiao.cases.rules.values import BadFact, check_facts
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.once import settled
from qiao.core.packs.model import Field
from qiao.core.rows import Reading
from qiao.core.rules.text import clean

REASON_LENGTH = 1_000
MAIN_CAUSE = "main_cause"
_LATEST_DUTY: Final = Reading(
    CaseDuty, where="t.case_id = %(case_id)s", order="t.entered_seq DESC LIMIT 1"
)
MARKS = frozenset({"first_response", "arrived", "work_done", "answered"})


class StaleStep(Exception):  # noqa: N818 - names the finding
    """Somebody else moved the case meanwhile; `now_in` is the step it is in."""

    def __init__(self, now_in: str) -> None:
        super().__init__(f"the case is now in step {now_in}")
        self.now_in = now_in


class NotPaused(Exception):  # noqa: N818 - names the finding
    """The case is not paused, or is paused already."""


@settled()
def take_action(
    *,
    case_id: int,
    action: str,
    given: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    from_step: str = "",
    at: datetime | None = None,
    offered: Offered | None = None,
) -> Case:
    """Take an action of the case's step with the values typed for it.

    `from_step` is the step that the person saw; if the case has left it, nothing is done. `at` is
    when it happened, for what is reported later (default: now).

    Raises:
        Forbidden, StaleStep, TooLateToReopen, BadFact, and any `ProcessRefusal`.

    An archived case offers its way back, if its process has one, like any other action.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if from_step and from_step != case.step:
        raise StaleStep(case.step)
    refuse_late(case, actor=actor, now=now)
    if case.parent_id is not None:
        raise UnderParent(case.number)
    definition = definitions.type_of(case)
    process = definitions.process_of(case.process)
    fields = (*definition.fields, *process.fields)
    values, reason = _given(case, process, fields, action, given, now)
    cause = str(values.pop(MAIN_CAUSE, ""))
    move = advance(
        process,
        State(process.key, process.version, case.step),
        action,
        facts=facts_of(case, definition) | ({MAIN_CAUSE: cause} if cause else {}),
        given=values | ({"reason": reason} if reason else {}),
        roles=actor.roles,
        duties_done=_duties_done(case),
        checks_open=open_checks(case) if actor.uses(CHECKLISTS) else [],
        fields=fields,
    )
    if process.step(move.state.step).final:
        refuse_open_subtasks(case)
    case.facts = case.facts | dict(move.given)
    if "outcome" in move.given:
        case.outcome = str(move.given["outcome"])
    journal = Journal(case, actor=actor, now=now)
    if case.closed_at is not None:
        _reopen(journal)
    if cause:
        put_causes(journal, main=cause, actor=actor, offered=offered)
    if move.given:
        journal.add("fields_given", dict(move.given), at=at)
    arrival = enter_steps(journal, process, move.passages, move.state.step, at=at, reason=reason)
    journal.write()
    arrival.finish(case=case, actor=actor, now=now)
    return case


def _reopen(journal: Journal) -> None:
    case = journal.case
    before = end_before(case)
    case.closed_at = case.closed_date = case.answered_at = None
    case.outcome = ""
    case.reopened_count += 1
    journal.add("reopened", {"n": case.reopened_count, "before": before})


def _given(
    case: Case,
    process: Process,
    fields: Sequence[Field],
    action: str,
    given: Mapping[str, Any],
    now: datetime,
) -> tuple[dict[str, Any], str]:
    """The typed values in stored form, and the reason apart from them."""
    step = process.step(case.step)
    chosen = step.action(action)
    if chosen is None:
        raise UnknownAction(step=step.key, action=action)
    reason = clean(str(given.get("reason") or ""), field="reason", max_length=REASON_LENGTH)
    asked = asked_fields(step, chosen)
    known = {field.key: field for field in fields}
    shown = [known[key] for key in asked if key in known]
    rest = {key: value for key, value in given.items() if key != "reason"}
    for key in rest:
        if key not in asked:
            raise BadFact(key, "a field that this step asks for")
    kept = {key: rest.pop(key) for key in ASKED_FACTS if rest.get(key)}
    rest = {key: value for key, value in rest.items() if key not in ASKED_FACTS}
    today = now.astimezone(zoneinfo.ZoneInfo(case.organisation.timezone)).date()
    facts = check_facts(shown, rest, complete=False, today=today, beside=case.facts)
    return {**facts, **kept}, reason


def _duties_done(case: Case) -> frozenset[str]:
    """Duties of the present visit to the step that were reported done."""
    latest = _LATEST_DUTY.first(case_id=case.pk)
    return frozenset({latest.duty}) if latest and latest.done_at else frozenset()


def report_duty_done(
    *,
    case_id: int,
    duty: str,
    result: Mapping[str, Any],
    actor: Actor,
    now: datetime,
    action: str = "",
    given: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Case:
    """Another module did what the step waits for; with `action` the case moves on at once.

    `at` is when it was done (default: now). Reporting twice changes nothing. Raises what
    `take_action` raises.
    """
    case = lock_case(case_id)
    open_duty = CaseDuty.objects.filter(case=case, duty=duty, done_at__isnull=True).first()
    if open_duty is not None:
        open_duty.done_at = at or now
        open_duty.result = dict(result)
        open_duty.save()
        journal = Journal(case, actor=actor, now=now)
        journal.add("duty_done", {"duty": duty, **result}, at=at)
        journal.write()
        _tell(case, "duty_done", actor, now)
    if action:
        return take_action(
            case_id=case_id, action=action, given=given or {}, actor=actor, now=now, at=at
        )
    return case


def mark(
    *,
    case_id: int,
    kind: str,
    actor: Actor,
    now: datetime,
    data: Mapping[str, Any] | None = None,
    at: datetime | None = None,
) -> Case:
    """Note a milestone that clocks may wait for: ``first_response``, ``arrived``, ``work_done``,
    ``answered``; `at` is when it was reached (default: now).

    The same milestone with the same `data` is noted once between two reopenings: a second visit
    and the answer after a reopening are milestones of their own.

    Raises `ValueError` for any other kind.
    """
    if kind not in MARKS:
        raise ValueError(f"{kind} is not a milestone")
    case = lock_case(case_id)
    if case.closed_at is not None or _is_marked(case, kind, dict(data or {})):
        return case
    if kind == "answered":
        case.answered_at = at or now
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data, at=at)
    journal.write()
    _tell(case, kind, actor, now)
    return case


def _is_marked(case: Case, kind: str, data: dict[str, Any]) -> bool:
    reopened = case.events.filter(kind="reopened").order_by("-seq").values("seq")[:1]
    since = Coalesce(Subquery(reopened), 0)
    return case.events.filter(kind=kind, data=data, seq__gt=since).exists()


def pause(*, case_id: int, reason: str, actor: Actor, now: datetime) -> Case:
    """Stop the pausable clocks, for a reason that the customer could read.

    Raises `NotPaused` when it is paused already, `MissingFields` never: a reason is required by
    `BadFact`.
    """
    case = _workable(case_id, actor)
    if case.is_paused:
        raise NotPaused(case.number)
    text = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not text:
        raise BadFact("reason", "a reason")
    return _add(case, "paused", {"reason": text}, actor, now)


def resume(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Let the clocks run again. Raises `NotPaused`."""
    case = _workable(case_id, actor)
    if not case.is_paused:
        raise NotPaused(case.number)
    return _add(case, "resumed", {}, actor, now)


def change_priority(*, case_id: int, priority: str, actor: Actor, now: datetime) -> Case:
    """Give the case another priority; time used and pauses taken stay. Raises `BadFact`."""
    case = _workable(case_id, actor)
    if priority not in Case.Priority.values:
        raise BadFact("priority", "one of " + ", ".join(Case.Priority.values))
    if priority == case.priority:
        return case
    before, case.priority = case.priority, priority
    return _add(case, "priority_changed", {"priority": priority, "before": before}, actor, now)


def _add(case: Case, kind: str, data: Mapping[str, Any], actor: Actor, now: datetime) -> Case:
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data)
    journal.write()
    _tell(case, kind, actor, now)
    return case


def _tell(case: Case, kind: str, actor: Actor | None, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )


def _workable(case_id: int, actor: Actor) -> Case:
    case = lock_case(case_id, gathers=True)
    actor.require("cases.work", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    return case
