"""Equal instalments begin, change and end."""

from django import forms
from django.utils.translation import gettext_lazy

from qiao.billing.forms.counter import MoneyField
from qiao.billing.operations.budget import REASON_LENGTH


class StartForm(forms.Form):
    """What is asked of each bill."""

    minor = MoneyField(
        label=gettext_lazy("Instalment of each bill"),
        help_text=gettext_lazy(
            "What a year comes to, shared evenly and rounded up. For less a second person has to"
            " agree."
        ),
    )
    reason = forms.CharField(label=gettext_lazy("Note"), max_length=REASON_LENGTH, required=False)


class ChangeForm(forms.Form):
    """Another instalment, and why."""

    minor = MoneyField(label=gettext_lazy("Instalment of each bill"))
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)


class EndForm(forms.Form):
    """Why no instalments are asked any more."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)
