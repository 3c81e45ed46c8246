"""The form of the reply box."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.cases.forms.facts import FactsForm


class ReplyForm(FactsForm):
    """What is to be sent, to whom and how. `address` is asked for where none is known."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"))
    name = forms.CharField(
        label=pgettext_lazy("message", "Receiver"), max_length=100, required=False
    )
    address = forms.CharField(label=gettext_lazy("Address"), max_length=300, required=False)
    title = forms.CharField(label=pgettext_lazy("message", "Subject"), max_length=120)
    text = forms.CharField(
        label=gettext_lazy("Reply"), max_length=8_000, widget=forms.Textarea(attrs={"rows": 3})
    )
    enclosed = forms.TypedMultipleChoiceField(
        label=gettext_lazy("Files that go along"), coerce=int, required=False
    )

    def __init__(
        self,
        *args: Any,
        channels: Sequence[tuple[str, str]],
        files: Sequence[tuple[int, str]],
        needs_address: bool,
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]
        self.fields["enclosed"].choices = files  # type: ignore[attr-defined]
        self.fields["address"].required = needs_address
