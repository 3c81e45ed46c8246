"""Deposits taken and used, money given out."""

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

from django import forms
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing.forms.counter import MoneyField
from qiao.billing.models import Payment, Voucher
from qiao.billing.operations.counter import MEANS, SLIP_LENGTH
from qiao.billing.operations.paying import REASON_LENGTH, REFERENCE_LENGTH
from qiao.billing.operations.vouchers import OUT_BY
from qiao.billing.showing import money


class _OfAccount(forms.Form):
    """A form about the money of an account; its `amount` is of that account's currency."""

    def __init__(self, data: Any = None, *, currency: str, **more: Any) -> None:
        first = {"key": uuid4().hex, "means": Payment.Means.CASH.value}
        super().__init__(data, initial=first, **more)
        self.fields["amount"].currency = currency  # type: ignore[attr-defined]


class DepositForm(_OfAccount):
    """A deposit that is taken."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=REFERENCE_LENGTH)
    amount = MoneyField(label=pgettext_lazy("voucher", "Amount"))
    means = forms.ChoiceField(
        label=pgettext_lazy("counter", "Paid by"),
        choices=[(each.value, each.label) for each in MEANS],
        widget=forms.RadioSelect,
    )
    slip = forms.CharField(
        label=gettext_lazy("Number of the slip or transfer"),
        required=False,
        max_length=SLIP_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(
        label=gettext_lazy("What it is for"), max_length=REASON_LENGTH, required=False
    )


class UseForm(_OfAccount):
    """What is owed is paid with a deposit."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=REFERENCE_LENGTH)
    amount = MoneyField(
        label=pgettext_lazy("voucher", "Amount"),
        required=False,
        help_text=gettext_lazy("Empty: all that is owed, the oldest bills first."),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)


class PayOutForm(_OfAccount):
    """Money that is to be given out: of what, how much, by which means."""

    kind = forms.ChoiceField(label=pgettext_lazy("voucher", "What"), widget=forms.RadioSelect)
    amount = MoneyField(
        label=pgettext_lazy("voucher", "Amount"),
        required=False,
        help_text=gettext_lazy("Empty: all of it."),
    )
    means = forms.ChoiceField(
        label=pgettext_lazy("voucher", "Means"),
        choices=[(each.value, each.label) for each in OUT_BY],
        widget=forms.RadioSelect,
    )
    slip = forms.CharField(
        label=gettext_lazy("Number of the slip or transfer"),
        required=False,
        max_length=SLIP_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)

    def __init__(
        self, data: Any = None, *, held: Mapping[str, int], currency: str, **more: Any
    ) -> None:
        super().__init__(data, currency=currency, **more)
        kinds = self.fields["kind"]
        kinds.choices = [  # type: ignore[attr-defined]
            (kind, f"{_WHAT[kind]} · {money(minor, currency)}") for kind, minor in held.items()
        ]
        kinds.initial = next(iter(held), None)


_WHAT = {
    Voucher.Kind.DEPOSIT_RETURNED.value: pgettext_lazy("voucher", "The deposit"),
    Voucher.Kind.PREPAID_REFUNDED.value: pgettext_lazy("voucher", "What was paid ahead"),
}
