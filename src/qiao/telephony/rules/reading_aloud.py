"""Numbers, money, dates and account numbers as words to be spoken, one recording each.

Languages are those of the voice: ``cmn`` (普通话), ``yue`` (粤语) and ``en``. A word is what one
recording says; words are played one after the other, so that a few dozen recordings read every
bill. Mandarin counts as speakers do: 两 before 千, 万, 亿 and a unit and before 百 at the
beginning, 零 once for a gap, and 十 without 一 at the beginning; whole amounts end in 整.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, time
from decimal import Decimal
from typing import Final, Literal

from qiao.core.rules.months import Month

Voice = Literal["cmn", "yue", "en"]
Words = tuple[str, ...]

LARGEST: Final = 10**16 - 1
_DIGITS: Final = "零一二三四五六七八九"
_TRADITIONAL: Final = str.maketrans("万亿两点负", "萬億兩點負")
_ONES: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten",
    "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen",
    "nineteen",
)  # fmt: skip
_TENS: Final = (
    "-", "-", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_LARGE: Final = (
    (10**15, "quadrillion"),
    (10**12, "trillion"),
    (10**9, "billion"),
    (10**6, "million"),
    (1000, "thousand"),
)
_MONTHS: Final = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September",
    "October", "November", "December",
)  # fmt: skip
_ORDINALS: Final[Mapping[str, str]] = {
    "one": "first",
    "two": "second",
    "three": "third",
    "five": "fifth",
    "eight": "eighth",
    "nine": "ninth",
    "twelve": "twelfth",
    "twenty": "twentieth",
    "thirty": "thirtieth",
}
# From which hour a part of the day is called so.
_DAY_PARTS: Final = ((18, "晚上"), (13, "下午"), (12, "中午"), (6, "上午"), (0, "凌晨"))


class NotReadable(ValueError):  # noqa: N818 - names the finding
    """A figure too large, or a sign that nobody can say."""


@dataclass(frozen=True, slots=True)
class Unit:
    """How a currency is said: the whole, and the hundredth. Chinese has a tenth between them."""

    whole: str
    hundredth: str


_ENGLISH: Final[Mapping[str, Unit]] = {
    "CNY": Unit("yuan", "fen"),
    "HKD": Unit("Hong Kong dollars", "cents"),
    "MOP": Unit("patacas", "avos"),
    "USD": Unit("US dollars", "cents"),
    "EUR": Unit("euros", "cents"),
}


def number(value: int, voice: Voice) -> Words:
    """A whole number. Raises `NotReadable`."""
    if abs(value) > LARGEST:
        raise NotReadable(f"{value} has more than 16 digits")
    words = _english(abs(value)) if voice == "en" else _begun(_chinese(abs(value)), voice)
    minus = ("minus" if voice == "en" else "负",) if value < 0 else ()
    return _in(voice, (*minus, *words))


def quantity(value: Decimal, voice: Voice) -> Words:
    """A number with places behind the point, before its unit. Raises `NotReadable`."""
    if not value.is_finite() or abs(value) > LARGEST:
        raise NotReadable(f"{value} is no number of up to 16 digits before the point")
    before, _point, behind = f"{abs(value):f}".partition(".")
    whole, behind = int(before), behind.rstrip("0")
    is_minus = value < 0 and bool(whole or behind)
    if voice == "en":
        minus = ("minus",) * is_minus
        point = ("point", *(_ONES[int(each)] for each in behind)) if behind else ()
        return (*minus, *_english(whole), *point)
    point = ("点", *(_DIGITS[int(each)] for each in behind)) if behind else ()
    words = _chinese(whole) if behind else _counted(whole)
    return _in(voice, (*("负",) * is_minus, *_begun(words, voice), *point))


def money(minor: int, voice: Voice, *, currency: str = "CNY") -> Words:
    """An amount in hundredths of its currency, signed. Raises `NotReadable`."""
    whole, rest = divmod(abs(minor), 100)
    if whole > LARGEST:
        raise NotReadable(f"{minor} has more than 18 digits")
    minus = minor < 0
    if voice == "en":
        return ("minus",) * minus + _english_money(whole, rest, currency)
    return _in(voice, ("负",) * minus + _begun(_chinese_money(whole, rest), voice))


def digits(text: str, voice: Voice) -> Words:
    """An account, meter or telephone number sign by sign; spaces and dashes are not read.

    One is 幺 in Mandarin, so that it is not taken for seven. Letters are said as they are called.
    Raises `NotReadable` for any other sign.
    """
    return _in(voice, tuple(_sign(each, voice) for each in text if each not in " -"))


def day(value: date, voice: Voice) -> Words:
    """A date with its year."""
    if voice == "en":
        return (_MONTHS[value.month - 1], *_ordinal(value.day), *_english_year(value.year))
    return (*_chinese_month(value.year, value.month), *_chinese(value.day), "日")


def month(value: Month, voice: Voice) -> Words:
    """A month with its year."""
    if voice == "en":
        return (_MONTHS[value.month - 1], *_english_year(value.year))
    return _chinese_month(value.year, value.month)


def clock(value: time, voice: Voice) -> Words:
    """A time of day to the minute, on the dial of twelve hours."""
    hour, minute = value.hour, value.minute
    dial = hour if hour <= 12 else hour - 12
    if voice == "en":
        minutes = _english(minute) if minute >= 10 else ("oh", _ONES[minute]) if minute else ()
        return (*_english(dial or 12), *minutes, "p.m." if hour >= 12 else "a.m.")
    part = next(name for since, name in _DAY_PARTS if hour >= since)
    gap = ("零",) * (0 < minute < 10)
    minutes = (*gap, *_chinese(minute), "分") if minute else ()
    return _in(voice, (part, *_counted(dial), "点", *minutes))


def _in(voice: Voice, words: Words) -> Words:
    """Cantonese words as its voice is given them, in traditional characters."""
    return tuple(word.translate(_TRADITIONAL) for word in words) if voice == "yue" else words


def _begun(words: Words, voice: Voice) -> Words:
    """Mandarin begins with 两百; within a number it is 二百, as everywhere in Cantonese."""
    return ("两", *words[1:]) if voice == "cmn" and words[:2] == ("二", "百") else words


def _chinese_month(year: int, of_year: int) -> Words:
    return (*(_DIGITS[int(each)] for each in str(year)), "年", *_chinese(of_year), "月")


def _english_year(year: int) -> Words:
    century, rest = divmod(year, 100)
    return _english(year) if rest < 10 else (*_english(century), *_english(rest))


def _chinese(value: int) -> Words:
    words = tuple(_parts(value)) if value else ("零",)
    return words[1:] if words[:2] == ("一", "十") else words


def _counted(value: int) -> Words:
    """A number before what is counted."""
    return ("两",) if value == 2 else _chinese(value)


def _parts(value: int) -> Iterator[str]:
    """The words of a number from 1, with 一 before 十."""
    for size, name in ((10**8, "亿"), (10**4, "万")):
        if value >= size:
            above, below = divmod(value, size)
            yield from ("两",) if above == 2 else _parts(above)
            yield name
            if below:
                yield from _gap(below, size)
                yield from _parts(below)
            return
    for size, name in ((1000, "千"), (100, "百"), (10, "十")):
        if value >= size:
            above, below = divmod(value, size)
            yield "两" if above == 2 and size == 1000 else _DIGITS[above]
            yield name
            if below:
                yield from _gap(below, size)
                yield from _parts(below)
            return
    yield _DIGITS[value]


def _gap(below: int, size: int) -> Words:
    """零 where the next place is empty."""
    return ("零",) if below < size // 10 else ()


def _chinese_money(whole: int, rest: int) -> Words:
    tenths, hundredths = divmod(rest, 10)
    words: list[str] = []
    if whole or not rest:
        words += [*_counted(whole), "元"]
    if whole and not rest:
        words.append("整")
    if tenths:
        words += [_DIGITS[tenths] if words or tenths != 2 else "两", "角"]
    elif hundredths and words:
        words.append("零")
    if hundredths:
        words += [_DIGITS[hundredths] if words or hundredths != 2 else "两", "分"]
    return tuple(words)


def _english(value: int) -> Words:
    """British: “and” before the last two digits."""
    return tuple(_english_parts(value)) if value else ("zero",)


def _english_parts(value: int) -> Iterator[str]:
    for size, name in _LARGE:
        if value >= size:
            yield from _english_parts(value // size)
            yield name
            value %= size
            if 0 < value < 100:
                yield "and"
    if value >= 100:
        yield from (_ONES[value // 100], "hundred")
        value %= 100
        if value:
            yield "and"
    if value >= 20:
        yield _TENS[value // 10]
        value %= 10
    if value:
        yield _ONES[value]


def _english_money(whole: int, rest: int, currency: str) -> Words:
    unit = _ENGLISH.get(currency, Unit(currency, "cents"))
    words: Words = ()
    if whole or not rest:
        words = (*_english(whole), unit.whole)
    if rest:
        joined = ("and",) if words else ()
        words = (*words, *joined, *_english(rest), unit.hundredth)
    return words


def _ordinal(value: int) -> Words:
    *before, last = _english(value)
    return (*before, _ORDINALS.get(last, f"{last}th"))


def _sign(sign: str, voice: Voice) -> str:
    if "0" <= sign <= "9":
        if voice == "en":
            return _ONES[int(sign)]
        return "幺" if sign == "1" and voice == "cmn" else _DIGITS[int(sign)]
    if "A" <= sign.upper() <= "Z":
        return sign.upper()
    raise NotReadable(f"{sign!r} in a number")


def vocabulary(voice: Voice) -> frozenset[str]:
    """Every word that readings in this language are made of: what has to be recorded once."""
    letters = {chr(code) for code in range(ord("A"), ord("Z") + 1)}
    if voice == "en":
        units = {word for unit in _ENGLISH.values() for word in (unit.whole, unit.hundredth)}
        ordinals = {_ordinal(each)[-1] for each in range(1, 32)}
        plain = {"minus", "and", "hundred", "oh", "point", "a.m.", "p.m."}
        large = {name for _size, name in _LARGE}
        return frozenset(
            {*_ONES, *_TENS[2:], *_MONTHS, *units, *ordinals, *plain, *large, *letters}
        )
    chinese = {*_DIGITS, *"两十百千万亿负元角分整年月日点", *(name for _, name in _DAY_PARTS)}
    if voice == "cmn":
        chinese.add("幺")
    return frozenset(_in(voice, tuple(chinese)) + tuple(letters))
