"""The arithmetic of surveys: draws, weights, differences, what is hidden."""

from datetime import date
from math import isclose

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.links import TOKEN_BITS, hash_of, token_from
from qiao.core.rules.statistics import score_interval, wilson
from qiao.feedback.rules.survey_figures import (
    FEWEST,
    Estimate,
    Part,
    change,
    plain_mean,
    plain_share,
    priority_map,
    shown_counts,
    weighted_mean,
    weighted_share,
)
from qiao.feedback.rules.survey_months import months_later
from qiao.feedback.rules.survey_questions import Given, Question, read_answers
from qiao.feedback.rules.survey_samples import allocate

TEXT = {"en": "x", "zh-Hans": "x", "zh-Hant": "x"}
COUNTS = st.dictionaries(st.text("abc", min_size=1, max_size=3), st.integers(0, 5_000), max_size=9)
POINTS = st.lists(st.integers(1, 5), max_size=30)
STRATA = st.lists(st.tuples(st.integers(30, 5_000), POINTS), min_size=1, max_size=8)


def parts_of(strata: list[tuple[int, list[int]]]) -> list[Part]:
    return [
        Part(n, len(told), float(sum(told)), float(sum(x * x for x in told))) for n, told in strata
    ]


@given(COUNTS, st.integers(1, 10_000))
def test_a_draw_takes_what_is_asked_or_all_there_are(eligible: dict[str, int], size: int) -> None:
    found = allocate(eligible, size)
    assert found.keys() == eligible.keys()
    assert sum(found.values()) == min(size, sum(eligible.values()))
    assert all(0 <= found[key] <= eligible[key] for key in eligible)


@given(COUNTS, st.integers(10, 10_000))
def test_a_larger_stratum_never_gives_less(eligible: dict[str, int], size: int) -> None:
    found = allocate(eligible, size)
    order = sorted(eligible, key=lambda key: (eligible[key], found[key]))
    assert [found[key] for key in order] == sorted(found.values())


@given(COUNTS, st.integers(9, 10_000))
def test_every_stratum_that_has_somebody_is_drawn_from(
    eligible: dict[str, int], size: int
) -> None:
    found = allocate(eligible, size)
    assert all(found[key] > 0 for key, n in eligible.items() if n)


@given(STRATA)
def test_a_weighted_mean_lies_between_the_means_of_strata(
    strata: list[tuple[int, list[int]]],
) -> None:
    found = weighted_mean(parts_of(strata), (1, 5))
    means = [sum(told) / len(told) for _n, told in strata if told]
    if not means:
        assert found is None
        return
    assert found is not None
    assert min(means) - 1e-9 <= found.value <= max(means) + 1e-9
    if found.low is not None and found.high is not None:
        assert 1 <= found.low <= found.value + 1e-9
        assert found.value - 1e-9 <= found.high <= 5
    assert 0 < found.coverage <= 1


@given(st.integers(1, 9), POINTS)
def test_equal_strata_in_proportion_need_no_weights(times: int, told: list[int]) -> None:
    strata = parts_of([(1_000, told)] * times)
    weighted, plain = weighted_mean(strata, (1, 5)), plain_mean(strata, (1, 5))
    if weighted is None or plain is None:
        assert not told
        return
    assert isclose(weighted.value, plain.value)


def test_weights_undo_that_one_stratum_answered_more() -> None:
    strata = parts_of([(900, [2] * 10), (100, [5] * 40)])
    weighted, plain = weighted_mean(strata, (1, 5)), plain_mean(strata, (1, 5))
    assert weighted is not None
    assert plain is not None
    assert isclose(weighted.value, 0.9 * 2 + 0.1 * 5)
    assert isclose(plain.value, (20 + 200) / 50)


def test_a_stratum_without_answers_is_told_as_not_spoken_for() -> None:
    found = weighted_mean(parts_of([(750, [3, 4]), (250, [])]), (1, 5))
    assert found is not None
    assert isclose(found.coverage, 0.75)


@given(STRATA)
def test_a_weighted_share_claims_no_more_than_its_answers(
    strata: list[tuple[int, list[int]]],
) -> None:
    marks = [(n, [int(x >= 4) for x in told]) for n, told in strata]
    weighted, plain = weighted_share(parts_of(marks)), plain_share(parts_of(marks))
    if weighted is None or plain is None:
        assert not any(told for _n, told in strata)
        return
    assert weighted.low is not None
    assert weighted.high is not None
    assert 0 <= weighted.low <= weighted.value + 1e-9
    assert weighted.value - 1e-9 <= weighted.high <= 100
    n = sum(len(told) for _n, told in strata)
    narrowest = score_interval(weighted.value / 100, n)
    assert weighted.high - weighted.low >= narrowest.high - narrowest.low - 1e-6
    part = sum(sum(told) for _n, told in marks)
    assert plain.low == pytest.approx(wilson(part, n).low)


def test_one_size_of_sample_has_the_interval_of_wilson() -> None:
    found = weighted_share([Part(1_000, 50, 20, 20)])
    assert found is not None
    assert (found.low, found.high) == pytest.approx((wilson(20, 50).low, wilson(20, 50).high))


def estimate(value: float, half: float, n: int = 100) -> Estimate:
    return Estimate(n, value, value - half, value + half)


@given(st.floats(1, 5), st.floats(0.01, 1), st.floats(1, 5), st.floats(0.01, 1))
def test_a_change_is_claimed_only_where_its_interval_leaves_out_nought(
    before: float, one: float, after: float, other: float
) -> None:
    found = change(estimate(before, one), estimate(after, other))
    assert found is not None
    assert found.low is not None
    assert found.high is not None
    assert found.low <= found.value <= found.high
    claimed = abs(after - before) > (one**2 + other**2) ** 0.5
    if not isclose(abs(after - before), (one**2 + other**2) ** 0.5):
        assert (found.verdict != "open") is claimed
        back = change(estimate(after, other), estimate(before, one))
        assert back is not None
        assert {found.verdict, back.verdict} in ({"open"}, {"better", "worse"})


def test_what_rests_on_few_is_not_compared() -> None:
    assert change(estimate(3, 0.1, n=FEWEST - 1), estimate(4, 0.1)) is None
    assert change(None, estimate(4, 0.1)) is None


@given(st.lists(st.integers(0, 12), max_size=9))
def test_no_small_count_is_shown_nor_follows_from_the_others(counts: list[int]) -> None:
    shown = shown_counts(counts)
    hidden = [n for n, seen in zip(counts, shown, strict=True) if seen is None]
    assert all(seen is None or seen == 0 or seen >= FEWEST for seen in shown)
    if any(0 < n < FEWEST for n in counts) and sum(n > 0 for n in counts) > 1:
        assert len(hidden) > 1


def test_the_map_names_what_matters_and_does_not_satisfy_first() -> None:
    found = priority_map({"a": (4.8, 2.1), "b": (4.6, 4.5), "c": (2.0, 2.0), "d": (2.2, 4.6)})
    assert [(each.key, each.field) for each in found] == [
        ("a", "improve"),
        ("b", "keep"),
        ("c", "later"),
        ("d", "enough"),
    ]
    assert sum(each.share for each in found) == pytest.approx(100)
    assert priority_map({}) == []


@given(st.integers(0, 2**TOKEN_BITS - 1), st.integers(0, 2**TOKEN_BITS - 1))
def test_a_token_is_found_however_it_is_typed(number: int, other: int) -> None:
    token = token_from(number)
    typed = token.upper().replace("-", "").replace("0", "O").replace("1", "l")
    assert hash_of(typed) == hash_of(token)
    assert (hash_of(token) == hash_of(token_from(other))) is (number == other)


def test_months_end_where_they_end() -> None:
    assert months_later(date(2026, 11, 30), 3) == date(2027, 2, 28)
    assert months_later(date(2026, 1, 31), 12) == date(2027, 1, 31)


QUESTIONS = [
    Question("a", "attribute", TEXT),
    Question("c", "choice", TEXT, (TEXT, TEXT)),
    Question("n", "nps", TEXT),
    Question("w", "words", TEXT),
]


def test_what_fits_no_question_is_left_out() -> None:
    found = read_answers(
        QUESTIONS,
        {
            "a": Given(6, 3),
            "c": Given(3),
            "n": Given(0, 4),
            "w": Given(2, words=" so it is "),
            "z": Given(1),
        },
    )
    assert found == {"a": Given(None, 3), "n": Given(0), "w": Given(words="so it is")}
