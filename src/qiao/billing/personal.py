"""What invoices hold of a person: their name as a title, and where an invoice went. Who owes, or
is owed, is not forgotten."""

from collections.abc import Sequence
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.billing.models import Invoice
from qiao.core.personal import Erasing, Held, Hinder, Person, PersonalData, select

_INVOICES: Final = """
SELECT i.number, i.kind, i.state, i.title, i.tax_number, i.address, i.email, i.minor, i.currency,
       i.asked_date, i.invoice_number, i.issued_date
  FROM billing_invoice i
 WHERE i.customer_id = ANY(%(ids)s::bigint[])
   AND i.account_id IN (SELECT t.account_id FROM customers_accountparty t
                         WHERE t.customer_id = ANY(%(ids)s::bigint[]))
 ORDER BY i.id
"""
_STANDS: Final = """
SELECT DISTINCT a.id, a.number FROM customers_accountparty t
  JOIN customers_account a ON a.id = t.account_id AND a.status = 'closed'
  JOIN billing_standing s ON s.account_id = a.id
 WHERE t.customer_id = ANY(%(ids)s::bigint[]) AND t.role <> 'contact' AND upper_inf(t.period)
 ORDER BY a.number LIMIT 5
"""
_CLEAR: Final = """
UPDATE billing_invoice i
   SET title = '–', tax_number = '', address = '', email = '', url = '',
       reason = CASE WHEN i.reason = '' THEN '' ELSE '–' END,
       refusal = CASE WHEN i.refusal = '' THEN '' ELSE '–' END
 WHERE i.customer_id = ANY(%(ids)s::bigint[])
   AND i.account_id IN (SELECT t.account_id FROM customers_accountparty t
                         WHERE t.customer_id = ANY(%(ids)s::bigint[]))
"""


def collect(person: Person) -> Sequence[Held]:
    """The invoices of bills that went to the person."""
    found = select(_INVOICES, {"ids": list(person.customer_ids)})
    return [Held(pgettext_lazy("invoices", "Invoices"), found)]


def hinders(person: Person) -> Sequence[Hinder]:
    """An invoice that is still to be issued needs its title; what is owed, paid ahead or deposited
    needs somebody whose it is, also where the account is closed."""
    rows = Invoice.objects.filter(
        account__account__parties__customer__in=person.customer_ids,
        customer__in=person.customer_ids,
        state=Invoice.State.WANTED,
    )
    found = [
        Hinder(
            _("An invoice is to be issued: %(number)s") % {"number": row.number},
            reverse("billing:bill", args=[row.bill_id]),
        )
        for row in rows.distinct()
    ]
    return found + [
        Hinder(
            _("Something is owed, or paid ahead, on account %(number)s.") % row,
            reverse("billing:account", args=[row["id"]]),
        )
        for row in select(_STANDS, {"ids": list(person.customer_ids)})
    ]


def erase(person: Person, erasing: Erasing) -> None:
    """Numbers, amounts and days stay; whose invoice it was, and where its file is, goes: the
    invoice itself is kept by the tax platform."""
    erasing.run("billing.invoices", _CLEAR, {"ids": list(person.customer_ids)})


PERSONAL = (
    PersonalData(
        key="billing",
        order=22,
        collect=collect,
        erase=erase,
        hinders=hinders,
        counted={"billing.invoices": _("Invoices without title and address")},
    ),
)
