"""Follow-ups come and go with the case: opened when it waits for the customer's word."""

from datetime import datetime
from typing import Any

from django.utils import timezone

from qiao.cases.queries import waits_at
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.dispatch.queries import technicians_on_case
from qiao.feedback.events import FollowUpOpened
from qiao.feedback.models import FollowUp
from qiao.feedback.operations.closing import finish, lock_follow_up
from qiao.feedback.queries import DUTY, must_be_another
from qiao.staff.queries import actor_for, members_of


def open_follow_up(
    *, case: Any, entered_seq: int, due_at: datetime | None, now: datetime
) -> FollowUp | None:
    """Open the follow-up for a visit of `case` to a step that waits for the customer's word.

    Answers the one that exists when called again for the same visit, and None when the case has
    moved on meanwhile. The first person calls back, unless the unit's rule asks for somebody else
    than the handler.
    """
    required()
    existing = FollowUp.objects.filter(case=case, entered_seq=entered_seq).first()
    if existing is not None:
        return existing
    if not waits_at(case_id=case.pk, duty=DUTY, entered_seq=entered_seq):
        return None
    follow_up = FollowUp.objects.create(
        case=case,
        entered_seq=entered_seq,
        organisation_id=case.organisation_id,
        assigned_to_id=_caller(case, now),
        due_at=due_at,
        opened_at=now,
    )
    opened = FollowUpOpened(follow_up.pk, case.pk, follow_up.assigned_to_id)
    events.publish(opened, organisation_id=follow_up.organisation_id, actor=None, now=now)
    return follow_up


def cancel_follow_ups(*, case_id: int, before_seq: int | None, now: datetime) -> int:
    """Cancel the open follow-ups of a case that left their step. Returns how many.

    `before_seq` spares those of the present step; None cancels all.
    """
    required()
    count = 0
    for pk in FollowUp.objects.open().filter(case_id=case_id).values_list("id", flat=True):
        follow_up = lock_follow_up(pk)
        spared = before_seq is not None and follow_up.entered_seq >= before_seq
        if follow_up.finished_at is None and not spared:
            finish(follow_up, state="cancelled", actor=None, now=now)
            count += 1
    return count


def handlers_of(case: Any) -> frozenset[int]:
    """Who handled the case: its crew, who has it now, and who brought it to its present step."""
    moves = case.events.filter(kind="step_left", actor__isnull=False).order_by("-seq")
    mover = moves.values_list("actor_id", flat=True).first()
    people = {case.assignee_id, mover} | technicians_on_case(case_id=case.pk)
    return frozenset(person for person in people if person is not None)


def _caller(case: Any, now: datetime) -> int:
    first = int(case.responsible_id)
    handlers = handlers_of(case)
    if first not in handlers or not must_be_another(
        group=case.case_type.group, organisation_id=case.organisation_id, now=now
    ):
        return first
    colleagues = [a for a in _colleagues(case, now) if a.staff_id not in handlers]
    ids = [a.person_id for a in colleagues]
    load = dict.fromkeys(ids, 0)
    for person in FollowUp.objects.open().filter(assigned_to_id__in=ids):
        load[person.assigned_to_id] += 1
    return min(ids, key=lambda pk: (load[pk], pk), default=first)


def _colleagues(case: Any, now: datetime) -> list[Actor]:
    """People of the first person's teams who may call this customer back."""
    day = timezone.localdate(now)
    teams = actor_for(case.responsible, day=day).team_ids
    people = {person.pk: person for team in teams for person in members_of(team)}
    actors = [actor_for(person, day=day) for person in people.values()]
    return [a for a in actors if a.can_in("followups.work", case.organisation_id)]
