"""What is asked when a customer is called back, and the filters of the list."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.utils.translation import get_language, gettext
from django.utils.translation import gettext_lazy as _

from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import BadText
from qiao.feedback.models import FollowUpAttempt, Rating
from qiao.feedback.operations.calling import NOTE_LENGTH, WORDS_LENGTH
from qiao.feedback.queries import Filters

VIEWS = (
    ("mine", _("Mine")),
    ("open", _("All to do")),
    ("done", _("Finished")),
    ("poor", _("Poor ratings")),
)
UNREACHED = ("unreached", _("Not reached"))


def channel_choices(used: str = "") -> list[tuple[str, str]]:
    """The packs' channels in the reader's language; that of the case first."""
    language = get_language() or "en"
    found = [(key, item.name.in_language(language)) for key, item in catalogue().channels.items()]
    found = found or [(used or "phone", used or "phone")]
    return sorted(found, key=lambda choice: choice[0] != used)


class _Refusing(forms.Form):
    def refuse(self, error: BadText) -> None:
        """Show why a text cannot be stored, at its field."""
        text = gettext(error.message) % error.params
        self.add_error(error.field if error.field in self.fields else None, text)


class WordForm(_Refusing):
    """The customer's word."""

    idempotency_key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    rating = forms.ChoiceField(
        label=_("How satisfied is the customer?"),
        choices=Rating.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose what the customer said.")},
    )
    resolved = forms.ChoiceField(
        label=_("Is the matter solved?"),
        choices=(("yes", _("Solved")), ("no", _("Not solved"))),
        widget=forms.RadioSelect,
        error_messages={"required": _("Please choose: solved or not.")},
    )
    channel = forms.ChoiceField(label=_("By"))
    words = forms.CharField(
        label=_("In the customer's words"),
        required=False,
        max_length=WORDS_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, data: Mapping[str, Any] | None = None, *, used: str = "", **rest: Any):
        super().__init__(data, **rest)
        self.fields["channel"].choices = channel_choices(used)  # type: ignore[attr-defined]


class AttemptForm(_Refusing):
    """An attempt without a talk."""

    idempotency_key = forms.CharField(required=False, max_length=80, widget=forms.HiddenInput)
    outcome = forms.ChoiceField(
        label=_("Outcome"),
        choices=[c for c in FollowUpAttempt.Outcome.choices if c[0] != "reached"],
    )
    channel = forms.ChoiceField(label=_("By"))
    note = forms.CharField(label=_("Remark"), required=False, max_length=NOTE_LENGTH)

    def __init__(self, data: Mapping[str, Any] | None = None, *, used: str = "", **rest: Any):
        super().__init__(data, **rest)
        self.fields["channel"].choices = channel_choices(used)  # type: ignore[attr-defined]


class FilterForm(forms.Form):
    """The list's filters, read from the address; a bad one is as good as none."""

    view = forms.ChoiceField(choices=VIEWS, required=False)
    rating = forms.MultipleChoiceField(choices=[*Rating.choices, UNREACHED], required=False)
    person = forms.IntegerField(required=False, min_value=1, max_value=2**62)
    resolved = forms.ChoiceField(choices=(("yes", ""), ("no", "")), required=False)
    since = forms.DateField(required=False)
    until = forms.DateField(required=False)
    unit = forms.IntegerField(required=False, min_value=1, max_value=2**62)

    def filters(self) -> Filters:
        """What to show."""
        self.is_valid()
        data = self.cleaned_data
        view = data.get("view") or ("done" if data.get("rating") or data.get("since") else "mine")
        return Filters(
            view=view,
            ratings=tuple(data.get("rating") or ()),
            person_id=data.get("person"),
            resolved=data.get("resolved") or "",
            since=data.get("since"),
            until=data.get("until"),
            unit_id=data.get("unit"),
        )
