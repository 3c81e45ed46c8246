"""The service level by each definition: what counts, and what no definition may do."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.packs.enabled import catalogue
from qiao.core.rules.service_level import COUNTS, counted, level

CALLS = st.tuples(*(st.integers(0, 500) for _ in range(4)))


def test_each_definition_counts_other_calls() -> None:
    # 100 calls: 80 answered, 70 of them in time; 20 gave up, 5 of those at once
    day = {"offered": 100, "answered": 80, "abandoned_short": 5}
    shares = {counts: level(70, counted(counts, **day)) for counts in COUNTS}
    assert shares == {
        "all": pytest.approx(70.0),
        "without_short": pytest.approx(73.684, abs=0.001),
        "answered": pytest.approx(87.5),
    }


def test_without_calls_there_is_no_level() -> None:
    assert level(0, 0) is None


@given(CALLS)
def test_the_level_is_a_share_and_rises_from_definition_to_definition(
    calls: tuple[int, int, int, int],
) -> None:
    in_time, late, short, gave_up = calls
    answered = in_time + late
    day = {
        "offered": answered + short + gave_up,
        "answered": answered,
        "abandoned_short": short,
    }
    found = [level(in_time, counted(counts, **day)) for counts in COUNTS]
    shares = [each for each in found if each is not None]
    assert all(0 <= each <= 100 for each in shares)
    assert shares == sorted(shares)


def test_every_queue_of_the_packs_says_how_its_level_is_counted() -> None:
    queues = catalogue().queues
    assert {each.level_terms.counts for each in queues.values()} == set(COUNTS)
    emergency = queues["water.emergency"].level_terms
    assert (emergency.answer_seconds, emergency.share_percent, emergency.counts) == (10, 95, "all")
