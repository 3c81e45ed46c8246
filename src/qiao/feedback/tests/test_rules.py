"""When a follow-up is complete."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from qiao.feedback.models import Rating
from qiao.feedback.rules.follow_ups import (
    RATINGS,
    Attempt,
    Patience,
    counted,
    is_unhappy,
    next_attempt_at,
    verdict,
)

START = datetime(2026, 11, 20, 1, 0, tzinfo=UTC)
THREE = Patience(3, timedelta(minutes=30))
OUTCOMES = ("reached", "no_answer", "busy", "wrong_number", "refused")
attempts = st.lists(
    st.builds(
        lambda minutes, outcome: Attempt(START + timedelta(minutes=minutes), outcome),
        st.integers(0, 600),
        st.sampled_from(OUTCOMES),
    ),
    max_size=12,
)


@given(attempts)
def test_counted_attempts_lie_apart_and_none_is_a_talk(tried: list[Attempt]) -> None:
    found = counted(tried, THREE)
    assert all(b.at - a.at >= THREE.gap for a, b in pairwise(found))
    assert all(attempt.outcome != "reached" for attempt in found)


@given(attempts)
def test_no_other_choice_of_attempts_would_count_more(tried: list[Attempt]) -> None:
    """Taking the earliest that fits is best: compared with the longest chain found by hand."""
    calls = sorted(a.at for a in tried if a.outcome != "reached")
    best = [0] * len(calls)
    for place, at in enumerate(calls):
        before = [best[i] for i in range(place) if at - calls[i] >= THREE.gap]
        best[place] = 1 + max(before, default=0)
    assert len(counted(tried, THREE)) == max(best, default=0)


@given(attempts, st.booleans())
def test_it_ends_only_by_a_word_or_by_enough_attempts(
    tried: list[Attempt], confirmed: bool
) -> None:
    state = verdict(tried, THREE, confirmed=confirmed)
    if confirmed:
        assert state == "reached"
    else:
        assert state == ("unreached" if len(counted(tried, THREE)) >= 3 else "open")


@given(attempts)
def test_an_attempt_made_when_it_counts_again_counts(tried: list[Attempt]) -> None:
    after = next_attempt_at(tried, THREE)
    late = max([a.at for a in tried], default=START) + THREE.gap
    moment = max(after or START, late)
    more = [*tried, Attempt(moment, "busy")]
    assert len(counted(more, THREE)) == len(counted(tried, THREE)) + 1


def test_the_steps_are_those_of_the_trade_and_the_last_one_goes_back() -> None:
    assert tuple(Rating.values) == RATINGS
    assert is_unhappy(rating="not_satisfied", resolved=True)
    assert is_unhappy(rating="very_satisfied", resolved=False)
    assert not is_unhappy(rating="fairly_satisfied", resolved=True)
