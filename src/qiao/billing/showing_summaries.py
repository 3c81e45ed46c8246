"""Words of summary bills on paper and on pages, in the language in force."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.billing import showing
from qiao.billing import showing_bills as words
from qiao.billing.queries.house import House, house_of
from qiao.billing.queries.summaries import CollectedBill, Summary
from qiao.core.wording import reader_key

Amount = tuple[str, str]


@dataclass(frozen=True, slots=True)
class SummaryRow:
    """A bill of a summary in words; `note` says that it was taken back, else what it comes to
    where equal instalments ask something else."""

    account: str
    address: str
    days: str
    bill: str
    use: str
    amount: str
    note: str


@dataclass(frozen=True, slots=True)
class SummaryPaper:
    """A summary with all that stands on paper, in words of `language`."""

    number: str
    language: str
    house: House
    name: str
    address: str
    title: str
    due_amount: str
    due_words: str
    stamp: str
    facts: tuple[tuple[Amount, ...], tuple[Amount, ...]]
    heads: tuple[str, ...]
    rows: tuple[SummaryRow, ...]
    total: Amount
    pay: str
    foot: str
    words: Mapping[str, Any]


def summary_paper(found: Summary, *, address: str) -> SummaryPaper:
    """A summary as a paper, in the language in force; the caller has checked the right. `address`
    is where its customer lives."""
    row = found.row
    house = house_of(row.organisation_id)
    return SummaryPaper(
        number=row.number,
        language=reader_key(),
        house=house,
        name=row.customer.name,
        address=address,
        title=pgettext("bill", "Summary bill"),
        due_amount=money_of(found, max(found.minor, 0)),
        due_words=due_of(found),
        stamp="" if found.holding else pgettext("stamp on a bill", "Void"),
        facts=(
            ((_("Customer number"), row.customer.number),),
            (
                (pgettext("bill", "Issued on"), f"{row.issued_date:%Y-%m-%d}"),
                (_("Bills in it"), str(len(found.holding))),
            ),
        ),
        heads=heads(),
        rows=tuple(row_of(each, row.currency) for each in found.bills),
        total=(total_words(found), money_of(found, found.minor)),
        pay=_(
            "Give the number %(number)s with your payment: it pays all bills of this summary."
            " Each bill stays what it is by itself, and is looked at by itself if it is disputed."
        )
        % {"number": row.number},
        foot=" · ".join((house.name, row.number)),
        words={},
    )


def heads() -> tuple[str, ...]:
    """The heads of its columns."""
    return (
        pgettext("bill", "Account"),
        pgettext("bill", "Days"),
        pgettext("bill", "Number"),
        pgettext("bill", "Use"),
        pgettext("bill", "Amount"),
    )


def total_words(found: Summary) -> str:
    """How many bills it is in all."""
    count = len(found.holding)
    return ngettext("%(n)d bill in all", "%(n)d bills in all", count) % {"n": count}


def due_of(found: Summary) -> str:
    """Until when it is to be paid."""
    if found.minor <= 0:
        return _("Nothing to pay")
    day = date_format(found.due_date, "DATE_FORMAT")
    return _("Please pay by %(day)s") % {"day": day}


def money_of(found: Summary, minor: int) -> str:
    """An amount of it, with its sign."""
    return f"{'−' if minor < 0 else ''}{showing.money(abs(minor), found.row.currency)}"


def row_of(each: CollectedBill, currency: str) -> SummaryRow:
    """A bill of it in words."""
    note = ""
    if not each.holds:
        note = pgettext("bill", "taken back")
    elif each.asked_minor != each.total_minor:
        note = _("Equal instalment; it comes to %(amount)s") % {
            "amount": showing.money(each.total_minor, currency)
        }
    sign = "−" if each.asked_minor < 0 else ""
    return SummaryRow(
        account=each.account_number,
        address=each.address,
        days=f"{each.start_date:%Y-%m-%d} – {each.last_day:%Y-%m-%d}",
        bill=each.number,
        use=words.used_words(each.usage, each.unit),
        amount=f"{sign}{showing.money(abs(each.asked_minor), currency)}",
        note=note,
    )
