"""E-mail addresses of a customer."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class EmailForm(forms.Form):
    """A new address; the operation says whether it can be one."""

    address = forms.CharField(
        label=_("Email address"),
        max_length=254,
        widget=forms.TextInput(attrs={"type": "email", "autocomplete": "off"}),
    )


class EmailChangeForm(forms.Form):
    """What is to become of an address."""

    what = forms.ChoiceField(
        label=pgettext_lazy("address", "What is known"), widget=forms.RadioSelect
    )

    def __init__(self, *args: Any, doubtful: bool, primary: bool, **more: Any) -> None:
        super().__init__(*args, **more)
        choices = [("confirm", _("The customer confirmed it: trust it again"))] if doubtful else []
        choices += [] if primary else [("use", _("Use it before the others"))]
        choices += [("drop", _("It is theirs no more: take it away"))]
        self.fields["what"].choices = choices  # type: ignore[attr-defined]
