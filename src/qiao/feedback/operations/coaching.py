"""Coaching: agreed with a person, done, and its effect taken from later evaluations."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from qiao.core.actor import Actor, Forbidden
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.feedback.models import Coaching, Evaluation
from qiao.staff.operations import notify
from qiao.staff.queries import local_days

EVALUATE: Final = "quality.evaluate"
AGREED: Final = "feedback.coaching_agreed"
TOPIC_LENGTH: Final = 120
TEXT_LENGTH: Final = 2_000


class CoachingRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be so. `reason`: ``days``, ``done``, ``oneself``, ``state`` or ``question``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class CoachingTerms:
    """What is practised, of which question of the card, until when."""

    topic: str
    plan: str
    due_date: date
    question: str = ""


def open_coaching(
    *, evaluation_id: int, terms: CoachingTerms, actor: Actor, now: datetime
) -> Coaching:
    """Agree with the person judged on something to practise; the actor sees to it.

    Raises `Forbidden`, `BadText`, `CoachingRefused`.
    """
    required()
    row = Evaluation.objects.select_related("version_of_card").get(pk=evaluation_id)
    actor.require(EVALUATE, row.organisation_id)
    today = local_days(now)[row.organisation_id]
    if row.person_id == actor.staff_id:
        raise CoachingRefused("oneself")
    if row.released_at is None:
        raise CoachingRefused("state")
    if terms.due_date < today:
        raise CoachingRefused("days")
    asked = {
        question["key"]
        for section in row.version_of_card.content
        for question in section["questions"]
    }
    if terms.question and terms.question not in asked:
        raise CoachingRefused("question")
    opened = Coaching.objects.create(
        organisation_id=row.organisation_id,
        person_id=row.person_id,
        owner_id=actor.person_id,
        evaluation=row,
        question=terms.question,
        topic=clean(
            terms.topic, field="topic", max_length=TOPIC_LENGTH, one_line=True, required=True
        ),
        plan=clean(terms.plan, field="plan", max_length=TEXT_LENGTH),
        opened_at=now,
        opened_date=today,
        due_date=terms.due_date,
    )
    notify(
        staff_ids=[row.person_id],
        kind=AGREED,
        subject_id=opened.pk,
        once=f"coaching:{opened.pk}",
        now=now,
        facts={"due": str(opened.due_date)},
    )
    return opened


def finish_coaching(*, coaching_id: int, result: str, actor: Actor, now: datetime) -> Coaching:
    """Say what was done; from the next day on its effect is measured.

    By its owner. Raises `Forbidden`, `BadText`, `CoachingRefused`.
    """
    required()
    row = Coaching.objects.select_for_update().get(pk=coaching_id)
    actor.require(EVALUATE, row.organisation_id)
    if row.owner_id != actor.staff_id:
        raise Forbidden(EVALUATE)
    if row.done_date is not None:
        raise CoachingRefused("done")
    row.result = clean(result, field="result", max_length=TEXT_LENGTH, required=True)
    row.done_date = max(row.opened_date, local_days(now)[row.organisation_id])
    row.save()
    return row
