"""Work sheets: what is checked, measured, photographed and signed before a job counts as done.

A sheet comes from a pack (``work_sheets.toml``) and is copied into each work order, so that a
later edition of the pack does not change a job that is under way.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from qiao.core.packs.reading import EMPTY_TEXT, Table
from qiao.core.rules.texts import Text

NEEDS: Final = ("required", "optional", "none")


@dataclass(frozen=True, slots=True)
class Check:
    """One line to tick off."""

    key: str
    text: Text
    required: bool = True


@dataclass(frozen=True, slots=True)
class Reading:
    """A figure to measure, in `unit`, with the limits within which it is good."""

    key: str
    label: Text
    unit: str = ""
    low: Decimal | None = None
    high: Decimal | None = None
    required: bool = False

    def judge(self, typed: str) -> str:
        """``ok``, ``low``, ``high``; ``unread`` for nothing, ``unclear`` for what is no figure."""
        value = figure(typed)
        if value is None:
            return "unclear" if typed.strip() else "unread"
        if self.low is not None and value < self.low:
            return "low"
        if self.high is not None and value > self.high:
            return "high"
        return "ok"


@dataclass(frozen=True, slots=True)
class Photo:
    """A picture that the job asks for."""

    key: str
    label: Text
    required: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """A work sheet. `note` and `signature` are ``required``, ``optional`` or ``none``."""

    key: str
    case_types: tuple[str, ...] = ()
    checks: tuple[Check, ...] = ()
    readings: tuple[Reading, ...] = ()
    photos: tuple[Photo, ...] = ()
    note: str = "required"
    signature: str = "required"
    safety: tuple[Text, ...] = ()


# Where a pack says nothing: a note, a picture of the finished work, the customer's signature.
PLAIN: Final = Sheet(
    key="plain",
    photos=(Photo("after", Text("After", "处理后", "處理後")),),
)


def figure(typed: str) -> Decimal | None:
    """The number that was typed, or None; a comma counts as a decimal point."""
    try:
        value = Decimal(typed.strip().replace(",", ".").replace("。", "."))
    except InvalidOperation:
        return None
    return value if value.is_finite() and abs(value) < Decimal("1e12") else None


@dataclass(frozen=True, slots=True)
class Filled:
    """What a technician has filled in so far. `photos` are the keys of pictures that are there."""

    checks: Mapping[str, bool]
    readings: Mapping[str, str]
    photos: Collection[str]
    note: str = ""
    signed: bool = False
    no_photo_reason: str = ""
    no_signature_reason: str = ""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing that completion still needs: its `kind` and, where there are several, its key."""

    kind: str  # check, reading, photo, note, signature
    key: str = ""


def missing(sheet: Sheet, filled: Filled) -> tuple[Missing, ...]:
    """What is still missing, in the order of the page. Empty means: may be completed.

    Pictures and the signature may be replaced by a stated reason; nothing else may.
    """
    found = [Missing("check", c.key) for c in sheet.checks if _open(c, filled)]
    found += [Missing("reading", r.key) for r in sheet.readings if _unread(r, filled)]
    if not filled.no_photo_reason:
        wanted = (p.key for p in sheet.photos if p.required)
        found += [Missing("photo", key) for key in wanted if key not in filled.photos]
    if sheet.note == "required" and not filled.note.strip():
        found.append(Missing("note"))
    if sheet.signature == "required" and not (filled.signed or filled.no_signature_reason):
        found.append(Missing("signature"))
    return tuple(found)


def _open(check: Check, filled: Filled) -> bool:
    return check.required and not filled.checks.get(check.key)


def _unread(reading: Reading, filled: Filled) -> bool:
    judged = reading.judge(filled.readings.get(reading.key, ""))
    return judged == "unclear" or (reading.required and judged == "unread")


def sheet_data(sheet: Sheet) -> dict[str, Any]:
    """The sheet as JSON, for the work order's own copy."""
    return {
        "key": sheet.key,
        "checks": [
            {"key": c.key, "text": c.text.data(), "required": c.required} for c in sheet.checks
        ],
        "readings": [
            {
                "key": r.key,
                "label": r.label.data(),
                "unit": r.unit,
                "low": str(r.low) if r.low is not None else "",
                "high": str(r.high) if r.high is not None else "",
                "required": r.required,
            }
            for r in sheet.readings
        ],
        "photos": [
            {"key": p.key, "label": p.label.data(), "required": p.required} for p in sheet.photos
        ],
        "note": sheet.note,
        "signature": sheet.signature,
        "safety": [text.data() for text in sheet.safety],
    }


def sheet_from_data(data: Mapping[str, Any]) -> Sheet:
    """The sheet of a work order; an empty copy means `PLAIN`."""
    return read_sheet(Table(data, file="", place="", problems=[])) if data else PLAIN


def read_sheet(table: Table) -> Sheet:
    """Read a sheet from a table of a pack or from a work order's copy."""
    sheet = Sheet(
        key=table.key(),
        case_types=table.strings("case_types"),
        checks=tuple(_check(item) for item in table.tables("checks")),
        readings=tuple(_reading(item) for item in table.tables("readings")),
        photos=tuple(_photo(item) for item in table.tables("photos")),
        note=table.choice("note", NEEDS, "required"),
        signature=table.choice("signature", NEEDS, "required"),
        safety=table.texts("safety"),
    )
    table.finish()
    return sheet


def _check(table: Table) -> Check:
    check = Check(table.key(), table.text("text"), table.boolean("required", default=True))
    table.finish()
    return check


def _photo(table: Table) -> Photo:
    photo = Photo(table.key(), table.text("label"), table.boolean("required", default=True))
    table.finish()
    return photo


def _reading(table: Table) -> Reading:
    reading = Reading(
        key=table.key(),
        label=table.text("label") or EMPTY_TEXT,
        unit=table.string("unit", ""),
        low=_limit(table, "low"),
        high=_limit(table, "high"),
        required=table.boolean("required"),
    )
    table.finish()
    return reading


def _limit(table: Table, key: str) -> Decimal | None:
    text = table.string(key, "")
    value = figure(text) if text else None
    if text and value is None:
        table.report(key, f"expected a number as text, found {text!r}")
    return value
