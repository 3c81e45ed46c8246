"""The form that makes a case of its own from entries of another."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import TEXT_ROWS, FactsForm


class SplitForm(FactsForm):
    """Which entries go, and what they become."""

    entries = forms.MultipleChoiceField(
        label=gettext_lazy("What goes along"), widget=forms.CheckboxSelectMultiple
    )
    type = forms.ChoiceField(label=gettext_lazy("What it is about"))
    title = forms.CharField(label=gettext_lazy("Title"), max_length=120)
    description = forms.CharField(
        label=gettext_lazy("Request"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": TEXT_ROWS}),
    )

    def __init__(
        self,
        *args: Any,
        types: Sequence[tuple[str, Any]],
        entries: Sequence[tuple[int, str]],
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["type"].choices = list(types)  # type: ignore[attr-defined]
        self.fields["entries"].choices = [(str(seq), text) for seq, text in entries]  # type: ignore[attr-defined]
