"""What is asked in an emergency: as little as a crew needs to start."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EmergencyForm(forms.Form):
    """Kind, place, number to call back, and what is seen."""

    type = forms.ChoiceField(
        label=pgettext_lazy("emergency", "What happened"), widget=forms.RadioSelect
    )
    place = forms.CharField(label=_("Where"), max_length=300)
    area = forms.ChoiceField(label=_("Area"), required=False)
    phone = forms.CharField(
        label=_("Number to call back"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )
    caller_name = forms.CharField(
        label=pgettext_lazy("emergency", "Who reports it"), required=False, max_length=100
    )
    description = forms.CharField(
        label=_("What is seen"),
        required=False,
        max_length=4_000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(
        self, types: list[tuple[str, str]], areas: list[tuple[str, str]], *args: Any, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.fields["type"].choices = types  # type: ignore[attr-defined]
        self.fields["area"].choices = [("", "—"), *areas]  # type: ignore[attr-defined]
