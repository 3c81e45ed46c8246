"""Bills are collected, and paid together."""

from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing.forms.counter import MoneyField
from qiao.billing.models import Payment
from qiao.billing.operations.counter import MEANS, SLIP_LENGTH
from qiao.billing.showing import money


class CollectForm(forms.Form):
    """In which unit, with those below it, bills are collected."""

    unit = forms.TypedChoiceField(label=pgettext_lazy("run of bills", "Unit"), coerce=int)

    def __init__(self, *args: Any, units: list[tuple[int, str]], **more: Any) -> None:
        super().__init__(*args, **more)
        self.fields["unit"].choices = units  # type: ignore[attr-defined]


class StopForm(forms.Form):
    """Nothing is asked but whether."""


class PaySummaryForm(forms.Form):
    """What is handed over for all bills of a summary; an empty amount is all that is owed."""

    means = forms.ChoiceField(
        label=pgettext_lazy("counter", "Means"),
        choices=[(each.value, each.label) for each in MEANS],
    )
    minor = MoneyField(label=gettext_lazy("Amount"), required=False)
    slip = forms.CharField(
        label=gettext_lazy("Number of the slip or transfer"), max_length=SLIP_LENGTH,
        required=False,
    )  # fmt: skip
    key = forms.CharField(max_length=64, widget=forms.HiddenInput)
    seen = forms.CharField(max_length=64, widget=forms.HiddenInput)

    def __init__(self, *args: Any, currency: str, owed: int, seen: str, **more: Any) -> None:
        initial = {"key": uuid4().hex, "seen": seen, "means": Payment.Means.TRANSFER}
        super().__init__(*args, **{"initial": initial, **more})
        self.fields["minor"].currency = currency  # type: ignore[attr-defined]
        self.fields["minor"].help_text = _("Empty: all of it, %(amount)s.") % {
            "amount": money(owed, currency)
        }
