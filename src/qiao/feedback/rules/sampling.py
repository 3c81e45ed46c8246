"""Which pieces of finished work are looked at, and by whom: fair, and drawn again at will.

Nobody picks: the order is that of SHA-256 over the recorded seed and the number of the piece, so
whoever knows seed and pool draws the same sample again.
"""

import hashlib
from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import ceil


@dataclass(frozen=True, slots=True)
class Piece:
    """Finished work of a person: its id, whose it is, its stratum (the kind of work), and who
    touched it, which bars them from judging it."""

    subject_id: int
    person_id: int
    stratum: str
    touched_by: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Evaluator:
    """Who judges: the rank, which may not be lower than that of the person judged, and how much
    is on the desk already."""

    staff_id: int
    rank: int
    load: int = 0


@dataclass(frozen=True, slots=True)
class Given:
    """A piece with its evaluator; `is_second` is a blind second judgement of the same piece."""

    piece: Piece
    evaluator_id: int
    is_second: bool = False


def place_of(seed: int, subject_id: int) -> str:
    """Where a piece stands in the order of a seed."""
    return hashlib.sha256(f"{seed}:{subject_id}".encode()).hexdigest()


def in_drawn_order(pieces: Iterable[Piece], seed: int) -> list[Piece]:
    """The pieces in the order of the seed, taken in turn from their strata."""
    by_stratum: dict[str, list[Piece]] = defaultdict(list)
    for piece in sorted(pieces, key=lambda each: place_of(seed, each.subject_id)):
        by_stratum[piece.stratum].append(piece)
    turns = [
        (turn, place_of(seed, piece.subject_id), piece)
        for members in by_stratum.values()
        for turn, piece in enumerate(members)
    ]
    return [piece for _turn, _place, piece in sorted(turns, key=lambda each: each[:2])]


def draw_per_person(pieces: Iterable[Piece], *, count: int, seed: int) -> list[Piece]:
    """`count` pieces of each person, spread over their kinds of work."""
    by_person: dict[int, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_person[piece.person_id].append(piece)
    drawn = []
    for person in sorted(by_person):
        drawn += in_drawn_order(by_person[person], seed)[:count]
    return drawn


def draw_share(pieces: Iterable[Piece], *, percent: int, seed: int) -> list[Piece]:
    """So many percent of each stratum, rounded up."""
    by_stratum: dict[str, list[Piece]] = defaultdict(list)
    for piece in pieces:
        by_stratum[piece.stratum].append(piece)
    drawn = []
    for stratum in sorted(by_stratum):
        members = by_stratum[stratum]
        drawn += in_drawn_order(members, seed)[: ceil(len(members) * percent / 100)]
    return drawn


def draw_all(pieces: Iterable[Piece], *, seed: int) -> list[Piece]:
    """Every piece, in the order of the seed."""
    return in_drawn_order(pieces, seed)


def give_out(
    drawn: Sequence[Piece],
    *,
    evaluators: Collection[Evaluator],
    ranks: Mapping[int, int],
    second_percent: int,
    seed: int,
) -> tuple[list[Given], list[Piece]]:
    """Give each piece to the one with least on the desk who may judge it.

    `ranks` are those of the persons judged, 0 where none is named. A share of the pieces gets a
    second evaluator who does not see the first judgement. Also answers the pieces that nobody may
    judge.
    """
    load = {each.staff_id: each.load for each in evaluators}
    ordered = sorted(drawn, key=lambda each: place_of(seed, each.subject_id))
    seconds = {each.subject_id for each in ordered[: ceil(len(ordered) * second_percent / 100)]}
    given: list[Given] = []
    left: list[Piece] = []
    for piece in ordered:
        able = [each for each in evaluators if may_judge(each, piece, ranks)]
        first = _least(able, load, seed, piece)
        if first is None:
            left.append(piece)
            continue
        given.append(Given(piece, first))
        if piece.subject_id in seconds:
            others = [each for each in able if each.staff_id != first]
            second = _least(others, load, seed + 1, piece)
            if second is not None:
                given.append(Given(piece, second, is_second=True))
    return given, left


def may_judge(evaluator: Evaluator, piece: Piece, ranks: Mapping[int, int]) -> bool:
    """Whether one may judge this: not oneself, nothing one touched, nobody of higher rank."""
    return (
        evaluator.staff_id != piece.person_id
        and evaluator.staff_id not in piece.touched_by
        and evaluator.rank >= ranks.get(piece.person_id, 0)
    )


def _least(able: Sequence[Evaluator], load: dict[int, int], seed: int, piece: Piece) -> int | None:
    if not able:
        return None

    def order(each: Evaluator) -> tuple[int, str]:
        return load[each.staff_id], place_of(seed + each.staff_id, piece.subject_id)

    chosen = min(able, key=order).staff_id
    load[chosen] += 1
    return chosen
