"""Calling back: attempts, and the customer's word."""

from datetime import datetime
from typing import Final

from django.contrib.auth import get_user_model
from django.utils import timezone

from qiao.cases.queries import is_held
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.idempotency import claim
from qiao.core.rules.text import clean
from qiao.customers.operations import note_call
from qiao.customers.queries import number_to_call
from qiao.feedback.events import FollowUpAttempted, FollowUpHandedOver
from qiao.feedback.models import FollowUp, FollowUpAttempt, Rating
from qiao.feedback.operations.closing import finish, lock_follow_up
from qiao.feedback.operations.opening import handlers_of
from qiao.feedback.queries import must_be_another, patience_for
from qiao.feedback.rules.follow_ups import REACHED, Attempt, verdict
from qiao.staff.queries import actor_for

WORDS_LENGTH: Final = 2_000
NOTE_LENGTH: Final = 500
CALLED: Final = "phone"
AS_CALL: Final = {"wrong_number": "wrong_person"}


class AlreadyFinished(Exception):  # noqa: N818 - names the finding
    """The follow-up has ended, or ends now, since another case stands for its own; nothing can be
    added to it."""


class OwnWork(Exception):  # noqa: N818 - names the finding
    """The unit's rule: whoever handled the case does not ask the customer about it."""


class UnknownAnswer(Exception):  # noqa: N818 - names the finding
    """The rating, outcome or person is not one that exists."""


def log_attempt(
    *,
    follow_up_id: int,
    channel: str,
    outcome: str,
    actor: Actor,
    now: datetime,
    note: str = "",
    number: str = "",
    key: str = "",
) -> FollowUp:
    """Put an attempt on record; with the last one that counts the follow-up ends as unreached.
    `number` is the one that was dialled, in its stored form; else it was the one to be called.

    Raises `Forbidden`, `AlreadyFinished`, `OwnWork`, `UnknownAnswer`, `BadText`.
    """
    follow_up, repeated = _begin(follow_up_id, actor, now, key)
    if repeated:
        return follow_up
    if outcome not in FollowUpAttempt.Outcome.values:
        raise UnknownAnswer(outcome)
    _add_attempt(follow_up, channel, outcome, note, actor, now, number=number)
    attempts = [Attempt(a.at, a.outcome) for a in follow_up.attempts.all()]
    patience = patience_for(organisation_id=follow_up.organisation_id, now=now)
    state = verdict(attempts, patience, confirmed=False)
    if state == "unreached":
        return finish(follow_up, state=state, actor=actor, now=now)
    follow_up.version += 1
    follow_up.save()
    return follow_up


def confirm(
    *,
    follow_up_id: int,
    rating: str,
    resolved: bool,
    channel: str,
    actor: Actor,
    now: datetime,
    words: str = "",
    key: str = "",
) -> FollowUp:
    """Keep the customer's word: how satisfied, whether the matter is solved, and what was said.

    Raises `Forbidden`, `AlreadyFinished`, `OwnWork`, `UnknownAnswer`, `BadText`.
    """
    follow_up, repeated = _begin(follow_up_id, actor, now, key)
    if repeated:
        return follow_up
    if rating not in Rating.values:
        raise UnknownAnswer(rating)
    follow_up.words = clean(words, field="words", max_length=WORDS_LENGTH)
    follow_up.rating, follow_up.resolved = rating, resolved
    follow_up.confirmed_at, follow_up.confirmed_by_id = now, actor.staff_id
    _add_attempt(follow_up, channel, REACHED, "", actor, now)
    return finish(follow_up, state="reached", actor=actor, now=now)


def hand_over(*, follow_up_id: int, staff_id: int, actor: Actor, now: datetime) -> FollowUp:
    """Let another person call back, oneself included.

    Raises `Forbidden`, `AlreadyFinished`, and `UnknownAnswer` for somebody who may not.
    """
    follow_up = lock_follow_up(follow_up_id)
    actor.require("followups.work", follow_up.organisation_id)
    if follow_up.finished_at is not None:
        raise AlreadyFinished
    person = get_user_model().objects.filter(id=staff_id, is_active=True).first()
    if person is None or not actor_for(person, day=timezone.localdate(now)).can_in(
        "followups.work", follow_up.organisation_id
    ):
        raise UnknownAnswer(str(staff_id))
    follow_up.assigned_to = person
    follow_up.version += 1
    follow_up.save()
    told = FollowUpHandedOver(follow_up.pk, follow_up.case_id, person.pk)
    events.publish(told, organisation_id=follow_up.organisation_id, actor=actor, now=now)
    return follow_up


def _begin(follow_up_id: int, actor: Actor, now: datetime, key: str) -> tuple[FollowUp, bool]:
    """The locked follow-up, and whether this very report has taken effect before."""
    follow_up = lock_follow_up(follow_up_id)
    actor.require("followups.work", follow_up.organisation_id)
    if key and not claim(scope=f"follow_up:{follow_up.pk}", key=key):
        return follow_up, True
    case = follow_up.case
    if follow_up.finished_at is not None or is_held(case.pk):
        raise AlreadyFinished
    if actor.staff_id in handlers_of(case) and must_be_another(
        group=case.case_type.group, organisation_id=follow_up.organisation_id, now=now
    ):
        raise OwnWork
    return follow_up, False


def _add_attempt(
    follow_up: FollowUp,
    channel: str,
    outcome: str,
    note: str,
    actor: Actor,
    now: datetime,
    *,
    number: str = "",
) -> None:
    follow_up.attempt_count += 1
    attempt = FollowUpAttempt.objects.create(
        follow_up=follow_up,
        seq=follow_up.attempt_count,
        at=now,
        recorded_at=now,
        actor_id=actor.staff_id,
        channel=clean(channel, field="channel", max_length=20, one_line=True),
        outcome=outcome,
        note=clean(note, field="note", max_length=NOTE_LENGTH),
    )
    _note_number(follow_up, attempt, number)
    told = FollowUpAttempted(follow_up.pk, follow_up.case_id, outcome)
    events.publish(told, organisation_id=follow_up.organisation_id, actor=actor, now=now)


def _note_number(follow_up: FollowUp, attempt: FollowUpAttempt, dialled: str) -> None:
    """Whether the number called leads to the customer is known below, for whoever calls next."""
    case = follow_up.case
    customer_id = case.customer_id
    if attempt.channel != CALLED or customer_id is None:
        return
    note_call(
        customer_id=customer_id,
        number=dialled
        or number_to_call(customer_id=customer_id, preferred=case.caller_phone or ""),
        outcome=AS_CALL.get(attempt.outcome, attempt.outcome),
        source="feedback",
        ref=str(attempt.pk),
        at=attempt.at,
        now=attempt.recorded_at,
        staff_id=attempt.actor_id,
    )
