"""Refusals of billing in the reader's words, each with the field that it belongs to."""

from collections.abc import Callable, Mapping
from typing import Any, Final

from django.utils.translation import gettext as _
from django.utils.translation import ngettext, pgettext

from qiao.billing import operations as ops
from qiao.billing.operations import (
    accounts,
    balance_asking,
    billing,
    budget,
    feeds,
    invoices,
    runs,
    summaries,
    terms,
    vouchers,
)
from qiao.billing.operations.asking import NothingToWaive
from qiao.billing.rules.tariffs import asked
from qiao.billing.rules.tariffs.asked import TermFault
from qiao.core.approvals import AlreadyPending
from qiao.core.rules.money import Money, format_amount
from qiao.core.rules.text import BadText, TextFault

Told = tuple[str, str]


def _bad_text(refusal: BadText) -> Told:
    if refusal.field == "slip" and refusal.reason == TextFault.EMPTY:
        return "slip", _("A transfer has a number: copy it from the bank's slip.")
    if refusal.field == "reason" and refusal.reason == TextFault.EMPTY:
        return "reason", _("Say why.")
    return refusal.field, _(refusal.message) % refusal.params


def _names(refusal: ops.ShiftOpen) -> str:
    return pgettext("between items of a list", ", ").join(refusal.names)


def _amount(refusal: Any) -> str:
    return format_amount(Money(refusal.minor, refusal.currency))


def _nothing_due(elsewhere: int) -> str:
    if not elsewhere:
        return _("No account is due: the months of the last bills are not over by that day.")
    return ngettext(
        "No account is due that is not in another run under way (%(n)s is).",
        "No account is due that is not in another run under way (%(n)s are).",
        elsewhere,
    ) % {"n": elsewhere}


def _price_begins(refusal: terms.NoPriceYet) -> Told:
    if refusal.begins is None:
        return "tariff", _("This tariff has no prices.")
    words = _("This tariff has prices from %(day)s on: choose that day or a later one.")
    return "since", words % {"day": refusal.begins.isoformat()}


def _day_billed(refusal: ops.TermsBilled) -> Told:
    words = _(
        "Days before %(day)s are billed. Choose that day or a later one, or take the bills from"
        " then on back first."
    )
    return "since", words % {"day": refusal.until.isoformat()}


_TERM_WORDS: Final[Mapping[str, Callable[[TermFault], str]]] = {
    asked.MISSING: lambda _each: _("This tariff has to know it."),
    asked.UNKNOWN: lambda each: (
        _("%(found)s is none of: %(expected)s.") % {"found": each.found, "expected": each.expected}
    ),
    asked.NO_NUMBER: lambda _each: _(
        "Enter a number, 0 or more, with six digits behind the point at most."
    ),
    asked.TOO_LOW: lambda each: _("Not below %(least)s.") % {"least": each.expected},
    asked.TOO_HIGH: lambda each: _("Not above %(most)s.") % {"most": each.expected},
    asked.NOT_ASKED: lambda _each: _("This tariff does not ask it."),
}


def term_words(fault: TermFault) -> str:
    """What is wrong with one of the inputs of a tariff."""
    return _TERM_WORDS[fault.code](fault)


def term_faults(refusal: terms.BadTerms) -> list[tuple[str, str, str]]:
    """Each input that is no answer: its name, what is wrong, and what was expected."""
    return [(each.name, term_words(each), each.expected) for each in refusal.faults]


def _bad_terms(refusal: terms.BadTerms) -> Told:
    first = refusal.faults[0]
    return f"in_{first.name}", term_words(first)


WORDS: Final[Mapping[type[Exception], Callable[[Any], Told]]] = {
    BadText: _bad_text,
    ops.OwedChanged: lambda _each: (
        "",
        _(
            "Nothing was taken: what is owed has changed since you looked, for somebody else took"
            " a payment or a bill came. Below is how it stands now."
        ),
    ),
    ops.AccountFed: lambda each: (
        "",
        _(
            "%(system)s bills this account: nothing is charged or taken for it here. Send the"
            " customer to where that system takes payments."
        )
        % {"system": each.name},
    ),
    ops.PaidOtherwise: lambda each: (
        "",
        _("This form has taken a payment already: receipt %(number)s.") % {"number": each.number},
    ),
    ops.SlipUsed: lambda each: (
        "slip",
        _("This number was taken before for this account: receipt %(number)s.")
        % {"number": each.number},
    ),
    ops.NoShift: lambda _each: (
        "",
        _("You have no drawer open here. Money goes into a drawer and comes out of one."),
    ),
    ops.BadAmount: lambda _each: ("amount", _("This amount cannot be taken here.")),
    ops.DayClosed: lambda each: (
        "",
        _("The day %(day)s is closed: nothing is booked into it any more.")
        % {"day": each.day.isoformat()},
    ),
    ops.ReversedAlready: lambda _each: ("", _("This payment was taken back already.")),
    ops.ShiftClosed: lambda _each: ("", _("This drawer was counted already.")),
    ops.ShiftOpen: lambda each: (
        "",
        _("A drawer is still open: %(names)s.") % {"names": _names(each)},
    ),
    ops.BillReversed: lambda _each: ("", _("The bill was taken back already.")),
    billing.NotOurs: lambda _each: (
        "",
        _("It was taken over from another system: there is nothing to take back."),
    ),
    billing.BegunAnew: lambda each: (
        "",
        _("Billing ended with this bill and began anew on %(day)s: it stays.")
        % {"day": each.opened.isoformat()},
    ),
    ops.NotLatest: lambda each: (
        "",
        _("Later bills go on from it; take these back first: %(numbers)s.")
        % {"numbers": pgettext("between items of a list", ", ").join(each.numbers)},
    ),
    NothingToWaive: lambda _each: ("minor", _("There is not so much late fee on the bill.")),
    AlreadyPending: lambda _each: ("", _("This waits for a second person already.")),
    runs.TooEarly: lambda each: (
        "issued_date",
        _("Not before %(day)s: until then the days are not over.") % {"day": each.day.isoformat()},
    ),
    runs.NothingDue: lambda each: ("", _nothing_due(each.elsewhere)),
    runs.RunMovedOn: lambda _each: ("", _("Somebody went on with this run meanwhile.")),
    budget.BudgetRuns: lambda _each: ("", _("Equal instalments run on this account already.")),
    budget.NoBudget: lambda _each: ("", _("No equal instalments run, or they are ending.")),
    budget.NothingToReckon: lambda _each: (
        "minor",
        _("Neither its own bills nor neighbours tell what a year comes to: give an amount."),
    ),
    budget.BadInstalment: lambda _each: ("minor", _("An instalment is more than nothing.")),
    budget.AccountCloses: lambda _each: ("", _("The account closes: no year lies ahead.")),
    summaries.CollectsAlready: lambda _each: ("", _("Their bills are collected already.")),
    summaries.NotCollected: lambda _each: ("", _("Their bills are not collected any more.")),
    summaries.NothingCollected: lambda _each: (
        "",
        _("All bills of this summary were taken back: nothing is paid for it."),
    ),
    invoices.BadInvoice: lambda each: (each.field, invoices.fault_words(each)),
    invoices.NotInvoiced: lambda _each: (
        "",
        _("No invoice is issued of this bill: it holds no more, or comes to nothing."),
    ),
    invoices.InvoiceStands: lambda each: (
        "",
        _(
            "There is an invoice with another title already: %(number)s, %(title)s. Take it back"
            " first."
        )
        % {
            "number": each.invoice.invoice_number or each.invoice.number,
            "title": each.invoice.title,
        },
    ),
    invoices.NothingStands: lambda _each: (
        "",
        _("Nothing can be taken back: somebody did meanwhile, or the provider refused it."),
    ),
    feeds.KeyTaken: lambda _each: ("key", _("This unit has a feed of this key already.")),
    feeds.BadKey: lambda _each: ("key", _("Small letters, digits, - and _; a letter first.")),
    ops.TermsBilled: _day_billed,
    terms.NoPriceYet: _price_begins,
    terms.BadTerms: _bad_terms,
    accounts.BilledAlready: lambda _each: ("", _("This account is billed already.")),
    terms.BillingEnded: lambda each: (
        "since",
        _("This account is billed no more from %(day)s on.") % {"day": each.until.isoformat()},
    ),
    terms.TariffUnfit: lambda _each: ("tariff", _("This tariff is not of this service.")),
    terms.NothingChanged: lambda _each: ("", _("It is billed like this already.")),
    balance_asking.AsOfLater: lambda each: (
        "as_of",
        _("Not after %(day)s: what will stand later is not known yet.")
        % {"day": each.today.isoformat()},
    ),
    balance_asking.AsOfClosed: lambda each: (
        "as_of",
        _("A day after %(day)s: all days up to it are closed.") % {"day": each.day.isoformat()},
    ),
    accounts.NotEnding: lambda _each: ("", _("Its last bill was issued, or it is billed on.")),
    accounts.NothingBilled: lambda _each: (
        "until",
        _("A later day: it is billed from this one on."),
    ),
    accounts.BadMonths: lambda _each: ("months", _("A bill is for 1, 2, 3, 4, 6 or 12 months.")),
    accounts.BeforeOpened: lambda each: (
        "since",
        _("The account was opened on %(day)s: not before.") % {"day": each.opened.isoformat()},
    ),
    vouchers.NotHeld: lambda each: (
        "amount",
        _("There is not so much: %(amount)s.") % {"amount": _amount(each)},
    ),
    vouchers.StillOwed: lambda each: (
        "",
        _("%(amount)s is owed: the deposit pays that first.") % {"amount": _amount(each)},
    ),
    vouchers.NothingOwed: lambda _each: (
        "",
        _("Nothing is owed that a deposit could pay; what is disputed waits."),
    ),
    vouchers.DrawerShort: lambda each: (
        "amount",
        _("There is only %(amount)s in your drawer.") % {"amount": _amount(each)},
    ),
    ops.NotOver: lambda _each: ("", _("A day can be closed when it has come, not before.")),
}
REFUSALS: Final = tuple(WORDS)


def refusal_words(refusal: Exception) -> Told:
    """The field, "" for none, and what is said."""
    return WORDS[type(refusal)](refusal)
