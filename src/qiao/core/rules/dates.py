"""Dates as people and machines write them in Chinese files: three ways of counting years.

Accepted are the common era (2026-01-05, 2026/1/5, 2026.1.5, 2026年1月5日, 20260105, also in
full-width or Chinese figures), the years of the Republic when they say so (民国115年1月5日,
R.O.C. 115.01.05; year 1 is 1912), and, only when asked for, the day numbers of spreadsheets.
Refused rather than guessed: years of two digits, day-first and month-first orders, lunar dates.
"""

from datetime import date, datetime, timedelta
from enum import StrEnum
from re import compile as pattern
from typing import Literal
from unicodedata import normalize

FIRST_YEAR = 1800
LAST_YEAR = 2199
REPUBLIC_OFFSET = 1911
_LONGEST = 60
_LAST_SERIAL = 2_958_465  # 9999-12-31 in the 1900 system
_LEAP_THAT_NEVER_WAS = 60  # 1900-02-29, which the 1900 system keeps (ECMA-376 part 1, 18.17.4.1)

Serials = Literal["", "1900", "1904"]

_FIGURES = {ord(chinese): str(value) for value, chinese in enumerate("〇一二三四五六七八九")}
_FIGURES |= {ord(zero): "0" for zero in "零○◯"}
_NUMERAL = "[0-9十]"
_SPOKEN = pattern(
    rf"(?:公元|西元)?({_NUMERAL}+)年({_NUMERAL}{{1,3}})月({_NUMERAL}{{1,3}})[日号號]?"
)
_MARKED = pattern(r"(?:公元|西元)?([0-9]+)([-/.])([0-9]{1,2})\2([0-9]{1,2})")
_SOLID = pattern(r"([0-9]{4})([0-9]{2})([0-9]{2})")
_MIDNIGHT = pattern(r"(.*[0-9日号號])(?:[T ]+|(?<=[日号號]))0?0:00(?::00(?:\.0+)?)?Z?")
_REPUBLIC = pattern(r"(?i:(?:中[华華])?民[国國]前?|R\.? ?O\.? ?C\.?)")
_SOLID_REPUBLIC = pattern(r"([0-9]{2,3})([0-9]{2})([0-9]{2})")
_LUNAR = pattern(
    "[农農][历曆]|[阴陰][历曆]|[旧舊][历曆]|正月|[腊臘冬]月|[闰閏].{1,2}月|初[一二三四五六七八九十0-9]|廿|卅"
    "|[甲乙丙丁戊己庚辛壬癸][子丑寅卯辰巳午未申酉戌亥]年?"
)
_SERIAL = pattern(r"([0-9]{1,7})(?:\.[0-9]+)?")
_YEAR_LAST = pattern(r"[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}")
_SPACE = pattern(r"(?<=[^0-9A-Za-z])\s+|\s+(?=[^0-9A-Za-z])")


class DateFault(StrEnum):
    """Why a text is no date: a stable identifier for the caller's translation."""

    EMPTY = "empty"
    SHAPE = "shape"
    NO_SUCH_DAY = "no-such-day"
    TWO_DIGIT_YEAR = "two-digit-year"
    YEAR_LAST = "year-last"
    LUNAR = "lunar"
    OUT_OF_RANGE = "out-of-range"


_EXPECTED = {
    DateFault.EMPTY: "The date is empty.",
    DateFault.SHAPE: "This is no date; expected is one such as 2026-01-05 or 2026年1月5日.",
    DateFault.NO_SUCH_DAY: "The calendar has no such day.",
    DateFault.TWO_DIGIT_YEAR: "The year needs four digits, such as 2026.",
    DateFault.YEAR_LAST: "Day and month cannot be told apart; write the year first.",
    DateFault.LUNAR: "This is a date of the lunar calendar; write the solar date.",
    DateFault.OUT_OF_RANGE: "The year must be from 1800 to 2199.",
}


class BadDate(ValueError):  # noqa: N818 - a refusal, not a fault
    """A text that is no date.

    Attributes:
        reason: a `DateFault`.
        message: the English message, which is also the msgid: it tells what was expected.
    """

    def __init__(self, reason: DateFault) -> None:
        self.reason = reason
        self.message = _EXPECTED[reason]
        super().__init__(self.message)


def read_date(text: str, *, serials: Serials = "") -> date:
    """Read a date of the solar calendar.

    A time of midnight behind the day, as exports write it, is passed over.

    Args:
        text: one cell or form field.
        serials: take bare numbers of one to seven digits as day numbers of a spreadsheet that
            counts from 1900 or from 1904. Numbers that could be a year (1800-2199) stay refused.

    Raises:
        BadDate: with the reason and what was expected.
    """
    plain = _normal_form(text)
    if not plain:
        raise BadDate(DateFault.EMPTY)
    if _LUNAR.search(plain):
        raise BadDate(DateFault.LUNAR)
    plain = plain.translate(_FIGURES)
    republic = _REPUBLIC.match(plain)
    if republic:
        return _read_republic(plain[republic.end() :].strip(), before="前" in republic[0])
    serial = _SERIAL.fullmatch(plain) if serials else None
    if serial:
        return _read_serial(serial[1], serials)
    year, month, day = _take_apart(plain)
    if len(year) <= 2:
        raise BadDate(DateFault.TWO_DIGIT_YEAR)
    if len(year) != 4:
        raise BadDate(DateFault.SHAPE)
    return _make(int(year), month, day)


def moment_of_serial(serial: float, *, from_1904: bool = False) -> datetime:
    """Turn a spreadsheet's day number into date and time, to the nearest second.

    Source: ECMA-376 part 1, 18.17.4.1 (1900 and 1904 date base systems).

    Raises:
        BadDate: the number is before the first day (0 in the 1900 system is none), beyond
            9999-12-31, or the 29 February 1900 that never was.
    """
    last = _LAST_SERIAL - 1_462 if from_1904 else _LAST_SERIAL
    first = 0 if from_1904 else 1
    if not first <= serial < last + 1:
        raise BadDate(DateFault.OUT_OF_RANGE)
    if from_1904:
        start = datetime(1904, 1, 1)  # noqa: DTZ001 - a calendar day, in no zone
    elif int(serial) == _LEAP_THAT_NEVER_WAS:
        raise BadDate(DateFault.NO_SUCH_DAY)
    else:
        shift = 30 if serial > _LEAP_THAT_NEVER_WAS else 31
        start = datetime(1899, 12, shift)  # noqa: DTZ001 - a calendar day, in no zone
    try:
        return start + timedelta(seconds=round(serial * 86_400))
    except OverflowError:
        raise BadDate(DateFault.OUT_OF_RANGE) from None


def _normal_form(text: str) -> str:
    if len(text) > _LONGEST:
        raise BadDate(DateFault.SHAPE)
    plain = _SPACE.sub("", normalize("NFKC", text).strip())
    midnight = _MIDNIGHT.fullmatch(plain)
    return midnight[1] if midnight else plain


def _take_apart(plain: str) -> tuple[str, int, int]:
    spoken = _SPOKEN.fullmatch(plain)
    if spoken:
        if not spoken[1].isdigit():
            raise BadDate(DateFault.SHAPE)
        return spoken[1], _read_tens(spoken[2]), _read_tens(spoken[3])
    marked = _MARKED.fullmatch(plain)
    if marked:
        return marked[1], int(marked[3]), int(marked[4])
    solid = _SOLID.fullmatch(plain)
    if solid:
        return solid[1], int(solid[2]), int(solid[3])
    raise BadDate(DateFault.YEAR_LAST if _YEAR_LAST.fullmatch(plain) else DateFault.SHAPE)


def _read_republic(plain: str, *, before: bool) -> date:
    solid = _SOLID_REPUBLIC.fullmatch(plain)
    if solid:
        year, month, day = int(solid[1]), int(solid[2]), int(solid[3])
    else:
        written, month, day = _take_apart(plain.replace("元年", "1年"))
        year = int(written)
    if not 1 <= year <= LAST_YEAR - REPUBLIC_OFFSET:
        raise BadDate(DateFault.OUT_OF_RANGE)
    return _make(REPUBLIC_OFFSET + 1 - year if before else REPUBLIC_OFFSET + year, month, day)


def _read_serial(digits: str, serials: Serials) -> date:
    serial = int(digits)
    if FIRST_YEAR <= serial <= LAST_YEAR:
        raise BadDate(DateFault.SHAPE)
    return moment_of_serial(serial, from_1904=serials == "1904").date()


def _read_tens(numeral: str) -> int:
    """Read 12, 十, 十二, 2十, 2十3 (figures are already translated)."""
    if "十" not in numeral:
        if not numeral.isdigit():
            raise BadDate(DateFault.SHAPE)
        return int(numeral)
    tens, _, ones = numeral.partition("十")
    if len(tens) > 1 or len(ones) > 1 or not (tens + ones + "0").isdigit():
        raise BadDate(DateFault.SHAPE)
    return int(tens or 1) * 10 + int(ones or 0)


def _make(year: int, month: int, day: int) -> date:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadDate(DateFault.OUT_OF_RANGE)
    try:
        return date(year, month, day)
    except ValueError:
        raise BadDate(DateFault.NO_SUCH_DAY) from None
