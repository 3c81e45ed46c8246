"""Steps by unit and before-and-after: no day is lost, and nothing is claimed of chance."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.statistics import FEW, Share
from qiao.rollout.rules.effect import LONGEST_DAYS, around, beyond, verdict
from qiao.rollout.rules.steps import step_days

DAY = date(2026, 3, 2)
days = st.integers(0, 500).map(lambda n: DAY + timedelta(days=n))
percents = st.floats(0, 100)


@st.composite
def shares(draw: st.DrawFn, least: int = 0) -> Share:
    whole = draw(st.integers(least, 4_000))
    return Share(draw(st.integers(0, whole)), whole)


@given(st.lists(st.integers(1, 40), max_size=20), st.integers(1, 60), st.integers(1, 9))
def test_every_unit_has_one_day_in_its_order_and_no_step_is_too_large(
    units: list[int], apart: int, at_once: int
) -> None:
    found = step_days(DAY, units=units, apart=apart, at_once=at_once)
    assert list(found) == list(dict.fromkeys(units))
    assert list(found.values()) == sorted(found.values())
    for day in found.values():
        assert (day - DAY).days % apart == 0
        assert list(found.values()).count(day) <= at_once


def test_a_step_has_a_unit_and_a_day() -> None:
    for apart, at_once in ((0, 1), (1, 0)):
        with pytest.raises(ValueError, match="at least"):
            step_days(DAY, units=[1], apart=apart, at_once=at_once)


@given(days, st.integers(1, 800), days)
def test_both_periods_are_as_long_and_meet_at_the_start(
    start: date, length: int, last: date
) -> None:
    found = around(start, days=length, last=last)
    if last < start:
        assert found is None
        return
    assert found is not None
    assert found.before.days == found.after.days <= min(length, LONGEST_DAYS)
    assert found.after.since == start == found.before.until + timedelta(days=1)
    assert found.after.until <= last
    if (last - start).days + 1 >= length <= LONGEST_DAYS:
        assert found.after.days == length


@given(shares(), shares())
def test_a_verdict_is_turned_round_with_the_good_direction_and_with_the_periods(
    before: Share, after: Share
) -> None:
    turned = {"better": "worse", "worse": "better"}
    found = verdict(before, after, "up")
    assert verdict(before, after, "down") == turned.get(found, found)
    assert verdict(after, before, "up") == turned.get(found, found)
    assert verdict(before, after, "") == ""


@given(shares(least=FEW))
def test_nothing_is_claimed_of_what_did_not_change(share: Share) -> None:
    assert verdict(share, share, "up") == "chance"


@given(shares(), st.integers(1, FEW - 1))
def test_few_are_never_called_better_or_worse(share: Share, whole: int) -> None:
    assert verdict(share, Share(whole, whole), "up") in ("few", "")


@given(percents, percents, st.floats(-20, 20))
def test_what_changed_everywhere_is_taken_out(before: float, after: float, season: float) -> None:
    found = beyond((before, after + season), (before, before + season))
    assert found == pytest.approx(after - before, abs=1e-6)
    assert beyond((before, None), (before, after)) is None
