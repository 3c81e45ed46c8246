"""Follow-ups as people to be called, for the lists of the telephone."""

from datetime import datetime
from typing import Final

import structlog
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor, Forbidden
from qiao.core.manifest import CallSource
from qiao.feedback.models import FollowUp
from qiao.feedback.operations import AlreadyFinished, OwnWork, log_attempt

log: Final = structlog.get_logger(__name__)
SOURCE: Final = "feedback.follow_ups"
_WAITING: Final = """
SELECT c.customer_id, f.id AS ref, c.title || ' · ' || c.number AS what
  FROM feedback_followup f
  JOIN cases_case c ON c.id = f.case_id
 WHERE f.finished_at IS NULL AND c.customer_id IS NOT NULL
   AND f.organisation_id = ANY(%(organisation_ids)s::bigint[])
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
    outcome = _AS_ATTEMPT.get(kind, "busy" if end == "busy" else "no_answer")
    try:
        log_attempt(
            follow_up_id=ref, channel="phone", outcome=outcome, number=number, note=note,
            actor=actor, now=now,
        )  # fmt: skip
    except (AlreadyFinished, OwnWork, Forbidden) as refusal:
        log.info("call_of_list_is_no_attempt", follow_up=ref, why=type(refusal).__name__)


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
)
