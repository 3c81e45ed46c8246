"""What is asked where quality is judged, appealed against, coached and planned."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.feedback.models import SamplePlan
from qiao.feedback.operations.coaching import TEXT_LENGTH, TOPIC_LENGTH
from qiao.feedback.operations.evaluating import COMMENT_LENGTH, Given
from qiao.feedback.operations.sampling import TITLE_LENGTH
from qiao.feedback.rules.score_cards import Card

Choices = Sequence[tuple[Any, Any]]
LONGEST = COMMENT_LENGTH * 4


def read_given(card: Card, data: QueryDict) -> dict[str, Given]:
    """Answers of a posted card: ``a-<key>``, with ``c-<key>`` and ``e-<key>`` beside them."""
    return {
        question.key: Given(
            value=data.get(f"a-{question.key}", "")[:3],
            comment=data.get(f"c-{question.key}", "")[:LONGEST],
            entry_seq=_seq(data.get(f"e-{question.key}", "")),
        )
        for question in card.questions()
    }


def _seq(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else None


def shown_again(given: Mapping[str, Given]) -> dict[str, dict[str, Any]]:
    """Posted answers as the page shows them again."""
    return {
        key: {"value": each.value, "comment": each.comment, "entry": each.entry_seq}
        for key, each in given.items()
    }


def _day(label: Any) -> forms.DateField:
    return forms.DateField(label=label, widget=forms.DateInput(attrs={"type": "date"}))


def _text(label: Any, *, rows: int = 4, required: bool = True) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": rows})
    return forms.CharField(label=label, max_length=TEXT_LENGTH, widget=widget, required=required)


class DropForm(forms.Form):
    """Why something cannot be judged."""

    reason = _text(_("Reason"))


class CoachForm(forms.Form):
    """What is practised until when."""

    topic = forms.CharField(label=pgettext_lazy("coaching", "Topic"), max_length=TOPIC_LENGTH)
    question = forms.ChoiceField(label=_("Effect measured by"), required=False)
    plan = _text(pgettext_lazy("coaching", "What is done"), required=False)
    due_date = _day(_("Done by"))

    def __init__(self, *args: Any, questions: Choices, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["question"].choices = [("", _("the whole card")), *questions]  # type: ignore[attr-defined]


class CoachedForm(forms.Form):
    """What came of it."""

    result = _text(pgettext_lazy("coaching", "What was done"))


class PlanForm(forms.Form):
    """What of a unit's finished work is judged every week."""

    title = forms.CharField(label=pgettext_lazy("sample plan", "Name"), max_length=TITLE_LENGTH)
    unit = forms.TypedChoiceField(label=_("Unit"), coerce=int)
    card = forms.TypedChoiceField(label=_("Score card"), coerce=int)
    basis = forms.ChoiceField(
        label=pgettext_lazy("sample plan", "What is drawn"), choices=SamplePlan.Basis.choices
    )
    amount = forms.IntegerField(
        label=pgettext_lazy("sample plan", "How much"),
        required=False,
        min_value=1,
        max_value=100,
        initial=2,
        help_text=_("Pieces of each person and week, or percent; not asked where all are drawn."),
    )
    kind = forms.ChoiceField(label=_("Only this type"), required=False)
    second_percent = forms.IntegerField(
        label=_("Evaluated twice, percent"),
        min_value=0,
        max_value=100,
        initial=10,
        help_text=_("A second person judges these without seeing the first judgement."),
    )
    valid_from = _day(_("From the day"))

    def __init__(
        self, *args: Any, units: Choices, cards: Choices, kinds: Choices, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        for name, choices in (
            ("unit", units),
            ("card", cards),
            ("kind", [("", _("all types")), *kinds]),
        ):
            self.fields[name].choices = choices  # type: ignore[attr-defined]


class EndForm(forms.Form):
    """From when on a plan is not used."""

    valid_until = _day(_("Not used from the day"))
