"""Limits of chance, and where a change comes from."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.rules.reports import contributions, differs
from qiao.core.rules.funnels import funnel
from qiao.core.rules.statistics import Share


@st.composite
def shares(draw: st.DrawFn) -> Share:
    whole = draw(st.integers(0, 200))
    return Share(draw(st.integers(0, whole)), whole)


GROUPS = st.dictionaries(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), shares())


@given(before=GROUPS, now=GROUPS)
def test_what_groups_add_makes_up_the_whole_change(
    before: dict[tuple[str, ...], Share], now: dict[tuple[str, ...], Share]
) -> None:
    found = contributions(before, now)

    def percent(held: dict[tuple[str, ...], Share]) -> float | None:
        whole = sum(s.whole for s in held.values())
        return 100 * sum(s.part for s in held.values()) / whole if whole else None

    was, held = percent(before), percent(now)
    if was is None or held is None:
        assert not found
        return
    assert sum(each.points for each in found) == pytest.approx(held - was, abs=1e-9)
    assert [abs(c.points) for c in found] == sorted((abs(c.points) for c in found), reverse=True)


@given(share=shares(), overall=shares())
def test_small_groups_are_never_judged(share: Share, overall: Share) -> None:
    standing = funnel(share, overall)
    assert (standing == "few") == (share.whole < 30 or overall.whole == 0)


def test_a_group_is_blamed_only_outside_the_limits_of_its_size() -> None:
    overall = Share(900, 1_000)
    assert funnel(Share(25, 30), overall) == "inside"  # 83 %: chance for thirty
    assert funnel(Share(250, 300), overall) == "below"  # 83 %: not for three hundred
    assert funnel(Share(300, 300), overall) == "above"


def test_two_shares_differ_when_their_intervals_do_not_meet() -> None:
    assert differs(Share(900, 1_000), Share(800, 1_000))
    assert not differs(Share(9, 10), Share(8, 10))
    assert not differs(Share(0, 0), Share(8, 10))
