"""Forecasts: of the days before alone, better than the same weekday before, sure by the amount."""

from datetime import date, timedelta
from os import environ
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qiao.core.rules.holidays import seed
from qiao.workforce.rules.backtest import score, wape
from qiao.workforce.rules.forecast import FEWEST_DAYS, forecast, rolling
from qiao.workforce.rules.profiles import profile, smooth
from qiao.workforce.rules.volume import BadHistory, History, coarser
from qiao.workforce.rules.volume_file import read_volume
from qiao.workforce.rules.workdays import (
    FEATURES,
    KindOf,
    described,
    likeness,
    ordinary_week,
    with_days,
)

MONDAY = date(2026, 3, 2)
WEEK_SHAPE = (1.25, 1.05, 1.0, 0.98, 1.02, 0.5, 0.4)
BANK = Path(environ.get("QIAO_SHARED", "")) / "data" / "calls_bank_5min" / "bank_calls.csv.gz"
CN = seed(2025, 2026)
PLAIN = ordinary_week()
CHINA = with_days(CN.holidays, CN.workdays)


def invented(
    weeks: int = 20, *, calls: float = 900, kind: KindOf = PLAIN, start: date = MONDAY
) -> History:
    """Weeks with a rhythm of the day, of the week, growth, and chance."""
    rng = np.random.default_rng(7)
    days = [start + timedelta(days=n) for n in range(7 * weeks)]
    slots = np.arange(48)
    shape = np.exp(-((slots - 20) ** 2) / 60) + 0.7 * np.exp(-((slots - 30) ** 2) / 40) + 0.02
    shape /= shape.sum()
    heights = [
        calls * float(np.dot(WEEK_SHAPE, likeness(day, kind))) * (1 + 0.002 * n)
        for n, day in enumerate(days)
    ]
    counts = np.stack([rng.poisson(height * shape) for height in heights]).astype(float)
    return History(30, 0, tuple(days), counts)


def test_what_comes_after_a_day_does_not_change_its_forecast() -> None:
    history = invented(10)
    cut = 50
    later = history.counts.copy()
    later[cut:] = later[cut:][::-1] * 3 + 11
    other = History(history.minutes, history.opens, history.days, later)
    made = next(rolling(history, ordinary_week(), first=cut))
    again = next(rolling(other, ordinary_week(), first=cut))
    apart = forecast(history.until(cut), [history.days[cut]], ordinary_week())[0]
    assert np.array_equal(made.calls, again.calls)
    assert np.allclose(made.calls, apart.calls)
    assert np.allclose(made.variance, apart.variance)


def test_a_rhythm_is_forecast_better_than_by_the_same_weekday_before() -> None:
    found = score(invented(), ordinary_week(), last=42)
    assert found.wape[30] < 0.85 * found.naive[30]
    assert found.day_wape < found.day_naive
    assert found.wape[30] < 1.15 * found.chance


def test_bounds_hold_about_as_often_as_they_say() -> None:
    found = score(invented(), ordinary_week(), last=63)
    assert 0.74 < found.within_80 < 0.93
    assert 0.91 < found.within_95 < 1.0


def test_growth_goes_on_and_is_less_sure_the_farther_it_lies() -> None:
    history = invented(16)
    days = [history.days[-1] + timedelta(days=n) for n in range(1, 29)]
    made = forecast(history, days, ordinary_week())
    mondays = [each for each in made if each.day.weekday() == 0]
    last_monday = history.totals[[d.weekday() == 0 for d in history.days]][-1]
    assert abs(mondays[0].total / last_monday - 1) < 0.15
    assert mondays[-1].level_variance > mondays[0].level_variance
    low, high = mondays[-1].total_interval()
    assert low < mondays[-1].total < high


def test_one_wild_day_does_not_carry_the_next_away() -> None:
    history = invented(12)
    counts = history.counts.copy()
    counts[-1] *= 6
    wild = History(history.minutes, history.opens, history.days, counts)
    tomorrow = [history.days[-1] + timedelta(days=1)]
    calm = forecast(history, tomorrow, ordinary_week())[0].total
    after = forecast(wild, tomorrow, ordinary_week())[0].total
    assert after < 1.5 * calm


def test_a_saturday_on_which_all_work_is_no_saturday() -> None:
    moved = date(2026, 2, 14)  # the Saturday worked for Spring Festival
    assert moved in CN.workdays
    assert likeness(moved, CHINA)[5] == 0
    assert sum(likeness(moved, CHINA)[:5]) == pytest.approx(1)
    history = invented(40, kind=CHINA, start=date(2025, 5, 12))
    at = history.days.index(moved)
    plain = next(rolling(history, ordinary_week(), first=at)).total
    known = next(rolling(history, CHINA, first=at)).total
    came = float(history.totals[at])
    assert abs(known - came) < abs(plain - came)
    assert abs(known / came - 1) < 0.2


def test_a_holiday_is_a_sunday_and_the_day_after_it_a_monday() -> None:
    holiday, after = date(2026, 5, 1), date(2026, 5, 6)
    assert holiday in CN.holidays
    assert likeness(holiday, CHINA)[6] == 1
    assert likeness(after, CHINA)[0] == 1
    named = dict(zip(FEATURES, described(after, CHINA), strict=True))
    assert named["after_break"] == 1
    assert dict(zip(FEATURES, described(date(2026, 3, 9), CHINA), strict=True))["after_break"] == 0


@given(st.dates(date(2025, 1, 1), date(2026, 12, 30)))
def test_every_day_is_like_weekdays_by_weights_of_one(day: date) -> None:
    assert sum(likeness(day, CHINA)) == pytest.approx(1)
    assert len(described(day, CHINA)) == len(FEATURES)


@settings(max_examples=25, deadline=None)
@given(st.lists(st.integers(0, 9), min_size=24, max_size=24), st.sampled_from([5, 15, 30]))
def test_shares_of_a_day_are_one_together(one_day: list[int], minutes: int) -> None:
    counts = np.array([one_day, one_day[::-1]], dtype=float)
    like = np.eye(7)[[0, 1]]
    shares = profile(counts, like, np.eye(7)[0], minutes=minutes)
    assert shares.sum() == pytest.approx(1)
    assert (shares >= 0).all()


@given(st.floats(0.1, 12), st.integers(2, 60))
def test_smoothing_leaves_a_flat_line_flat(width: float, length: int) -> None:
    assert smooth(np.full(length, 3.0), width) == pytest.approx(np.full(length, 3.0))


def test_days_without_any_call_are_forecast_as_next_to_nothing() -> None:
    days = tuple(MONDAY + timedelta(days=n) for n in range(30))
    history = History(30, 0, days, np.zeros((30, 48)))
    made = forecast(history, [MONDAY + timedelta(days=30)], ordinary_week())[0]
    assert made.total < 2
    assert np.isfinite(made.variance).all()


def test_too_little_history_or_a_day_within_it_is_refused() -> None:
    history = invented(4)
    with pytest.raises(BadHistory):
        forecast(history.until(FEWEST_DAYS - 1), [date(2027, 1, 1)], ordinary_week())
    with pytest.raises(BadHistory):
        forecast(history, [history.days[3]], ordinary_week())
    with pytest.raises(BadHistory):
        score(history, ordinary_week(), last=len(history.days))


def test_wape_is_the_sum_of_errors_over_the_sum_of_calls() -> None:
    assert wape(np.array([8.0, 14.0]), np.array([10.0, 10.0])) == pytest.approx(0.3)
    assert coarser(np.array([[1.0, 2.0, 3.0]]), 2).tolist() == [[3.0, 3.0]]


def test_what_chance_leaves_is_the_mean_deviation_of_poisson_counts() -> None:
    rng = np.random.default_rng(3)
    history = invented(10, calls=40)
    found = score(history, PLAIN, last=21)
    means = np.concatenate(
        [each.calls for each in rolling(history, PLAIN, first=len(history.days) - 21)]
    )
    drawn = rng.poisson(means, size=(4000, len(means)))
    by_trial = np.abs(drawn - means).sum() / (4000 * means.sum())
    assert found.chance == pytest.approx(by_trial, rel=0.01)


def test_a_file_is_read_by_its_own_interval_and_faults_name_the_line(tmp_path: Path) -> None:
    file = tmp_path / "calls.csv"
    lines = [
        f"2026-03-0{d}T{h:02}:{m:02}:00Z,{d}" for d in (2, 3) for h in (8, 9) for m in (0, 30)
    ]
    file.write_text("\n".join(["DateTime,Calls", *lines, "2026-03-04T08:00:00Z,5"]))
    history = read_volume(file)
    assert (history.minutes, history.opens, history.counts.shape) == (30, 480, (2, 4))
    file.write_text("2026-03-02T08:00:00,1\n2026-03-02T08:30:00,minus\n")
    with pytest.raises(BadHistory, match="line 2"):
        read_volume(file)


@pytest.mark.skipif(not BANK.is_file(), reason="the calls of the bank are not here")
def test_the_calls_of_a_bank_are_forecast_within_seven_percent_on_its_last_eight_weeks() -> None:
    history = read_volume(BANK)
    span = (history.days[-1] - history.days[0]).days
    every = {history.days[0] + timedelta(days=n) for n in range(span)}
    kind = ordinary_week(every - set(history.days))
    found = score(history, kind, last=40)
    assert found.wape[5] <= 0.068
    assert found.wape[5] < 0.7 * found.naive[5]
    assert 0.78 < found.within_80 < 0.9
    longer = score(history, kind, last=84)
    assert longer.wape[5] < 0.071
    assert longer.wape[5] < 0.7 * longer.naive[5]


@pytest.mark.parametrize("minutes", [5, 15, 30])
def test_hours_far_from_any_call_have_no_share_and_are_numbers_all_the_same(minutes: int) -> None:
    counts = np.zeros((3, 1440 // minutes))
    counts[1, 0] = 1.0
    shares = profile(counts, np.eye(7)[:3], np.eye(7)[0], minutes=minutes)
    assert np.isfinite(shares).all()
    assert shares.sum() == pytest.approx(1)
    assert shares[-1] == pytest.approx(0, abs=1e-6)
