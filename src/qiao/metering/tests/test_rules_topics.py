"""Which topics filters ask for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.metering.rules.patience import LONGEST_SECONDS, pause
from qiao.metering.rules.topics import BadFilter, free_level, matches, overlap, read_filter

LEVELS = st.sampled_from(["a", "b", "c", ""])
TOPICS = st.lists(LEVELS, min_size=1, max_size=4).map("/".join)
FILTERS = st.builds(
    lambda levels, rest: "/".join([*levels, *rest]),
    st.lists(st.sampled_from(["a", "b", "+"]), min_size=1, max_size=4),
    st.sampled_from([[], ["#"]]),
)


@pytest.mark.parametrize(
    ("wanted", "topic", "is_asked"),
    [
        ("sport/tennis/player1/#", "sport/tennis/player1", True),
        ("sport/tennis/player1/#", "sport/tennis/player1/score/wimbledon", True),
        ("sport/+", "sport", False),
        ("sport/+", "sport/", True),
        ("+/+", "/finance", True),
        ("+", "/finance", False),
        ("#", "$SYS/broker", False),
    ],
)
def test_filters_ask_for_what_the_standard_says(wanted: str, topic: str, is_asked: bool) -> None:
    assert matches(wanted, topic) is is_asked


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (" ", "empty"), ("a/b+", "level"), ("a/#/b", "rest"), ("$SYS/#", "own"),
        ("a\nb", "letters"), ("a/" * 120, "long"),
    ],
)  # fmt: skip
def test_what_is_no_filter_is_refused(text: str, code: str) -> None:
    with pytest.raises(BadFilter) as found:
        read_filter(text)
    assert found.value.code == code


@given(FILTERS, FILTERS, TOPICS)
def test_filters_with_a_topic_in_common_overlap(one: str, other: str, topic: str) -> None:
    if matches(one, topic) and matches(other, topic):
        assert overlap(one, other)
    assert overlap(one, other) == overlap(other, one)


@given(FILTERS, FILTERS)
def test_filters_that_overlap_have_a_topic_in_common(one: str, other: str) -> None:
    first, second = one.split("/"), other.split("/")
    size = max(len(first), len(second))
    found = []
    for place in range(size):
        pair = [levels[place] for levels in (first, second) if place < len(levels)]
        words = [each for each in pair if each not in ("+", "#")]
        if not words and pair == ["#"]:
            break
        found.append(words[0] if words else "x")
    ends = (found, found[:-1])
    common = any(matches(one, "/".join(t)) and matches(other, "/".join(t)) for t in ends if t)
    assert overlap(one, other) == common


def test_the_free_level_is_what_stands_at_the_plus() -> None:
    assert free_level("amr/+/push", "amr/SM1/push") == "SM1"
    assert free_level("amr/push", "amr/push") == ""


@given(st.integers(0, 10_000), st.floats(0, 1))
def test_pauses_grow_up_to_a_bound_and_are_never_nothing(failures: int, chance: float) -> None:
    assert 0 < pause(failures, chance) <= LONGEST_SECONDS
    assert pause(failures + 1, 0) >= pause(failures, 0)
