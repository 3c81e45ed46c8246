"""Words for what other billing systems told: as of when, by whom; deliveries and their faults."""

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import pgettext, pgettext_lazy

from qiao.billing.models import Feed, StagedRow
from qiao.billing.rules.feeds.kinds import BALANCES, BILLS, PAYMENTS
from qiao.core.table_files import table_file

KIND_WORDS: Final[Mapping[str, Promise]] = {
    BILLS: pgettext_lazy("rows of a delivery", "Bills"),
    PAYMENTS: pgettext_lazy("rows of a delivery", "Payments"),
    BALANCES: pgettext_lazy("rows of a delivery", "Balances"),
}


def moment_words(at: datetime) -> str:
    """A moment as it is shown beside figures, in the company's zone."""
    return f"{timezone.localtime(at):%Y-%m-%d %H:%M}"


def told_words(told: Mapping[str, Any]) -> str:
    """Who told figures and as of when: `name`, and `as_of`, a moment, its text, or None."""
    at = told["as_of"]
    if at is None:
        return _("from %(system)s, not complete yet") % {"system": told["name"]}
    moment = datetime.fromisoformat(at) if isinstance(at, str) else at
    return _("as of %(moment)s from %(system)s") % {
        "moment": moment_words(moment), "system": told["name"],
    }  # fmt: skip


def told_by(feed: Feed | None) -> str:
    """Who told figures and as of when; empty where it is no other system."""
    return told_words({"name": feed.name, "as_of": feed.as_of}) if feed else ""


def yes_or_no(*, flag: bool) -> str:
    """A flag as it is shown."""
    return pgettext("flag of a bill", "yes") if flag else pgettext("flag of a bill", "no")


def field_word(key: str) -> str:
    """What a field of a row is called."""
    words = {
        "number": pgettext("field of a delivery", "Number"),
        "account": pgettext("field of a delivery", "Account number"),
        "start": pgettext("field of a delivery", "First day"),
        "until": pgettext("field of a delivery", "First day after it"),
        "last": pgettext("field of a delivery", "Last day"),
        "issued": pgettext("field of a delivery", "Issued on"),
        "due": pgettext("field of a delivery", "Due on"),
        "amount": pgettext("field of a delivery", "Amount"),
        "usage": pgettext("field of a delivery", "Use"),
        "unit": pgettext("field of a delivery", "Unit of use"),
        "lines": pgettext("field of a delivery", "Items"),
        "void": pgettext("field of a delivery", "Cancelled"),
        "at": pgettext("field of a delivery", "When"),
        "bills": pgettext("field of a delivery", "Numbers of bills"),
        "way": pgettext("field of a delivery", "Way of payment"),
    }
    return words.get(key, key)


def fault_word(code: str) -> str:
    """What is wrong with a field."""
    words = {
        "empty": _("There is nothing in it"),
        "too_long": _("It is too long, or has a control character"),
        "amount": _("This is no amount"),
        "digits": _("More digits than the currency has"),
        "negative": _("The amount lies below nought"),
        "number": pgettext("fault of a delivery", "This is no number"),
        "flag": _("This is neither yes nor no"),
        "day": pgettext("fault of a delivery", "This is no date"),
        "moment": _("This is no moment"),
        "backwards": _("The period ends before it begins"),
        "lines": _("This is no item with an amount"),
        "lines_sum": _("The items do not come to the amount"),
        "twice": _("The delivery says two different things of this number"),
        "unknown_account": _("There is no such account in this unit"),
        "billed_here": _("The account is billed here"),
        "other_feed": _("The account is billed by another feed"),
    }
    return words.get(code, code)


def wanted_word(code: str, expected: str = "") -> str:
    """What was expected there, or what to do."""
    words = {
        "empty": _("a value: this field is needed"),
        "too_long": _("up to 60 characters; up to 60 numbers of bills"),
        "amount": _("an amount such as 1234.50"),
        "digits": _("an amount in %(currency)s, not finer than its smallest coin"),
        "negative": _("nought or more: a payment that was reversed says so by its own field"),
        "number": _("figures such as 12.5"),
        "flag": _("yes or no, or nothing for no"),
        "day": pgettext("fault of a delivery", "a date such as 2026-01-05"),
        "moment": _("a moment such as 2026-01-05 09:30, or a date"),
        "backwards": _("a last day that is not before the first"),
        "lines": _("name and amount, items apart by semicolons: Water 45.00; Sewage 12.30"),
        "lines_sum": _("items that come to the amount of the bill"),
        "twice": _("one row for each number: ask the sender which of them holds"),
        "unknown_account": _("an account that is held here: take it in first, then send again"),
        "billed_here": _("accounts that the other system bills alone"),
        "other_feed": _("accounts of this feed; %(name)s bills this one"),
    }
    said = words.get(code, "")
    return said % {"currency": expected, "name": expected} if "%(" in said else said


def write_aside(rows: Iterable[StagedRow], *, path: Path, form: str) -> None:
    """Rows that were set aside, a line for every fault; `form` is ``csv`` or ``xlsx``."""
    header = [
        pgettext("rows of a delivery", "Kind"),
        pgettext("rows of a delivery", "Row"),
        field_word("number"),
        field_word("account"),
        pgettext("rows of a delivery", "Field"),
        pgettext("rows of a delivery", "What is wrong"),
        pgettext("rows of a delivery", "Found"),
        pgettext("rows of a delivery", "Expected"),
    ]
    with table_file(path, form=form, header=header) as write:
        write(_lines(rows))


def _lines(rows: Iterable[StagedRow]) -> Iterator[list[object]]:
    for row in rows:
        for fault in row.faults or []:
            yield [
                str(KIND_WORDS[row.kind]),
                row.row_number,
                row.number,
                row.account_number,
                field_word(fault["field"]),
                fault_word(fault["code"]),
                fault["found"],
                wanted_word(fault["code"], fault["expected"]),
            ]
