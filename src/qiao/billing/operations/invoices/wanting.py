"""Invoices are wanted: asked for by people and programs, or by themselves; given up; cancelled by
a red one.

A request is a row with a number of its own, which is never used again: what was refused is asked
for as a new one, and the former is given up. Whoever changes what stands for a bill holds its
account.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import asdict
from datetime import date, datetime
from typing import Final

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum
from django.utils.translation import gettext_noop

from qiao.billing.events import InvoicesCancelled, InvoicesWanted
from qiao.billing.models import Bill, BillingAccount, BillLine, Invoice
from qiao.billing.operations.posting import hold_accounts
from qiao.billing.queries.addressing import addressees_of_bills
from qiao.billing.queries.invoices import ASK, is_invoiced
from qiao.billing.rules.bills.invoices import Buyer, read_buyer
from qiao.core import events, parameters
from qiao.core.actor import Actor
from qiao.core.numbering import numbers_for
from qiao.core.prepared import fetch_all
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import chain_of, local_days

PREFIX: Final = "FP"  # 发票
WISH: Final = "billing.invoices"
ASKED, ISSUED, PAID = "asked", "issued", "paid"
"""When invoices are wanted: only when somebody asks, when a bill is issued, when it is paid."""
REASON_LENGTH: Final = 300
ASKED_AGAIN: Final = gettext_noop("It was asked for again.")


class NotInvoiced(Exception):  # noqa: N818 - a refusal, not a fault
    """No invoice is issued of the bill here: it was taken back, comes to nothing or less, or
    another system issued it."""


class InvoiceStands(Exception):  # noqa: N818 - a refusal, not a fault
    """An invoice of the bill is wanted or issued, with another buyer; it is `invoice`."""

    def __init__(self, invoice: Invoice) -> None:
        super().__init__(invoice.number)
        self.invoice = invoice


class NothingStands(Exception):  # noqa: N818 - a refusal, not a fault
    """The invoice does not stand any more, or is a red one: nothing can be taken back."""


def ask_invoice(*, bill_id: int, buyer: Buyer, actor: Actor, now: datetime) -> Invoice:
    """Ask for an invoice of a bill. One that is wanted or issued with the same buyer is that one:
    nothing changes.

    Raises `NotInvoiced`, `InvoiceStands`, `BadInvoice`, `BadText`, `Forbidden`.
    """
    required()
    wanted = read_buyer(buyer)
    hold_accounts([Bill.objects.values_list("account_id", flat=True).get(pk=bill_id)])
    bill = Bill.objects.get(pk=bill_id)
    actor.require(ASK, bill.organisation_id)
    if not is_invoiced(bill):
        raise NotInvoiced(bill.number)
    stands = _standing(bill)
    if stands is not None:
        if buyer_of(stands) != wanted:
            raise InvoiceStands(stands)
        return stands
    who = addressees_of_bills([bill])[0]
    row = _row(
        bill, wanted, who.customer_id or None, _taxes([bill]).get(bill.pk, 0), actor, now,
        local_days(now)[bill.organisation_id],
    )  # fmt: skip
    return _wanted([row], actor=actor, now=now)[0]


def ask_again(*, invoice_ids: Collection[int], actor: Actor, now: datetime) -> list[Invoice]:
    """Ask once more for invoices that were refused, each for the same buyer as before; the new
    ones. Those for which another one stands, and those of bills that hold no more, are left alone.

    Raises `Forbidden`.
    """
    required()
    found = Invoice.objects.filter(pk__in=list(invoice_ids))
    hold_accounts(found.values_list("account_id", flat=True))
    rows = list(found.filter(state=Invoice.State.REFUSED).select_related("bill", "original"))
    for unit_id in {row.organisation_id for row in rows}:
        actor.require(ASK, unit_id)
    days, latest = local_days(now), dict[tuple[int, int | None], Invoice]()
    for row in sorted(_over(rows), key=lambda each: each.pk):
        latest[row.bill_id, row.original_id] = row
    new = [_again(row, actor, now, days[row.organisation_id]) for row in latest.values()]
    return _wanted(new, actor=actor, now=now)


def take_back_invoice(*, invoice_id: int, reason: str, actor: Actor, now: datetime) -> Invoice:
    """Take an invoice back: one that is wanted is given up, one that was issued is cancelled by a
    red one, which is wanted at once. Another one may be asked for then.

    Raises `NothingStands`, `BadText` without a reason, `Forbidden`, `Invoice.DoesNotExist`.
    """
    required()
    words = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=True)
    hold_accounts([Invoice.objects.values_list("account_id", flat=True).get(pk=invoice_id)])
    row = Invoice.objects.get(pk=invoice_id)
    actor.require(ASK, row.organisation_id)
    if not row.stands or row.is_red:
        raise NothingStands(row.number)
    _take_back(row, reason=words, actor=actor, now=now)
    return row


def take_back_invoice_of(bill: Bill, *, reason: str, actor: Actor | None, now: datetime) -> None:
    """The bill, whose account is held, is taken back: so is its invoice, if it has one. One that
    was refused is asked for no more."""
    words = reason[:REASON_LENGTH]
    for row in Invoice.objects.filter(
        Q(stands=True) | Q(state=Invoice.State.REFUSED),
        account=bill.account_id,
        bill=bill.pk,
        kind=Invoice.Kind.BLUE,
    ):
        if row.stands:
            _take_back(row, reason=words, actor=actor, now=now)
        else:
            _replace(Invoice.objects.filter(pk=row.pk), words)


def give_up(row: Invoice, *, reason: str, actor: Actor | None, now: datetime) -> None:
    """Have an invoice that is wanted, and whose account is held, not issued any more."""
    row.state, row.stands, row.reason = Invoice.State.CANCELLED, False, reason
    row.ended_at, row.ended_by_id = now, actor.staff_id if actor else None
    row.save(update_fields=["stands", "state", "reason", "ended_at", "ended_by"])
    events.publish(
        InvoicesCancelled((row.pk,)), organisation_id=row.organisation_id, actor=actor, now=now
    )


def want_red(blue: Invoice, *, reason: str, actor: Actor | None, now: datetime) -> Invoice:
    """Have an issued invoice, which stands no more, cancelled by a red one."""
    row = Invoice(
        kind=Invoice.Kind.RED, bill_id=blue.bill_id, account_id=blue.account_id,
        organisation_id=blue.organisation_id, customer_id=blue.customer_id, original=blue,
        **asdict(buyer_of(blue)), currency=blue.currency, minor=-blue.minor,
        tax_minor=-blue.tax_minor, asked_at=now,
        asked_date=local_days(now)[blue.organisation_id],
        asked_by_id=actor.staff_id if actor else None, reason=reason,
    )  # fmt: skip
    return _wanted([row], actor=actor, now=now)[0]


def want_by_itself(bills: Mapping[int, Collection[int]], *, when: str, now: datetime) -> list[int]:
    """Want an invoice of each of these bills, by the units of their accounts, where their unit has
    it at this occasion (`ISSUED` or `PAID`); the ids of what is wanted now.

    Only of bills of which none was ever wanted: what people gave up stays so. The buyer is the one
    of the account's last invoice for the same customer, else the customer by name. A statement for
    all of them; one question and nothing else where no unit wishes it.
    """
    required()
    days = local_days(now)
    wished = [pk for unit, some in bills.items() if wish_of(unit, days) == when for pk in some]
    return _want_all(wished, now=now) if wished else []


def want_when_paid(
    paid: Mapping[int, Collection[int]],
    accounts: Mapping[int, BillingAccount],
    *,
    now: datetime,
) -> None:
    """Bills of held accounts were paid in full, by their accounts: see `want_by_itself`."""
    units: dict[int, list[int]] = defaultdict(list)
    for account_id, bill_ids in paid.items():
        if bill_ids:
            units[accounts[account_id].organisation_id] += bill_ids
    if units:
        want_by_itself(units, when=PAID, now=now)


def wish_of(unit_id: int, days: Mapping[int, date]) -> str:
    """When a unit wants invoices by itself, on its day."""
    found = parameters.find(WISH, day=days[unit_id], organisation_ids=chain_of(unit_id))
    return str(found.value)


_WANT: Final = """
INSERT INTO billing_invoice (
       number, kind, state, stands, bill_id, account_id, organisation_id, customer_id, title,
       tax_number, address, email, currency, minor, tax_minor, asked_at, asked_date,
       invoice_number, url, reason, refusal)
SELECT w.number, 'blue', 'wanted', true, b.id, b.account_id, b.organisation_id,
       nullif(w.customer, 0), coalesce(l.title, w.name), coalesce(l.tax_number, ''),
       coalesce(l.address, ''), coalesce(l.email, ''), b.currency, b.total_minor,
       coalesce(t.minor, 0), %(now)s, w.day, '', '', '', ''
  FROM unnest(%(bills)s::bigint[], %(numbers)s::text[], %(customers)s::bigint[],
              %(names)s::text[], %(days)s::date[]) AS w (id, number, customer, name, day)
  JOIN billing_bill b ON b.id = w.id
  LEFT JOIN LATERAL (
       SELECT i.title, i.tax_number, i.address, i.email FROM billing_invoice i
        WHERE i.account_id = b.account_id AND i.customer_id = w.customer AND i.kind = 'blue'
        ORDER BY i.id DESC LIMIT 1) l ON true
  LEFT JOIN LATERAL (
       SELECT sum(x.minor)::bigint AS minor FROM billing_billline x
        WHERE x.bill_id = b.id AND NOT x.adds) t ON true
 WHERE coalesce(l.title, w.name) <> ''
RETURNING id, organisation_id
"""


_OF_BILL: Final = Invoice.objects.filter(account=OuterRef("account"), bill=OuterRef("pk"))


def _want_all(bill_ids: Collection[int], *, now: datetime) -> list[int]:
    hold_accounts(Bill.objects.filter(pk__in=bill_ids).values_list("account_id", flat=True))
    bills = [
        bill
        for bill in Bill.objects.filter(~Exists(_OF_BILL), pk__in=bill_ids).order_by("pk")
        if is_invoiced(bill)
    ]
    if not bills:
        return []
    who, days = addressees_of_bills(bills), local_days(now)
    own = [days[bill.organisation_id] for bill in bills]
    rows = fetch_all(
        _WANT,
        {
            "bills": [bill.pk for bill in bills],
            "numbers": numbers_for(own, prefix=PREFIX),
            "customers": [each.customer_id for each in who],
            "names": [each.name for each in who],
            "days": own,
            "now": now,
        },
    )
    _publish(((unit, pk) for pk, unit in rows), actor=None, now=now)
    return [pk for pk, _unit in rows]


def buyer_of(invoice: Invoice) -> Buyer:
    """Whose name an invoice has."""
    return Buyer(invoice.title, invoice.tax_number, invoice.address, invoice.email)


def _standing(bill: Bill) -> Invoice | None:
    rows = Invoice.objects.filter(
        account=bill.account_id, bill=bill.pk, kind=Invoice.Kind.BLUE, stands=True
    )
    return rows.first()


def _over(refused: Sequence[Invoice]) -> list[Invoice]:
    """Of those that were refused the ones that may be asked for again: nothing stands in their
    place, and the bill of a blue one holds."""
    standing = set(
        Invoice.objects.filter(
            account__in={row.account_id for row in refused},
            bill__in={row.bill_id for row in refused},
            stands=True,
        ).values_list("bill_id", "original_id")
    )
    return [
        row
        for row in refused
        if (row.bill_id, row.original_id) not in standing and (row.is_red or is_invoiced(row.bill))
    ]


def _row(
    bill: Bill,
    buyer: Buyer,
    customer_id: int | None,
    tax_minor: int,
    actor: Actor,
    now: datetime,
    day: date,
) -> Invoice:
    return Invoice(
        bill=bill, account_id=bill.account_id, organisation_id=bill.organisation_id,
        customer_id=customer_id, **asdict(buyer), currency=bill.currency,
        minor=bill.total_minor, tax_minor=tax_minor, asked_at=now, asked_date=day,
        asked_by_id=actor.staff_id,
    )  # fmt: skip


def _again(row: Invoice, actor: Actor, now: datetime, day: date) -> Invoice:
    return Invoice(
        kind=row.kind, bill_id=row.bill_id, account_id=row.account_id,
        organisation_id=row.organisation_id, customer_id=row.customer_id,
        original_id=row.original_id, **asdict(buyer_of(row)), currency=row.currency,
        minor=row.minor, tax_minor=row.tax_minor, asked_at=now, asked_date=day,
        asked_by_id=actor.staff_id,
    )  # fmt: skip


def _take_back(row: Invoice, *, reason: str, actor: Actor | None, now: datetime) -> None:
    if row.state == Invoice.State.ISSUED:
        row.stands = False
        row.save(update_fields=["stands"])
        want_red(row, reason=reason, actor=actor, now=now)
        return
    give_up(row, reason=reason, actor=actor, now=now)


def _taxes(bills: Iterable[Bill]) -> dict[int, int]:
    """The tax that is contained in bills, in minor units."""
    rows = BillLine.objects.filter(bill__in=[bill.pk for bill in bills], adds=False)
    return dict(rows.values_list("bill").annotate(minor=Sum("minor")))


def _wanted(rows: Sequence[Invoice], *, actor: Actor | None, now: datetime) -> list[Invoice]:
    """Write what is wanted, and tell of it."""
    numbers = numbers_for([row.asked_date for row in rows], prefix=PREFIX)
    for row, number in zip(rows, numbers, strict=True):
        row.number = number
    made = Invoice.objects.bulk_create(rows)
    if made:
        _replace_refused(made)
    _publish(((row.organisation_id, row.pk) for row in made), actor=actor, now=now)
    return made


def _replace_refused(made: Sequence[Invoice]) -> None:
    """Those that were refused, in whose place these are wanted, wait for nobody any more."""
    accounts = [row.account_id for row in made]
    reds = [row.original_id for row in made if row.is_red]
    blues = [row.bill_id for row in made if not row.is_red]
    _replace(
        Invoice.objects.filter(
            Q(kind=Invoice.Kind.BLUE, bill__in=blues) | Q(original__in=reds),
            account__in=accounts,
            state=Invoice.State.REFUSED,
        ),
        ASKED_AGAIN,
    )


def _replace(refused: QuerySet[Invoice], reason: str) -> None:
    refused.update(state=Invoice.State.CANCELLED, reason=reason)


def _publish(wanted: Iterable[tuple[int, int]], *, actor: Actor | None, now: datetime) -> None:
    """One event for what is wanted of a unit."""
    units: dict[int, list[int]] = defaultdict(list)
    for unit_id, invoice_id in wanted:
        units[unit_id].append(invoice_id)
    for unit_id, ids in units.items():
        events.publish(InvoicesWanted(tuple(ids)), organisation_id=unit_id, actor=actor, now=now)
