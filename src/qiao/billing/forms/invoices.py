"""Who buys, why an invoice is taken back, and what a list of invoices is narrowed to."""

from typing import Any, Final

from django import forms
from django.http import QueryDict
from django.utils.translation import gettext_lazy

from qiao.billing.forms.all_bills import LONGEST, read_day
from qiao.billing.models import Invoice
from qiao.billing.operations.invoices import (
    ADDRESS_LENGTH,
    EMAIL_LENGTH,
    REASON_LENGTH,
    TITLE_LENGTH,
    Buyer,
)
from qiao.billing.queries.invoices import InvoiceFilters
from qiao.core.rules.ids import read_id

NAMES: Final = ("q", "since", "until", "unit", "state")
"""The parameters that narrow the list."""


class AskForm(forms.Form):
    """Whose name an invoice has, and where it goes."""

    title = forms.CharField(label=gettext_lazy("Title of the invoice"), max_length=TITLE_LENGTH)
    tax_number = forms.CharField(
        label=gettext_lazy("Taxpayer number"),
        required=False,
        max_length=40,
        help_text=gettext_lazy("Of a company; a person needs none."),
        widget=forms.TextInput(attrs={"autocomplete": "off", "class": "num"}),
    )
    email = forms.CharField(
        label=gettext_lazy("E-mail for the invoice"),
        required=False,
        max_length=EMAIL_LENGTH,
        widget=forms.TextInput(attrs={"inputmode": "email", "autocomplete": "off"}),
    )
    address = forms.CharField(
        label=gettext_lazy("Address on the invoice"), required=False, max_length=ADDRESS_LENGTH
    )

    def __init__(self, data: Any = None, *, buyer: Buyer) -> None:
        first = {
            "title": buyer.title,
            "tax_number": buyer.tax_number,
            "email": buyer.email,
            "address": buyer.address,
        }
        super().__init__(data, initial=first)

    @property
    def buyer(self) -> Buyer:
        """What was filled in, of a form that is valid."""
        data = self.cleaned_data
        return Buyer(data["title"], data["tax_number"], data["address"], data["email"])


class TakeBackForm(forms.Form):
    """Why an invoice is taken back."""

    reason = forms.CharField(label=gettext_lazy("Reason"), max_length=REASON_LENGTH)


def read_invoice_filters(data: QueryDict) -> InvoiceFilters:
    """The filters in an address; what does not read well is left out. ``q`` is the number of an
    invoice, a bill or an account in any spacing, ``until`` the first day that is left out."""
    state = data.get("state", "")
    return InvoiceFilters(
        text="".join(data.get("q", "")[:LONGEST].split()).upper(),
        since=read_day(data.get("since", "")),
        until=read_day(data.get("until", "")),
        unit_id=read_id(data.get("unit", "")),
        state=state if state in Invoice.State.values else "",
    )
