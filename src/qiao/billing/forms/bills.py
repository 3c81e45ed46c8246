"""Why a bill is taken back, and how much of a late fee is waived."""

from django import forms
from django.utils.translation import gettext_lazy

from qiao.billing.forms.counter import MoneyField
from qiao.billing.operations.asking import REASON_LENGTH


class ReversalForm(forms.Form):
    """Why a bill is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)


class WaiverForm(forms.Form):
    """How much of a late fee is waived, and why; an empty amount is all of it."""

    minor = MoneyField(
        label=gettext_lazy("Amount to waive"),
        required=False,
        help_text=gettext_lazy("Empty: all of it."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)
