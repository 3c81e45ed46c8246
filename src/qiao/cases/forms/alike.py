"""Forms of common causes: opening one, what is expected, what all are told."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import TEXT_ROWS, FactsForm


class MomentField(forms.DateTimeField):
    """A moment as the browser's own control sends it."""

    widget = forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M")

    def __init__(self, **more: Any) -> None:
        super().__init__(input_formats=["%Y-%m-%dT%H:%M", "%Y-%m-%d %H:%M"], **more)


class ExpectationForm(FactsForm):
    """Why it is, and when it is expected to be over."""

    cause = forms.CharField(label=gettext_lazy("Cause"), max_length=300, required=False)
    expected_at = MomentField(label=gettext_lazy("Expected to be over"), required=False)


class ParentForm(ExpectationForm):
    """A case for a common cause and which reports join it."""

    type = forms.ChoiceField(label=gettext_lazy("What it is about"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    field_order = ("type", "title", "cause", "expected_at")

    def __init__(self, *args: Any, types: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["type"].choices = list(types)  # type: ignore[attr-defined]


class TellForm(FactsForm):
    """What the customers of all reports are told."""

    text = forms.CharField(
        label=gettext_lazy("What all of them are told"),
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS}),
    )
    letters = forms.BooleanField(
        label=gettext_lazy("By letter to those without e-mail"), required=False
    )


class NumberForm(FactsForm):
    """A report by its number."""

    number = forms.CharField(label=gettext_lazy("Number of the report"), max_length=40)
