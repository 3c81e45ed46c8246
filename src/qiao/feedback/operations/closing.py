"""The end of a follow-up, and what the case learns of it."""

import dataclasses
import zoneinfo
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from qiao.cases import operations as cases
from qiao.cases.queries import Exit, duty_exits, following
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.packs.model import Field
from qiao.core.transactions import required
from qiao.feedback.events import FollowUpCompleted
from qiao.feedback.models import FollowUp, Rating
from qiao.feedback.operations.satisfaction import count_satisfaction
from qiao.feedback.queries import DUTY
from qiao.feedback.rules.follow_ups import is_unhappy


def lock_follow_up(follow_up_id: int) -> FollowUp:
    """The follow-up, locked for this transaction. Raises `FollowUp.DoesNotExist`."""
    required()
    rows = FollowUp.objects.select_for_update(of=("self",))
    related = ("case", "case__case_type", "case__process", "organisation")
    return rows.select_related(*related).get(id=follow_up_id)


def finish(follow_up: FollowUp, *, state: str, actor: Actor | None, now: datetime) -> FollowUp:
    """Write the end and tell it; the case moves on unless the follow-up was cancelled."""
    follow_up.state = state
    follow_up.finished_at = max(now, follow_up.opened_at)
    zone = zoneinfo.ZoneInfo(follow_up.organisation.timezone)
    follow_up.finished_date = follow_up.finished_at.astimezone(zone).date()
    follow_up.version += 1
    follow_up.save()
    if state == FollowUp.State.REACHED:
        count_satisfaction(follow_up, now=now)
    if actor is not None:
        _tell_the_case(follow_up, actor, now)
    completed = FollowUpCompleted(
        follow_up_id=follow_up.pk,
        case_id=follow_up.case_id,
        state=state,
        rating=follow_up.rating,
        resolved=follow_up.resolved,
    )
    events.publish(completed, organisation_id=follow_up.organisation_id, actor=actor, now=now)
    return follow_up


def _tell_the_case(follow_up: FollowUp, actor: Actor, now: datetime) -> None:
    mover = _for_the_case(follow_up, actor)
    case = follow_up.case
    exits = duty_exits(case=case, duty=DUTY, roles=mover.roles)
    way_out = _choose(follow_up, exits)
    given = _given(follow_up, way_out) if way_out else {}
    if way_out is not None and way_out.required - given.keys():
        way_out = None  # the process asks for more than a follow-up knows: a person goes on
    if follow_up.confirmed_at and (way_out is None or "answered" not in way_out.marks):
        cases.mark(case_id=case.pk, kind="answered", actor=mover, now=now)
    cases.report_duty_done(
        case_id=case.pk,
        duty=DUTY,
        result={
            "state": follow_up.state,
            "rating": follow_up.rating,
            "resolved": follow_up.resolved,
            "words": follow_up.words,
            "attempts": follow_up.attempt_count,
        },
        actor=mover,
        now=now,
        action=way_out.action if way_out else "",
        given=given if way_out else None,
    )


def _choose(follow_up: FollowUp, exits: Sequence[Exit]) -> Exit | None:
    """The way back for an unhappy customer if there is one, else the way that follows."""
    unhappy = follow_up.state == "reached" and is_unhappy(
        rating=follow_up.rating, resolved=bool(follow_up.resolved)
    )
    back = [item for item in exits if item.kind == "return"] if unhappy else []
    return back[0] if back else following(exits)


def _given(follow_up: FollowUp, way_out: Exit) -> dict[str, Any]:
    """What the process learns, by the kinds of the fields that it asks for.

    The choice that offers the ratings takes the result, the first yes-or-no whether the matter is
    solved, the first long text the customer's words.
    """
    given: dict[str, Any] = {}
    taken: set[str] = set()
    for field in way_out.fields:
        value = _value_for(field, follow_up)
        if value not in (None, "") and field.kind not in taken:
            taken.add(field.kind)
            given[field.key] = value
    if way_out.reason_required:
        given["reason"] = follow_up.words or str(Rating(follow_up.rating).label)
    return given


def _value_for(field: Field, follow_up: FollowUp) -> Any:
    if field.kind == "choice":
        offered = {choice.key for choice in field.choices}
        return (follow_up.rating or follow_up.state) if offered >= set(Rating.values) else None
    if field.kind == "bool":
        return follow_up.resolved
    return follow_up.words if field.kind == "long" else None


def _for_the_case(follow_up: FollowUp, actor: Actor) -> Actor:
    """The actor with the right to move the case on; his roles stay, the process decides."""
    held = {*actor.organisations("cases.work"), follow_up.case.organisation_id}
    return dataclasses.replace(actor, grants={**actor.grants, "cases.work": tuple(sorted(held))})
