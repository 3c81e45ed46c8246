"""Opening a drawer, taking a payment, taking one back, counting, taking the ledger away."""

import re
from collections.abc import Mapping, Sequence
from typing import Any, Final
from unicodedata import normalize
from uuid import uuid4

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from qiao.billing.models import Payment
from qiao.billing.operations.cashiers import NOTE_LENGTH
from qiao.billing.operations.counter import MEANS, SLIP_LENGTH
from qiao.billing.operations.paying import REASON_LENGTH, REFERENCE_LENGTH
from qiao.billing.queries.owing import Owing
from qiao.billing.showing import money
from qiao.core.exports import REASON_LENGTH as WHY_LENGTH
from qiao.core.models import Export
from qiao.core.rules.ids import read_id
from qiao.core.rules.money import exponent_of, to_minor

MOST_MINOR: Final = 10**12
_AMOUNT: Final = re.compile(r"[0-9]{1,3}(?:,?[0-9]{3})*(?:\.([0-9]+))?|[0-9]+(?:\.([0-9]+))?")


class MoneyField(forms.CharField):
    """An amount of a currency, not below nothing, as whole minor units; None where it is left
    empty."""

    def __init__(self, **more: Any) -> None:
        attributes = {
            "inputmode": "decimal",
            "autocomplete": "off",
            "class": "num",
            "maxlength": "20",
        }
        more.setdefault("widget", forms.TextInput(attrs=attributes))
        super().__init__(max_length=20, **more)
        self.currency = "CNY"

    def clean(self, value: Any) -> Any:
        """Minor units. Raises `ValidationError` for what is no amount, or has more digits than the
        currency."""
        text = normalize("NFKC", str(super().clean(value))).strip().lstrip("¥").strip()
        if not text:
            return None
        found = _AMOUNT.fullmatch(text)
        if found is None:
            raise forms.ValidationError(_("This is not an amount of money."))
        digits = found[1] or found[2] or ""
        if len(digits.rstrip("0")) > exponent_of(self.currency):
            raise forms.ValidationError(_("There is no coin as small as that."))
        minor = to_minor(text, self.currency)
        if minor > MOST_MINOR:
            raise forms.ValidationError(_("This is more than a counter takes."))
        return minor


class OpenForm(forms.Form):
    """Where a drawer is opened, and what lies in it."""

    unit = forms.TypedChoiceField(label=pgettext_lazy("counter", "Counter of"), coerce=int)
    float = MoneyField(
        label=gettext_lazy("Cash in the drawer"),
        help_text=gettext_lazy("Count the change that lies in it before you begin."),
    )

    def __init__(
        self,
        data: Mapping[str, Any] | None = None,
        *,
        units: Sequence[tuple[int, str]],
        usual: int,
        **more: Any,
    ) -> None:
        super().__init__(data, initial={"unit": usual}, **more)
        field = self.fields["unit"]
        field.choices = units  # type: ignore[attr-defined]
        if len(units) == 1:
            field.widget = forms.HiddenInput()


class PayForm(forms.Form):
    """A payment: for which bills, how much, by what. An empty amount is all that was chosen;
    empty received cash is just as much."""

    key = forms.CharField(widget=forms.HiddenInput, max_length=REFERENCE_LENGTH)
    seen = forms.CharField(widget=forms.HiddenInput, max_length=40)
    means = forms.ChoiceField(
        label=pgettext_lazy("counter", "Paid by"),
        choices=[(each.value, each.label) for each in MEANS],
        widget=forms.RadioSelect,
    )
    amount = MoneyField(
        label=pgettext_lazy("counter", "Amount to pay"),
        required=False,
        help_text=gettext_lazy("Empty: all that is chosen. What is more is paid ahead."),
    )
    received = MoneyField(
        label=gettext_lazy("Cash received"),
        required=False,
        help_text=gettext_lazy("Empty: just as much."),
    )
    slip = forms.CharField(
        label=gettext_lazy("Number of the slip or transfer"),
        required=False,
        max_length=SLIP_LENGTH,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
    )

    def __init__(self, data: Any = None, *, owing: Owing, fresh: bool = True, **more: Any) -> None:
        """`fresh`: without data all bills are chosen that nobody disputes, as the form is first
        shown."""
        first = {"key": uuid4().hex, "seen": owing.seen, "means": Payment.Means.CASH.value}
        super().__init__(data, initial=first, **more)
        self.owing = owing
        self.chosen = self._chosen(data, fresh=fresh)
        for name in ("amount", "received"):
            self.fields[name].currency = owing.account.currency  # type: ignore[attr-defined]
        self.fields["received"].widget.attrs["autofocus"] = True
        amount = self.fields["amount"].widget
        amount.attrs["placeholder"] = money(self.all_chosen, owing.account.currency)

    def _chosen(self, data: Any, *, fresh: bool) -> tuple[int, ...]:
        """Bills that are chosen, the oldest first, whatever order they came in."""
        every = [each.bill.pk for each in self.owing.bills]
        if data is None:
            undisputed = [e.bill.pk for e in self.owing.bills if e.case_id is None]
            return tuple(undisputed) if fresh else ()
        wanted = {read_id(each) for each in data.getlist("bills")}
        return tuple(pk for pk in every if pk in wanted)

    @property
    def all_chosen(self) -> int:
        """What is owed for the chosen bills, in minor units."""
        return self.owing.sum_of(self.chosen)

    @property
    def is_stale(self) -> bool:
        """Whether it was filled in on what stands no more: the operation says so."""
        return bool(self.data.get("seen")) and self.data.get("seen") != self.owing.seen

    def clean(self) -> dict[str, Any]:
        """Adds `minor`, what is paid, and `change`, what is given back; both minor units."""
        data = super().clean() or {}
        if "amount" not in data or "received" not in data:
            return data
        minor = self.all_chosen if data["amount"] is None else data["amount"]
        cash = data.get("means") == Payment.Means.CASH
        received = data["received"] if cash else None
        data["minor"], data["change"] = minor, 0 if received is None else received - minor
        if self.is_stale:
            return data
        if minor <= 0:
            self.add_error("amount", _("Choose a bill, or say how much is paid ahead."))
        elif data["change"] < 0:
            self.add_error(
                "received", _("This is less than is to be paid. Lower the amount to pay.")
            )
        return data


class BackForm(forms.Form):
    """Why a payment is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)


class CountForm(forms.Form):
    """What lies in a drawer at the end."""

    counted = MoneyField(label=gettext_lazy("Cash counted"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=NOTE_LENGTH,
        widget=forms.Textarea(attrs={"rows": 2}),
    )


class LedgerForm(forms.Form):
    """What of the ledger is taken away, and why."""

    DAY, MONTH = "day", "month"
    span = forms.ChoiceField(
        label=pgettext_lazy("ledger", "Which days"),
        choices=[
            (DAY, pgettext_lazy("ledger", "This day")),
            (MONTH, pgettext_lazy("ledger", "Its whole month")),
        ],
        widget=forms.RadioSelect,
        initial=DAY,
    )
    format = forms.ChoiceField(
        label=gettext_lazy("Format"),
        choices=Export.Form.choices,
        widget=forms.RadioSelect,
        initial=Export.Form.XLSX,
    )
    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=WHY_LENGTH)
