"""What the tax platform, or a provider in its place, says became of invoices that were wanted.

Every message may come twice, late, or after people have thought again. What was issued is issued:
it is kept whatever stood meanwhile, and cancelled by a red one where it counts no more.
"""

from datetime import datetime
from typing import Final

from django.utils.translation import gettext_noop

from qiao.billing.events import InvoiceIssued
from qiao.billing.models import Invoice
from qiao.billing.operations.invoices.wanting import REASON_LENGTH, give_up, want_red
from qiao.billing.operations.posting import hold_accounts
from qiao.billing.queries.invoices import ASK, is_invoiced
from qiao.billing.rules.bills.invoices import Issued, adds_to, read_issued
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import local_days

LATE: Final = gettext_noop("It was issued when it was not wanted any more.")
OTHER_RED: Final = gettext_noop("Another red invoice was issued.")


class IssuedAlready(Exception):  # noqa: N818 - a refusal, not a fault
    """The invoice was told as issued before, and said something else; it is `invoice`."""

    def __init__(self, invoice: Invoice) -> None:
        super().__init__(invoice.invoice_number)
        self.invoice = invoice


class NumberTaken(Exception):  # noqa: N818 - a refusal, not a fault
    """Another invoice has this number of the tax platform; it is `invoice`."""

    def __init__(self, invoice: Invoice) -> None:
        super().__init__(invoice.invoice_number)
        self.invoice = invoice


def tell_issued(*, invoice_id: int, issued: Issued, actor: Actor, now: datetime) -> Invoice:
    """Keep that an invoice was issued. The same told again changes nothing, but for the address
    of the file where that was not known. One that was given up or refused meanwhile is kept too;
    where it counts no more a red one is wanted at once.

    Raises `IssuedAlready`, `NumberTaken`, `BadInvoice`, `BadText`, `Forbidden`,
    `Invoice.DoesNotExist`.
    """
    row = _held(invoice_id, actor)
    told = read_issued(issued, today=local_days(now)[row.organisation_id])
    if row.state == Invoice.State.ISSUED:
        return _told_again(row, told)
    _refuse_taken(told.number)
    row.stands = _counts(row, actor, now)
    row.state, row.ended_at = Invoice.State.ISSUED, now
    row.ended_by_id = actor.staff_id
    row.invoice_number, row.issued_date, row.url = told.number, told.day, told.url
    row.save()
    events.publish(
        InvoiceIssued(row.pk, row.bill_id, row.kind, row.invoice_number),
        organisation_id=row.organisation_id, actor=actor, now=now,
    )  # fmt: skip
    if not row.is_red and not row.stands:
        want_red(row, reason=LATE, actor=None, now=now)
    return row


def tell_refused(*, invoice_id: int, reason: str, actor: Actor, now: datetime) -> Invoice:
    """Keep that the provider refuses an invoice, with what it said. One that was given up stays
    so; told again with other words, these are kept.

    Raises `IssuedAlready`, `BadText` without a reason, `Forbidden`, `Invoice.DoesNotExist`.
    """
    said = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)
    row = _held(invoice_id, actor)
    if row.state == Invoice.State.ISSUED:
        raise IssuedAlready(row)
    if row.state == Invoice.State.CANCELLED or row.refusal == said:
        return row
    if row.state == Invoice.State.WANTED:
        row.state, row.stands = Invoice.State.REFUSED, False
        row.ended_at, row.ended_by_id = now, actor.staff_id
    row.refusal = said
    row.save(update_fields=["state", "stands", "ended_at", "ended_by", "refusal"])
    return row


def _held(invoice_id: int, actor: Actor) -> Invoice:
    """An invoice, its account held."""
    required()
    hold_accounts([Invoice.objects.values_list("account_id", flat=True).get(pk=invoice_id)])
    row = Invoice.objects.select_related("bill").get(pk=invoice_id)
    actor.require(ASK, row.organisation_id)
    return row


def _told_again(row: Invoice, told: Issued) -> Invoice:
    if row.issued_date is None:
        raise IssuedAlready(row)
    try:
        if adds_to(Issued(row.invoice_number, row.issued_date, row.url), told):
            row.url = told.url
            row.save(update_fields=["url"])
    except ValueError as other:
        raise IssuedAlready(row) from other
    return row


def _refuse_taken(number: str) -> None:
    """No two invoices have one number of 20 digits; shorter ones are told apart by a code."""
    taken = Invoice.objects.filter(
        invoice_number=number, invoice_number__regex=r"^[0-9]{20}$"
    ).first()
    if taken is not None:
        raise NumberTaken(taken)


def _counts(row: Invoice, actor: Actor, now: datetime) -> bool:
    """Whether an invoice that is issued now counts: it was wanted, or nothing stands in place of
    the one that was refused or given up."""
    if row.state == Invoice.State.WANTED:
        return True
    others = Invoice.objects.filter(account=row.account_id, kind=row.kind, stands=True)
    if not row.is_red:
        # What people gave up stays given up; a refused one nobody has asked for again.
        was_refused = row.state == Invoice.State.REFUSED
        is_free = not others.filter(bill=row.bill_id).exists()
        return was_refused and is_free and is_invoiced(row.bill)
    other = others.filter(original=row.original_id).first()
    if other is None:
        return True
    if other.state == Invoice.State.ISSUED:
        return False
    give_up(other, reason=OTHER_RED, actor=actor, now=now)
    return True
