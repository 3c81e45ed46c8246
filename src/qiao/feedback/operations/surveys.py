"""Surveys are designed: who is asked, what, how often. What was sent is never changed."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.rules.texts import DATA_KEYS
from qiao.core.transactions import required
from qiao.customers.queries import get_open_segment_for
from qiao.feedback.models import Survey
from qiao.feedback.rules.survey_questions import (
    CHOICE,
    KINDS,
    MOST_CHOICES,
    MOST_QUESTIONS,
    OVERALL,
)

WORK: Final = "surveys.work"
NAME_LENGTH: Final = 80
INTRO_LENGTH: Final = 800
QUESTION_LENGTH: Final = 200
CHOICE_LENGTH: Final = 80
FEWEST_CHOICES: Final = 2


class SurveyRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``archived``, ``questions`` (none), ``many``, ``overall``
    (there is one), ``choices``, ``kind``, ``drawn`` (a wave waits to be sent), ``nobody``,
    ``sent``, ``closed`` or ``open``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Design:
    """What a survey is: `names` and `intros` by language, all three given."""

    organisation_id: int
    names: Mapping[str, str]
    intros: Mapping[str, str]
    owner_id: int
    segment_id: int | None = None
    answer_days: int = 21
    gap_days: int = 90
    every_months: int | None = None


def add_survey(*, design: Design, actor: Actor, now: datetime) -> Survey:
    """A new survey without questions. Raises `Forbidden`, `BadText`, `NotVisible` (segment)."""
    required()
    actor.require(WORK, design.organisation_id)
    return Survey.objects.create(
        **_columns(design, actor), created_at=now, created_by_id=actor.staff_id
    )


def change_survey(*, survey_id: int, design: Design, actor: Actor) -> Survey:
    """Change what the next wave will be. Raises `Forbidden`, `BadText`, `NotVisible`."""
    row = locked_survey(survey_id, actor)
    actor.require(WORK, design.organisation_id)
    for name, value in _columns(design, actor).items():
        setattr(row, name, value)
    row.version += 1
    row.save()
    return row


def set_archived(*, survey_id: int, archived: bool, actor: Actor) -> Survey:
    """Put a survey away, or take it back: it stays readable either way. Raises `Forbidden`,
    `SurveyRefused` while a wave takes answers or waits to be sent."""
    row = locked_survey(survey_id, actor)
    if archived and row.waves.filter(sent_at__isnull=True).exists():
        raise SurveyRefused("drawn")
    row.state = Survey.State.ARCHIVED if archived else Survey.State.ACTIVE
    row.version += 1
    row.save(update_fields=["state", "version"])
    return row


def _columns(design: Design, actor: Actor) -> dict[str, Any]:
    if design.segment_id is not None:
        get_open_segment_for(actor=actor, segment_id=design.segment_id)
    return {
        "organisation_id": design.organisation_id,
        "names": _table(design.names, "name", NAME_LENGTH, one_line=True),
        "intros": _table(design.intros, "intro", INTRO_LENGTH),
        "owner_id": design.owner_id,
        "segment_id": design.segment_id,
        "answer_days": design.answer_days,
        "gap_days": design.gap_days,
        "every_months": design.every_months,
    }


def _table(
    texts: Mapping[str, str], field: str, most: int, *, one_line: bool = False
) -> dict[str, str]:
    return {
        key: clean(
            texts.get(key, ""), field=field, max_length=most, one_line=one_line, required=True
        )
        for key in DATA_KEYS
    }


@dataclass(frozen=True, slots=True)
class Asked:
    """A question as it is to be: `choices` only where one is chosen, `place` from 1 on."""

    kind: str
    text: Mapping[str, str]
    choices: Sequence[Mapping[str, str]] = ()
    place: int = MOST_QUESTIONS


def save_question(*, survey_id: int, key: str, asked: Asked, actor: Actor) -> Survey:
    """Add a question (without `key`) or change one, at its place.

    Waves that were drawn keep theirs. A changed question is not compared with earlier waves.
    Raises `Forbidden`, `BadText`, `SurveyRefused`.
    """
    row = locked_survey(survey_id, actor)
    others = [each for each in row.questions if each["key"] != key]
    if key and len(others) == len(row.questions):
        raise SurveyRefused("kind")
    _check(asked, others)
    if not key:
        key = f"q{row.next_key}"
        row.next_key += 1
    made = {
        "key": key,
        "kind": asked.kind,
        "text": _table(asked.text, "text", QUESTION_LENGTH, one_line=True),
        "choices": [
            _table(each, "choices", CHOICE_LENGTH, one_line=True) for each in asked.choices
        ]
        if asked.kind == CHOICE
        else [],
    }
    others.insert(max(0, asked.place - 1), made)
    return _keep_questions(row, others)


def _check(asked: Asked, others: Sequence[Mapping[str, Any]]) -> None:
    if asked.kind not in KINDS:
        raise SurveyRefused("kind")
    if len(others) >= MOST_QUESTIONS:
        raise SurveyRefused("many")
    if asked.kind == OVERALL and any(each["kind"] == OVERALL for each in others):
        raise SurveyRefused("overall")
    if asked.kind == CHOICE and not FEWEST_CHOICES <= len(asked.choices) <= MOST_CHOICES:
        raise SurveyRefused("choices")


def drop_question(*, survey_id: int, key: str, actor: Actor) -> Survey:
    """Leave a question out of the waves to come. Raises `Forbidden`."""
    row = locked_survey(survey_id, actor)
    return _keep_questions(row, [each for each in row.questions if each["key"] != key])


def _keep_questions(row: Survey, questions: Sequence[Mapping[str, Any]]) -> Survey:
    row.questions = [dict(each) for each in questions]
    row.version += 1
    row.save(update_fields=["questions", "next_key", "version"])
    return row


def locked_survey(survey_id: int, actor: Actor) -> Survey:
    """The survey, locked for this transaction. Raises `Forbidden`."""
    required()
    row = Survey.objects.select_for_update().get(pk=survey_id)
    actor.require(WORK, row.organisation_id)
    return row
