"""A row of a delivery, read: the same whether it stood in a file or was sent by a program."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from decimal import Decimal, InvalidOperation
from hashlib import blake2b
from re import compile as pattern
from typing import Any, Final

from qiao.billing.rules.feeds.kinds import BALANCES, BILLS, NO, PAYMENTS, WAYS, YES
from qiao.core.rules.columns import RowFault, fold
from qiao.core.rules.dates import BadDate, read_date
from qiao.core.rules.money import LARGEST_MINOR, BadMoney, to_decimal, to_minor

LONGEST_NUMBER: Final = 60
LONGEST_WORD: Final = 60
MOST_LINES: Final = 60
MOST_BILLS: Final = 60
LARGEST_USAGE: Final = Decimal(10) ** 14
_CONTROL: Final = pattern(r"[\x00-\x1f\x7f]")
_BETWEEN: Final = pattern(r"[,;，；、\s]+")
_ITEMS: Final = pattern(r"[;；\n]+")
_CLOCK: Final = pattern(r"(.+?)[T ]+([0-2]?[0-9]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?")


@dataclass(slots=True)
class FedRow:
    """What a row says. `told` are the other fields as their columns have them, as texts, numbers
    and lists that JSON has; `minor` is in minor units of the feed's currency."""

    kind: str
    number: str = ""
    account: str = ""
    minor: int | None = None
    told: dict[str, Any] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def digest(self) -> str:
        """What it says, in short: two rows that say the same have the same."""
        said = json.dumps([self.account, self.minor, self.told], sort_keys=True)
        return blake2b(said.encode(), digest_size=16).hexdigest()


@dataclass(frozen=True, slots=True)
class Terms:
    """How the rows of a delivery are read: in which currency and zone, and as of when they are."""

    currency: str
    zone: tzinfo
    as_of: datetime


def cells_by_field(cells: Sequence[str], mapping: Mapping[int, str]) -> dict[str, str]:
    """The cells of a line of a file by the fields that its columns stand for."""
    return {
        key: cells[column].strip()
        for column, key in mapping.items()
        if key and column < len(cells)
    }


def read_row(kind: str, cells: Mapping[str, str], terms: Terms) -> FedRow:
    """Read a row by the texts of its fields; what is wrong with it stands in its faults."""
    return _Reader(kind, cells, terms).read()


class _Reader:
    """Reads one row, and gathers what is wrong with it."""

    def __init__(self, kind: str, cells: Mapping[str, str], terms: Terms) -> None:
        self.cells, self.terms = cells, terms
        self.row = FedRow(kind)

    def read(self) -> FedRow:
        row = self.row
        row.account = self._text("account", LONGEST_NUMBER, needed=True).upper()
        row.minor = self._money("amount")
        if row.kind == BALANCES:
            row.number = row.account
            at = self._moment("at") if self.cells.get("at") else self.terms.as_of
            row.told["as_of"] = _told_moment(at)
            return row
        row.number = self._text("number", LONGEST_NUMBER, needed=True)
        {BILLS: self._bill, PAYMENTS: self._payment}[row.kind]()
        return row

    def _bill(self) -> None:
        start, end = self._day("start"), self._end()
        issued = self._day("issued") if self.cells.get("issued") else end
        due = self._day("due")
        if start and end and end <= start:
            self._fault("until" if self.cells.get("until") else "last", "backwards", str(end))
        self.row.told |= {
            "start_date": _told_day(start),
            "end_date": _told_day(end),
            "issued_date": _told_day(issued),
            "due_date": _told_day(due),
            "usage": self._usage(),
            "unit": self._text("unit", LONGEST_WORD),
            "lines": self._lines(),
            "is_cancelled": self._flag("void"),
        }

    def _payment(self) -> None:
        if self.row.minor is not None and self.row.minor < 0:
            self._fault("amount", "negative", self.cells.get("amount", ""))
        way = self._text("way", LONGEST_WORD)
        numbers = [each for each in _BETWEEN.split(self.cells.get("bills", "")) if each]
        if len(numbers) > MOST_BILLS or any(len(each) > LONGEST_NUMBER for each in numbers):
            self._fault("bills", "too_long", self.cells.get("bills", ""))
        self.row.told |= {
            "received_at": _told_moment(self._moment("at")),
            "bills": list(dict.fromkeys(numbers)),
            "way": WAYS.get(fold(way), way),
            "is_reversed": self._flag("void"),
        }

    def _fault(self, name: str, code: str, found: str = "", expected: str = "") -> None:
        shown = _CONTROL.sub(" ", found)[:LONGEST_WORD]
        self.row.faults.append(RowFault(name, code, shown, expected))

    def _text(self, name: str, most: int, *, needed: bool = False) -> str:
        text = self.cells.get(name, "").strip()
        if needed and not text:
            self._fault(name, "empty")
        elif len(text) > most or _CONTROL.search(text):
            self._fault(name, "too_long", text)
            return ""
        return text

    def _money(self, name: str) -> int | None:
        return self._minor(name, self.cells.get(name, "").strip())

    def _minor(self, name: str, text: str) -> int | None:
        currency = self.terms.currency
        if not text:
            self._fault(name, "empty")
            return None
        try:
            minor = to_minor(text, currency)
            exact = to_decimal(minor, currency) == Decimal(text.replace(",", ""))
        except (BadMoney, InvalidOperation):
            self._fault(name, "amount", text)
            return None
        if not exact or abs(minor) > LARGEST_MINOR // 10**6:
            self._fault(name, "digits", text, currency)
            return None
        return minor

    def _usage(self) -> str | None:
        text = self.cells.get("usage", "").strip().replace(",", "")
        if not text:
            return None
        try:
            usage = Decimal(text)
        except InvalidOperation:
            usage = Decimal("NaN")
        if not usage.is_finite() or abs(usage) >= LARGEST_USAGE:
            self._fault("usage", "number", text)
            return None
        return format(round(usage, 6).normalize(), "f")

    def _flag(self, name: str) -> bool:
        text = fold(self.cells.get(name, ""))
        if text and text not in YES and text not in NO:
            self._fault(name, "flag", self.cells[name])
        return text in YES

    def _lines(self) -> list[list[Any]]:
        """Names with amounts: the amount is what stands last."""
        found: list[list[Any]] = []
        for item in _ITEMS.split(self.cells.get("lines", "")):
            name, _space, amount = item.strip().rpartition(" ")
            if not item.strip():
                continue
            minor = self._minor("lines", amount) if name else None
            if minor is None or len(name) > LONGEST_WORD or len(found) == MOST_LINES:
                self._fault("lines", "lines", item)
                return []
            found.append([_CONTROL.sub(" ", name.strip(" :：")), minor])
        if found and self.row.minor is not None:
            total = sum(minor for _name, minor in found)
            if total != self.row.minor:
                self._fault("lines", "lines_sum", str(to_decimal(total, self.terms.currency)))
        return found

    def _end(self) -> date | None:
        if self.cells.get("until"):
            return self._day("until")
        last = self._day("last")
        return last and last + timedelta(days=1)

    def _day(self, name: str) -> date | None:
        text = self.cells.get(name, "").strip()
        if not text:
            self._fault(name, "empty")
            return None
        try:
            return read_date(text)
        except BadDate:
            self._fault(name, "day", text)
            return None

    def _moment(self, name: str) -> datetime | None:
        """A moment with its own offset, or of the zone; a day is its beginning."""
        text = self.cells.get(name, "").strip()
        if not text:
            self._fault(name, "empty")
            return None
        try:
            exact = datetime.fromisoformat(text)
        except ValueError:
            exact = None
        if exact is not None and exact.tzinfo is not None:
            return exact
        found = _CLOCK.fullmatch(text)
        try:
            day = read_date(found[1] if found else text)
            at = time(int(found[2]), int(found[3]), int(found[4] or 0)) if found else time()
        except (BadDate, ValueError):
            self._fault(name, "moment", text)
            return None
        return datetime.combine(day, at, self.terms.zone)


def _told_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _told_moment(at: datetime | None) -> str | None:
    """As moments are kept, whatever the offset they came with."""
    return at.astimezone(UTC).isoformat() if at else None
