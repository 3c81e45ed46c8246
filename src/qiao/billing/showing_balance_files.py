"""Words for files of balances of a former billing system: fields, faults, sums, refused rows."""

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing.ledger_words import owner_name
from qiao.billing.models import BalanceFile
from qiao.billing.queries.balance_files import refused_rows
from qiao.billing.queries.owners import owner_names
from qiao.billing.rules.balance_rows import ARREARS, DEPOSIT, LATE_FEE, OWNER, PREPAID
from qiao.billing.rules.money.postings import OWN
from qiao.billing.showing import money
from qiao.core.table_files import table_file


def amount_words() -> dict[str, str]:
    """What the amounts of a file are called."""
    return {
        ARREARS: pgettext("file of balances", "Owed"),
        LATE_FEE: pgettext("file of balances", "Late fee run up"),
        PREPAID: pgettext("file of balances", "Paid ahead"),
        DEPOSIT: pgettext("file of balances", "Deposit"),
    }


def field_words() -> dict[str, str]:
    """What the fields are called, parts of other owners by their names."""
    amounts, owners = amount_words(), owner_names()
    return {
        "account": pgettext("file of balances", "Account number"),
        ARREARS: amounts[ARREARS],
        "due": pgettext("file of balances", "Due"),
        "number": pgettext("file of balances", "Number of the bill"),
        LATE_FEE: amounts[LATE_FEE],
        **{
            OWNER + key: pgettext("file of balances", "Of what is owed: %(owner)s")
            % {"owner": owner_name(key, owners)}
            for key in owners
            if key != OWN
        },
        PREPAID: amounts[PREPAID],
        DEPOSIT: amounts[DEPOSIT],
        "issued": pgettext("file of balances", "Date of the bill"),
        "since": pgettext("file of balances", "First day of the bill"),
        "until": pgettext("file of balances", "Last day of the bill"),
    }


def fault_word(code: str) -> str:
    """What is wrong with a field."""
    words = {
        "empty": pgettext("file of balances", "There is nothing in it, or far too much"),
        "too_long": pgettext("file of balances", "It is too long"),
        "ours": _("This number is like those of bills issued here"),
        "amount": pgettext("file of balances", "This is no amount"),
        "negative": _("The amount is below nothing"),
        "digits": _("Too many digits"),
        "more_than_owed": _("This is more than all that is owed"),
        "day": pgettext("file of balances", "This is no date"),
        "too_late": _("This day is too late"),
        "twice": _("The file names this balance in an earlier row"),
        "unknown_account": _("There is no such account in this unit"),
        "other_system": _("Another system bills this account"),
        "not_billed": _("The account is not billed here yet"),
        "other_currency": _("The account is billed in another currency"),
        "day_closed": _("The day on which it would be booked is closed"),
        "number_taken": _("Another bill has this number"),
        "differs": _("This balance was taken over otherwise"),
        "taken_back": _("This balance was taken over and taken back"),
    }
    return words.get(code, code)


def wanted_word(fault: Mapping[str, str]) -> str:
    """What was expected there, or what to do."""
    code, expected = fault["code"], fault.get("expected", "")
    words = {
        "empty": _("a value: this field is needed"),
        "too_long": _("up to 40 characters"),
        "ours": _("the number that the former system gave it"),
        "amount": _("figures such as 128.40"),
        "negative": _("what the customer is owed goes into the column of what is paid ahead"),
        "digits": _("an amount with the digits of %(currency)s, below ten thousand millions")
        % {"currency": expected},
        "more_than_owed": _("%(amount)s or less") % {"amount": expected},
        "day": pgettext("fault of a delivery", "a date such as 2026-01-05"),
        "too_late": _("%(day)s or earlier") % {"day": expected},
        "twice": _(
            "each bill once, those due on one day by their numbers; what is paid ahead once for"
            " each account"
        ),
        "unknown_account": _("an account that is held here: take it in with its customer first"),
        "other_system": _("accounts that are billed here"),
        "not_billed": _("let its billing begin first, by the file of accounts to bill"),
        "other_currency": _("amounts in %(currency)s") % {"currency": expected},
        "day_closed": _("a first day after %(day)s") % {"day": expected},
        "number_taken": _("another number, such as this one with the sign of the unit before it"),
        "differs": _("as it was taken over: %(expected)s; or take that back first")
        % {"expected": expected or "–"},
        "taken_back": _("another number, if it is to be taken over once more"),
    }
    return words.get(code, "")


def sum_lines(file: BalanceFile) -> list[tuple[str, list[str]]]:
    """The sums that a check found, for whoever holds them to the former system's: an amount in
    words, all that the file says of it, what is to be taken over, known already, refused."""
    names = amount_words()
    return [
        (names[key], [money(own[what], file.currency) for what in
                      ("file", "new", "known", "refused")])
        for key, own in file.findings.get("sums", {}).items()
        if own["file"]
    ]  # fmt: skip


def taken_lines(file: BalanceFile) -> list[tuple[str, str]]:
    """What was taken over so far: amounts in words."""
    names = amount_words()
    taken: dict[str, Any] = {
        ARREARS: file.owed_minor, LATE_FEE: file.late_fee_minor, PREPAID: file.prepaid_minor,
        DEPOSIT: file.deposit_minor,
    }  # fmt: skip
    return [(names[key], money(minor, file.currency)) for key, minor in taken.items() if minor]


def write_refused(*, file: BalanceFile, path: Path, form: str) -> None:
    """A line for every fault, in the file's order; `form` is ``csv`` or ``xlsx``."""
    fields = field_words()
    header = [
        pgettext("file of accounts", "Row"),
        fields["account"],
        pgettext("file of accounts", "Column"),
        pgettext("file of accounts", "What is wrong"),
        pgettext("file of accounts", "Found"),
        _("Expected"),
    ]
    with table_file(path, form=form, header=header) as write:
        write(_lines(file, fields))


def _lines(file: BalanceFile, fields: Mapping[str, str]) -> Iterator[list[object]]:
    for number, account, faults in refused_rows(file):
        for fault in faults:
            yield [
                number,
                account,
                fields.get(fault["field"], fault["field"]),
                fault_word(fault["code"]),
                fault["found"],
                wanted_word(fault),
            ]
