"""What a technician does with a work order, one operation a verb.

Every operation locks the row, may be sent twice with the same `Report.key`, and raises
`WorkOrder.DoesNotExist`, `Forbidden`, `NotYours` or `WrongState`.
"""

import dataclasses
from datetime import datetime
from typing import Any, Final

from qiao.cases import operations as cases
from qiao.cases.queries import Exit
from qiao.core import parameters
from qiao.core.actor import Actor, Forbidden
from qiao.core.rules.text import clean
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations.filling import Filling, fill_in, filled
from qiao.dispatch.operations.recording import (
    NOTHING,
    NotYours,
    Report,
    happened,
    is_repeat,
    lock_order,
    may_work,
    move,
    require_worker,
)
from qiao.dispatch.queries.orders import DUTY, exit_of, note_field
from qiao.dispatch.rules.sheets import Missing, missing, sheet_from_data
from qiao.staff.queries import actor_for, chain_of, local_days

REASON_LENGTH: Final = 500


class ReasonNeeded(Exception):  # noqa: N818 - names the finding
    """Refusing, handing back and suspending need words."""


class NotComplete(Exception):  # noqa: N818 - names the finding
    """The work sheet is not filled in; `missing` lists what it still needs."""

    def __init__(self, missing: tuple[Missing, ...]) -> None:
        super().__init__(", ".join(f"{m.kind} {m.key}".strip() for m in missing))
        self.missing = missing


class CaseRefused(Exception):  # noqa: N818 - names the finding
    """The case's process did not take what was reported; nothing was written."""


def accept(
    *, work_order_id: int, actor: Actor, now: datetime, report: Report = NOTHING
) -> WorkOrder:
    """Say yes: to an order assigned to oneself, or to one that waits in one's team's pool."""
    order = lock_order(work_order_id)
    if is_repeat(order, report):
        return order
    if not may_work(order, actor):
        raise Forbidden("jobs.work")
    if order.technician_id not in (None, actor.staff_id):
        raise NotYours(order.technician.name if order.technician else "")
    if order.technician_id is None and order.team_id not in actor.team_ids:
        raise NotYours
    order.technician_id = actor.person_id
    order.reason = ""
    return move(order, "accept", actor=actor, now=now, report=report)


def refuse(
    *, work_order_id: int, reason: str, actor: Actor, now: datetime, report: Report = NOTHING
) -> WorkOrder:
    """Say no to an assigned order, with the reason; a dispatcher assigns it anew."""
    return _with_reason("refuse", work_order_id, reason, actor, now, report)


def give_back(
    *, work_order_id: int, reason: str, actor: Actor, now: datetime, report: Report = NOTHING
) -> WorkOrder:
    """Hand an accepted order back, with the reason: another crew or another skill is needed."""
    return _with_reason("give_back", work_order_id, reason, actor, now, report)


def start_travel(
    *, work_order_id: int, actor: Actor, now: datetime, report: Report = NOTHING
) -> WorkOrder:
    """Set out."""
    return _plainly("start_travel", work_order_id, actor, now, report)


def arrive(
    *, work_order_id: int, actor: Actor, now: datetime, report: Report = NOTHING
) -> WorkOrder:
    """Be there: the case's promise of arrival is met at this moment."""
    order, repeated = _begin(work_order_id, actor, report)
    if repeated:
        return order
    at = happened(order, report, now)
    order.arrived_at = order.arrived_at or at
    move(order, "arrive", actor=actor, now=now, report=report)
    cases.mark(
        case_id=order.case_id, kind="arrived", actor=actor, now=now, at=at, data=_about(order)
    )
    return order


def suspend(
    *,
    work_order_id: int,
    hold: str,
    reason: str,
    actor: Actor,
    now: datetime,
    report: Report = NOTHING,
) -> WorkOrder:
    """Wait: for parts, for the customer, for access. `hold` is a `WorkOrder.Hold`.

    What only the customer can make possible (parameter ``dispatch.pausing_holds``) stops the
    case's clocks too. Raises `ReasonNeeded` for an unknown hold, or no words with ``other``.
    """
    order, repeated = _begin(work_order_id, actor, report)
    if repeated:
        return order
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not hold or hold not in WorkOrder.Hold.values or (hold == "other" and not words):
        raise ReasonNeeded
    order.hold, order.reason = hold, words
    move(
        order, "suspend", actor=actor, now=now, report=report, data={"hold": hold, "reason": words}
    )
    if not order.case.is_paused and hold in _pausing_holds(order, now):
        label = str(WorkOrder.Hold(hold).label)
        cases.pause(
            case_id=order.case_id,
            reason=f"{label}: {words}" if words else label,
            actor=for_the_case(order, actor, now),
            now=now,
        )
    return order


def resume(
    *, work_order_id: int, actor: Actor, now: datetime, report: Report = NOTHING
) -> WorkOrder:
    """Go on after waiting; the case's clocks run again if this order had stopped them."""
    order, repeated = _begin(work_order_id, actor, report)
    if repeated:
        return order
    stopped = order.hold in _pausing_holds(order, now)
    order.reason = ""
    move(order, "resume", actor=actor, now=now, report=report)
    if stopped and order.case.is_paused:
        cases.resume(case_id=order.case_id, actor=for_the_case(order, actor, now), now=now)
    return order


def complete(
    *,
    work_order_id: int,
    filling: Filling,
    actor: Actor,
    now: datetime,
    report: Report = NOTHING,
) -> WorkOrder:
    """Finish the work: the sheet is kept, the case is told and moves on as its process says.

    Raises also `NotComplete`, `BadText`, and `CaseRefused`.
    """
    order, repeated = _begin(work_order_id, actor, report)
    if repeated:
        return order
    fill_in(order, filling, actor=actor, now=now)
    mover = for_the_case(order, actor, now)
    way_out = exit_of(order, mover)
    given = given_for(order, way_out)
    wanting = wanting_of(order, way_out)
    if wanting:
        raise NotComplete(wanting)
    at = happened(order, report, now)
    move(order, "complete", actor=actor, now=now, report=report)
    try:
        _tell_the_case(order, way_out, given, mover, now=now, at=at)
    except (cases.BadFact, cases.CaseClosedAlready, cases.ProcessRefusal) as refusal:
        raise CaseRefused(str(refusal)) from refusal
    return order


def wanting_of(order: WorkOrder, way_out: Exit | None) -> tuple[Missing, ...]:
    """What completion still needs, by the sheet and by the case's process."""
    found = missing(sheet_from_data(order.sheet), filled(order))
    if way_out is None:
        return found
    own = note_field(way_out)
    absent = sorted(way_out.required - given_for(order, way_out).keys())
    fields = [
        Missing("note") if own is not None and key == own.key else Missing("field", key)
        for key in absent
    ]
    return tuple(dict.fromkeys([*found, *fields]))


def _tell_the_case(
    order: WorkOrder,
    way_out: Exit | None,
    given: dict[str, Any],
    mover: Actor,
    *,
    now: datetime,
    at: datetime,
) -> None:
    case_id, about = order.case_id, _about(order)
    if order.case.is_paused:
        cases.resume(case_id=case_id, actor=mover, now=now)
    if way_out is None or "work_done" not in way_out.marks:
        cases.mark(case_id=case_id, kind="work_done", actor=mover, now=now, at=at, data=about)
    cases.report_duty_done(
        case_id=case_id,
        duty=DUTY,
        result=about | {"note": order.note},
        actor=mover,
        now=now,
        at=at,
        action=way_out.action if way_out else "",
        given=given,
    )


def given_for(order: WorkOrder, way_out: Exit | None) -> dict[str, Any]:
    """The values for the process: the technician's answers, and his note in the field for it."""
    if way_out is None:
        return {}
    own = note_field(way_out)
    given = {f.key: order.answers[f.key] for f in way_out.fields if order.answers.get(f.key)}
    if own is not None and order.note:
        given[own.key] = order.note
    return given


def for_the_case(order: WorkOrder, actor: Actor, now: datetime) -> Actor:
    """The actor with the right to move the order's case on: whoever ends the work may say so.

    Roles stay his own and those of the technician for whom a dispatcher reports, so the process
    still decides which actions are theirs.
    """
    held = {*actor.organisations("cases.work"), order.case.organisation_id}
    grants = {**actor.grants, "cases.work": tuple(sorted(held))}
    roles = actor.roles
    if order.technician is not None and order.technician_id != actor.staff_id:
        day = local_days(now)[order.organisation_id]
        roles |= actor_for(order.technician, day=day).roles
    return dataclasses.replace(actor, grants=grants, roles=roles)


def _begin(work_order_id: int, actor: Actor, report: Report) -> tuple[WorkOrder, bool]:
    """The locked order, and whether this report has been heard before."""
    order = lock_order(work_order_id)
    if is_repeat(order, report):
        return order, True
    require_worker(order, actor)
    return order, False


def _plainly(
    verb: str, work_order_id: int, actor: Actor, now: datetime, report: Report
) -> WorkOrder:
    order, repeated = _begin(work_order_id, actor, report)
    if repeated:
        return order
    return move(order, verb, actor=actor, now=now, report=report)


def _with_reason(
    verb: str, work_order_id: int, reason: str, actor: Actor, now: datetime, report: Report
) -> WorkOrder:
    order, repeated = _begin(work_order_id, actor, report)
    if repeated:
        return order
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    if not words:
        raise ReasonNeeded
    order.reason = words
    return move(order, verb, actor=actor, now=now, report=report, data={"reason": words})


def _pausing_holds(order: WorkOrder, now: datetime) -> list[str]:
    chain = chain_of(order.organisation_id)
    day = local_days(now)[order.organisation_id]
    found = parameters.find("dispatch.pausing_holds", day=day, organisation_ids=chain)
    return list(found.value)


def _about(order: WorkOrder) -> dict[str, Any]:
    return {
        "work_order": order.number,
        "technician": order.technician.name if order.technician else "",
    }
