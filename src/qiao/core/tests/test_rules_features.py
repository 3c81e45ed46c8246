"""Features by unit: whatever was decided in whatever order, every unit stands clearly each day."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.features import Decision, decided, next_change, standing

FIRST = date(2026, 3, 1)
DAYS = 30
UNITS = (1, 2, 3)  # the company, a branch in it, a team in that
CHAINS = {1: (1,), 2: (2, 1), 3: (3, 2, 1)}


@st.composite
def lists_of_decisions(draw: st.DrawFn) -> list[Decision]:
    found = []
    for place in range(draw(st.integers(0, 8))):
        since = draw(st.integers(0, DAYS))
        until = draw(st.none() | st.integers(since + 1, DAYS + 2))
        found.append(
            Decision(
                place,
                draw(st.sampled_from(UNITS)),
                FIRST + timedelta(days=since),
                None if until is None else FIRST + timedelta(days=until),
                draw(st.sampled_from((True, False, None))),
            )
        )
    return found


def on(decisions: list[Decision], unit: int, day: date, *, default: bool = True) -> bool:
    return standing(decisions, chain=CHAINS[unit], day=day, default=default).is_on


days = st.integers(-1, DAYS + 3).map(lambda n: FIRST + timedelta(days=n))
units = st.sampled_from(UNITS)


@given(lists_of_decisions(), units, days, st.booleans())
def test_a_unit_that_does_not_decide_is_as_the_one_above(
    decisions: list[Decision], unit: int, day: date, default: bool
) -> None:
    own = decided(decisions, unit_id=unit, day=day)
    found = on(decisions, unit, day, default=default)
    if own is not None and own.state is not None:
        assert found is own.state
    elif unit == UNITS[0]:
        assert found is default
    else:
        assert found is on(decisions, unit - 1, day, default=default)


@given(lists_of_decisions(), units, days, st.booleans())
def test_the_latest_decision_holds_on_its_days_and_changes_no_other_day(
    decisions: list[Decision], unit: int, day: date, state: bool
) -> None:
    since = FIRST + timedelta(days=5)
    later = Decision(99, unit, since, since + timedelta(days=14), state)
    wanted = state if later.covers(day) else on(decisions, unit, day)
    assert on([*decisions, later], unit, day) is wanted


@given(lists_of_decisions(), units, days)
def test_the_order_in_which_rows_are_read_does_not_matter(
    decisions: list[Decision], unit: int, day: date
) -> None:
    assert on(decisions, unit, day) is on(decisions[::-1], unit, day)


@given(lists_of_decisions(), units, days)
def test_the_next_change_is_the_first_day_that_differs(
    decisions: list[Decision], unit: int, day: date
) -> None:
    ahead = [day + timedelta(days=n) for n in range(1, 2 * DAYS)]
    now = on(decisions, unit, day)
    differing = next((each for each in ahead if on(decisions, unit, each) is not now), None)
    found = next_change(decisions, chain=CHAINS[unit], day=day, default=True)
    assert found == (None if differing is None else (differing, not now))


@given(lists_of_decisions(), days)
def test_what_units_beside_decide_moves_nobody(decisions: list[Decision], day: date) -> None:
    beside = Decision(99, 7, FIRST, None, state=False)
    assert on([*decisions, beside], 3, day) is on(decisions, 3, day)
