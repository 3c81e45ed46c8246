"""What the parts of one page ask for alike is read once."""

from itertools import count

import pytest

from qiao.core.once import once, one_page, settled, unsettle


def test_within_one_page_it_is_read_once_by_key() -> None:
    numbers = count(1)
    with one_page():
        assert [once("a", lambda: next(numbers)) for _ in range(3)] == [1, 1, 1]
        assert once("b", lambda: next(numbers)) == 2
        with one_page():
            assert once("a", lambda: next(numbers)) == 3
        assert once("a", lambda: next(numbers)) == 1
    with one_page():
        assert once("a", lambda: next(numbers)) == 4


def test_elsewhere_it_is_read_each_time() -> None:
    numbers = count(1)
    assert [once("a", lambda: next(numbers)) for _ in range(3)] == [1, 2, 3]


def test_what_failed_is_tried_again() -> None:
    def fail() -> int:
        raise LookupError

    with one_page():
        with pytest.raises(LookupError):
            once("a", fail)
        assert once("a", lambda: 5) == 5


def test_within_one_change_what_is_steady_is_read_once_until_it_changed() -> None:
    numbers = count(1)

    def steady() -> int:
        return once("a", lambda: next(numbers), steady=True)

    with settled():
        assert [steady(), steady(), once("a", lambda: next(numbers))] == [1, 1, 2]
        with settled():
            assert steady() == 1
            unsettle()
            assert steady() == 3
        assert steady() == 3
    assert [steady(), steady()] == [4, 5]
