"""What is asked of whoever designs, draws and sends a survey."""

from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.rules.texts import DATA_KEYS
from qiao.feedback.operations.survey_drawing import MOST
from qiao.feedback.operations.surveys import (
    CHOICE_LENGTH,
    INTRO_LENGTH,
    NAME_LENGTH,
    QUESTION_LENGTH,
)
from qiao.feedback.rules.survey_questions import MOST_CHOICES, MOST_QUESTIONS
from qiao.feedback.survey_words import KIND_NAMES, LANGUAGE_NAMES

Choices = Sequence[tuple[Any, Any]]
SEPARATOR: Final = "|"
MOST_SEED: Final = 2**31 - 1


def part_of(key: str) -> str:
    """How a language is written in the name of a field."""
    return key.lower().replace("-", "_")


def by_language(data: Mapping[str, Any], prefix: str) -> dict[str, str]:
    """The table of a text that was given in fields of its own for each language."""
    return {key: data[f"{prefix}_{part_of(key)}"] for key in DATA_KEYS}


def initial_of(texts: Mapping[str, str], prefix: str) -> dict[str, str]:
    """The same the other way round."""
    return {f"{prefix}_{part_of(key)}": texts.get(key, "") for key in DATA_KEYS}


class _ThreeLanguages(forms.Form):
    """A form some of whose texts are given in each language."""

    texts: tuple[tuple[str, Any, int, int], ...] = ()

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        for prefix, label, length, rows in self.texts:
            for key in DATA_KEYS:
                widget = forms.Textarea(attrs={"rows": rows}) if rows else forms.TextInput()
                self.fields[f"{prefix}_{part_of(key)}"] = forms.CharField(
                    label=f"{label} · {LANGUAGE_NAMES[key]}", max_length=length, widget=widget
                )
        first = [f"{prefix}_{part_of(key)}" for prefix, *_rest in self.texts for key in DATA_KEYS]
        self.order_fields([*getattr(self, "before", ()), *first])


class SurveyForm(_ThreeLanguages):
    """A survey: its names, who is asked, how often."""

    texts = (
        ("name", pgettext_lazy("survey", "Name"), NAME_LENGTH, 0),
        ("intro", pgettext_lazy("survey", "Introduction"), INTRO_LENGTH, 3),
    )
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    owner = forms.TypedChoiceField(label=pgettext_lazy("survey", "Owner"), coerce=int)
    segment = forms.TypedChoiceField(
        label=pgettext_lazy("survey", "Who is asked"), coerce=int, required=False, empty_value=None
    )
    answer_days = forms.IntegerField(
        label=_("Days until a wave closes"), min_value=1, max_value=180
    )
    gap_days = forms.IntegerField(
        label=_("Least days between two invitations of a customer"),
        help_text=_("Counts the invitations of all surveys."),
        min_value=0,
        max_value=1_000,
    )
    every_months = forms.IntegerField(
        label=_("Repeated every so many months"),
        help_text=_("Empty: when somebody thinks of it."),
        min_value=1,
        max_value=60,
        required=False,
    )

    def __init__(
        self, *args: Any, units: Choices, owners: Choices, segments: Choices, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        everybody = [("", _("All customers of the unit")), *segments]
        for name, choices in (("unit", units), ("owner", owners), ("segment", everybody)):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class QuestionForm(_ThreeLanguages):
    """A question of a survey."""

    before = ("kind",)
    texts = (("text", pgettext_lazy("survey", "Question"), QUESTION_LENGTH, 0),)
    kind = forms.ChoiceField(label=pgettext_lazy("question", "Kind"), choices=KIND_NAMES.items())
    choices = forms.CharField(
        label=_("Answers to choose from"),
        help_text=_("For a choice: one a line, English | 简体 | 繁體."),
        widget=forms.Textarea(attrs={"rows": 4}),
        max_length=MOST_CHOICES * (3 * CHOICE_LENGTH + 10),
        required=False,
    )
    place = forms.IntegerField(
        label=pgettext_lazy("question", "Place"), min_value=1, max_value=MOST_QUESTIONS
    )

    def clean_choices(self) -> list[dict[str, str]]:
        """A table by language for each line."""
        found = []
        for line in self.cleaned_data["choices"].splitlines():
            if not line.strip():
                continue
            parts = [part.strip() for part in line.split(SEPARATOR)]
            if len(parts) != len(DATA_KEYS) or not all(parts):
                raise forms.ValidationError(
                    _("Each line needs three texts with | between them: %(line)s"),
                    params={"line": line[:40]},
                )
            found.append(dict(zip(DATA_KEYS, parts, strict=True)))
        return found


class DrawForm(forms.Form):
    """How many are drawn, and in which order."""

    size = forms.IntegerField(
        label=pgettext_lazy("survey", "Customers to draw"), min_value=1, max_value=MOST
    )
    seed = forms.IntegerField(
        label=_("Seed"),
        help_text=_("The same number draws the same customers again."),
        min_value=0,
        max_value=MOST_SEED,
    )


class ConfirmForm(forms.Form):
    """Nothing but a yes."""
