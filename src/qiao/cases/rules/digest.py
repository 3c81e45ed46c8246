"""Which complaints an executive reads today: a stated draw that can be repeated from its seed."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from random import Random
from typing import Final

RISK, OLDEST, CHANCE = "risk", "oldest", "chance"
RANK: Final = {"high": 2, "watch": 1, "": 0}


@dataclass(frozen=True, slots=True)
class Candidate:
    """An open complaint. `answered` says that the customer has the answer."""

    case_id: int
    risk: str
    opened_at: datetime
    answered: bool


@dataclass(frozen=True, slots=True)
class Drawn:
    """A drawn complaint and why it was drawn."""

    case_id: int
    why: str


def draw(candidates: Sequence[Candidate], *, count: int, seed: int) -> tuple[Drawn, ...]:
    """At most `count` complaints: a third by risk, a third the oldest without answer, the rest by
    chance among all others. The same candidates and seed give the same draw, in any order given.
    """
    pool = sorted(candidates, key=lambda each: each.case_id)
    share = max(1, count // 3) if count else 0
    risky = sorted(
        (each for each in pool if each.risk), key=lambda e: (-RANK[e.risk], e.opened_at, e.case_id)
    )[:share]
    taken = {each.case_id for each in risky}
    waiting = sorted(
        (e for e in pool if not e.answered and e.case_id not in taken),
        key=lambda e: (e.opened_at, e.case_id),
    )[: min(share, max(0, count - len(risky)))]
    taken |= {each.case_id for each in waiting}
    rest = [each for each in pool if each.case_id not in taken]
    left = max(0, count - len(risky) - len(waiting))
    chance = Random(seed).sample(rest, min(left, len(rest)))  # noqa: S311 - a draw to repeat
    return (
        *(Drawn(each.case_id, RISK) for each in risky),
        *(Drawn(each.case_id, OLDEST) for each in waiting),
        *(Drawn(each.case_id, CHANCE) for each in chance),
    )
