"""Dates are read in every way that is written, and refused rather than guessed."""

from datetime import date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.dates import BadDate, DateFault, moment_of_serial, read_date

FIFTH = date(2026, 1, 5)
MARCH, LAST = datetime.fromisoformat("1900-03-01"), datetime.fromisoformat("9999-12-31")
FIGURES = "〇一二三四五六七八九"
days = st.dates(date(1800, 1, 1), date(2199, 12, 31))
republic_days = st.dates(date(1912, 1, 1), date(2199, 12, 31))


def spoken(number: int) -> str:
    """12 as 十二, 20 as 二十, 5 as 五."""
    tens, ones = divmod(number, 10)
    if not tens:
        return FIGURES[ones]
    return f"{FIGURES[tens] if tens > 1 else ''}十{FIGURES[ones] if ones else ''}"


@pytest.mark.parametrize(
    "text",
    [
        "2026-01-05",
        "2026-1-5",
        "2026/1/5",
        "2026.1.5",
        "2026年1月5日",
        "2026年01月05号",
        " 2026 年 1 月 5 日 ",
        "公元2026年1月5日",
        "20260105",
        "２０２６－０１－０５",
        "２０２６年１月５日",
        "二〇二六年一月五日",
        "二○二六年一月五日",
        "二零二六年一月五日",
        "民国115年1月5日",
        "民國一一五年一月五日",
        "中華民國115年1月5日",
        "民国115.01.05",
        "R.O.C. 115.01.05",
        "roc 115/1/5",
        "民國1150105",
        "2026-01-05 00:00:00",
        "2026-01-05T00:00:00",
        "2026/1/5 0:00",
    ],
)
def test_one_day_is_read_however_it_is_written(text: str) -> None:
    assert read_date(text) == FIFTH


def test_spoken_tens_and_the_first_year_of_the_republic_are_read() -> None:
    assert read_date("二〇二六年十二月三十一日") == date(2026, 12, 31)
    assert read_date("二〇二六年十月二十日") == date(2026, 10, 20)
    assert read_date("民国元年一月一日") == date(1912, 1, 1)
    assert read_date("民国前1年10月10日") == date(1911, 10, 10)


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", DateFault.EMPTY),
        ("  ", DateFault.EMPTY),
        ("26-01-05", DateFault.TWO_DIGIT_YEAR),
        ("26年1月5日", DateFault.TWO_DIGIT_YEAR),
        ("115.01.05", DateFault.SHAPE),
        ("05/01/2026", DateFault.YEAR_LAST),
        ("2026-02-30", DateFault.NO_SUCH_DAY),
        ("2026-13-01", DateFault.NO_SUCH_DAY),
        ("1700-01-01", DateFault.OUT_OF_RANGE),
        ("9999-12-31", DateFault.OUT_OF_RANGE),
        ("农历二〇二六年正月初一", DateFault.LUNAR),
        ("丙午年正月初一", DateFault.LUNAR),
        ("二〇二六年腊月廿三", DateFault.LUNAR),
        ("農曆2026年8月15日", DateFault.LUNAR),
        ("闰六月初三", DateFault.LUNAR),
        ("46027", DateFault.SHAPE),
        ("2026", DateFault.SHAPE),
        ("2026-1/5", DateFault.SHAPE),
        ("2026-01-05 10:30", DateFault.SHAPE),
        ("二〇二六年十十月五日", DateFault.SHAPE),
        ("十年一月五日", DateFault.SHAPE),
        ("9" * 500, DateFault.SHAPE),
    ],
)
def test_what_is_no_clear_date_is_refused_with_its_reason(text: str, reason: DateFault) -> None:
    with pytest.raises(BadDate) as refused:
        read_date(text)
    assert refused.value.reason == reason
    assert refused.value.message.endswith(".")


def test_day_numbers_of_spreadsheets_are_read_only_when_asked_for() -> None:
    assert read_date("46027", serials="1900") == FIFTH
    assert read_date("46027.0", serials="1900") == FIFTH
    assert read_date("44565", serials="1904") == FIFTH
    assert read_date("1", serials="1900") == date(1900, 1, 1)
    assert read_date("59", serials="1900") == date(1900, 2, 28)
    assert read_date("61", serials="1900") == date(1900, 3, 1)
    assert read_date("20260105", serials="1900") == FIFTH
    for wrong in ("60", "0", "2026", "9999999"):
        with pytest.raises(BadDate):
            read_date(wrong, serials="1900")


@given(days)
def test_every_day_is_read_back_from_every_way_of_writing(day: date) -> None:
    year = "".join(FIGURES[int(figure)] for figure in str(day.year))
    for text in (
        day.isoformat(),
        f"{day:%Y%m%d}",
        f"{day.year}/{day.month}/{day.day}",
        f"{day.year}年{day.month}月{day.day}日",
        f"{year}年{spoken(day.month)}月{spoken(day.day)}日",
    ):
        assert read_date(text) == day


@given(republic_days)
def test_every_day_of_the_republic_is_read_back(day: date) -> None:
    year = day.year - 1911
    assert read_date(f"民国{year}年{day.month}月{day.day}日") == day
    assert read_date(f"ROC {year:03d}.{day.month:02d}.{day.day:02d}") == day


@given(st.datetimes(MARCH, LAST), st.booleans())
def test_day_numbers_and_moments_round_trip(moment: datetime, from_1904: bool) -> None:
    moment = moment.replace(microsecond=0)
    start = datetime.fromisoformat("1904-01-01" if from_1904 else "1899-12-30")
    serial = (moment - start) / timedelta(days=1)
    if serial < 0:
        with pytest.raises(BadDate):
            moment_of_serial(serial, from_1904=from_1904)
    else:
        assert moment_of_serial(serial, from_1904=from_1904) == moment


@given(st.text(max_size=80), st.sampled_from(["", "1900", "1904"]))
def test_no_text_makes_it_fail_in_another_way(text: str, serials: str) -> None:
    try:
        day = read_date(text, serials=serials)  # type: ignore[arg-type]
    except BadDate:
        return
    assert 1800 <= day.year <= 9999
