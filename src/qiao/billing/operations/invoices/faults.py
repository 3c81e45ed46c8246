"""Why a value of an invoice is refused, in the reader's words."""

from collections.abc import Mapping
from typing import Final

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from qiao.billing.rules.bills.invoices import BadInvoice, InvoiceFault

_WORDS: Final[Mapping[InvoiceFault, Promise]] = {
    InvoiceFault.TAX_NUMBER: _("A taxpayer number has 15 to 20 letters and digits."),
    InvoiceFault.CHECK_CHARACTER: _(
        "This is no social credit code: its last character does not fit the others. Compare it"
        " with the licence."
    ),
    InvoiceFault.EMAIL: _("This is no e-mail address."),
    InvoiceFault.NUMBER: _("An invoice has a number of 8 to 20 digits."),
    InvoiceFault.DAY: _("This day is still to come."),
    InvoiceFault.ADDRESS: _("A file stands at an address that begins with https://."),
}


def fault_words(refusal: BadInvoice) -> str:
    """What is said of a value that is refused."""
    return str(_WORDS[refusal.fault])
