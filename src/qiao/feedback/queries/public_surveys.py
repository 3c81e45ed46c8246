"""What the holder of a personal link sees of a survey: its questions and the own answers."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from qiao.core.rules.links import hash_of
from qiao.core.wording import from_names
from qiao.feedback.models import SurveyAnswer, SurveyInvitation
from qiao.feedback.rules.survey_questions import CHOICE, question_of


@dataclass(frozen=True, slots=True)
class PublicQuestion:
    """A question in the reader's language, with what was answered so far. `options` are numbers
    with their labels; `number` is its place in the survey, from 1."""

    key: str
    kind: str
    number: int
    text: str
    options: Sequence[tuple[int, str]]
    value: int | None
    importance: int | None
    words: str


@dataclass(frozen=True, slots=True)
class PublicSurvey:
    """A survey as its customer sees it; nothing else of it leaves the house."""

    name: str
    intro: str
    questions: Sequence[PublicQuestion]
    closes_at: datetime
    is_open: bool
    is_complete: bool


def public_survey(token: str, *, now: datetime) -> PublicSurvey | None:
    """The survey behind a link, with the answers given; None where there is none."""
    rows = SurveyInvitation.objects.select_related("wave").filter(token_hash=hash_of(token))
    row = rows.exclude(token_hash="").first()
    if row is None or row.wave.closes_at is None:
        return None
    answers = {each.question: each for each in row.answers.all()}
    wave = row.wave
    return PublicSurvey(
        from_names(wave.names),
        from_names(wave.intros),
        [
            _question(data, number, answers.get(data["key"]))
            for number, data in enumerate(wave.questions, 1)
        ],
        row.wave.closes_at,
        row.wave.closes_at > now,
        row.completed_at is not None,
    )


def _question(data: Mapping[str, Any], number: int, given: SurveyAnswer | None) -> PublicQuestion:
    question = question_of(data)
    scale = question.scale
    numbers = range(scale[0], scale[1] + 1) if scale else ()
    return PublicQuestion(
        question.key,
        question.kind,
        number,
        from_names(question.text),
        [
            (n, from_names(question.choices[n - 1]) if question.kind == CHOICE else str(n))
            for n in numbers
        ],
        given.value if given else None,
        given.importance if given else None,
        given.words if given else "",
    )
