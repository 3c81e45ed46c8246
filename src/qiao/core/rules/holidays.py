"""China's public holidays and shifted working days (调休), to seed the calendar table.

Source: the yearly notice of the State Council's General Office (关于部分节假日安排的通知), as
data of the `chinesecalendar` package. A notice appears in autumn for the year after; years without
one are reported, never guessed.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

import chinese_calendar

from qiao.core.rules.calendar import Spans

SOURCE = f"chinesecalendar {chinese_calendar.__version__}"


@dataclass(frozen=True, slots=True, kw_only=True)
class HolidaySeed:
    """What the notices of some years say.

    Attributes:
        holidays: days off, weekends among them when they belong to a holiday.
        workdays: Saturdays and Sundays that are worked instead.
        names: the holiday's Chinese name for each of these days; for a shifted working day the
            holiday it makes up for.
        known_years: years with a notice.
        unknown_years: years asked for without a notice; their days are plain weeks until the
            package or an administrator adds them.
        source: package and version, for the table's source column.
    """

    holidays: frozenset[date]
    workdays: frozenset[date]
    names: Mapping[date, str]
    known_years: tuple[int, ...]
    unknown_years: tuple[int, ...]
    source: str = SOURCE


def seed(year_from: int, year_to: int) -> HolidaySeed:
    """Collect the holidays and shifted working days of the years from first to last, inclusive.

    Raises:
        ValueError: the last year lies before the first.
    """
    if year_to < year_from:
        raise ValueError("year_to lies before year_from")
    asked = range(year_from, year_to + 1)
    covered = {day.year for day in chinese_calendar.holidays}
    holidays = {day for day in chinese_calendar.holidays if day.year in asked}
    workdays = {day for day in chinese_calendar.workdays if day.year in asked}
    entries = {**chinese_calendar.holidays, **chinese_calendar.workdays}
    return HolidaySeed(
        holidays=frozenset(holidays),
        workdays=frozenset(workdays),
        names={day: _chinese_name(entries[day]) for day in sorted(holidays | workdays)},
        known_years=tuple(year for year in asked if year in covered),
        unknown_years=tuple(year for year in asked if year not in covered),
    )


def special_days(seeded: HolidaySeed, spans: Spans) -> dict[date, Spans]:
    """Give the shifted working days the spans of a working day, as `Calendar` takes them."""
    return dict.fromkeys(sorted(seeded.workdays), spans)


def _chinese_name(english: str) -> str:
    return str(chinese_calendar.Holiday(english).chinese)
