"""A customer answers: kept on each change, changed until the wave is closed."""

from collections.abc import Mapping
from datetime import datetime

from qiao.core.rules.links import hash_of
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.customers.operations.care import refuse_by_customer
from qiao.feedback.models import SurveyAnswer, SurveyInvitation
from qiao.feedback.operations.survey_calls import follow_mark
from qiao.feedback.rules.survey_questions import (
    WORDS_LENGTH,
    Given,
    mark_of,
    question_of,
    read_answers,
)

__all__ = ["Given", "InvitationClosed", "NoInvitation", "answer_survey", "decline_surveys"]


class NoInvitation(Exception):  # noqa: N818 - a refusal, not a fault
    """The link leads to no invitation: mistyped, or cut off by a mail program."""


class InvitationClosed(Exception):  # noqa: N818 - a refusal, not a fault
    """The survey takes no more answers."""


def answer_survey(
    *, token: str, given: Mapping[str, Given], is_all: bool, now: datetime
) -> SurveyInvitation:
    """Keep what a customer answered so far, in place of what was kept before.

    What fits no question of the wave is left out. `is_all`: the customer has finished. Raises
    `NoInvitation`, `InvitationClosed`, `BadText`.
    """
    required()
    rows = SurveyInvitation.objects.select_for_update(of=("self",))
    row = rows.select_related("wave__survey").filter(token_hash=hash_of(token)).first()
    if row is None:
        raise NoInvitation
    if row.wave.closes_at is None or row.wave.closes_at <= now:
        raise InvitationClosed
    questions = [question_of(each) for each in row.wave.questions]
    tidy = {
        key: Given(
            each.value, each.importance, clean(each.words, field="words", max_length=WORDS_LENGTH)
        )
        for key, each in given.items()
    }
    kept = read_answers(questions, tidy)
    _write(row, kept, now)
    row.answered_at = (row.answered_at or now) if kept else None
    row.completed_at = (row.completed_at or (now if is_all else None)) if kept else None
    row.changed_at = now
    row.save(update_fields=["answered_at", "completed_at", "changed_at"])
    follow_mark(invitation=row, mark=mark_of(questions, kept), now=now)
    return row


def decline_surveys(*, token: str, now: datetime) -> None:
    """The customer behind a link wants no more surveys, also where this one is closed: kept with
    the customer's other wishes, and honoured by every draw and sending. Raises `NoInvitation`.
    """
    required()
    rows = SurveyInvitation.objects.select_related("wave").filter(token_hash=hash_of(token))
    row = rows.exclude(token_hash="").first()
    if row is None:
        raise NoInvitation
    refuse_by_customer(
        customer_id=row.customer_id,
        purpose="survey",
        proof=f"{row.wave.names['en']} · {row.wave.number}",
        now=now,
    )


def _write(row: SurveyInvitation, kept: Mapping[str, Given], now: datetime) -> None:
    SurveyAnswer.objects.filter(invitation=row).exclude(question__in=list(kept)).delete()
    SurveyAnswer.objects.bulk_create(
        [
            SurveyAnswer(
                invitation=row,
                question=key,
                value=each.value,
                importance=each.importance,
                words=each.words,
                at=now,
            )
            for key, each in kept.items()
        ],
        update_conflicts=True,
        unique_fields=["invitation", "question"],
        update_fields=["value", "importance", "words", "at"],
    )
