"""Summary bills as people read them: their bills, what they come to, what is open of them."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Final

from qiao.billing.models import Collecting, Standing, SummaryBill, SummaryLine
from qiao.billing.models import SummaryPayment as PaymentRow
from qiao.billing.queries.late_fees import with_late_fees
from qiao.billing.queries.shifts import TAKE
from qiao.billing.queries.standings import fingerprint, owing, standings_of
from qiao.billing.rules.money.spreading import OpenBill
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.customers.queries.people import held_as

PAGE: Final = 50
VIEW: Final = "bills.view"


class SummaryMissing(LookupError):  # noqa: N818 - names the finding
    """There is no such summary, or not for this reader."""


@dataclass(frozen=True, slots=True)
class CollectedBill:
    """A bill of a summary: its account with the supplied place, what is asked of it and what is
    open of that now, in minor units; `holds` is false once it was taken back."""

    bill_id: int
    number: str
    account_id: int
    account_number: str
    service: str
    address: str
    start_date: date
    end_date: date
    due_date: date
    usage: Decimal | None
    unit: str
    total_minor: int
    asked_minor: int
    open_minor: int
    holds: bool

    @property
    def last_day(self) -> date:
        """The last day that it is for."""
        return self.end_date - timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Summary:
    """A summary with its bills, in the order of their accounts. Amounts are minor units of its
    currency, of the bills that hold."""

    row: SummaryBill
    bills: tuple[CollectedBill, ...]

    @property
    def holding(self) -> tuple[CollectedBill, ...]:
        """The bills that were not taken back."""
        return tuple(each for each in self.bills if each.holds)

    @property
    def minor(self) -> int:
        """What it asks in all; below nothing where more is given back."""
        return sum(each.asked_minor for each in self.holding)

    @property
    def open_minor(self) -> int:
        """What is open of it now, late fees that are booked included."""
        return sum(max(each.open_minor, 0) for each in self.holding)

    @property
    def due_date(self) -> date:
        """The first day on which one of its bills is due."""
        return min((each.due_date for each in self.holding), default=self.row.issued_date)


_BILLS: Final = """
SELECT l.summary_id, b.id, b.number, b.account_id, a.number, a.service,
       coalesce(h.full_text, ''), b.start_date, b.end_date, b.due_date, trim_scale(b.usage),
       b.unit, b.total_minor, coalesce(b.asked_minor, b.total_minor), coalesce((
           SELECT sum(s.minor) FROM billing_standing s
            WHERE s.account_id = b.account_id AND s.ledger = 'receivable'
              AND s.bill_id = b.id), 0)::bigint, b.state = 'issued'
  FROM billing_summaryline l
  JOIN billing_bill b ON b.id = l.bill_id
  JOIN customers_account a ON a.id = b.account_id
  LEFT JOIN customers_servicepoint p ON p.id = a.service_point_id
  LEFT JOIN customers_premises h ON h.id = p.premises_id
 WHERE l.summary_id = ANY(%(ids)s::bigint[]) ORDER BY a.number, b.start_date, b.id
"""

_SURVIVORS: Final = """
SELECT w.id, customers_survivor(w.id) FROM unnest(%(ids)s::bigint[]) AS w (id)
"""


def summaries(rows: Iterable[SummaryBill]) -> list[Summary]:
    """Summaries with their bills, in their order. One statement; the caller has checked the
    right."""
    kept = list(rows)
    found: dict[int, list[CollectedBill]] = {row.pk: [] for row in kept}
    for pk, *each in fetch_all(_BILLS, {"ids": list(found)}):
        found[pk].append(CollectedBill(*each))
    return [Summary(row, tuple(found[row.pk])) for row in kept]


def summary_for(*, actor: Actor, summary_id: int, permission: str = VIEW) -> Summary:
    """A summary of a unit in which the actor holds a right. Raises `SummaryMissing`."""
    row = (
        SummaryBill.objects.select_related("customer")
        .filter(pk=summary_id, organisation__in=list(actor.organisations(permission)))
        .first()
    )
    if row is None:
        raise SummaryMissing(summary_id)
    return summaries([row])[0]


@dataclass(frozen=True, slots=True)
class SummaryPage:
    """A page of summaries, the newest first; `following` is the id from which the next goes on,
    None after the last."""

    rows: tuple[Summary, ...]
    following: int | None


def list_summaries(
    *, actor: Actor, text: str = "", after: int | None = None, limit: int = PAGE
) -> SummaryPage:
    """Summaries that the actor may see, the newest first; `text` is the number of one, or of one
    of its bills or accounts."""
    rows = SummaryBill.objects.select_related("customer").filter(
        organisation__in=list(actor.organisations(VIEW))
    )
    if text:
        of_bills = SummaryLine.objects.filter(bill__number=text)
        of_accounts = SummaryLine.objects.filter(bill__account__account__number=text)
        rows = (
            rows.filter(number=text)
            | rows.filter(pk__in=of_bills.values("summary"))
            | rows.filter(pk__in=of_accounts.values("summary"))
        )
    if after is not None:
        rows = rows.filter(pk__lt=after)
    found = list(rows.order_by("-pk")[: limit + 1])
    kept = found[:limit]
    return SummaryPage(tuple(summaries(kept)), kept[-1].pk if len(found) > limit else None)


def summary_to_pay(*, actor: Actor, text: str) -> SummaryBill | None:
    """The summary of that number, of a unit in which the actor takes payments."""
    rows = SummaryBill.objects.filter(
        number="".join(text.split()).upper(), organisation__in=list(actor.organisations(TAKE))
    )
    return rows.first()


def summary_of_bill(bill_id: int) -> SummaryBill | None:
    """The summary that a bill is in."""
    line = SummaryLine.objects.select_related("summary").filter(bill=bill_id).first()
    return line.summary if line else None


def collecting_of(customer_id: int) -> Collecting | None:
    """How a customer's bills are collected from today on."""
    return Collecting.objects.filter(customer__in=held_as(customer_id), until__isnull=True).first()


def payments_for(summary_id: int) -> list[PaymentRow]:
    """Payments that named a summary, with their parts, the newest first."""
    rows = PaymentRow.objects.filter(summary=summary_id).order_by("-pk")
    return list(rows.prefetch_related("parts__payment"))


def open_bills(summary_id: int, *, day: date) -> list[OpenBill]:
    """The bills of a summary that hold, with what a payment of that day finds open of each, late
    fees up to it included; in the order of their accounts."""
    (found,) = summaries(SummaryBill.objects.filter(pk=summary_id))
    opens: dict[int, int] = {}
    for rows in _standing(found, day=day).values():
        for row in owing(rows):
            opens[row.bill_id] = opens.get(row.bill_id, 0) + row.minor
    return [
        OpenBill(each.account_id, each.bill_id, each.due_date, opens.get(each.bill_id, 0))
        for each in found.holding
    ]


def seen_of(summary_id: int, *, day: date) -> str:
    """What stands on all accounts of a summary in short; see `standings.fingerprint`."""
    (found,) = summaries(SummaryBill.objects.filter(pk=summary_id))
    standing = _standing(found, day=day)
    return fingerprint(row for account_id in sorted(standing) for row in standing[account_id])


def _standing(found: Summary, *, day: date) -> dict[int, list[Standing]]:
    accounts = sorted({each.account_id for each in found.bills})
    stands: dict[int, list[Standing]] = {pk: [] for pk in accounts}
    return with_late_fees(stands | standings_of(accounts), day=day)


def survivors_of(customer_ids: Iterable[int]) -> dict[int, int]:
    """Who stands for customers today, by their ids."""
    return dict(fetch_all(_SURVIVORS, {"ids": list(customer_ids)}))
