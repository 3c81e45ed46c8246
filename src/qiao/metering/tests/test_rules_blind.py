"""Blind re-reads: who is drawn, and which figures agree."""

from decimal import Decimal

import pytest

from qiao.metering.rules.blind import agrees, draw, tolerance
from qiao.metering.rules.registers import Register

DIAL = Register(5)


def fits(first: int, second: int, days: int, usual: str | None = "1") -> bool:
    per_day = Decimal(usual) if usual is not None else None
    allowed = tolerance(value=Decimal(first), days=days, usual_per_day=per_day, register=DIAL)
    return agrees(Decimal(second), allowed, DIAL)


def test_the_same_seed_draws_the_same_stops_and_another_one_others() -> None:
    stops = list(range(100, 300))
    once = draw(stops, share_percent=Decimal(3), seed=7)
    assert once == draw(stops, share_percent=Decimal(3), seed=7)
    assert len(once) == 6
    assert once == sorted(once)
    assert once != draw(stops, share_percent=Decimal(3), seed=8)
    assert len(draw(stops[:5], share_percent=Decimal(1), seed=7)) == 1
    assert draw([], share_percent=Decimal(3), seed=7) == []
    assert draw(stops, share_percent=Decimal(100), seed=7) == stops
    with pytest.raises(ValueError, match="share"):
        draw(stops, share_percent=Decimal(0), seed=7)


def test_every_stop_is_drawn_about_as_often() -> None:
    stops = list(range(50))
    times = [0] * 50
    for seed in range(400):
        for stop in draw(stops, share_percent=Decimal(10), seed=seed):
            times[stop] += 1
    assert sum(times) == 2000
    assert 20 < min(times) <= max(times) < 65  # 40 on the middle, six either way by chance


def test_a_register_goes_on_by_what_is_usual_and_never_back() -> None:
    assert fits(100, 100, 0)
    assert fits(100, 104, 0)  # a day at most, three times, and a step
    assert not fits(100, 105, 0)
    assert fits(100, 99, 2)  # a turning figure
    assert not fits(100, 98, 2)
    assert fits(100, 107, 2)
    assert not fits(100, 108, 2)
    assert not fits(100, 190, 3)


def test_a_register_that_was_read_before_stood_lower() -> None:
    assert fits(100, 93, -2)
    assert not fits(100, 92, -2)
    assert not fits(100, 102, -2)


def test_without_a_usual_use_only_a_lower_figure_differs() -> None:
    assert fits(100, 5000, 3, usual=None)
    assert not fits(100, 98, 3, usual=None)
    assert not fits(100, 0, 3, usual=None)


def test_a_register_may_go_past_its_last_figure_meanwhile() -> None:
    assert fits(99_998, 2, 3)
    assert not fits(99_998, 50, 3)
