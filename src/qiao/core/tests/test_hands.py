"""Several hands at one piece of work: each piece once, and nothing goes on after a stop."""

import threading

import pytest

from qiao.core.hands import share_out

LONG = 20


def test_pieces_are_worked_off_at_the_same_time_each_by_one_hand() -> None:
    together = threading.Barrier(2)
    seen: list[tuple[int, str]] = []

    def work(piece: int) -> bool:
        if piece < 2:
            together.wait(LONG)
        seen.append((piece, threading.current_thread().name))
        return True

    assert share_out(range(20), work, hands=2)
    assert sorted(piece for piece, _hand in seen) == list(range(20))
    assert len({hand for _piece, hand in seen}) == 2


def test_a_single_piece_stays_with_the_caller_and_its_connection() -> None:
    seen: list[threading.Thread] = []

    def work(_piece: str) -> bool:
        seen.append(threading.current_thread())
        return True

    assert share_out(["only"], work)
    assert seen == [threading.current_thread()]
    assert share_out([], lambda _piece: False)


def test_after_a_stop_no_piece_is_begun() -> None:
    begun: list[int] = []

    def work(piece: int) -> bool:
        begun.append(piece)
        return piece != 3

    assert not share_out(range(1000), work, hands=1)
    assert begun == [0, 1, 2, 3]


def test_what_any_hand_raises_is_raised_when_the_others_have_ended() -> None:
    under_way, ended = threading.Event(), threading.Event()

    def work(piece: int) -> bool:
        if piece == 0:
            assert under_way.wait(LONG)
            raise ValueError("this piece")
        under_way.set()
        ended.set()
        return True

    with pytest.raises(ValueError, match="this piece"):
        share_out(range(3), work, hands=2)
    assert ended.is_set()


def test_none_is_a_piece_like_any_other() -> None:
    seen: list[None] = []

    def work(piece: None) -> bool:
        seen.append(piece)
        return True

    assert share_out([None, None], work, hands=1)
    assert len(seen) == 2
