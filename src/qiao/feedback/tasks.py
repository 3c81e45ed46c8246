"""What happens to follow-ups because something happened to a case, what a poor rating raises, and
what the clock does."""

from datetime import datetime

from django.db import transaction

from qiao.cases.events import CaseClosed, CaseHandedPast, CasesHeld, StepEntered
from qiao.cases.queries import case_of_event, is_held
from qiao.core.events import Envelope
from qiao.feedback.events import FollowUpCompleted
from qiao.feedback.operations import (
    cancel_follow_ups,
    fold_counts,
    move_follow_ups,
    open_follow_up,
)
from qiao.feedback.operations.reviewing import review_poor_rating
from qiao.feedback.queries import DUTY


def on_step_entered(*, event: StepEntered, envelope: Envelope) -> None:
    """Cancel what the case no longer waits for; open a follow-up if it waits for one."""
    now = envelope.occurred_at
    cancel_follow_ups(case_id=event.case_id, before_seq=event.entered_seq, now=now)
    if event.duty == DUTY:
        open_follow_up(
            case=case_of_event(event.case_id),
            entered_seq=event.entered_seq,
            due_at=event.due_at,
            now=now,
        )


def on_case_closed(*, event: CaseClosed, envelope: Envelope) -> None:
    """Cancel what is still open."""
    cancel_follow_ups(case_id=event.case_id, before_seq=None, now=envelope.occurred_at)


def on_cases_held(*, event: CasesHeld, envelope: Envelope) -> None:
    """Cancel what is still open: the customer is called for the case that stands for these."""
    for case_id in event.case_ids:
        if is_held(case_id):
            cancel_follow_ups(case_id=case_id, before_seq=None, now=envelope.occurred_at)


def on_case_handed_past(*, event: CaseHandedPast, envelope: Envelope) -> None:
    """Call-backs of a case that goes past somebody of the house are kept from them as well."""
    del envelope
    move_follow_ups(case_id=event.case_id, organisation_id=event.organisation_id)


def on_follow_up_completed(*, event: FollowUpCompleted, envelope: Envelope) -> None:
    """A poor rating puts the case before the lead of the team that worked it, the same day."""
    if event.rating:
        review_poor_rating(follow_up_id=event.follow_up_id, now=envelope.occurred_at)


def fold(now: datetime) -> None:  # noqa: ARG001 - periodic jobs get the time
    """Fold the kept counts."""
    with transaction.atomic():
        fold_counts()
