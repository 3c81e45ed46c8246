"""What a visitor may write."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

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


class FollowForm(forms.Form):
    """An address that is told of the answer."""

    email = forms.CharField(label=_("E-mail"), max_length=EMAIL_LENGTH)
    website = forms.CharField(required=False, max_length=200)

    def clean_email(self) -> Any:
        """An address in the stored form."""
        return _mail(self.cleaned_data["email"])
