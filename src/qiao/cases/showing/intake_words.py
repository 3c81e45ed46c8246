"""Fields, faults and outcomes of a log in words: on the pages, in error files, in the history."""

from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext_lazy
from django.utils.translation import gettext_lazy as _

FIELDS: Final[dict[str, Any]] = {
    "number": pgettext_lazy("field of a log", "Number in the log"),
    "opened_at": pgettext_lazy("field of a log", "Opened at"),
    "answered_at": pgettext_lazy("field of a log", "Answered at"),
    "closed_at": pgettext_lazy("field of a log", "Closed at"),
    "due_at": pgettext_lazy("field of a log", "Due at"),
    "type": pgettext_lazy("field of a log", "Type"),
    "sub_type": pgettext_lazy("field of a log", "Sub-type"),
    "status": pgettext_lazy("field of a log", "Status"),
    "priority": _("Priority"),
    "channel": _("Channel"),
    "area": _("Area"),
    "address": _("Address"),
    "latitude": pgettext_lazy("field of a log", "Latitude"),
    "longitude": pgettext_lazy("field of a log", "Longitude"),
    "account_number": _("Account number"),
    "name": pgettext_lazy("field of a log", "Name of the caller"),
    "phone": _("Telephone number"),
    "title": pgettext_lazy("field of a log", "Title"),
    "description": pgettext_lazy("field of a log", "Description"),
    "resolution": pgettext_lazy("field of a log", "Resolution"),
    "agency": pgettext_lazy("field of a log", "Agency or team"),
    "outcome": pgettext_lazy("field of a log", "Outcome"),
}
_BROKEN: Final = pgettext_lazy("import fault", "holds characters that cannot be stored")
CODES: Final[dict[str, Any]] = {
    "missing": pgettext_lazy("import fault", "is missing"),
    "twice": pgettext_lazy("import fault", "stands in the file twice"),
    "moment": pgettext_lazy("import fault", "is no moment"),
    "order": pgettext_lazy("import fault", "does not begin with the year"),
    "future": pgettext_lazy("import fault", "is still to come"),
    "before_opened": pgettext_lazy("import fault", "lies before the opening"),
    "no_end": pgettext_lazy("import fault", "is missing, though the case is over"),
    "coordinate": pgettext_lazy("import fault", "is no coordinate"),
    "too-long": pgettext_lazy("import fault", "is too long"),
    "empty": pgettext_lazy("import fault", "is empty"),
    "line-break": pgettext_lazy("import fault", "runs over several lines"),
    "not-text": _BROKEN,
    "nul": _BROKEN,
    "lone-surrogate": _BROKEN,
    "control-character": _BROKEN,
    "digits_lost": pgettext_lazy("import fault", "lost digits in the spreadsheet"),
    "error_cell": pgettext_lazy("import fault", "is an error of the spreadsheet"),
    "formula": pgettext_lazy("import fault", "is a formula"),
    "bad_date": pgettext_lazy("import fault", "is shown as a date but is none"),
    "extra_cells": pgettext_lazy("import fault", "stands right of the last column"),
    "unclosed_quote": pgettext_lazy("import fault", "has quotation marks that never close"),
}
_EXPECTED: Final[dict[str, Any]] = {
    "missing": pgettext_lazy("expected in a file", "a value in every row"),
    "twice": pgettext_lazy("expected in a file", "each number once; the first row was taken"),
    "moment": pgettext_lazy("expected in a file", "a moment such as 2026-01-31 09:30:00"),
    "order": pgettext_lazy("expected in a file", "the year first, or the order said above"),
    "future": pgettext_lazy(
        "expected in a file", "a moment that has passed; look at the time zone"
    ),
    "before_opened": pgettext_lazy("expected in a file", "a moment after the opening"),
    "no_end": pgettext_lazy("expected in a file", "the moment of the end, or an open status"),
    "coordinate": pgettext_lazy("expected in a file", "degrees with decimals, such as 31.2304"),
    "too-long": pgettext_lazy("expected in a file", "a shorter text"),
    "digits_lost": pgettext_lazy("expected in a file", "the column formatted as text"),
    "formula": pgettext_lazy("expected in a file", "the value itself"),
    "error_cell": pgettext_lazy("expected in a file", "the value itself"),
    "unclosed_quote": pgettext_lazy("expected in a file", "a closing quotation mark"),
}
_ANY: Final = pgettext_lazy("expected in a file", "a text without control characters")
NOTES: Final[dict[str, Any]] = {
    "gap": _("Moments that the clock skipped when it was put forward: read as an hour later."),
    "twice": _("Moments that came twice when the clock was put back: the first one is taken."),
}
KEPT: Final[dict[str, Any]] = {
    "worked_on": _("was worked on since"),
    "in_use": _("something else refers to it"),
}
PLAN_FAULTS: Final[dict[str, Any]] = {
    "missing": _("No column is the field “{field}”, which every case needs."),
    "twice": _("Two columns are the field “{field}”. Leave one of them out."),
    "unknown": _("There is no field “{field}”."),
    "order": _("Say in which order day, month and year are written: the file does not tell."),
    "zone": _("Choose the time zone in which the log was kept."),
    "type": _("Choose the case type for codes that are mapped to none."),
    "datum": _("Choose the system of the coordinates."),
    "promises": _("Say whether promises count."),
}


def field_word(key: str) -> str:
    """What a field is called."""
    return str(FIELDS.get(key, key))


def fault_word(code: str) -> str:
    """What is wrong with a field, as the end of a sentence that begins with its name."""
    return str(CODES.get(code, code))


def fault_sentence(field: str, code: str) -> str:
    """Field and fault together."""
    space = "" if (get_language() or "").startswith("zh") else " "
    return f"{field_word(field)}{space}{fault_word(code)}"


def expected_word(code: str) -> str:
    """What would have been right."""
    return str(_EXPECTED.get(code, _ANY))


def plan_word(code: str, field: str) -> str:
    """What is wrong with a mapping, in one sentence."""
    return str(PLAN_FAULTS.get(code, code)).format(field=field_word(field))


def value_word(field: str, text: str, zone: str) -> str:
    """A value as it stands in a difference: moments in the log's own time zone."""
    if text and field.endswith("_at"):
        at = datetime.fromisoformat(text).astimezone(ZoneInfo(zone))
        return date_format(at, "Y-m-d H:i:s")
    return text
