"""A draft of a score card as its page posts it: weights, effects, words; questions come and go."""

from dataclasses import replace
from typing import Any, Final

from django.http import QueryDict

from qiao.core.rules.texts import DATA_KEYS
from qiao.feedback.rules.score_cards import (
    EFFECTS,
    GUIDE_LENGTH,
    KINDS,
    MOST,
    NAME_LENGTH,
    Card,
    Question,
    Section,
)

NEW: Final = "new"


def read_changes(card: Card, data: QueryDict) -> Card:
    """The card with what was posted. Fields are named ``<what>-<key>``; a question with a ticked
    ``gone-…`` goes, one named ``new-<section>`` in any language comes at the end of its section.
    """
    return Card(tuple(_section(card, section, data) for section in card.sections))


def _section(card: Card, section: Section, data: QueryDict) -> Section:
    questions = [
        _question(question, data)
        for question in section.questions
        if not data.get(f"gone-{question.key}")
    ]
    key = f"{NEW}-{section.key}"
    if any(_text(data, f"name-{key}-{language}", NAME_LENGTH) for language in DATA_KEYS):
        questions.append(_new(card, section, key, data))
    weight = _number(data, f"weight-{section.key}", section.weight)
    return replace(section, weight=weight, questions=tuple(questions))


def _question(question: Question, data: QueryDict) -> Question:
    return replace(
        question,
        names=_words(data, "name", question.key, NAME_LENGTH, question.names),
        guide=_words(data, "guide", question.key, GUIDE_LENGTH, question.guide),
        weight=_number(data, f"weight-{question.key}", question.weight),
        effect=_one(data, f"effect-{question.key}", EFFECTS, question.effect),
        may_not_apply=bool(data.get(f"na-{question.key}"))
        if data.get(f"weight-{question.key}")
        else question.may_not_apply,
    )


def _new(card: Card, section: Section, key: str, data: QueryDict) -> Question:
    kind = _one(data, f"kind-{key}", KINDS, "yes_no")
    taken = {question.key for question in card.questions()} | {s.key for s in card.sections}
    number = 1
    while f"{section.key}_{number}" in taken:
        number += 1
    return Question(
        key=f"{section.key}_{number}",
        names=_words(data, "name", key, NAME_LENGTH, {}),
        guide=_words(data, "guide", key, GUIDE_LENGTH, {}),
        kind=kind,
        weight=_number(data, f"weight-{key}", 1),
        effect=_one(data, f"effect-{key}", EFFECTS, "none"),
        most=MOST.get(kind, 10),
        may_not_apply=bool(data.get(f"na-{key}")),
    )


def _words(data: QueryDict, what: str, key: str, most: int, before: Any) -> dict[str, str]:
    found = {}
    for language in DATA_KEYS:
        name = f"{what}-{key}-{language}"
        text = _text(data, name, most) if name in data else before.get(language, "")
        if text:
            found[language] = text
    return found


def _text(data: QueryDict, name: str, most: int) -> str:
    return " ".join(data.get(name, "").replace("\0", "").split())[:most]


def _number(data: QueryDict, name: str, before: int) -> int:
    text = data.get(name, "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 4 else before


def _one(data: QueryDict, name: str, allowed: Any, before: Any) -> Any:
    value = data.get(name, before)
    return value if value in allowed else before
