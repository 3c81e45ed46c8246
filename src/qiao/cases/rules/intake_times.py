"""Moments as logs of cases write them, read in the time zone of whoever kept the log.

Read are year-first forms (2022-05-01 00:00:03, 2022/5/1 0:00, 2022年5月1日 0时3分, 20220501120003,
with T, Z or an offset), and day-first and month-first ones (05/01/2022 12:00:03 AM). Which of
these two a file means can often not be told from it: `orders` says what its values allow, and a
person decides. A form without an offset is local time: where the clock is put back a moment exists
twice (the first is taken), where it is put forward it does not exist (it is read as an hour
later); both are told.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from re import compile as pattern
from typing import Final
from unicodedata import normalize
from zoneinfo import ZoneInfo

YEAR_FIRST, MONTH_FIRST, DAY_FIRST = "ymd", "mdy", "dmy"
ORDERS: Final = (YEAR_FIRST, MONTH_FIRST, DAY_FIRST)
GAP, TWICE = "gap", "twice"
FIRST_YEAR, LAST_YEAR = 1950, 2199
LONGEST: Final = 40
NOON: Final = 12

_SOLID = pattern(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:[T ]?([0-9]{2})([0-9]{2})([0-9]{2})?)?")
_DAY = r"([0-9]{1,4})\s?[-/.年]\s?([0-9]{1,2})\s?[-/.月]\s?([0-9]{1,4})\s?日?"
_HALF = r"(?:上午|下午|[AaPp]\.?[Mm]\.?)"
_TIME = (
    rf"(?:\s*[T ,]?\s*({_HALF})?\s*([0-9]{{1,2}})\s?[:时時点點]\s?([0-9]{{1,2}})分?"
    rf"(?:[::]?([0-9]{{1,2}})秒?)?(?:[.,][0-9]+)?\s*({_HALF})?)?"
)
_OFFSET = r"\s*(Z|[+-][0-9]{2}:?[0-9]{2})?"
_MARKED = pattern(_DAY + _TIME + _OFFSET)


class BadMoment(ValueError):  # noqa: N818 - names the finding
    """No moment that is known here; `code` is ``moment`` or ``order``."""

    def __init__(self, code: str = "moment") -> None:
        super().__init__(code)
        self.code = code


@dataclass(frozen=True, slots=True)
class Moment:
    """A moment in UTC; `note` is ``gap`` or ``twice`` where local time did not name one."""

    at: datetime
    note: str = ""


@dataclass(frozen=True, slots=True)
class _Parts:
    first: int
    second: int
    third: int
    year_first: bool
    hour: int = 0
    minute: int = 0
    second_of: int = 0
    offset: str = ""


def _parts(text: str) -> _Parts:
    plain = normalize("NFKC", text.strip())
    if not plain or len(plain) > LONGEST:
        raise BadMoment
    if found := _SOLID.fullmatch(plain):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return _Parts(
            year, month, day, year_first=True, hour=hour, minute=minute, second_of=second
        )
    found = _MARKED.fullmatch(plain)
    if found is None:
        raise BadMoment
    one, two, three, before, hours, minutes, seconds, after, offset = found.groups()
    hour = _hour(int(hours or 0), before or after or "")
    return _Parts(
        int(one), int(two), int(three), len(one) == 4,
        hour, int(minutes or 0), int(seconds or 0), offset or "",
    )  # fmt: skip


def _hour(hour: int, half: str) -> int:
    if not half:
        return hour
    if not 0 <= hour <= NOON:
        raise BadMoment
    is_after_noon = half[0] in "pP下"
    return hour % NOON + (NOON if is_after_noon else 0)


def _day(parts: _Parts, order: str) -> tuple[int, int, int]:
    if parts.year_first:
        return parts.first, parts.second, parts.third
    if order == MONTH_FIRST:
        return parts.third, parts.first, parts.second
    if order == DAY_FIRST:
        return parts.third, parts.second, parts.first
    raise BadMoment("order")


def _naive(parts: _Parts, order: str) -> datetime:
    year, month, day = _day(parts, order)
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise BadMoment
    try:
        return datetime(year, month, day, parts.hour, parts.minute, parts.second_of)  # noqa: DTZ001 - local, zoned below
    except ValueError as error:
        raise BadMoment from error


def read_moment(text: str, *, zone: ZoneInfo, order: str = YEAR_FIRST) -> Moment:
    """Read one moment.

    Raises:
        BadMoment: ``order`` if the text does not begin with the year and `order` does not say
            what does, ``moment`` if it is no moment.
    """
    parts = _parts(text)
    naive = _naive(parts, order)
    if parts.offset:
        return Moment(naive.replace(tzinfo=_offset(parts.offset)).astimezone(UTC))
    return in_zone(naive, zone)


def in_zone(naive: datetime, zone: ZoneInfo) -> Moment:
    """A local time as a moment, with the note on it where the clock was put forward or back."""
    first = naive.replace(tzinfo=zone)
    early, late = first.utcoffset(), first.replace(fold=1).utcoffset()
    at = first.astimezone(UTC)
    if early == late:
        return Moment(at)
    assert early is not None
    assert late is not None
    return Moment(at, GAP if late > early else TWICE)


def _offset(text: str) -> timezone:
    if text == "Z":
        return UTC
    digits = text[1:].replace(":", "")
    size = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    try:
        return timezone(size if text[0] == "+" else -size)
    except ValueError as error:
        raise BadMoment from error


def orders(values: Iterable[str]) -> tuple[str, ...]:
    """In which orders all these values are days: one, or both ``mdy`` and ``dmy`` where nothing
    tells them apart, or none. Values that are no moments at all say nothing."""
    possible = {MONTH_FIRST, DAY_FIRST}
    seen = False
    for value in values:
        try:
            parts = _parts(value)
        except BadMoment:
            continue
        seen = True
        if parts.year_first:
            continue
        possible = {order for order in possible if _fits(parts, order)}
    if not seen:
        return ()
    if possible == {MONTH_FIRST, DAY_FIRST} and _all_year_first(values):
        return (YEAR_FIRST,)
    return tuple(order for order in ORDERS if order in possible)


def _fits(parts: _Parts, order: str) -> bool:
    try:
        _naive(parts, order)
    except BadMoment:
        return False
    return True


def _all_year_first(values: Iterable[str]) -> bool:
    for value in values:
        try:
            if not _parts(value).year_first:
                return False
        except BadMoment:
            continue
    return True
