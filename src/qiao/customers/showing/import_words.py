"""Fields, faults and refusals of an import in words: on the pages, in error files, in the shell.

One place, so that all of them say the same. Every code that a reader of rows can give has its
words here; a test holds that.
"""

from typing import Any, Final

from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

from qiao.core.registry import registry
from qiao.customers.models import Account, Customer, ProtectedFlag, Service

FIELDS: Final[dict[str, Any]] = {
    "account_number": _("Account number"),
    "name": pgettext_lazy("import field", "Name"),
    "kind": pgettext_lazy("import field", "Person or organisation"),
    "gender": pgettext_lazy("import field", "Gender"),
    "phone": _("Telephone number"),
    "id_number": pgettext_lazy("import field", "Identity number or credit code"),
    "service": pgettext_lazy("import field", "Service"),
    "use": pgettext_lazy("import field", "Use"),
    "address": _("Address"),
    "region": pgettext_lazy("import field", "Region"),
    "community": pgettext_lazy("import field", "Community"),
    "meter_number": pgettext_lazy("import field", "Meter number"),
    "meter_size": pgettext_lazy("import field", "Meter size"),
    "opened_date": pgettext_lazy("import field", "Day of opening"),
    "status": pgettext_lazy("import field", "State of the account"),
    "flags": _("Protected because of"),
}
VALUE_FIELDS: Final[dict[str, Any]] = {
    "account_number": FIELDS["account_number"],
    "customer_number": pgettext_lazy("import field", "Customer number"),
    "month": pgettext_lazy("import field", "Month"),
    "amount": pgettext_lazy("import field", "Amount"),
    "ref": pgettext_lazy("import field", "Number of the bill"),
}
_BROKEN_TEXT: Final = pgettext_lazy("import fault", "holds characters that cannot be stored")
_CODES: Final[dict[str, Any]] = {
    "empty": pgettext_lazy("import fault", "is empty"),
    "too-long": pgettext_lazy("import fault", "is too long"),
    "too_long": pgettext_lazy("import fault", "is too long"),
    "line-break": pgettext_lazy("import fault", "runs over several lines"),
    "not-text": _BROKEN_TEXT,
    "nul": _BROKEN_TEXT,
    "lone-surrogate": _BROKEN_TEXT,
    "control-character": _BROKEN_TEXT,
    "control": _BROKEN_TEXT,
    "missing": pgettext_lazy("import fault", "is missing"),
    "unknown": pgettext_lazy("import fault", "is none of the words known here"),
    "shape": pgettext_lazy("import fault", "does not have the right form"),
    "date": pgettext_lazy("import fault", "is no day, or a day to come"),
    "taken": pgettext_lazy("import fault", "belongs to somebody else"),
    "unknowable": pgettext_lazy("import fault", "is all there is"),
    "region": pgettext_lazy("import fault", "begins with no known region"),
    "birth-date": pgettext_lazy("import fault", "holds no possible birthday"),
    "check-character": pgettext_lazy("import fault", "fails its check character"),
    "digits_lost": pgettext_lazy("import fault", "lost digits in the spreadsheet"),
    "error_cell": pgettext_lazy("import fault", "is an error of the spreadsheet"),
    "formula": pgettext_lazy("import fault", "is a formula"),
    "bad_date": pgettext_lazy("import fault", "is shown as a date but is none"),
    "extra_cells": pgettext_lazy("import fault", "stands right of the last column"),
    "unclosed_quote": pgettext_lazy("import fault", "has quotation marks that never close"),
    "month": pgettext_lazy("import fault", "is no month, or a month to come"),
    "amount": pgettext_lazy("import fault", "is no amount"),
    "nobody": pgettext_lazy("import fault", "is not known in this unit"),
    "no_owner": pgettext_lazy("import fault", "had no owner in that month"),
    "twice": pgettext_lazy("import fault", "stands in the file twice"),
}
_PHONE: Final = pgettext_lazy("import fault", "is no telephone number")
_CODES_OF_FIELD: Final[dict[tuple[str, str], Any]] = {
    ("phone", "empty"): _PHONE,
    ("phone", "shape"): _PHONE,
    ("phone", "unknown"): pgettext_lazy("import fault", "is no number that is given out"),
}
_EXPECTED: Final[dict[str, Any]] = {
    "name": pgettext_lazy("expected in a file", "a name of at most 120 characters, on one line"),
    "account_number": pgettext_lazy("expected in a file", "4 to 20 digits and letters A to Z"),
    "phone": pgettext_lazy(
        "expected in a file", "a mobile number, or a number with its area code"
    ),
    "id_number": pgettext_lazy(
        "expected in a file", "an identity number of 18 characters, or a unified credit code"
    ),
    "address": pgettext_lazy("expected in a file", "an address of at most 300 characters"),
    "opened_date": pgettext_lazy("expected in a file", "a day such as 2026-01-31, not to come"),
    "month": pgettext_lazy("expected in a file", "a month such as 2026-03, not to come"),
    "amount": pgettext_lazy("expected in a file", "yuan with at most two decimals"),
    "customer_number": pgettext_lazy("expected in a file", "the number of a customer of the unit"),
}
_EXPECTED_CODES: Final[dict[str, Any]] = {
    "digits_lost": pgettext_lazy("expected in a file", "the column formatted as text"),
    "formula": pgettext_lazy("expected in a file", "the value itself"),
    "error_cell": pgettext_lazy("expected in a file", "the value itself"),
    "unclosed_quote": pgettext_lazy("expected in a file", "a closing quotation mark"),
    "unknowable": pgettext_lazy(
        "expected in a file", "an account, telephone or identity number beside the name"
    ),
}
_EXPECTED_OF_FIELD: Final[dict[tuple[str, str], Any]] = {
    ("account_number", "missing"): pgettext_lazy(
        "expected in a file", "the account that is served at the address"
    ),
    ("account_number", "taken"): pgettext_lazy(
        "expected in a file", "an account of this customer, or a number of its own"
    ),
    ("address", "missing"): pgettext_lazy("expected in a file", "where the meter stands"),
    ("account_number", "nobody"): pgettext_lazy(
        "expected in a file", "the number of an account of the unit"
    ),
    ("account_number", "no_owner"): pgettext_lazy(
        "expected in a file", "a month in which somebody owned the account"
    ),
    ("ref", "twice"): pgettext_lazy(
        "expected in a file", "one row a month, or a number of the bill in each"
    ),
}
_CHOICES: Final[dict[str, Any]] = {
    "kind": Customer.Kind,
    "gender": Customer.Gender,
    "service": Service,
    "use": Account.Use,
    "status": Account.Status,
    "flags": ProtectedFlag,
}
_SHORT: Final = pgettext_lazy("expected in a file", "at most 60 characters, on one line")
_KEPT: Final[dict[str, Any]] = {
    "account": _("has an account that is not from this file"),
    "party": _("somebody else has a part in the account"),
    "phone": _("a telephone number was added or changed"),
    "identity": _("a document was added or verified"),
    "unit": _("another unit has to do with this customer"),
    "edited": _("was changed since"),
    "merged": _("was merged with another record"),
    "tier": _("a tier was decided"),
    "file": _("stands in another file too"),
    "customers": _("other records of the customer refer to it"),
    "branch": _("an account or a record of the branch needs it"),
}
_ADDED: Final[dict[str, Any]] = {
    "branch": pgettext_lazy("added by an import", "Seen by the branch"),
    "owner": pgettext_lazy("added by an import", "Owner of the account"),
}


def field_word(key: str) -> str:
    """What a field is called."""
    return str(FIELDS.get(key) or VALUE_FIELDS.get(key, key))


def fault_word(field: str, code: str) -> str:
    """What is wrong with a field, as the end of a sentence that begins with its name."""
    return str(_CODES_OF_FIELD.get((field, code)) or _CODES.get(code, code))


def expected_word(field: str, code: str) -> str:
    """What would have been right."""
    told = _EXPECTED_OF_FIELD.get((field, code)) or _EXPECTED_CODES.get(code)
    if told:
        return str(told)
    if field in _CHOICES:
        labels = [str(label) for value, label in _CHOICES[field].choices if value]
        return ("、" if (get_language() or "").startswith("zh") else ", ").join(labels)
    return str(_EXPECTED.get(field, _SHORT))


def fault_sentence(field: str, code: str) -> str:
    """Field and fault together: Telephone number is no telephone number."""
    space = "" if (get_language() or "").startswith("zh") else " "
    return f"{field_word(field)}{space}{fault_word(field, code)}"


def added_word(kind: str) -> str:
    """What an import added, as a noun."""
    return str(_ADDED.get(kind) or field_word(kind))


def value_word(field: str, value: str) -> str:
    """What a field holds, in words where it is one of a few choices."""
    if field in _CHOICES and value:
        return str(dict(_CHOICES[field].choices).get(value, value))
    return value


def kept_word(reason: str) -> str:
    """Why a row stays when its import is taken back."""
    if reason in _KEPT:
        return str(_KEPT[reason])
    labels = {module.key: module.label for module in registry}
    return str(_("is used in: {module}")).format(module=labels.get(reason, reason))
