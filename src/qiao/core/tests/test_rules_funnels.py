"""Funnels: a bad one is found, good ones are not blamed, however many are looked at."""

from random import Random
from statistics import mean

import pytest

from qiao.core.rules.funnels import FEWEST, INNER, OUTER, Spread, judge, spread_of
from qiao.core.rules.statistics import Share

READERS = 40


def table(
    seed: int, *, usual: float, rho: float, bad: float = 0.0, sizes: tuple[int, int] = (150, 1200)
) -> dict[int, Share]:
    """Forty readers with their own shares around the usual one; reader 0 is bad if asked for."""
    rng = Random(seed)
    found = {}
    for reader in range(READERS):
        whole = rng.randint(*sizes)
        own = usual
        if rho:
            own = rng.betavariate(usual * (1 - rho) / rho, (1 - usual) * (1 - rho) / rho)
        if bad and reader == 0:
            own = bad
        found[reader] = Share(sum(rng.random() < own for _ in range(whole)), whole)
    return found


def blamed(shares: dict[int, Share]) -> set[int]:
    judged, _spread = judge(shares)
    return {key for key, each in judged.items() if each.standing in ("above", "below")}


@pytest.mark.parametrize(("usual", "rho"), [(0.02, 0.0), (0.02, 0.003), (0.05, 0.005)])
def test_a_planted_bad_reader_is_found_and_the_others_are_left_alone(
    usual: float, rho: float
) -> None:
    tables = [blamed(table(seed, usual=usual, rho=rho, bad=5 * usual)) for seed in range(25)]
    assert sum(0 in each for each in tables) >= 24
    others = sum(bool(each - {0}) for each in tables)
    assert others <= 4  # one in twenty is promised; chance over 25 tables allows a few


@pytest.mark.parametrize(
    ("usual", "rho"), [(0.02, 0.0), (0.005, 0.0), (0.02, 0.003), (0.005, 0.002)]
)
def test_of_tables_of_alike_readers_one_in_twenty_blames_somebody_at_most(
    usual: float, rho: float
) -> None:
    tables = 80
    wrong = sum(bool(blamed(table(1000 + n, usual=usual, rho=rho))) for n in range(tables))
    # 5 % are promised: nine or more of eighty would be a one in fifty chance if it were kept.
    assert wrong <= 8


def test_without_the_allowance_good_readers_who_differ_are_blamed() -> None:
    tables = [table(seed, usual=0.02, rho=0.005) for seed in range(20)]

    def plain(shares: dict[int, Share]) -> bool:
        whole = sum(each.whole for each in shares.values())
        chance = Spread(sum(each.part for each in shares.values()) / whole, 0.0)
        least = min(chance.at_least(each.part, each.whole) for each in shares.values())
        return least * READERS < 0.05

    assert sum(map(plain, tables)) > 10 > 3 * sum(bool(blamed(each)) for each in tables)


def test_how_much_readers_differ_is_found_on_the_middle() -> None:
    found = []
    for seed in range(20):
        spread = spread_of(list(table(seed, usual=0.03, rho=0.004).values()))
        assert spread is not None
        found.append(spread.rho)
    # 0.004, and a standard error more so that nobody is blamed for it.
    assert 0.004 < mean(found) < 0.008


def test_limits_hold_what_they_promise() -> None:
    for rho in (0.0, 0.01):
        spread = Spread(0.03, rho)
        low, inner, upper, high = (round(share * 400) for share in spread.limits(400))
        assert spread.at_least(high + 1, 400) <= OUTER < spread.at_least(high, 400)
        assert spread.at_least(upper + 1, 400) <= INNER < spread.at_least(upper, 400)
        assert spread.at_most(inner - 1, 400) <= INNER
        assert low <= inner <= 12 <= upper <= high
    wide, narrow = Spread(0.03, 0.01).limits(400), Spread(0.03, 0.0).limits(400)
    assert wide[3] > narrow[3]


def test_few_records_and_few_readers_are_told_apart_from_good_ones() -> None:
    judged, spread = judge({"new": Share(20, 29), "old": Share(10, 1000)})
    assert spread is not None
    assert spread.rho == 0.0  # two are fewer than FEWEST
    assert FEWEST > 2
    assert judged["new"].standing == "few"
    nothing, none = judge({"new": Share(0, 0)})
    assert none is None
    assert nothing["new"].standing == "few"
    clean, _spread = judge({n: Share(0, 500) for n in range(10)})
    assert {each.standing for each in clean.values()} == {"inside"}
