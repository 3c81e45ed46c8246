"""What a wave's answers say: read once as counts by question and stratum, then weighed."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from django.db import connection

from qiao.feedback.models import SurveyWave
from qiao.feedback.queries.surveys import wave_before
from qiao.feedback.rules.means import Difference
from qiao.feedback.rules.survey_figures import (
    Estimate,
    Part,
    Place,
    change,
    plain_mean,
    plain_share,
    priority_map,
    shown_counts,
    weighted_mean,
    weighted_share,
)
from qiao.feedback.rules.survey_questions import (
    ATTRIBUTE,
    CHOICE,
    NPS,
    OVERALL,
    SATISFIED_FROM,
    WORDS,
    YES_NO,
    Question,
    question_of,
    same_question,
)

PROMOTER_FROM: Final = 9
DETRACTOR_UP_TO: Final = 6
POINTS: Final = (1.0, 5.0)
_COUNTS: Final = """
SELECT a.question, i.stratum_id, a.value, a.importance, count(*)
  FROM feedback_surveyanswer a JOIN feedback_surveyinvitation i ON i.id = a.invitation_id
 WHERE i.wave_id = %(wave)s AND (a.value IS NOT NULL OR a.importance IS NOT NULL)
 GROUP BY 1, 2, 3, 4
"""


@dataclass(frozen=True, slots=True)
class Figure:
    """A figure weighted by stratum, the plain one beside it, and how it moved since the wave
    before; `kind` is ``points``, ``percent`` or ``score``."""

    key: str
    kind: str
    weighted: Estimate | None
    plain: Estimate | None
    change: Difference | None = None


@dataclass(frozen=True, slots=True)
class Slice:
    """An answer that could be chosen: how often it was, None where that is hidden, and its part of
    the population in percent."""

    value: int
    n: int | None
    share: Estimate | None


@dataclass(frozen=True, slots=True)
class Result:
    """What was answered to one question."""

    question: Question
    n: int
    figures: Sequence[Figure]
    slices: Sequence[Slice]


@dataclass(frozen=True, slots=True)
class Report:
    """All that a wave says. `places` are attributes for the priority map, `before` the wave that
    it is compared with."""

    results: Sequence[Result]
    places: Sequence[Place]
    before: SurveyWave | None
    coverage: float | None


@dataclass(slots=True)
class _Counts:
    """Answers of a wave: population by stratum; by question, stratum and number, how many."""

    population: dict[int, int]
    values: dict[str, dict[int, dict[int, int]]] = field(default_factory=dict)
    importance: dict[str, dict[int, dict[int, int]]] = field(default_factory=dict)

    def parts(
        self, told: Mapping[int, Mapping[int, int]], number: Callable[[int], float]
    ) -> list[Part]:
        """One part a stratum; `number` says what a value counts as."""
        found = []
        for stratum, population in self.population.items():
            counts = told.get(stratum, {})
            found.append(
                Part(
                    population,
                    sum(counts.values()),
                    sum(n * number(value) for value, n in counts.items()),
                    sum(n * number(value) ** 2 for value, n in counts.items()),
                )
            )
        return found


def report_of(wave: SurveyWave) -> Report:
    """The report of a wave, compared with the one before where the question is the same."""
    before = wave_before(wave)
    now_counts = _read(wave)
    then_counts = _read(before) if before else None
    earlier = {each["key"]: each for each in before.questions} if before else {}
    results = []
    for data in wave.questions:
        question = question_of(data)
        if question.kind == WORDS:
            continue
        known = earlier.get(question.key)
        comparable = then_counts if known and same_question(known, data) else None
        results.append(_result(question, now_counts, comparable))
    return Report(results, _places(results), before if earlier else None, _coverage(results))


def _read(wave: SurveyWave) -> _Counts:
    counts = _Counts(dict(wave.strata.order_by("pk").values_list("pk", "population")))
    values: dict[str, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    importance: dict[str, dict[int, dict[int, int]]] = defaultdict(lambda: defaultdict(dict))
    with connection.cursor() as cursor:
        cursor.execute(_COUNTS, {"wave": wave.pk})
        for question, stratum, value, matters, n in cursor.fetchall():
            for kept, number in ((values, value), (importance, matters)):
                if number is not None:
                    cell = kept[question][stratum]
                    cell[number] = cell.get(number, 0) + n
    counts.values, counts.importance = values, importance
    return counts


def _result(question: Question, now: _Counts, then: _Counts | None) -> Result:
    told = now.values.get(question.key, {})
    figures = [
        _figure(name, question.key, now, then) for name in _FIGURES_OF.get(question.kind, ())
    ]
    totals: dict[int, int] = defaultdict(int)
    for counts in told.values():
        for value, n in counts.items():
            totals[value] += n
    n = sum(totals.values()) or max((f.plain.n for f in figures if f.plain), default=0)
    return Result(question, n, figures, _slices(question, now, totals))


def _slices(question: Question, now: _Counts, totals: Mapping[int, int]) -> list[Slice]:
    scale = question.scale
    if scale is None:
        return []
    told = now.values.get(question.key, {})
    values = list(range(scale[0], scale[1] + 1))
    shown = shown_counts([totals.get(value, 0) for value in values])
    return [
        Slice(value, n, None if n is None else weighted_share(now.parts(told, value.__eq__)))
        for value, n in zip(values, shown, strict=True)
    ]


def _satisfied(value: int) -> float:
    return float(value >= SATISFIED_FROM)


def _recommends(value: int) -> float:
    if value >= PROMOTER_FROM:
        return 100.0
    return -100.0 if value <= DETRACTOR_UP_TO else 0.0


_FIGURES_OF: Final = {
    OVERALL: ("mean", "satisfied"),
    ATTRIBUTE: ("mean", "satisfied", "importance"),
    YES_NO: ("yes",),
    NPS: ("recommends",),
    CHOICE: (),
}


def _figure(name: str, key: str, now: _Counts, then: _Counts | None) -> Figure:
    weighted, plain = _both(name, key, now)
    earlier = _both(name, key, then)[0] if then else None
    kind = {"satisfied": "percent", "yes": "percent", "recommends": "score"}.get(name, "points")
    return Figure(name, kind, weighted, plain, change(earlier, weighted))


def _both(name: str, key: str, counts: _Counts) -> tuple[Estimate | None, Estimate | None]:
    source = counts.importance if name == "importance" else counts.values
    told = source.get(key, {})
    if name in ("satisfied", "yes"):
        parts = counts.parts(told, _satisfied if name == "satisfied" else float)
        return weighted_share(parts), plain_share(parts)
    scale = (-100.0, 100.0) if name == "recommends" else POINTS
    parts = counts.parts(told, _recommends if name == "recommends" else float)
    return weighted_mean(parts, scale), plain_mean(parts, scale)


def _places(results: Sequence[Result]) -> list[Place]:
    means = {}
    for result in results:
        found = {each.key: each.weighted for each in result.figures}
        mean, matters = found.get("mean"), found.get("importance")
        if mean and matters and not mean.is_hidden and not matters.is_hidden:
            means[result.question.key] = (matters.value, mean.value)
    return priority_map(means)


def _coverage(results: Sequence[Result]) -> float | None:
    return max(
        (f.weighted.coverage for result in results for f in result.figures if f.weighted),
        default=None,
    )
