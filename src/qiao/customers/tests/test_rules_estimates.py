"""An estimate from pages of a table says how exact it is, and keeps its word."""

from random import Random

from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.estimates import Estimate, estimate

PAGES = st.lists(st.integers(1, 60).flatmap(lambda n: st.tuples(st.just(n), st.integers(0, n))))


@given(PAGES, st.integers(0, 10_000))
def test_the_interval_holds_the_estimate_and_nothing_impossible(
    pages: list[tuple[int, int]], more: int
) -> None:
    rows, hits = [n for n, _ in pages], [n for _, n in pages]
    seen, found = sum(rows), sum(hits)
    told = estimate(rows=rows, hits=hits, population=seen + more)
    assert 0 <= told.low <= told.value <= told.high <= seen + more
    if seen:
        assert told.low >= found, "those who were seen to fit do fit"
        assert told.high <= found + more, "those who were seen not to fit do not"


@given(PAGES)
def test_a_sample_of_everybody_is_exact(pages: list[tuple[int, int]]) -> None:
    rows, hits = [n for n, _ in pages], [n for _, n in pages]
    told = estimate(rows=rows, hits=hits, population=sum(rows))
    assert told == Estimate(sum(hits), sum(hits), sum(hits))


def test_where_nobody_was_found_there_may_be_a_few() -> None:
    told = estimate(rows=[50] * 400, hits=[0] * 400, population=1_000_000)
    assert (told.value, told.low) == (0, 0)
    assert 100 < told.high < 300


def covered(share: float, *, together: bool) -> float:
    """How often the interval holds the truth, of 300 samples of 500 pages out of 10,000."""
    rng = Random(7)
    pages = [[rng.random() < share for _ in range(40)] for _ in range(10_000)]
    if together:  # whole pages are alike, as rows of one import are
        pages = [[rng.random() < share] * 40 for _ in range(10_000)]
    truth = sum(map(sum, pages))
    held = 0
    for _ in range(300):
        drawn = rng.sample(pages, 500)
        told = estimate(
            rows=[len(page) for page in drawn],
            hits=[sum(page) for page in drawn],
            population=400_000,
        )
        held += told.low <= truth <= told.high
    return held / 300


def test_the_interval_holds_the_truth_nineteen_times_in_twenty() -> None:
    for share in (0.004, 0.1, 0.5):
        assert covered(share, together=False) >= 0.91
    for share in (0.1, 0.5):
        assert covered(share, together=True) >= 0.91, "also where rows of a page are alike"
