"""What is said of a call that lives."""

from django import forms
from django.utils.translation import gettext_lazy as _

from qiao.telephony.operations.watching import REASON_LENGTH


class RaiseForm(forms.Form):
    """Why a caller goes before the others."""

    reason = forms.CharField(
        label=_("Why they go first"),
        max_length=REASON_LENGTH,
        help_text=_("It stands in the log of the call, with your name."),
    )
