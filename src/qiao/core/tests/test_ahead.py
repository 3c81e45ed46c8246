"""Reading ahead changes when things are made, nothing else."""

import threading
from collections.abc import Iterator

import pytest

from qiao.core.ahead import ahead, made_ahead


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


@pytest.mark.parametrize("count", [0, 1, 2, 3, 50])
def test_what_is_made_of_items_comes_in_their_order(count: int) -> None:
    made: list[int] = []
    assert list(made_ahead(numbers(count, made), str, workers=2)) == [str(n) for n in range(count)]
    assert made == list(range(count))


def test_items_come_in_the_thread_of_the_reader_and_not_long_before() -> None:
    made: list[int] = []
    threads = set()

    def items() -> Iterator[int]:
        for number in numbers(100, made):
            threads.add(threading.get_ident())
            yield number

    reader = made_ahead(items(), str, workers=2)
    assert next(reader) == "0"
    assert len(made) == 3
    assert threads == {threading.get_ident()}
    reader.close()


def test_a_fault_of_what_is_made_comes_at_its_place_and_leaves_no_thread() -> None:
    def make(number: int) -> float:
        return 1 / (2 - number)

    before = threading.active_count()
    reader = made_ahead(numbers(100, []), make, workers=2)
    assert [next(reader), next(reader)] == [0.5, 1]
    with pytest.raises(ZeroDivisionError):
        next(reader)
    assert threading.active_count() == before
