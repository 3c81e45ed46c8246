"""What a number is held for, whatever order its attempts arrive in."""

from datetime import UTC, datetime, timedelta

from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.numbers import CLEARS, CONDEMNS, Attempt, Outcome, Standing, judge

NOON = datetime(2026, 11, 27, 4, tzinfo=UTC)


def tried(*outcomes: Outcome, apart: timedelta = timedelta(days=1)) -> list[Attempt]:
    return [Attempt(NOON + n * apart, outcome) for n, outcome in enumerate(outcomes)]


def standing(*outcomes: Outcome, apart: timedelta = timedelta(days=1)) -> Standing:
    return judge(tried(*outcomes, apart=apart), failures=3, days=90).standing


def test_three_calls_without_an_answer_make_a_number_doubtful_and_one_call_from_it_good() -> None:
    missed = (Outcome.NO_ANSWER,) * 3
    assert standing(*missed[:2]) is Standing.GOOD
    assert standing(*missed) is Standing.DOUBTFUL
    assert standing(*missed, apart=timedelta(days=50)) is Standing.GOOD
    assert standing(*missed, Outcome.CALLED_US) is Standing.GOOD
    assert standing(*missed[:2], Outcome.REFUSED, *missed[:2]) is Standing.GOOD


def test_somebody_else_makes_it_wrong_at_once_until_it_is_confirmed() -> None:
    assert standing(Outcome.WRONG_PERSON) is Standing.WRONG
    assert standing(Outcome.NOT_IN_SERVICE, Outcome.NO_ANSWER) is Standing.WRONG
    assert standing(*(Outcome.NO_ANSWER,) * 3, Outcome.WRONG_PERSON) is Standing.WRONG
    assert standing(Outcome.WRONG_PERSON, Outcome.CONFIRMED) is Standing.GOOD


def test_a_verdict_tells_since_when_and_why() -> None:
    attempts = tried(*(Outcome.NO_ANSWER,) * 5)
    verdict = judge(attempts, failures=3, days=90)
    assert (verdict.since, verdict.reason) == (attempts[2].at, Outcome.NO_ANSWER)
    again = judge(tried(Outcome.WRONG_PERSON, Outcome.NOT_IN_SERVICE), failures=3, days=90)
    assert (again.since, again.reason) == (NOON, Outcome.WRONG_PERSON)


_attempts = st.lists(
    st.builds(
        Attempt,
        at=st.integers(0, 200).map(lambda days: NOON + timedelta(days=days)),
        outcome=st.sampled_from(list(Outcome)),
    ),
    max_size=12,
)


@given(attempts=_attempts, order=st.randoms(use_true_random=False), failures=st.integers(1, 5))
def test_the_order_of_arrival_does_not_matter(
    attempts: list[Attempt], order: object, failures: int
) -> None:
    told = judge(attempts, failures=failures, days=30)
    order.shuffle(attempts)  # type: ignore[attr-defined]
    assert judge(attempts, failures=failures, days=30) == told
    assert judge([*attempts, *attempts[:0]], failures=failures, days=30) == told


@given(attempts=_attempts, last=st.sampled_from(list(Outcome)))
def test_the_last_word_is_the_last_attempts(attempts: list[Attempt], last: Outcome) -> None:
    end = Attempt(NOON + timedelta(days=300), last)
    before = judge(attempts, failures=2, days=30)
    after = judge([*attempts, end], failures=2, days=30)
    if last in CLEARS:
        assert after.standing is Standing.GOOD
    elif last in CONDEMNS:
        assert after.standing is Standing.WRONG
    else:
        assert after == before, "one call in vain long after the others changes nothing"
    assert (after.since is None) == (after.reason is None) == (after.standing is Standing.GOOD)
