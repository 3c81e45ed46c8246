"""Learning causes from coded cases, and measuring how well: plain Python, no numbers library.

One ridge regression a cause against all others (Rifkin and Klautau, "In defense of one-vs-all
classification", 2004), causes weighed inversely to how often they occur, solved by exact dual
coordinate steps (Shalev-Shwartz and Zhang, "Stochastic dual coordinate ascent", 2013). It is
measured by stratified folds that never part near duplicates.
"""

import math
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from operator import itemgetter, mul
from random import Random
from typing import Final

from qiao.cases.rules.suggesting import LinearModel, counted, margins, shares, vector

ROUNDS: Final = 12
RIDGE: Final = 0.5
LEAST_STEP: Final = 0.01
LEAST_TEXTS: Final = 2  # a piece of one text alone teaches nothing
ALIKE: Final = 0.4  # share of common pieces of three characters that makes near duplicates
LONG: Final = 60  # pieces that make a letter; short notes agree because customers say the same
COMMON: Final = 60  # pieces of so many texts say nothing about two being the same
SLOPES: Final = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


@dataclass(frozen=True, slots=True)
class Example:
    """A coded text; `at` is when it was coded, where that is known."""

    title: str
    text: str
    key: str
    at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Measure:
    """How well one cause is found: of those suggested first, and of those that are it."""

    key: str
    count: int
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True, slots=True)
class Report:
    """What cross validation found.

    `rounds` has the macro-F1 of every repetition, `answers` what was said of each text in
    the first one, by a model that had not seen it. `top3` is how often the right cause was among
    three.
    """

    rows: int
    groups: int
    folds: int
    measures: tuple[Measure, ...]
    rounds: tuple[float, ...]
    top3: float
    slope: float
    answers: tuple[str, ...] = ()

    @property
    def macro_f1(self) -> float:
        """The mean over repetitions of the mean F1 over causes."""
        return sum(self.rounds) / len(self.rounds)


def train(examples: Sequence[Example], *, slope: float = 4.0, rounds: int = ROUNDS) -> LinearModel:
    """Learn from coded texts. Needs two causes at least; raises `ValueError` otherwise."""
    keys = tuple(sorted({example.key for example in examples}))
    if len(keys) < 2:
        raise ValueError("nothing to tell apart: fewer than two causes")
    blocks = [counted(example.title, example.text) for example in examples]
    return _fit(blocks, [example.key for example in examples], keys, slope, rounds)


Blocks = tuple[Counter[str], Counter[str]]


def _fit(
    blocks: Sequence[Blocks],
    labels: Sequence[str],
    keys: tuple[str, ...],
    slope: float,
    rounds: int = ROUNDS,
) -> LinearModel:
    rarity = _rarity(blocks)
    places = {piece: place for place, piece in enumerate(rarity)}
    rows = [_Row.of(vector(each, rarity), places) for each in blocks]
    counts = Counter(labels)
    weights = [
        _against_all(rows, [1.0 if label == key else -1.0 for label in labels],
                     [len(labels) / (len(keys) * counts[label]) for label in labels], rounds)
        for key in keys
    ]  # fmt: skip
    return LinearModel(
        keys=keys,
        bias=tuple(each[-1] for each in weights),
        rarity=rarity,
        weights={piece: tuple(each[place] for each in weights) for piece, place in places.items()},
        slope=slope,
    )


@dataclass(frozen=True, slots=True)
class _Row:
    """A text as places and values; the last place is the constant."""

    places: tuple[int, ...]
    values: tuple[float, ...]
    pick: Callable[[list[float]], tuple[float, ...]]
    size: float

    @classmethod
    def of(cls, seen: Mapping[str, float], places: Mapping[str, int]) -> "_Row":
        at = (*(places[piece] for piece in seen), len(places), len(places))
        values = (*seen.values(), 1.0, 0.0)  # two places at least, so that picking gives a tuple
        return cls(at, values, itemgetter(*at), sum(value * value for value in values))


def _against_all(
    rows: Sequence[_Row], wanted: Sequence[float], shares_of: Sequence[float], rounds: int
) -> list[float]:
    """The weights that tell one cause from all others, the constant last."""
    size = 1 + max(max(row.places) for row in rows)
    weights = [0.0] * size
    duals = [0.0] * len(rows)
    order, rng = list(range(len(rows))), Random(1)  # noqa: S311 - an order, no secret
    for _round in range(rounds):
        rng.shuffle(order)
        for i in order:
            row, share = rows[i], shares_of[i]
            found = sum(map(mul, row.values, row.pick(weights)))
            step = (share * (wanted[i] - found) - duals[i]) / (1.0 + share * row.size / RIDGE)
            if abs(step) < LEAST_STEP:
                continue
            duals[i] += step
            step /= RIDGE
            for place, value in zip(row.places, row.values, strict=True):
                weights[place] += step * value
    return weights


def _rarity(blocks: Sequence[Blocks]) -> dict[str, float]:
    texts: Counter[str] = Counter()
    for title, text in blocks:
        texts.update(title.keys())
        texts.update(text.keys())
    return {
        piece: 1.0 + math.log((1 + len(blocks)) / (1 + count))
        for piece, count in texts.items()
        if count >= LEAST_TEXTS
    }


def near_duplicates(examples: Sequence[Example]) -> list[int]:
    """For each text the number of its group: texts that share most of their words stay together.

    Two letters are alike when the shorter one shares `ALIKE` of its pieces of three characters.
    """
    shingles = [_shingles(example.title + example.text) for example in examples]
    shingles = [pieces if len(pieces) >= LONG else set() for pieces in shingles]
    group = list(range(len(examples)))

    def root(place: int) -> int:
        while group[place] != place:
            group[place] = group[group[place]]
            place = group[place]
        return place

    for place, other in _alike(shingles):
        group[root(place)] = root(other)
    return [root(place) for place in range(len(examples))]


def _alike(shingles: Sequence[set[str]]) -> Iterator[tuple[int, int]]:
    """Pairs of texts that share enough of their pieces."""
    holders: dict[str, list[int]] = defaultdict(list)
    for place, pieces in enumerate(shingles):
        shared: Counter[int] = Counter()
        for piece in pieces:
            if len(holders[piece]) <= COMMON:
                shared.update(holders[piece])
            holders[piece].append(place)
        for other, count in shared.items():
            if count >= ALIKE * min(len(pieces), len(shingles[other])):
                yield place, other


def _shingles(text: str) -> set[str]:
    kept = "".join(character for character in text if character.isalpha())
    return {kept[start : start + 3] for start in range(len(kept) - 2)}


def folds_of(
    labels: Sequence[str], groups: Sequence[int], *, folds: int, rng: Random
) -> list[int]:
    """The fold of each text: groups whole, and every cause spread as evenly as they allow."""
    members: dict[int, list[int]] = defaultdict(list)
    for place, group in enumerate(groups):
        members[group].append(place)
    order = list(members)
    rng.shuffle(order)
    order.sort(key=lambda group: -len(members[group]))
    held: list[Counter[str]] = [Counter() for _ in range(folds)]
    chosen = [0] * len(labels)
    for group in order:
        wanted = Counter(labels[place] for place in members[group])
        fold = min(
            range(folds),
            key=lambda at: (sum(held[at][key] for key in wanted), held[at].total(), at),
        )
        held[fold].update(wanted)
        for place in members[group]:
            chosen[place] = fold
    return chosen


def cross_validate(
    examples: Sequence[Example],
    *,
    folds: int = 10,
    repeats: int = 3,
    seed: int = 1,
    rounds: int = ROUNDS,
) -> Report:
    """Train on all folds but one, ask for the one, and so on; repeated with other folds.

    What is measured is the very algorithm of `train`; rarity and weights come from the training
    folds alone.
    """
    labels = [example.key for example in examples]
    groups = near_duplicates(examples)
    blocks = [counted(example.title, example.text) for example in examples]
    asked: list[tuple[list[str], list[float], str]] = []
    scores: list[float] = []
    said: Counter[tuple[str, str]] = Counter()
    first = [""] * len(examples)
    for repeat in range(repeats):
        rng = Random(seed + repeat)  # noqa: S311 - folds, no secret
        fold_of = folds_of(labels, groups, folds=folds, rng=rng)
        pairs: Counter[tuple[str, str]] = Counter()
        for fold in range(folds):
            for place, order, values in _ask(blocks, labels, fold_of, fold, rounds):
                pairs[labels[place], order[0]] += 1
                asked.append((order, values, labels[place]))
                first[place] = first[place] or order[0]
        scores.append(_macro(measures_of(pairs)))
        said += pairs
    return Report(
        rows=len(examples),
        groups=len(set(groups)),
        folds=folds,
        measures=measures_of(said, repeats),
        rounds=tuple(scores),
        top3=sum(own in order[:3] for order, _values, own in asked) / max(1, len(asked)),
        slope=_best_slope(asked),
        answers=tuple(first),
    )


def _ask(
    blocks: Sequence[Blocks],
    labels: Sequence[str],
    fold_of: Sequence[int],
    fold: int,
    rounds: int,
) -> Iterator[tuple[int, list[str], list[float]]]:
    """What a model that never saw a fold answers for its texts: causes and margins, best first."""
    learnt = [place for place, at in enumerate(fold_of) if at != fold]
    known = tuple(sorted({labels[place] for place in learnt}))
    if len(learnt) == len(labels) or len(known) < 2:
        return
    model = _fit(
        [blocks[place] for place in learnt], [labels[p] for p in learnt], known, 1.0, rounds
    )
    for place, at in enumerate(fold_of):
        if at == fold:
            found = margins(model, vector(blocks[place], model.rarity))
            order = sorted(range(len(known)), key=lambda k: (-found[k], known[k]))
            yield place, [known[k] for k in order], [found[k] for k in order]


def measures_of(pairs: Mapping[tuple[str, str], int], repeats: int = 1) -> tuple[Measure, ...]:
    """Precision, recall and F1 by cause from counts of (what it is, what was said)."""
    keys = sorted({own for own, _said in pairs})
    found = []
    for key in keys:
        right = pairs.get((key, key), 0)
        said = sum(n for (_own, other), n in pairs.items() if other == key)
        own = sum(n for (other, _said), n in pairs.items() if other == key)
        precision = right / said if said else 0.0
        recall = right / own
        f1 = 2 * right / (said + own)
        found.append(Measure(key, own // repeats, precision, recall, f1))
    return tuple(found)


def macro_f1_of(wanted: Sequence[str], said: Sequence[str]) -> float:
    """The mean F1 over the causes that occur."""
    return _macro(measures_of(Counter(zip(wanted, said, strict=True))))


def _macro(measures: Sequence[Measure]) -> float:
    return sum(each.f1 for each in measures) / len(measures) if measures else 0.0


def _best_slope(asked: Sequence[tuple[list[str], list[float], str]]) -> float:
    """The slope under which the shares told of what was right come out most often."""

    def surprise(slope: float) -> float:
        total = 0.0
        for order, values, own in asked:
            share = shares(values, slope)[order.index(own)] if own in order else 0.0
            total -= math.log(max(share, 1e-6))
        return total

    return min(SLOPES, key=surprise)
