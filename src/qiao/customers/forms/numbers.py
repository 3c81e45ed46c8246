"""The form about one number: what is known of it, and what takes its place."""

from typing import Any, Final

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.customers.forms import phone_of

ASKED, REPLACE = "asked", "replace"
WHAT: Final = (
    ("wrong_person", pgettext_lazy("said of a number", "Somebody else answers")),
    ("not_in_service", pgettext_lazy("said of a number", "It is not in service")),
    ("confirmed", pgettext_lazy("said of a number", "It is right: the customer confirmed it")),
    (REPLACE, pgettext_lazy("said of a number", "The customer has another one now")),
    (ASKED, pgettext_lazy("said of a number", "It is no longer to be called")),
)


class NumberForm(forms.Form):
    """What is to be kept of a number."""

    what = forms.ChoiceField(
        label=_("What is known of it?"), choices=WHAT, widget=forms.RadioSelect
    )
    number = forms.CharField(
        label=_("The number that takes its place"),
        help_text=_("Only where the customer has another one now; its label stays."),
        max_length=64,
        required=False,
        widget=forms.TextInput(attrs={"inputmode": "tel", "autocomplete": "off"}),
    )

    def clean(self) -> dict[str, Any]:
        """Another number is asked for where it is to take this one's place."""
        data = super().clean() or {}
        if data.get("what") != REPLACE:
            return data
        try:
            data["number"] = phone_of(data.get("number") or "")
        except forms.ValidationError as error:
            self.add_error("number", error)
        else:
            if not data["number"]:
                self.add_error("number", _("Write the number that takes its place."))
        return data
