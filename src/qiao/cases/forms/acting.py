"""Forms of the page of a case: actions, edits, words, owners, files."""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from qiao.cases.forms.facts import FACT, TEXT_ROWS, FactsForm, watched
from qiao.cases.showing import names
from qiao.core.packs.model import Field


class ActionForm(FactsForm):
    """The values that an action of the process asks for."""

    def __init__(
        self,
        *args: Any,
        fields: Sequence[Field],
        required: Sequence[str],
        known: Mapping[str, Any],
        reason: bool,
        reshape_url: str = "",
        **more: Any,
    ) -> None:
        super().__init__(*args, **more)
        self.add_facts(fields, known=known, required=required)
        for key in watched(fields):
            if reshape_url and FACT + key in self.fields:
                self.fields[FACT + key].widget.attrs |= {
                    "hx-post": reshape_url,
                    "hx-trigger": "change",
                    "hx-target": "#case-dialog",
                    "hx-include": "closest form",
                }
        if reason:
            self.fields["reason"] = forms.CharField(
                label=_("Reason"),
                max_length=1_000,
                widget=forms.Textarea(attrs={"rows": TEXT_ROWS}),
            )


TEXTS: Final = ("title", "description", "place", "caller_name")


class EditForm(FactsForm):
    """The texts and fields of a case. `base` carries what the person saw."""

    title = forms.CharField(
        label=gettext_lazy("Title"),
        max_length=120,
        widget=forms.TextInput(attrs={"autofocus": True}),
    )
    description = forms.CharField(
        label=gettext_lazy("Request"),
        max_length=4_000,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )
    place = forms.CharField(label=gettext_lazy("Place"), max_length=300, required=False)
    caller_name = forms.CharField(label=gettext_lazy("Who asks"), max_length=100, required=False)
    base = forms.CharField(required=False, widget=forms.HiddenInput)

    def clean_base(self) -> dict[str, Any]:
        """The values that the person saw."""
        try:
            seen = json.loads(self.cleaned_data["base"] or "{}")
        except ValueError:
            seen = {}
        return seen if isinstance(seen, dict) else {}

    def mine(self) -> dict[str, Any]:
        """All values as typed, by the names of `edit_case`; only those that were on the form."""
        texts = {key: self.cleaned_data[key] for key in TEXTS if key in self.data}
        seen = self.cleaned_data["base"]
        # A box that was not ticked and is not now was not touched.
        facts = {
            key: value
            for key, value in self.given_facts().items()
            if value is not False or seen.get(key)
        }
        return texts | facts


class WordsForm(FactsForm):
    """One text with a purpose: a note, words of a chase, a reason."""

    text = forms.CharField(max_length=4_000, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(
        self, *args: Any, label: str = "", optional: bool = False, limit: int = 4_000, **more: Any
    ) -> None:
        super().__init__(*args, **more)
        self.fields["text"].label = label
        self.fields["text"].required = not optional
        self.fields["text"].max_length = limit  # type: ignore[attr-defined]


class AnswerForm(WordsForm):
    """What the customer was told, and by which channel."""

    channel = forms.ChoiceField(label=gettext_lazy("Channel"))

    def __init__(self, *args: Any, channels: Sequence[tuple[str, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["channel"].choices = channels  # type: ignore[attr-defined]


class TransferForm(FactsForm):
    """Another team, and why."""

    team = forms.TypedChoiceField(label=gettext_lazy("Team"), coerce=int)
    reason = forms.CharField(
        label=gettext_lazy("Reason"), max_length=1_000, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, *args: Any, teams: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["team"].choices = [("", "—"), *teams]  # type: ignore[attr-defined]


class AssignForm(FactsForm):
    """A person of the team; nobody gives the case back to the team."""

    person = forms.TypedChoiceField(
        label=gettext_lazy("Person"), coerce=int, empty_value=None, required=False
    )

    def __init__(self, *args: Any, people: Sequence[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["person"].choices = [  # type: ignore[attr-defined]
            ("", _("Nobody: leave it with the team")),
            *people,
        ]


class PriorityForm(FactsForm):
    """Another priority."""

    priority = forms.ChoiceField(label=gettext_lazy("Priority"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["priority"].choices = list(names.PRIORITIES.items())  # type: ignore[attr-defined]


class LinkForm(FactsForm):
    """Another case that belongs to this one."""

    number = forms.CharField(label=gettext_lazy("Number of the other case"), max_length=40)
    kind = forms.ChoiceField(label=gettext_lazy("How they belong together"))

    def __init__(self, *args: Any, **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["kind"].choices = list(names.CHOSEN_KINDS.items())  # type: ignore[attr-defined]
