"""Answers as a list of cases is narrowed by them, in words."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from qiao.cases.queries.answers import JOINT, NO, YES, listed_fields
from qiao.core.packs.model import Field
from qiao.core.wording import said


@dataclass(frozen=True, slots=True)
class Question:
    """A question in the form of filters: its words, and the values that may be chosen."""

    key: str
    label: str
    options: list[tuple[str, str]]


def offered_answers(type_keys: tuple[str, ...]) -> list[Question]:
    """The questions that the chosen case types offer; none before a type is chosen."""
    if not type_keys:
        return []
    return [
        Question(field.key, said(field.label), _options(field))
        for field in listed_fields(type_keys)
    ]


def _options(field: Field) -> list[tuple[str, str]]:
    values = [(choice.key, said(choice.name)) for choice in field.choices]
    if field.kind == "bool":
        values = [(YES, _("Yes")), (NO, _("No"))]
    return [(f"{field.key}{JOINT}{key}", words) for key, words in values]


def answer_words(answers: tuple[str, ...]) -> str:
    """The chosen answers as a chip shows them."""
    known = {field.key: field for field in listed_fields(())}
    shown = []
    for each in answers:
        key, _joint, value = each.partition(JOINT)
        field = known.get(key)
        options = dict(_options(field)) if field else {}
        label = said(field.label) if field else key
        shown.append(
            _("%(question)s: %(answer)s") % {"question": label, "answer": options.get(each, value)}
        )
    return _(", ").join(shown)
