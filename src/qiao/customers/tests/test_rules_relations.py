"""Households and groups as plain rules: whatever is allowed leaves a sound group."""

from collections.abc import Callable, Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.periods import Period
from qiao.customers.rules.relations import (
    HEAD,
    MEMBER,
    Part,
    Parts,
    Refused,
    ended,
    faults,
    headed,
    joined,
    left,
    placed,
)

START = date(2020, 1, 1)
PEOPLE = range(1, 7)
DAYS = st.integers(0, 400).map(lambda days: START + timedelta(days=days))
WHO = st.sampled_from(list(PEOPLE))
Step = Callable[[Parts, Period], Parts]


def founded(*, company: bool) -> Parts:
    above = 1 if company else None
    return (Part(1, HEAD, Period(START)), Part(2, MEMBER, Period(START), above))


def _join(who: int, day: date, length: int, above: int | None) -> Step:
    until = day + timedelta(days=length) if length else None
    return lambda parts, whole: joined(parts, whole, Part(who, MEMBER, Period(day, until), above))


def _leave(who: int, day: date, heir: int | None) -> Step:
    return lambda parts, whole: left(parts, whole, who, day, heir)


def _head(who: int, day: date, stays: bool) -> Step:
    return lambda parts, whole: headed(parts, whole, who, day, former_stays=stays)


def _place(who: int, above: int, day: date) -> Step:
    return lambda parts, whole: placed(parts, whole, who, above, day)


def _steps(*, company: bool) -> st.SearchStrategy[list[Step]]:
    above = WHO if company else st.none()
    kinds = [
        st.builds(_join, WHO, DAYS, st.sampled_from([0, 0, 1, 90]), above),
        st.builds(_leave, WHO, DAYS, st.none() | WHO),
        st.builds(_head, WHO, DAYS, st.booleans()),
    ]
    if company:
        kinds.append(st.builds(_place, WHO, WHO, DAYS))
    return st.lists(st.one_of(kinds), max_size=14)


def _run(parts: Parts, steps: Sequence[Step]) -> Parts:
    for step in steps:
        try:
            parts = step(parts, Period(START))
        except Refused:
            continue
    return parts


def _above_on(parts: Parts, day: date) -> dict[int, int | None]:
    """Day by day, without the rules under test."""
    return {
        each.customer_id: each.under_id
        for each in parts
        if each.period.start <= day and (each.period.end is None or day < each.period.end)
    }


@given(_steps(company=False))
def test_on_every_day_a_household_has_one_head_and_nobody_twice(steps: list[Step]) -> None:
    parts = _run(founded(company=False), steps)
    for days in range(402):
        day = START + timedelta(days=days)
        there = [e for e in parts if e.period.start <= day
                 and (e.period.end is None or day < e.period.end)]  # fmt: skip
        assert [each.role for each in there].count(HEAD) == 1
        assert len({each.customer_id for each in there}) == len(there)


@given(_steps(company=True))
def test_on_every_day_a_group_is_a_tree_below_its_parent_company(steps: list[Step]) -> None:
    parts = _run(founded(company=True), steps)
    for days in range(402):
        above = _above_on(parts, START + timedelta(days=days))
        for company in above:
            at: int | None = company
            for _step in range(len(above)):
                if above[at or 0] is None:
                    break
                at = above[at or 0]
            assert above[at or 0] is None, "it does not end at the top"


@given(_steps(company=True), DAYS)
def test_after_the_end_nobody_belongs_to_a_group(steps: list[Step], day: date) -> None:
    parts = _run(founded(company=True), steps)
    try:
        over = ended(parts, day)
    except Refused:
        assert any(each.period.start >= day for each in parts)
        return
    assert all(each.period.end is not None and each.period.end <= day for each in over)
    assert faults(over, Period(START, day)) == []


DAY = date(2021, 6, 1)
LATER = date(2022, 1, 1)
WHOLE = Period(START)


@pytest.mark.parametrize(
    ("reason", "change"),
    [
        ("member", _join(2, DAY, 0, 1)),
        ("outside", _join(3, START - timedelta(days=1), 0, 1)),
        ("under", _join(3, DAY, 0, 9)),
        ("stranger", _leave(9, DAY, None)),
        ("head", _leave(1, DAY, None)),
        ("later", _leave(2, START - timedelta(days=1), None)),
        ("head", _leave(1, START, None)),
        ("stranger", _head(9, DAY, True)),
        ("head", _head(1, DAY, True)),
        ("head", _place(1, 2, DAY)),
        ("stranger", _place(9, 1, DAY)),
        ("circle", _place(2, 2, DAY)),
    ],
)
def test_what_is_wrong_is_refused_by_its_name(reason: str, change: Step) -> None:
    with pytest.raises(Refused) as refusal:
        change(founded(company=True), WHOLE)
    assert refusal.value.reason == reason


def test_a_company_that_holds_others_does_not_leave() -> None:
    parts = joined(founded(company=True), WHOLE, Part(3, MEMBER, Period(DAY), 2))
    with pytest.raises(Refused, match="holds"):
        left(parts, WHOLE, 2, LATER)
    with pytest.raises(Refused, match="circle"):
        placed(parts, WHOLE, 2, 3, LATER)


def test_the_former_parent_company_stands_under_the_new_one() -> None:
    parts = headed(founded(company=True), WHOLE, 2, DAY)
    assert _above_on(parts, DAY - timedelta(days=1)) == {1: None, 2: 1}
    assert _above_on(parts, DAY) == {2: None, 1: 2}


def test_when_the_parent_company_is_sold_its_companies_stand_under_the_heir() -> None:
    parts = joined(founded(company=True), WHOLE, Part(3, MEMBER, Period(START), 1))
    parts = left(parts, WHOLE, 1, DAY, heir_id=2)
    assert _above_on(parts, DAY) == {2: None, 3: 2}


def test_leaving_on_the_first_day_takes_back_what_never_was() -> None:
    parts = joined(founded(company=False), WHOLE, Part(3, MEMBER, Period(DAY)))
    assert left(parts, WHOLE, 3, DAY) == founded(company=False)
    assert _above_on(headed(parts, WHOLE, 2, START), START) == {1: None, 2: None}


def test_a_second_change_of_head_before_the_first_is_refused() -> None:
    parts = headed(founded(company=False), WHOLE, 2, DAY)
    with pytest.raises(Refused, match="later"):
        headed(parts, WHOLE, 2, DAY - timedelta(days=10))
