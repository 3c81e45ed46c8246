"""Follow-ups, and who was not satisfied in a survey, as people to be called by lists."""

from datetime import datetime
from typing import Final

import structlog
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import CallSource
from qiao.feedback.models import FollowUp, SurveyCall
from qiao.feedback.operations import AlreadyFinished, OwnWork, log_attempt
from qiao.feedback.operations.survey_calls import note_survey_call

log: Final = structlog.get_logger(__name__)
SOURCE: Final = "feedback.follow_ups"
_WAITING: Final = """
SELECT c.customer_id, f.id AS ref, c.title || ' · ' || c.number AS what
  FROM feedback_followup f
  JOIN cases_case c ON c.id = f.case_id
 WHERE f.finished_at IS NULL AND c.customer_id IS NOT NULL
   AND f.organisation_id = ANY(%(organisation_ids)s::bigint[])
"""
SURVEYS: Final = "feedback.survey_calls"
_UNSATISFIED: Final = """
SELECT i.customer_id, s.id AS ref, (w.names ->> 'zh-Hans') || ' · ' || s.points || '/5' AS what
  FROM feedback_surveycall s
  JOIN feedback_surveyinvitation i ON i.id = s.invitation_id
  JOIN feedback_surveywave w ON w.id = i.wave_id
 WHERE s.finished_at IS NULL AND s.organisation_id = ANY(%(organisation_ids)s::bigint[])
"""
_AS_ATTEMPT: Final = {"reached": "reached", "refused": "refused", "wrong_number": "wrong_number"}


def still(ref: int) -> bool:
    """Whether a follow-up still waits for the customer's word."""
    return FollowUp.objects.open().filter(pk=ref).exists()


def told(
    *, ref: int, kind: str, end: str, number: str, note: str, actor: Actor, now: datetime
) -> None:
    """Put a call from a list on record as an attempt; where the customer's word was kept during
    the talk, or the unit does not let this person ask, nothing is added."""
    try:
        log_attempt(
            follow_up_id=ref, channel="phone", outcome=_outcome(kind, end), number=number,
            note=note, actor=actor, now=now,
        )  # fmt: skip
    except (AlreadyFinished, OwnWork, Forbidden) as refusal:
        log.info("call_of_list_is_no_attempt", follow_up=ref, why=type(refusal).__name__)


def still_unsatisfied(ref: int) -> bool:
    """Whether nobody has spoken yet with somebody who was not satisfied in a survey."""
    return SurveyCall.objects.open().filter(pk=ref).exists()


def told_of_survey(
    *, ref: int, kind: str, end: str, number: str, note: str, actor: Actor, now: datetime
) -> None:
    """Put a call from a list on record; where somebody has spoken with them since, or the unit
    does not let this person do so, nothing is added."""
    try:
        note_survey_call(
            call_id=ref, outcome=_outcome(kind, end), number=number, note=note, actor=actor,
            now=now,
        )  # fmt: skip
    except (AlreadyFinished, Forbidden) as refusal:
        log.info("call_of_list_is_no_attempt", survey_call=ref, why=type(refusal).__name__)


def _outcome(kind: str, end: str) -> str:
    return _AS_ATTEMPT.get(kind, "busy" if end == "busy" else "no_answer")


SOURCES: Final = (
    CallSource(
        key=SOURCE,
        label=_("Follow-ups that wait"),
        permission="followups.work",
        sql=_WAITING,
        still=still,
        page=lambda ref: reverse("feedback:detail", args=[ref]),
        told=told,
    ),
    CallSource(
        key=SURVEYS,
        label=_("Not satisfied in a survey"),
        permission="followups.work",
        sql=_UNSATISFIED,
        still=still_unsatisfied,
        page=lambda ref: reverse("feedback:survey_call", args=[ref]),
        told=told_of_survey,
    ),
)
