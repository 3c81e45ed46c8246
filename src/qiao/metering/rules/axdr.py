"""Values of meters as A-XDR carries them (IEC 61334-6; the tags of IEC 62056-6-2, 4.1.5).

Frames come from outside: each length is held against what is left, nesting and the count of values
are bounded, and what ends too soon, or goes on too long, is refused.
"""

import struct
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Any, Final

MOST_DEEP: Final = 12
MOST_VALUES: Final = 200_000
CLOCK_BYTES: Final = 12
_UNSET: Final = -0x8000  # of the deviation
_INVALID: Final = 0x01  # bits of the clock's status
_DOUBTFUL: Final = 0x02


class BadFrame(ValueError):  # noqa: N818 - a refusal, not a fault
    """These bytes are no frame that can be read. `code` says why, see `rules.dlms.CODES`;
    `detail` where."""

    def __init__(self, code: str, detail: str = "") -> None:
        super().__init__(f"{code} {detail}".strip())
        self.code = code
        self.detail = detail


class Reader:
    """Reads bytes from their beginning on, never past their end."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._place = 0
        self._values = 0

    @property
    def left(self) -> int:
        """How many bytes are left."""
        return len(self._data) - self._place

    def take(self, count: int) -> bytes:
        """The next bytes. Raises `BadFrame` where there are fewer."""
        if count > self.left:
            raise BadFrame("short", f"byte {self._place}")
        found = self._data[self._place : self._place + count]
        self._place += count
        return found

    def byte(self) -> int:
        """The next byte."""
        return self.take(1)[0]

    def length(self) -> int:
        """A length: one byte below 128, else as many bytes as its first one says."""
        first = self.byte()
        if first < 0x80:
            return first
        count = first & 0x7F
        if not 1 <= count <= 4:
            raise BadFrame("length", f"byte {self._place - 1}")
        return int.from_bytes(self.take(count), "big")

    def octets(self) -> bytes:
        """Bytes with their length before them."""
        return self.take(self.length())

    def value(self, deep: int = 0) -> Any:
        """The next value: a list for an array or a structure, bytes for an octet string, a number,
        text, `None`. Raises `BadFrame`."""
        self._values += 1
        if deep > MOST_DEEP or self._values > MOST_VALUES:
            raise BadFrame("large", f"byte {self._place}")
        tag = self.byte()
        if tag in (_ARRAY, _STRUCTURE):
            count = self.length()
            if count > self.left:  # a value has one byte at least
                raise BadFrame("short", f"byte {self._place}")
            return [self.value(deep + 1) for _ in range(count)]
        if tag in _FIXED:
            size, read = _FIXED[tag]
            return read(self.take(size))
        if tag == _BITS:
            count = self.length()
            return self.take((count + 7) // 8)
        if tag in _SIZED:
            return _SIZED[tag](self.octets())
        raise BadFrame("tag", f"{tag} at byte {self._place - 1}")


def _signed(data: bytes) -> int:
    return int.from_bytes(data, "big", signed=True)


def _unsigned(data: bytes) -> int:
    return int.from_bytes(data, "big")


def _text(data: bytes) -> str:
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise BadFrame("text") from error


_ARRAY, _STRUCTURE, _BITS = 1, 2, 4
_FIXED: Final[Mapping[int, tuple[int, Callable[[bytes], Any]]]] = {
    0: (0, lambda _data: None),
    3: (1, lambda data: data != b"\x00"),
    5: (4, _signed),
    6: (4, _unsigned),
    15: (1, _signed),
    16: (2, _signed),
    17: (1, _unsigned),
    18: (2, _unsigned),
    20: (8, _signed),
    21: (8, _unsigned),
    22: (1, _unsigned),
    23: (4, lambda data: struct.unpack(">f", data)[0]),
    24: (8, lambda data: struct.unpack(">d", data)[0]),
    25: (12, bytes),
    26: (5, bytes),
    27: (4, bytes),
}
_SIZED: Final[Mapping[int, Callable[[bytes], Any]]] = {
    9: bytes,
    10: _text,
    12: _text,
    13: bytes,
}


@dataclass(frozen=True, slots=True)
class ClockTime:
    """The clock of a meter: a moment where it says how far it is from UTC, else the local time
    alone (without an offset); whether it doubts itself or knows that it is wrong."""

    at: datetime
    is_doubtful: bool
    is_invalid: bool


def read_clock(data: bytes) -> ClockTime:
    """The twelve bytes of a date-time (IEC 62056-6-2, 4.1.6.1): the deviation is minutes from
    local time to UTC, so that China's is -480. Raises `BadFrame`."""
    if len(data) != CLOCK_BYTES:
        raise BadFrame("clock", f"{len(data)} bytes")
    year, month, day = _unsigned(data[:2]), data[2], data[3]
    hour, minute, second = data[5], data[6], 0 if data[7] == 0xFF else data[7]
    deviation, status = _signed(data[9:11]), data[11]
    if deviation != _UNSET and abs(deviation) > 840:
        raise BadFrame("clock", data.hex())
    zone = None if deviation == _UNSET else timezone(timedelta(minutes=-deviation))
    try:
        at = datetime(year, month, day, hour, minute, second, tzinfo=zone)
        moment = at.astimezone(UTC) if zone else at
    except (ValueError, OverflowError) as error:
        raise BadFrame("clock", data.hex()) from error
    known = status != 0xFF  # not specified
    return ClockTime(moment, known and bool(status & _DOUBTFUL), known and bool(status & _INVALID))
