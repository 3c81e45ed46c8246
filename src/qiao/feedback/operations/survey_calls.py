"""A poor answer to a survey is followed by a call: opened, tried, ended."""

from datetime import datetime, timedelta
from typing import Final

from qiao.core import parameters
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.operations import note_call
from qiao.customers.queries import number_to_call
from qiao.feedback.models import SurveyCall, SurveyInvitation
from qiao.feedback.operations.calling import (
    AS_CALL,
    NOTE_LENGTH,
    AlreadyFinished,
    UnknownAnswer,
)
from qiao.feedback.parameters import SURVEY_CALL_DAYS
from qiao.feedback.queries import patience_for
from qiao.feedback.rules.survey_questions import is_poor
from qiao.staff.operations import notify
from qiao.staff.queries import chain_of, local_days

RIGHT: Final = "followups.work"
TOLD: Final = "feedback.survey_call"
ENDS: Final = {"reached": SurveyCall.State.REACHED, "refused": SurveyCall.State.REFUSED}
OUTCOMES: Final = (*ENDS, "no_answer", "busy", "wrong_number")


def follow_mark(*, invitation: SurveyInvitation, mark: int | None, now: datetime) -> None:
    """A customer gave so many points all in all, or took them back: whoever gave few is called,
    until they give more before anybody has called."""
    required()
    call = SurveyCall.objects.select_for_update().filter(invitation=invitation).first()
    if call is None:
        if is_poor(mark) and mark is not None:
            _open(invitation, mark, now)
        return
    if call.attempt_count:
        return  # we have called: what is answered now is about that as well
    if is_poor(mark) and mark is not None:
        call.state, call.points, call.finished_at = SurveyCall.State.OPEN, mark, None
    elif call.finished_at is None:
        call.state, call.finished_at = SurveyCall.State.WITHDRAWN, now
    call.save(update_fields=["state", "points", "finished_at"])


def note_survey_call(
    *,
    call_id: int,
    outcome: str,
    note: str,
    actor: Actor,
    now: datetime,
    number: str = "",
) -> SurveyCall:
    """Put a call on record: one of `OUTCOMES`. Who was not reached is called again, until as many
    attempts were made as for other follow-ups. `number` is the one that was dialled, in its
    stored form; else it was the one to be called.

    Raises `SurveyCall.DoesNotExist`, `Forbidden`, `AlreadyFinished`, `UnknownAnswer`, `BadText`.
    """
    required()
    rows = SurveyCall.objects.select_for_update(of=("self",)).select_related("invitation")
    call = rows.get(pk=call_id)
    actor.require(RIGHT, call.organisation_id)
    if call.finished_at is not None:
        raise AlreadyFinished
    if outcome not in OUTCOMES:
        raise UnknownAnswer(outcome)
    call.note = clean(note, field="note", max_length=NOTE_LENGTH)
    call.attempt_count, call.tried_at = call.attempt_count + 1, now
    patience = patience_for(organisation_id=call.organisation_id, now=now)
    if outcome in ENDS:
        _finish(call, ENDS[outcome], actor, now)
    elif call.attempt_count >= patience.needed:
        _finish(call, SurveyCall.State.UNREACHED, actor, now)
    call.save()
    _note_number(call, outcome, number, actor, now)
    return call


def _open(invitation: SurveyInvitation, mark: int, now: datetime) -> None:
    survey = invitation.wave.survey
    unit = survey.organisation_id
    days = parameters.find(
        SURVEY_CALL_DAYS, day=local_days(now)[unit], organisation_ids=chain_of(unit)
    )
    SurveyCall.objects.create(
        invitation=invitation,
        organisation_id=unit,
        points=mark,
        opened_at=now,
        due_at=now + timedelta(days=int(days.value)),
    )
    notify(
        staff_ids=[survey.owner_id],
        kind=TOLD,
        subject_id=invitation.wave_id,
        once=f"wave:{invitation.wave_id}",
        now=now,
    )


def _finish(call: SurveyCall, state: str, actor: Actor, now: datetime) -> None:
    call.state, call.finished_at, call.finished_by_id = state, now, actor.staff_id


def _note_number(
    call: SurveyCall, outcome: str, dialled: str, actor: Actor, now: datetime
) -> None:
    customer_id = call.invitation.customer_id
    note_call(
        customer_id=customer_id,
        number=dialled or number_to_call(customer_id=customer_id, preferred=""),
        outcome=AS_CALL.get(outcome, outcome),
        source="feedback",
        ref=f"survey:{call.pk}:{call.attempt_count}",
        at=now,
        now=now,
        staff_id=actor.staff_id,
    )
