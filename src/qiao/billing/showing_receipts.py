"""Words of receipts on paper, in the language in force."""

from dataclasses import dataclass

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing import showing
from qiao.billing.ledger_words import owner_name
from qiao.billing.queries.house import House, house_of
from qiao.billing.queries.owners import owner_names
from qiao.billing.queries.receipts import PaidBill, Receipt
from qiao.billing.showing_bills import days_words
from qiao.core.typesetting import breakable
from qiao.core.wording import reader_key

Amount = tuple[str, str]


@dataclass(frozen=True, slots=True)
class ReceiptLine:
    """What was paid for: the bill, its days, the amount, and whose money it is where it is that
    of several."""

    name: str
    days: str
    amount: str
    owners: tuple[Amount, ...] = ()


@dataclass(frozen=True, slots=True)
class ReceiptPaper:
    """A receipt with all that stands on paper, in words of `language`."""

    number: str
    language: str
    house: House
    title: str
    moment: str
    stamp: str
    note: str
    facts: tuple[tuple[Amount, ...], tuple[Amount, ...]]
    heads: tuple[str, ...]
    lines: tuple[ReceiptLine, ...]
    received: Amount
    left: tuple[Amount, ...]
    signs: tuple[str, ...]
    foot: str


def receipt_paper(receipt: Receipt) -> ReceiptPaper:
    """A receipt as a paper, in the language in force; the caller has checked the right."""
    payment, line = receipt.payment, receipt.line
    house, currency = house_of(payment.organisation_id), payment.currency
    taken_back = payment.taken_back_by
    ahead = (
        [
            ReceiptLine(
                _("Paid ahead for bills to come"), "", showing.money(receipt.ahead, currency)
            )
        ]
        if receipt.ahead
        else []
    )
    return ReceiptPaper(
        number=payment.number,
        language=reader_key(),
        house=house,
        title=pgettext("payment", "Receipt"),
        moment=f"{timezone.localtime(payment.received_at):%Y-%m-%d %H:%M}",
        stamp=pgettext("payment", "Taken back") if taken_back else "",
        note=_("Taken back on %(day)s.") % {"day": f"{taken_back.booked_date:%Y-%m-%d}"}
        if taken_back
        else "",
        facts=_facts(receipt),
        heads=(pgettext("receipt", "Paid for"), pgettext("bill", "Days"),
               pgettext("payment", "Amount")),
        lines=(*_lines(receipt.bills, currency), *ahead),
        received=(pgettext("receipt", "Received"), showing.money(payment.minor, currency)),
        left=_left(receipt, currency),
        signs=(
            f"{pgettext('receipt', 'Taken by')} "
            f"{payment.posting.recorded_by.name if payment.posting.recorded_by else '–'}",
            pgettext("receipt", "Stamp"),
            _("Signature of the payer"),
        ),
        foot=" · ".join((house.name, payment.number, line.number)),
    )  # fmt: skip


def _facts(receipt: Receipt) -> tuple[tuple[Amount, ...], tuple[Amount, ...]]:
    payment, line = receipt.payment, receipt.line
    means = str(payment.get_means_display())
    return (
        (
            (_("Account number"), line.number),
            (_("Customer"), breakable(line.customer_name or "–")),
        ),
        (
            (pgettext("payment", "Means"), f"{means} · {payment.slip}" if payment.slip else means),
            (_("Address"), breakable(line.address or "–")),
        ),
    )


def _lines(bills: tuple[PaidBill, ...], currency: str) -> list[ReceiptLine]:
    names = owner_names()
    return [
        ReceiptLine(
            each.bill.number,
            days_words(each.bill.start_date, each.bill.end_date),
            showing.money(each.minor, currency),
            tuple(
                (owner_name(key, names), showing.money(minor, currency))
                for key, minor in each.owners.items()
            )
            if len(each.owners) > 1
            else (),
        )
        for each in bills
    ]


def _left(receipt: Receipt, currency: str) -> tuple[Amount, ...]:
    owed = (_("Still owed after this payment"), showing.money(receipt.left, currency))
    ahead = (_("Paid ahead in all"), showing.money(receipt.left_ahead, currency))
    return (owed, ahead) if receipt.left_ahead else (owed,)
