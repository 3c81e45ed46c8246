"""What a filled score card is worth, from 0 to 100.

Weights of questions count within their section, weights of sections within the card; what does
not apply is left out and its weight falls to the others in proportion. The model is that of
evaluation forms with critical and fatal questions, as quality management of contact centres knows
them (ISO 18295-1:2017, 6.4, asks for such monitoring and for its calibration).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from qiao.feedback.rules.score_cards import Card, Question, Section

NOT_APPLICABLE: Final = "na"
Answers = Mapping[str, str]
"""Answers by key of the question: a whole number, or ``na``."""


class BadAnswer(ValueError):  # noqa: N818 - names the finding
    """An answer that the question does not take; `question` is its key."""

    def __init__(self, question: str) -> None:
        super().__init__(question)
        self.question = question


@dataclass(frozen=True, slots=True)
class Score:
    """A card's worth. `total` and the sections' are 0 to 100, None where nothing applies.

    `failed` are the keys of critical and fatal questions that made their section or the card 0.
    """

    total: float | None
    sections: Mapping[str, float | None]
    failed: tuple[str, ...]
    is_fatal: bool


def value_of(question: Question, answer: str) -> float | None:
    """An answer from 0 (worst) to 1 (best), None where it does not apply.

    Raises `BadAnswer`.
    """
    if answer == NOT_APPLICABLE:
        if not question.may_not_apply:
            raise BadAnswer(question.key)
        return None
    if not (answer.isascii() and answer.isdecimal() and len(answer) <= 3):
        raise BadAnswer(question.key)
    number = int(answer)
    if not question.least <= number <= question.most:
        raise BadAnswer(question.key)
    return (number - question.least) / (question.most - question.least)


def unanswered(card: Card, answers: Answers) -> list[str]:
    """Keys of the questions without an answer, in their order."""
    return [question.key for question in card.questions() if not answers.get(question.key)]


def score(card: Card, answers: Answers) -> Score:
    """What the answers are worth; a question without one counts as not applicable.

    Raises `BadAnswer`.
    """
    values = {
        question.key: value_of(question, answers[question.key])
        for question in card.questions()
        if answers.get(question.key)
    }
    failed = tuple(
        question.key
        for question in card.questions()
        if question.effect != "none" and values.get(question.key) == 0
    )
    is_fatal = any(q.effect == "fatal" and q.key in failed for q in card.questions())
    sections = {each.key: _section(each, values, failed) for each in card.sections}
    parts = [(each.weight, sections[each.key]) for each in card.sections]
    total = _mean([(weight, value) for weight, value in parts if value is not None])
    return Score(0.0 if is_fatal else total, sections, failed, is_fatal)


def _section(
    section: Section, values: Mapping[str, float | None], failed: tuple[str, ...]
) -> float | None:
    if any(question.key in failed for question in section.questions):
        return 0.0
    parts = [(each.weight, values.get(each.key)) for each in section.questions]
    return _mean([(weight, 100 * value) for weight, value in parts if value is not None])


def _mean(parts: list[tuple[int, float]]) -> float | None:
    whole = sum(weight for weight, _value in parts)
    if not whole:
        return None
    return min(100.0, max(0.0, sum(weight * value for weight, value in parts) / whole))
