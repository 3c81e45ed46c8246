"""Reading ahead changes when things are made, nothing else."""

import threading
from collections.abc import Iterator

import pytest

from qiao.core.ahead import ahead


def numbers(count: int, made: list[int]) -> Iterator[int]:
    for number in range(count):
        made.append(number)
        yield number


@pytest.mark.parametrize("count", [0, 1, 2, 50])
def test_everything_comes_once_and_in_order(count: int) -> None:
    assert list(ahead(numbers(count, []))) == list(range(count))


def test_no_more_is_made_than_was_allowed() -> None:
    made: list[int] = []
    reader = ahead(numbers(100, made), depth=2)
    assert next(reader) == 0
    # One in the reader's hand, two waiting, one that the thread holds out.
    assert len(made) <= 4
    reader.close()


def test_a_fault_comes_at_its_place() -> None:
    def faulty() -> Iterator[int]:
        yield 1
        raise ValueError("torn page")

    reader = ahead(faulty())
    assert next(reader) == 1
    with pytest.raises(ValueError, match="torn page"):
        next(reader)


def test_a_reader_that_stops_leaves_no_thread_behind() -> None:
    before = threading.active_count()
    for number in ahead(numbers(10_000, [])):
        if number == 3:
            break
    assert threading.active_count() == before
