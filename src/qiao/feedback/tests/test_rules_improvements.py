"""Counts before and after, and thresholds: properties that must hold for any numbers."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.feedback.rules.improvements import (
    Period,
    Threshold,
    binomial_below,
    is_crossed,
    judge,
    poisson_below,
    poisson_interval,
    rate_of,
)

counts = st.integers(0, 200)
exposures = st.integers(1, 10_000_000)


@pytest.mark.parametrize(
    ("count", "low", "high"), [(0, 0.0, 3.689), (1, 0.0253, 5.572), (10, 4.795, 18.390)]
)
def test_intervals_are_those_of_the_tables(count: int, low: float, high: float) -> None:
    assert list(poisson_interval(count)) == pytest.approx([low, high], abs=1e-3)


@given(counts)
def test_an_interval_holds_the_count_and_its_ends_have_the_tails_they_promise(count: int) -> None:
    low, high = poisson_interval(count)
    assert low <= count <= high
    assert poisson_below(count, high) == pytest.approx(0.025, abs=1e-6)
    if count:
        assert 1 - poisson_below(count - 1, low) == pytest.approx(0.025, abs=1e-6)


@given(counts, st.integers(1, 10**6), st.integers(1, 400))
def test_a_rate_lies_within_its_interval(count: int, base: int, days: int) -> None:
    rate = rate_of(count, base=base, days=days)
    assert rate is not None
    assert rate.low <= rate.value <= rate.high


def test_there_is_no_rate_without_accounts() -> None:
    assert rate_of(3, base=0, days=30) is None
    with pytest.raises(ValueError, match="nothing to compare"):
        judge(before=1, before_exposure=0, after=1, after_exposure=1)


@given(st.integers(1, 150), st.floats(0.01, 0.99))
def test_the_binomial_is_a_distribution(total: int, share: float) -> None:
    values = [binomial_below(count, total, share) for count in range(total + 1)]
    assert values == sorted(values)
    assert values[-1] == 1.0


@given(counts, exposures, counts, exposures)
def test_a_verdict_agrees_with_the_direction_of_the_rates(
    before: int, before_exposure: int, after: int, after_exposure: int
) -> None:
    found = judge(
        before=before, before_exposure=before_exposure, after=after, after_exposure=after_exposure
    )
    assert 0 <= found.chance <= 1
    if found.verdict == "proved":
        assert after * before_exposure < before * after_exposure
    if found.verdict == "worse":
        assert after * before_exposure > before * after_exposure
    assert found.is_small == (before + after < 12)


@given(counts, exposures)
def test_the_same_rate_proves_nothing(count: int, exposure: int) -> None:
    found = judge(before=count, before_exposure=exposure, after=count, after_exposure=exposure)
    assert found.verdict == "not_proved"


@given(st.integers(0, 100), st.integers(0, 100), exposures)
def test_fewer_cases_afterwards_never_make_it_less_proved(
    before: int, after: int, exposure: int
) -> None:
    rank = {"worse": 0, "not_proved": 1, "proved": 2}
    more, fewer = (
        judge(before=before, before_exposure=exposure, after=count, after_exposure=exposure)
        for count in (after + 1, after)
    )
    assert rank[fewer.verdict] >= rank[more.verdict]


def test_a_clear_fall_is_proved_and_a_clear_rise_is_worse() -> None:
    def verdict(before: int, after: int) -> str:
        return judge(before=before, before_exposure=1000, after=after, after_exposure=1000).verdict

    assert (verdict(30, 8), verdict(8, 30), verdict(3, 1)) == ("proved", "worse", "not_proved")


@given(counts, counts, st.integers(2, 50), st.sampled_from(["count", "unusual"]))
def test_more_cases_never_fall_below_a_threshold_that_fewer_cross(
    count: int, usual: int, least: int, kind: str
) -> None:
    threshold = Threshold(kind, 30, least, 1000 if kind == "unusual" else None)
    if is_crossed(threshold, count=count, usual=usual, usual_days=365):
        assert is_crossed(threshold, count=count + 1, usual=usual, usual_days=365)
        assert count >= least


@given(st.integers(1, 2000), st.integers(2, 50))
def test_what_is_usual_never_cries(usual: int, least: int) -> None:
    threshold = Threshold("unusual", 30, least, 100)
    assert not is_crossed(threshold, count=usual * 30 // 365, usual=usual, usual_days=365)


def test_a_period_is_followed_by_one_of_its_length() -> None:
    period = Period(date(2026, 1, 1), date(2026, 1, 31))
    assert period.days == 31
    assert period.following(date(2026, 3, 1)) == Period(date(2026, 3, 1), date(2026, 3, 31))
