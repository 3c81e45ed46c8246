"""What a survey asks, and what counts as an answer to it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

ATTRIBUTE: Final = "attribute"
OVERALL: Final = "overall"
CHOICE: Final = "choice"
YES_NO: Final = "yes_no"
NPS: Final = "nps"
WORDS: Final = "words"
KINDS: Final = (OVERALL, ATTRIBUTE, CHOICE, YES_NO, NPS, WORDS)
SCALES: Final[Mapping[str, tuple[int, int]]] = {
    OVERALL: (1, 5),
    ATTRIBUTE: (1, 5),
    YES_NO: (0, 1),
    NPS: (0, 10),
}
"""The least and the most of the number that answers a kind of question."""
SATISFIED_FROM: Final = 4
"""From so many of five points on a customer counts as satisfied."""
POOR_UP_TO: Final = 2
"""Up to so many of five points all in all, a customer is one who should be called."""
WORDS_LENGTH: Final = 1_000
MOST_QUESTIONS: Final = 20
MOST_CHOICES: Final = 12


@dataclass(frozen=True, slots=True)
class Question:
    """One question. `text` and each of `choices` are tables by language; a choice is answered by
    its place, counted from 1. `key` stays with the question through all waves."""

    key: str
    kind: str
    text: Mapping[str, str]
    choices: Sequence[Mapping[str, str]] = ()

    def data(self) -> dict[str, Any]:
        """The form in which it is kept."""
        return {
            "key": self.key,
            "kind": self.kind,
            "text": dict(self.text),
            "choices": [dict(each) for each in self.choices],
        }

    @property
    def scale(self) -> tuple[int, int] | None:
        """Least and most of the number that answers it; None for words."""
        if self.kind == CHOICE:
            return (1, len(self.choices))
        return SCALES.get(self.kind)


def question_of(data: Mapping[str, Any]) -> Question:
    """A question from the form in which it is kept."""
    return Question(data["key"], data["kind"], data["text"], tuple(data.get("choices", ())))


def same_question(one: Mapping[str, Any], other: Mapping[str, Any]) -> bool:
    """Whether two waves asked the very same, so that their answers may be compared."""
    return question_of(one) == question_of(other)


@dataclass(frozen=True, slots=True)
class Given:
    """What a customer answered to one question: a number, how much it matters, or words."""

    value: int | None = None
    importance: int | None = None
    words: str = ""


def read_answers(questions: Sequence[Question], given: Mapping[str, Given]) -> dict[str, Given]:
    """What of `given` answers these questions: anything else is left out.

    Half an answer counts: of an attribute one of both marks is enough.
    """
    kept = {}
    for question in questions:
        told = given.get(question.key)
        fitting = told and _fitting(question, told)
        if fitting:
            kept[question.key] = fitting
    return kept


def mark_of(questions: Sequence[Question], kept: Mapping[str, Given]) -> int | None:
    """The points of five that were given all in all; None where they were not."""
    asked = (each.key for each in questions if each.kind == OVERALL)
    marks = (kept[key].value for key in asked if key in kept)
    return next((mark for mark in marks if mark is not None), None)


def is_poor(mark: int | None) -> bool:
    """Whether who gave so many points is to be called."""
    return mark is not None and mark <= POOR_UP_TO


def _fitting(question: Question, told: Given) -> Given | None:
    if question.kind == WORDS:
        words = told.words.strip()
        return Given(words=words) if words else None
    scale = question.scale
    value = told.value if scale and _within(told.value, scale) else None
    importance = (
        told.importance
        if question.kind == ATTRIBUTE and _within(told.importance, SCALES[ATTRIBUTE])
        else None
    )
    return None if value is None and importance is None else Given(value, importance)


def _within(number: int | None, scale: tuple[int, int]) -> bool:
    return number is not None and scale[0] <= number <= scale[1]
