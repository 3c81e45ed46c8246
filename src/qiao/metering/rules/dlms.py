"""What meters push by themselves (DLMS/COSEM data-notification), read into readings and intervals.

Two forms of body are understood: a list of what is pushed, and then the values of that (Blue Book,
push setup); and rows of an OBIS code, a value, and mostly its scaler and unit. Which code means
what is data. A profile whose entries lie 5 to 60 minutes apart tells intervals, any other one
readings. An entry is made at the end of its interval.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import ROUND_FLOOR, Decimal
from hashlib import sha256
from typing import Any, Final
from zoneinfo import ZoneInfo

from qiao.metering.rules.axdr import BadFrame, ClockTime, Reader, read_clock
from qiao.metering.rules.intervals import STEPS
from qiao.metering.rules.obis import CLOCK, METER, READING, USE, Meaning, code_of, in_unit
from qiao.metering.rules.registers import TOTAL

NOTIFICATION: Final = 0x0F
CODES: Final = (
    "short", "long", "length", "large", "tag", "text", "clock", "hdlc", "ciphering", "encrypted",
    "unauthenticated", "key", "apdu", "body", "nothing", "meter", "moment", "clock_invalid",
    "unit", "number", "columns", "period",
)  # fmt: skip
"""What may be wrong with a frame, or with a part of it."""
_DATA, _PROFILE, _CLOCK, _PUSH = 1, 7, 8, 40  # classes
_REGISTERS: Final = (3, 4)  # plain ones, and those with a time of their own
_VALUE, _SCALER, _PERIOD, _CAPTURED = 2, 3, 4, 5  # attributes
_COLUMNS: Final = 3  # of a profile
_CODE_BYTES: Final = 6
_MOST: Final = Decimal(10) ** 15  # more than any register shows

Attributes = dict[tuple[str, int, int], Any]
"""Values by OBIS code, class and attribute."""


@dataclass(frozen=True, slots=True)
class PushedReading:
    """What stood on a register, as decimal text in its unit."""

    key: str
    value: str
    read_at: datetime
    kind: str
    period: str


@dataclass(frozen=True, slots=True)
class PushedInterval:
    """What was used in an interval, as decimal text in the unit of the register."""

    start: datetime
    minutes: int
    value: str


@dataclass(slots=True)
class Pushed:
    """What a frame tells of a meter, and which parts of it could not be read: code and detail."""

    meter_number: str
    readings: list[PushedReading] = field(default_factory=list)
    intervals: list[PushedInterval] = field(default_factory=list)
    faults: list[tuple[str, str]] = field(default_factory=list)

    @property
    def intervals_key(self) -> str:
        """Names the intervals by what they say: told again they have the same name."""
        rows = [f"{each.start.isoformat()} {each.minutes} {each.value}" for each in self.intervals]
        return _key(self.meter_number, *rows)


def read_push(
    frame: bytes, meanings: Mapping[str, Meaning], *, zone: ZoneInfo, meter: str = ""
) -> Pushed:
    """What a plain frame tells; `meter` is the number of its meter where it does not say it
    itself, `zone` that of a clock without an offset. Raises `BadFrame`."""
    sent_at, body = _notification(frame)
    attributes = _attributes(body)
    found = _Finding(attributes, meanings, zone, sent_at)
    pushed = Pushed(found.meter_number() or meter.strip())
    if not pushed.meter_number:
        raise BadFrame("meter")
    found.registers(pushed)
    found.profiles(pushed)
    if not (pushed.readings or pushed.intervals or pushed.faults):
        codes = sorted({code for code, _kind, _attribute in attributes})
        raise BadFrame("nothing", " ".join(codes)[:200])
    return pushed


def _notification(frame: bytes) -> tuple[bytes, Any]:
    """When a frame says that it was sent (empty without), and its body."""
    reader = Reader(frame)
    tag = reader.byte()
    if tag != NOTIFICATION:
        raise BadFrame("apdu", f"{tag:02X}")
    reader.take(4)  # which push it was
    sent_at = reader.octets()
    body = reader.value()
    if reader.left:
        raise BadFrame("long", f"{reader.left} bytes")
    return sent_at, body


def _attributes(body: Any) -> Attributes:
    if not isinstance(body, list) or not body:
        raise BadFrame("body")
    if _is_push_list(body[0]):
        return _described(body)
    rows = body if _is_row(body[0]) else body[0] if len(body) == 1 else ()
    if not isinstance(rows, list) or not rows or not all(_is_row(each) for each in rows):
        raise BadFrame("body")
    return _listed(rows)


def _is_push_list(value: Any) -> bool:
    return (
        isinstance(value, list)
        and bool(value)
        and all(
            isinstance(each, list)
            and len(each) >= 4
            and isinstance(each[0], int)
            and isinstance(each[1], bytes)
            and len(each[1]) == _CODE_BYTES
            and isinstance(each[2], int)
            for each in value
        )
    )


def _is_row(value: Any) -> bool:
    return (
        isinstance(value, list)
        and len(value) in (2, 3)
        and isinstance(value[0], bytes)
        and len(value[0]) == _CODE_BYTES
    )


def _described(body: list[Any]) -> Attributes:
    listed = body[0]
    is_among = listed[0][0] == _PUSH and listed[0][2] == _VALUE  # the list is pushed itself
    values = body if is_among else body[1:]
    if len(values) != len(listed):
        raise BadFrame("columns", f"{len(listed)} ≠ {len(values)}")
    return {
        (code_of(each[1]), each[0], each[2]): value
        for each, value in zip(listed, values, strict=True)
    }


def _listed(rows: Sequence[Any]) -> Attributes:
    found: Attributes = {}
    for row in rows:
        code = code_of(row[0])
        kind = _REGISTERS[0]
        if isinstance(row[1], bytes | str):
            kind = _CLOCK if len(row[1]) == 12 and isinstance(row[1], bytes) else _DATA
        found[code, kind, _VALUE] = row[1]
        if len(row) == 3:
            found[code, kind, _SCALER] = row[2]
    return found


@dataclass(frozen=True, slots=True)
class _Finding:
    """What is looked for in the attributes of one frame."""

    attributes: Attributes
    meanings: Mapping[str, Meaning]
    zone: ZoneInfo
    sent_at: bytes

    def meter_number(self) -> str:
        for (code, _kind, attribute), value in self.attributes.items():
            meaning = self.meanings.get(code)
            if meaning is None or meaning.means != METER or attribute != _VALUE:
                continue
            text = value.decode("ascii", "replace") if isinstance(value, bytes) else str(value)
            if (number := text.strip(" \0")) and number.isprintable() and number.isascii():
                return number
            raise BadFrame("meter", repr(value)[:60])
        return ""

    def registers(self, pushed: Pushed) -> None:
        """Registers that were pushed by themselves."""
        for (code, kind, attribute), value in self.attributes.items():
            meaning = self.meanings.get(code)
            if meaning is None or meaning.means != READING or attribute != _VALUE:
                continue
            if kind not in _REGISTERS:
                continue
            try:
                at = self._moment(self._own_clock(code, kind))
                self._add_reading(pushed, code, meaning, value, at)
            except BadFrame as fault:
                pushed.faults.append((fault.code, fault.detail or code))

    def _own_clock(self, code: str, kind: int) -> bytes:
        captured = self.attributes.get((code, kind, _CAPTURED))
        if isinstance(captured, bytes):
            return captured
        for (each, _class, attribute), value in self.attributes.items():
            meaning = self.meanings.get(each)
            is_clock = meaning is not None and meaning.means == CLOCK and attribute == _VALUE
            if is_clock and isinstance(value, bytes):
                return value
        return self.sent_at

    def _moment(self, clock: bytes) -> datetime:
        if not clock:
            raise BadFrame("moment")
        return self._at(read_clock(clock))

    def _at(self, clock: ClockTime) -> datetime:
        if clock.is_invalid:
            raise BadFrame("clock_invalid", clock.at.isoformat())
        at = clock.at if clock.at.tzinfo else clock.at.replace(tzinfo=self.zone)
        return at.astimezone(UTC)

    def _add_reading(
        self, pushed: Pushed, code: str, meaning: Meaning, value: Any, at: datetime
    ) -> None:
        amount = self._amount(code, meaning, value)
        if meaning.decimals is not None:  # a register shows no more: what is behind is cut off
            step = Decimal(1).scaleb(-meaning.decimals)
            amount = amount.quantize(step, rounding=ROUND_FLOOR)
        text = _plain(amount)
        key = _key(pushed.meter_number, code, at.isoformat(), text)
        pushed.readings.append(PushedReading(key, text, at, meaning.kind, meaning.period))

    def _amount(self, code: str, meaning: Meaning, value: Any) -> Decimal:
        """A value in the unit of the register. Raises `BadFrame`."""
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise BadFrame("number", code)
        if isinstance(value, float) and not math.isfinite(value):
            raise BadFrame("number", code)
        told = (self.attributes.get((code, kind, _SCALER)) for kind in _REGISTERS)
        scaled = next((each for each in told if each is not None), None)
        if scaled is None and meaning.scaled is not None:
            scaled = list(meaning.scaled)
        amount = in_unit(Decimal(str(value)), scaled, meaning.unit)
        if amount is None:
            raise BadFrame("unit", f"{code} {scaled}" if scaled is not None else code)
        if abs(amount) >= _MOST:
            raise BadFrame("number", code)
        return amount

    def profiles(self, pushed: Pushed) -> None:
        """Profiles that were pushed whole or in part."""
        for (code, kind, attribute), value in self.attributes.items():
            if kind != _PROFILE or attribute != _VALUE:
                continue
            try:
                self._profile(pushed, code, value)
            except BadFrame as fault:
                pushed.faults.append((fault.code, fault.detail or code))

    def _profile(self, pushed: Pushed, code: str, entries: Any) -> None:
        captured = self.attributes.get((code, _PROFILE, _COLUMNS))
        period = self.attributes.get((code, _PROFILE, _PERIOD))
        if captured is None or not _is_push_list(captured) or not isinstance(period, int):
            raise BadFrame("columns", code)
        columns = [(code_of(each[1]), each[2]) for each in captured]
        rows = list(self._entries(columns, entries, period, pushed))
        minutes, rest = divmod(period, 60)
        if minutes in STEPS and not rest:
            self._intervals(pushed, columns, rows, minutes)
        elif period == 0 or period >= 86_400:
            self._readings(pushed, columns, rows)
        else:
            raise BadFrame("period", f"{code} {period} s")

    def _entries(
        self, columns: Sequence[tuple[str, int]], entries: Any, period: int, pushed: Pushed
    ) -> Iterator[tuple[datetime, list[Any]]]:
        """The moment of each entry and its values. What is left out is as in the entry before, a
        clock one period later."""
        if not isinstance(entries, list):
            raise BadFrame("columns", "buffer")
        clocks = [n for n, (code, at) in enumerate(columns) if self._is_clock(code, at)]
        if not clocks:
            raise BadFrame("moment")
        before: list[Any] = [None] * len(columns)
        last: datetime | None = None
        for number, entry in enumerate(entries, 1):
            if not isinstance(entry, list) or len(entry) != len(columns):
                raise BadFrame("columns", f"entry {number}")
            before = [old if new is None else new for old, new in zip(before, entry, strict=True)]
            clock = entry[clocks[0]]
            try:
                last = self._entry_moment(clock, last, period)
            except BadFrame as fault:
                pushed.faults.append((fault.code, f"entry {number} {fault.detail}".strip()))
                last = None
                continue
            yield last, before

    def _entry_moment(self, clock: Any, last: datetime | None, period: int) -> datetime:
        if clock is None and last is not None:
            return last + timedelta(seconds=period)
        if not isinstance(clock, bytes):
            raise BadFrame("moment")
        return self._moment(clock)

    def _is_clock(self, code: str, attribute: int) -> bool:
        meaning = self.meanings.get(code)
        return meaning is not None and meaning.means == CLOCK and attribute == _VALUE

    def _readings(
        self, pushed: Pushed, columns: Sequence[tuple[str, int]],
        rows: Sequence[tuple[datetime, list[Any]]],
    ) -> None:  # fmt: skip
        for place, (code, attribute) in enumerate(columns):
            meaning = self.meanings.get(code)
            if meaning is None or meaning.means != READING or attribute != _VALUE:
                continue
            for at, values in rows:
                try:
                    self._add_reading(pushed, code, meaning, values[place], at)
                except BadFrame as fault:
                    pushed.faults.append((fault.code, f"{at.isoformat()} {fault.detail}"))

    def _intervals(
        self, pushed: Pushed, columns: Sequence[tuple[str, int]],
        rows: Sequence[tuple[datetime, list[Any]]], minutes: int,
    ) -> None:  # fmt: skip
        found = {
            meaning.means: (place, code, meaning)
            for place, (code, attribute) in enumerate(columns)
            if (meaning := self.meanings.get(code)) is not None
            and attribute == _VALUE
            and meaning.means in (READING, USE)
            and meaning.kind == TOTAL
        }
        if USE not in found and READING not in found:
            return
        place, code, meaning = found.get(USE) or found[READING]
        length = timedelta(minutes=minutes)
        stood: tuple[datetime, Decimal] | None = None
        for at, values in rows:
            try:
                amount = self._amount(code, meaning, values[place])
            except BadFrame as fault:
                pushed.faults.append((fault.code, f"{at.isoformat()} {fault.detail}"))
                stood = None
                continue
            used = amount if meaning.means == USE else None
            if used is None and stood is not None and at - stood[0] == length:
                used = amount - stood[1]
            stood = at, amount
            if used is not None:
                pushed.intervals.append(PushedInterval(at - length, minutes, _plain(used)))


def _plain(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _key(*words: str) -> str:
    return f"dlms:{sha256(chr(0).join(words).encode()).hexdigest()[:40]}"
