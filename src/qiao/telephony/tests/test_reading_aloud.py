"""Figures read aloud: examples that speakers agree on, and every reading understood again."""

from datetime import date, time
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.months import Month
from qiao.telephony.rules.reading_aloud import (
    LARGEST,
    NotReadable,
    Voice,
    Words,
    clock,
    day,
    digits,
    money,
    month,
    number,
    quantity,
    vocabulary,
)

VOICES: tuple[Voice, ...] = ("cmn", "yue", "en")


@pytest.mark.parametrize(
    ("value", "said"),
    [
        (0, "零"),
        (2, "二"),
        (10, "十"),
        (12, "十二"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (200, "两百"),
        (222, "两百二十二"),
        (1200, "一千二百"),
        (1005, "一千零五"),
        (1050, "一千零五十"),
        (2222, "两千二百二十二"),
        (10_012, "一万零一十二"),
        (12_000, "一万两千"),
        (20_000, "两万"),
        (100_005, "十万零五"),
        (205_000, "二十万五千"),
        (1_005_000, "一百万五千"),
        (1_000_500, "一百万零五百"),
        (105_000_000, "一亿零五百万"),
        (200_000_002, "两亿零二"),
        (1_200_000_000_000, "一万两千亿"),
        (-7, "负七"),
    ],
)
def test_mandarin_numbers(value: int, said: str) -> None:
    """As a speaker says them."""
    assert "".join(number(value, "cmn")) == said


@pytest.mark.parametrize(
    ("minor", "said"),
    [
        (0, "零元"),
        (2, "两分"),
        (20, "两角"),
        (50, "五角"),
        (200, "两元整"),
        (1200, "十二元整"),
        (20_530, "两百零五元三角"),
        (100_500, "一千零五元整"),
        (100_550, "一千零五元五角"),
        (121_020, "一千二百一十元二角"),
        (220_002, "两千二百元零二分"),
        (205, "两元零五分"),
        (222, "两元二角二分"),
        (1230, "十二元三角"),
        (123_405, "一千二百三十四元零五分"),
        (10_000_000, "十万元整"),
        (20_000_000_00, "两千万元整"),
        (1, "一分"),
        (10, "一角"),
        (11, "一角一分"),
        (101, "一元零一分"),
        (-20_000, "负两百元整"),
        (-8_642, "负八十六元四角二分"),
    ],
)
def test_mandarin_money(minor: int, said: str) -> None:
    """Yuan, jiao and fen; a gap before the fen is said, and that there are none."""
    assert "".join(money(minor, "cmn")) == said


def test_english_readings() -> None:
    """British, with “and”."""
    assert " ".join(number(1_234, "en")) == "one thousand two hundred and thirty four"
    assert " ".join(number(2_000_007, "en")) == "two million and seven"
    assert " ".join(money(123_405, "en")).endswith("thirty four yuan and five fen")
    assert " ".join(money(50, "en", currency="HKD")) == "fifty cents"
    assert " ".join(day(date(2026, 11, 28), "en")) == "November twenty eighth twenty twenty six"
    assert " ".join(day(date(2008, 5, 12), "en")) == "May twelfth two thousand and eight"
    assert " ".join(clock(time(14, 5), "en")) == "two oh five p.m."
    assert " ".join(clock(time(0, 30), "en")) == "twelve thirty a.m."
    assert " ".join(digits("A-10 2", "en")) == "A one zero two"


def test_dates_times_and_numbers_in_chinese() -> None:
    """Years by digits, hours with 两, account numbers sign by sign."""
    assert "".join(day(date(2026, 2, 12), "cmn")) == "二零二六年二月十二日"
    assert "".join(clock(time(14, 5), "cmn")) == "下午两点零五分"
    assert "".join(clock(time(12, 0), "cmn")) == "中午十二点"
    assert "".join(clock(time(0, 30), "cmn")) == "凌晨零点三十分"
    assert "".join(digits("1002-88", "cmn")) == "幺零零二八八"
    assert "".join(digits("1002", "yue")) == "一零零二"
    assert "".join(money(20_002_00, "yue")) == "兩萬零二元整"
    assert "".join(money(205_30, "yue")) == "二百零五元三角"
    assert "".join(month(Month(2026, 3), "cmn")) == "二零二六年三月"
    assert "".join(month(Month(2025, 12), "yue")) == "二零二五年十二月"


@pytest.mark.parametrize(
    ("value", "mandarin", "english"),
    [
        ("23.500000", "二十三点五", "twenty three point five"),
        ("2", "两", "two"),
        ("2.05", "二点零五", "two point zero five"),
        ("12.000000", "十二", "twelve"),
        ("200", "两百", "two hundred"),
        ("0", "零", "zero"),
        ("0.25", "零点二五", "zero point two five"),
        ("-3.5", "负三点五", "minus three point five"),
        ("1E+3", "一千", "one thousand"),
    ],
)
def test_quantities_are_said_before_their_units(value: str, mandarin: str, english: str) -> None:
    assert "".join(quantity(Decimal(value), "cmn")) == mandarin
    assert " ".join(quantity(Decimal(value), "en")) == english


@given(st.decimals(-(10**12), 10**12, places=6))
def test_every_quantity_is_understood_again(value: Decimal) -> None:
    words = list(quantity(value, "cmn"))
    sign = -1 if words[0] == "负" else 1
    words = words[sign == -1 :]
    whole, behind = words, []
    if "点" in words:
        whole, behind = words[: words.index("点")], words[words.index("点") + 1 :]
    places = "".join(str("零一二三四五六七八九".index(each)) for each in behind)
    assert sign * Decimal(f"{understood(tuple(whole))}.{places or 0}") == value


@given(st.integers(1, 12), st.integers(1970, 2999))
def test_months_are_understood_again_in_both_languages(of_year: int, year: int) -> None:
    said = "".join(month(Month(year, of_year), "cmn"))
    digits_said, rest = said.split("年")
    assert "".join(str("零一二三四五六七八九".index(each)) for each in digits_said) == str(year)
    assert understood(tuple(rest.removesuffix("月"))) == of_year
    first, *others = month(Month(year, of_year), "en")
    assert f"{first} 1" == f"{date(year, of_year, 1):%B} 1"
    assert tuple(others) == day(date(year, of_year, 1), "en")[2:]


@pytest.mark.parametrize("voice", VOICES)
def test_what_nobody_can_say_is_refused(voice: Voice) -> None:
    """Too many digits, and signs that are none."""
    with pytest.raises(NotReadable):
        number(LARGEST + 1, voice)
    with pytest.raises(NotReadable):
        money(100 * LARGEST + 100, voice)
    with pytest.raises(NotReadable):
        digits("12/3", voice)


def understood(words: Words) -> int:
    """The number that Chinese words mean, as a listener adds it up."""
    total = section = digit = 0
    for word in words:
        if word in "零一二三四五六七八九":
            digit = "零一二三四五六七八九".index(word)
        elif word == "两":
            digit = 2
        elif word in "十百千":
            section += (digit or 1) * {"十": 10, "百": 100, "千": 1000}[word]
            digit = 0
        elif word == "万":
            total, section, digit = total + (section + digit) * 10**4, 0, 0
        else:
            assert word == "亿"
            total, section, digit = (total + section + digit) * 10**8, 0, 0
    return total + section + digit


def understood_in_english(words: Words) -> int:
    """The same for English words."""
    ones = [number(n, "en")[0] for n in range(20)]
    tens = {number(n, "en")[0]: n for n in range(20, 100, 10)}
    large = {"thousand": 1000, "million": 10**6, "billion": 10**9, "trillion": 10**12}
    large["quadrillion"] = 10**15
    total = section = 0
    for word in words:
        if word in large:
            total, section = total + section * large[word], 0
        elif word == "hundred":
            section *= 100
        elif word != "and":
            section += ones.index(word) if word in ones else tens[word]
    return total + section


# Round numbers are where zeros are forgotten: few digits that are not zero, anywhere.
sparse = st.lists(st.tuples(st.integers(1, 9), st.integers(0, 15)), min_size=1, max_size=4).map(
    lambda places: sum({at: n * 10**at for n, at in places}.values())
)
values = st.one_of(sparse, st.integers(0, LARGEST))


@given(values)
def test_every_number_is_understood_again(value: int) -> None:
    """In Mandarin and in English; the words of no two numbers are the same."""
    assert understood(number(value, "cmn")) == value
    assert understood_in_english(number(value, "en")) == value


@given(values)
def test_zeros_stand_between_and_alone(value: int) -> None:
    """Never two after each other, never first, never last."""
    said = "".join(number(value, "cmn"))
    assert "零零" not in said
    assert value == 0 or not (said.startswith("零") or said.endswith("零"))
    assert not said.startswith("一十")


@given(st.integers(-(10**12), 10**12))
def test_every_amount_is_understood_to_the_fen(minor: int) -> None:
    """Sign, yuan, jiao and fen."""
    words = list(money(minor, "cmn"))
    sign = -1 if words[0] == "负" else 1
    words = words[sign == -1 :]
    heard = 0
    if words[-1] == "整":  # there is nothing behind the yuan
        assert words[-2] == "元"
        assert minor % 100 == 0
        words.pop()
    for unit, worth in (("元", 100), ("角", 10), ("分", 1)):
        if unit in words:
            at = words.index(unit)
            heard += understood(tuple(words[:at])) * worth
            words = words[at + 1 :]
    assert words == []
    assert sign * heard == minor


@given(st.integers(0, 10**12))
def test_every_amount_is_understood_in_english(minor: int) -> None:
    words = list(money(minor, "en"))
    whole = words.index("yuan") if "yuan" in words else 0
    heard = 100 * understood_in_english(tuple(words[:whole]))
    if words[-1] == "fen":
        heard += understood_in_english(tuple(words[whole + bool(whole) : -1]))
    assert heard == minor


@given(
    st.sampled_from(VOICES), values, st.dates(), st.times(),
    st.text("0123456789ABCxyz -", max_size=20),
)  # fmt: skip
def test_all_that_is_said_can_be_recorded_once(
    voice: Voice, value: int, when: date, at: time, text: str
) -> None:
    """Every word is in the vocabulary of its language."""
    said = (
        *month(Month(when.year, when.month), voice), *quantity(Decimal(value) / 8, voice),
        *number(value, voice), *money(value, voice), *day(when, voice), *clock(at, voice),
        *digits(text, voice), *number(-value, voice),
    )  # fmt: skip
    assert set(said) <= vocabulary(voice)
