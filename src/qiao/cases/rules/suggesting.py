"""Suggesting a cause from the words of a case: scoring alone, in plain Python.

Title and text become overlapping pieces of one or two characters, which in Chinese are mostly
words; a linear model weighs them, those of the title apart. Three characters were tried and added
nothing but size. Training is in `qiao.cases.rules.learning`; what it gives is plain data that is
installed in a table.
"""

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final
from unicodedata import normalize

PIECE_LENGTHS: Final = (1, 2)
TITLE: Final = "^"  # marks a piece of the title
TITLE_WEIGHT: Final = 0.8
SUGGESTIONS: Final = 3
WORDS_SHOWN: Final = 4
LONGEST: Final = 2_000
_APART = re.compile(r"[^\u3400-\u9fffa-z]+")


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A cause with its share of belief (0 to 1) and the pieces of the text that spoke for it."""

    key: str
    share: float
    words: tuple[str, ...]


@dataclass(frozen=True)
class LinearModel:
    """What was learnt: `keys` in order; for each piece its rarity and one weight a key.

    `bias` has one value a key. `slope` turns margins into shares that fit how often they were
    right when the model was measured.
    """

    keys: tuple[str, ...]
    bias: tuple[float, ...]
    rarity: Mapping[str, float]
    weights: Mapping[str, tuple[float, ...]]
    slope: float = 4.0


def pieces_of(text: str) -> Iterator[str]:
    """The overlapping pieces of a text, without digits, marks and spaces."""
    folded = normalize("NFKC", text[:LONGEST]).lower()
    for run in _APART.split(folded):
        for length in PIECE_LENGTHS:
            for start in range(len(run) - length + 1):
                yield run[start : start + length]


Counts = Mapping[str, int]


def counted(title: str, text: str) -> tuple[Counter[str], Counter[str]]:
    """How often each piece occurs, in the title (marked so) and in the text."""
    return Counter(TITLE + piece for piece in pieces_of(title)), Counter(pieces_of(text))


def vector(blocks: tuple[Counts, Counts], rarity: Mapping[str, float]) -> dict[str, float]:
    """Dampened counts times rarity, each block scaled to its weight; unseen pieces left out."""
    found: dict[str, float] = {}
    for counts, weight in zip(blocks, (TITLE_WEIGHT, 1.0), strict=True):
        raw = {
            piece: (1.0 + math.log(count)) * rarity[piece]
            for piece, count in counts.items()
            if piece in rarity
        }
        length = math.sqrt(sum(value * value for value in raw.values()))
        found |= {piece: weight * value / length for piece, value in raw.items()}
    return found


def margins(model: LinearModel, seen: Mapping[str, float]) -> list[float]:
    """One number a key; the highest is the model's answer."""
    found = list(model.bias)
    for piece, value in seen.items():
        row = model.weights.get(piece)
        if row is not None:
            for place, weight in enumerate(row):
                found[place] += value * weight
    return found


def shares(values: Sequence[float], slope: float) -> list[float]:
    """Margins as shares that add up to 1."""
    top = max(values)
    raised = [math.exp(slope * (value - top)) for value in values]
    total = sum(raised)
    return [value / total for value in raised]


def suggest(model: LinearModel, *, title: str, text: str) -> list[Suggestion]:
    """The likeliest causes, best first; none for a text that shares no piece with the model."""
    seen = vector(counted(title, text), model.rarity)
    if not seen or not model.keys:
        return []
    parts = shares(margins(model, seen), model.slope)
    order = sorted(range(len(parts)), key=lambda place: (-parts[place], model.keys[place]))
    return [
        Suggestion(model.keys[place], parts[place], _spoke_for(model, seen, place))
        for place in order[:SUGGESTIONS]
    ]


def _spoke_for(model: LinearModel, seen: Mapping[str, float], place: int) -> tuple[str, ...]:
    """The pieces that weighed most, in title and text together."""
    weighed: dict[str, float] = {}
    for piece, value in seen.items():
        bare = piece.removeprefix(TITLE)
        weight = value * model.weights[piece][place] if piece in model.weights else 0.0
        if len(bare) > 1 and weight > 0:
            weighed[bare] = weighed.get(bare, 0.0) + weight
    order = sorted(weighed, key=lambda piece: (-weighed[piece], piece))
    return tuple(order[:WORDS_SHOWN])


def model_data(model: LinearModel) -> dict[str, Any]:
    """The model as plain data, rounded to what a reader of shares could notice."""
    return {
        "keys": list(model.keys),
        "bias": [round(value, 4) for value in model.bias],
        "slope": round(model.slope, 3),
        "pieces": {
            piece: [round(rarity, 3), *(round(w, 3) for w in model.weights.get(piece, ()))]
            for piece, rarity in model.rarity.items()
        },
    }


def model_from_data(data: Mapping[str, Any]) -> LinearModel:
    """A model as `model_data` wrote it."""
    pieces: Mapping[str, list[float]] = data["pieces"]
    return LinearModel(
        keys=tuple(data["keys"]),
        bias=tuple(data["bias"]),
        slope=data["slope"],
        rarity={piece: row[0] for piece, row in pieces.items()},
        weights={piece: tuple(row[1:]) for piece, row in pieces.items() if len(row) > 1},
    )
