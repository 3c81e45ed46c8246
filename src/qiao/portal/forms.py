"""What a visitor may write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from qiao.cases.operations.public import TEXT_LENGTH as SAID_LENGTH
from qiao.feedback.operations.suggestions import (
    EMAIL_LENGTH,
    NAME_LENGTH,
    TEXT_LENGTH,
    TITLE_LENGTH,
)
from qiao.messaging.operations import BadAddress, read_address


def _mail(value: str) -> str:
    if not value:
        return ""
    try:
        return read_address(value)
    except BadAddress as bad:
        raise forms.ValidationError(_("This is not an e-mail address.")) from bad


class OpinionForm(forms.Form):
    """A suggestion. `website` is a trap: people do not see it, machines fill it in."""

    title = forms.CharField(label=_("Your suggestion in one line"), max_length=TITLE_LENGTH)
    text = forms.CharField(
        label=_("What should we do, and why?"),
        max_length=TEXT_LENGTH,
        widget=forms.Textarea(attrs={"rows": 6}),
    )
    name = forms.CharField(label=_("Your name"), max_length=NAME_LENGTH, required=False)
    email = forms.CharField(
        label=_("E-mail, if you want to be told of our answer"),
        max_length=EMAIL_LENGTH,
        required=False,
    )
    website = forms.CharField(required=False, max_length=200)

    def clean_email(self) -> Any:
        """An address in the stored form."""
        return _mail(self.cleaned_data["email"])


class FindForm(forms.Form):
    """A case by its number and the last digits of the telephone number that was given."""

    number = forms.CharField(label=_("Number of the case"), max_length=40)
    digits = forms.RegexField(
        r"^\s*[0-9]{4}\s*$",
        label=_("Last four digits of the telephone number you gave"),
        max_length=12,
        error_messages={"invalid": _("Four digits, please.")},
        widget=forms.TextInput(attrs={"inputmode": "numeric", "autocomplete": "off"}),
    )

    def clean_number(self) -> str:
        """As numbers are kept: without spaces and the sign before them, in capitals."""
        return "".join(self.cleaned_data["number"].split()).lstrip("#").upper()


class SayForm(forms.Form):
    """A word, or a picture, for a case."""

    text = forms.CharField(
        label=_("What do you want to tell us?"),
        max_length=SAID_LENGTH,
        required=False,
        widget=forms.Textarea(attrs={"rows": 4}),
    )
    picture = forms.FileField(
        label=_("A picture, if it helps"),
        required=False,
        widget=forms.ClearableFileInput(attrs={"accept": "image/jpeg,image/png,image/webp"}),
    )

    def clean(self) -> dict[str, Any]:
        """One of both is there."""
        data = super().clean() or {}
        if not self.errors and not data.get("text") and not data.get("picture"):
            self.add_error("text", _("Please write a word, or choose a picture."))
        return data


class UnsolvedForm(forms.Form):
    """What is not solved."""

    text = forms.CharField(
        label=_("What is not solved?"),
        max_length=SAID_LENGTH,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class FollowForm(forms.Form):
    """An address that is told of the answer."""

    email = forms.CharField(label=_("E-mail"), max_length=EMAIL_LENGTH)
    website = forms.CharField(required=False, max_length=200)

    def clean_email(self) -> Any:
        """An address in the stored form."""
        return _mail(self.cleaned_data["email"])
