"""How a protection stands on a day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.models import ProtectedFlag, Protection, ProtectionEffect
from qiao.customers.rules.protection import (
    CLAIMED,
    DUE,
    EFFECTS,
    ENDED,
    GRACE,
    IN_FORCE,
    OF_PLACE,
    OVERDUE,
    TWO_PEOPLE,
    WORK,
    Days,
    Terms,
    days_from,
)

DAY = date(2026, 3, 1)
some_days = st.integers(0, 800).map(lambda n: DAY + timedelta(days=n))
spans = st.integers(1, 400)
terms = st.builds(Terms, st.integers(1, 90), st.integers(0, 120), st.integers(30, 700))


@st.composite
def protections(draw: st.DrawFn) -> Days:
    return days_from(
        DAY,
        until=draw(st.none() | spans.map(lambda n: DAY + timedelta(days=n))),
        terms=draw(terms),
        is_proven=draw(st.booleans()),
        review=draw(st.none() | spans.map(lambda n: DAY + timedelta(days=n))),
    )


@given(protections(), some_days, some_days)
def test_no_day_ends_a_protection_and_none_takes_it_off_the_list(
    days: Days, one: date, other: date
) -> None:
    first, second = days.stage(min(one, other)), days.stage(max(one, other))
    assert ENDED not in (first, second)
    assert first not in WORK or second in WORK
    assert first in {CLAIMED, IN_FORCE} or WORK.index(first) <= WORK.index(second)


@given(protections(), some_days)
def test_it_stands_the_same_until_the_day_on_which_it_moves(days: Days, day: date) -> None:
    moves = days.moves_on(day)
    later = [day + timedelta(days=n) for n in range(900)]
    before = [each for each in later if moves is None or each < moves]
    assert {days.stage(each) for each in before} == {days.stage(day)}
    assert moves is None or days.stage(moves) != days.stage(day)


@given(protections())
def test_it_is_due_from_its_day_on_and_not_on_the_first(days: Days) -> None:
    assert days.stage(DAY) == (IN_FORCE if days.is_proven else CLAIMED)
    assert days.stage(days.due_date) in WORK
    assert days.stage(days.due_date - timedelta(days=1)) not in WORK


@given(protections(), some_days)
def test_only_people_end_it_and_then_it_is_over_on_every_day(days: Days, day: date) -> None:
    over = Days(
        days.is_proven,
        days.prove_by,
        days.review_date,
        days.until,
        days.grace_until,
        is_ended=True,
    )
    assert (over.stage(day), over.moves_on(day)) == (ENDED, None)


def test_it_runs_out_into_grace_and_then_waits_for_somebody() -> None:
    until = DAY + timedelta(days=100)
    days = days_from(DAY, until=until, terms=Terms(30, 60, 365), is_proven=True)
    assert days.stage(until - timedelta(days=31)) == IN_FORCE
    assert days.stage(until - timedelta(days=30)) == DUE
    assert days.stage(until) == GRACE
    assert days.stage(until + timedelta(days=60)) == OVERDUE


def test_every_kind_and_effect_and_stage_has_its_words() -> None:
    assert set(EFFECTS) == set(ProtectedFlag.values) >= TWO_PEOPLE | OF_PLACE
    assert {each for of in EFFECTS.values() for each in of} == set(ProtectionEffect.values)
    assert [CLAIMED, IN_FORCE, *WORK, ENDED] == Protection.Stage.values
