"""Forms of notes, wishes and consents."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.models import Consent, Preference


class NoteForm(forms.Form):
    """Something to know about a customer."""

    text = forms.CharField(
        label=pgettext_lazy("customer form", "Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    is_pinned = forms.BooleanField(
        label=_("Keep on top"),
        required=False,
        widget=forms.CheckboxInput(attrs={"class": "q-switch", "role": "switch"}),
    )


class NoteTextForm(forms.Form):
    """Other words of a note."""

    text = forms.CharField(
        label=pgettext_lazy("customer form", "Note"),
        max_length=2000,
        widget=forms.Textarea(attrs={"rows": 4}),
    )


def _time(**more: Any) -> forms.TimeField:
    return forms.TimeField(
        required=False, widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"), **more
    )


class PreferenceForm(forms.Form):
    """How a customer wishes to be served."""

    first_channel = forms.ChoiceField(label=_("Best reached by"), required=False)
    second_channel = forms.ChoiceField(label=_("If not, by"), required=False)
    language = forms.ChoiceField(
        label=_("Wished language"), choices=Preference.Language.choices, required=False
    )
    quiet_from = _time(label=_("Do not disturb from"))
    quiet_until = _time(label=_("Do not disturb until"))
    needs = forms.MultipleChoiceField(
        label=_("Needs"),
        choices=Preference.Need.choices,
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    needs_text = forms.CharField(label=_("More on needs"), max_length=300, required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("first_channel", "second_channel"):
            field = self.fields[name]
            assert isinstance(field, forms.ChoiceField)
            field.choices = [
                ("", pgettext_lazy("wished language", "No wish")),
                *Preference.Channel.choices,
            ]

    def clean(self) -> dict[str, Any]:
        """A quiet time has two ends; the channels in their order."""
        data = super().clean() or {}
        if (data.get("quiet_from") is None) != (data.get("quiet_until") is None):
            self.add_error("quiet_until", _("A quiet time has a beginning and an end."))
        names = ("first_channel", "second_channel")
        data["channels"] = [data.pop(name) for name in names if data.get(name)]
        for name in names:
            data.pop(name, None)
        return data


class ConsentForm(forms.Form):
    """One word of a customer: given or withdrawn."""

    purpose = forms.ChoiceField(label=_("Purpose"), choices=Consent.Purpose.choices)
    channel = forms.ChoiceField(
        label=pgettext_lazy("consent", "Channel"),
        choices=[("", pgettext_lazy("consent", "Every channel")), *Preference.Channel.choices],
        required=False,
    )
    is_given = forms.TypedChoiceField(
        label=_("Agreed or not"),
        choices=[
            ("no", pgettext_lazy("consent", "Does not agree, or no longer")),
            ("yes", pgettext_lazy("consent", "Agrees")),
        ],
        coerce=lambda value: value == "yes",
        widget=forms.RadioSelect,
    )
    how = forms.ChoiceField(label=_("How it was said"), choices=Consent.How.choices)
    proof = forms.CharField(
        label=_("Proof"),
        max_length=300,
        required=False,
        help_text=_("Number of the contact, recording or paper"),
    )
    text_version = forms.CharField(
        label=_("Version of the text shown"), max_length=40, required=False
    )
