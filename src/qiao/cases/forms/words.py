"""A promise in words: what, until when, by whom."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.facts import FactsForm


class WordForm(FactsForm):
    """What was promised to the customer. `now` is the moment of the request."""

    text = forms.CharField(
        label=pgettext_lazy("promise in words", "What was promised"),
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    due = forms.DateTimeField(
        label=pgettext_lazy("promise in words", "Until"),
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format="%Y-%m-%dT%H:%M"),
    )
    keeper = forms.TypedChoiceField(label=pgettext_lazy("promise in words", "Kept by"), coerce=int)
    source = forms.CharField(required=False, widget=forms.HiddenInput)

    def __init__(
        self, *args: Any, now: datetime, people: Sequence[tuple[int, str]], **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.now = now
        self.fields["keeper"].choices = people  # type: ignore[attr-defined]

    def clean_due(self) -> datetime:
        """A moment that lies ahead."""
        due: datetime = self.cleaned_data["due"]
        if due <= self.now:
            raise forms.ValidationError(gettext_lazy("Choose a moment that lies ahead."))
        return due
