"""Words for files by which the billing of accounts begins: fields, faults, refused rows."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.billing import showing
from qiao.billing.models import AccountFile
from qiao.billing.operations.refusal_words import term_words
from qiao.billing.queries.account_files import refused_rows
from qiao.billing.queries.tariffs import inputs_of_terms
from qiao.billing.rules.account_rows import ANSWER
from qiao.billing.rules.tariffs.asked import TermFault
from qiao.core.table_files import table_file

_TERM = "term_"


def field_words() -> dict[str, str]:
    """What the fields are called, those that tariffs ask by the names that they have there."""
    words = {
        "account": pgettext("file of accounts", "Account number"),
        "tariff": pgettext("bill", "Tariff"),
        "since": pgettext("file of accounts", "Billed from"),
        "months": _("Months of a bill"),
        "used": _("Used in the year before that day"),
        "reason": _("Reason and document"),
    }
    for row, inputs in inputs_of_terms():
        for name in inputs:
            words.setdefault(ANSWER + name, showing.input_name(row, name))
    return words


def fault_word(code: str) -> str:
    """What is wrong with a field."""
    if code.startswith(_TERM):
        return pgettext("file of accounts", "This is no answer to what the tariff asks")
    words = {
        "empty": pgettext("file of accounts", "There is nothing in it, or far too much"),
        "too_long": pgettext("file of accounts", "It is too long"),
        "day": pgettext("file of accounts", "This is no date"),
        "months": _("This is no number of months of a bill"),
        "number": pgettext("file of accounts", "This is no number"),
        "twice": _("The file names this account in an earlier row"),
        "unknown_account": _("There is no such account in this unit"),
        "other_system": _("Another system bills this account"),
        "billed": _("The account is billed otherwise already"),
        "before_opened": _("The account was not open yet"),
        "unknown_tariff": _("There is no such tariff of the account's service"),
        "no_price": _("The tariff has no price on that day"),
    }
    return words.get(code, code)


def wanted_word(fault: Mapping[str, str]) -> str:
    """What was expected there, or what to do."""
    code, expected = fault["code"], fault.get("expected", "")
    if code.startswith(_TERM):
        return term_words(TermFault("", code.removeprefix(_TERM), fault["found"], expected))
    words = {
        "empty": _("a value: this field is needed"),
        "too_long": _("up to 40 characters, a reason up to 300"),
        "day": pgettext("fault of a delivery", "a date such as 2026-01-05"),
        "months": _("1, 2, 3, 4, 6 or 12"),
        "number": _("figures such as 12.5"),
        "twice": _("one row for each account"),
        "unknown_account": _("an account that is held here: take it in with its customer first"),
        "other_system": _("accounts that are billed here"),
        "billed": _("change how it is billed on its own page"),
        "before_opened": _("%(day)s or later") % {"day": expected},
        "unknown_tariff": _("one of %(tariffs)s, or its name") % {"tariffs": expected or "–"},
        "no_price": _("%(day)s or later") % {"day": expected},
    }
    return words.get(code, "")


def write_refused(*, file: AccountFile, path: Path, form: str) -> None:
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


def _lines(file: AccountFile, fields: Mapping[str, str]) -> Iterator[list[object]]:
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
