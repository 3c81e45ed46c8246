"""Figures of quality: means with their intervals, in weeks, by question, and what they count."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, Final, Literal

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import TruncWeek

from qiao.core.actor import Actor
from qiao.feedback.models import Coaching, Evaluation, EvaluationAnswer, ScoreCardVersion
from qiao.feedback.rules.agreement import Agreement, agreement
from qiao.feedback.rules.means import Difference, Mean, difference, mean_from, mean_of
from qiao.feedback.rules.score_cards import Question, read_card
from qiao.feedback.rules.scoring import NOT_APPLICABLE, value_of
from qiao.staff.queries import subtree_of

VIEW: Final = "quality.view"
OWN: Final = "quality.own"
By = Literal["person", "team", "unit", "kind"]
FIELDS: Final[dict[By, str]] = {
    "person": "person_id",
    "team": "team_id",
    "unit": "organisation_id",
    "kind": "kind_key",
}
EFFECT_DAYS: Final = 56


@dataclass(frozen=True, slots=True)
class Asked:
    """Which evaluations are looked at: finished on days, both inclusive; a unit with all below
    it, a person, a team, a kind of work, an answer to a question. `is_own`: the actor's own."""

    since: date
    until: date
    unit_id: int | None = None
    team_id: int | None = None
    person_id: int | None = None
    kind_key: str = ""
    question: str = ""
    value: str = ""
    is_own: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: whose, the mean, how many were 0 for a fatal failure."""

    key: Any
    mean: Mean
    fatal: int


@dataclass(frozen=True, slots=True)
class QuestionRow:
    """Answers to one question: how often each was given, how many failed, the mean in percent."""

    question: Question
    counts: tuple[tuple[str, int], ...]
    n: int
    not_applicable: int
    percent: float | None


def counted(actor: Actor, asked: Asked) -> QuerySet[Evaluation]:
    """The evaluations that the figures count, as far as the actor may see them."""
    rows = Evaluation.objects.counted().filter(
        finished_date__gte=asked.since, finished_date__lte=asked.until
    )
    if asked.is_own:
        rows = rows.filter(
            person_id=actor.staff_id,
            released_at__isnull=False,
            organisation_id__in=actor.organisations(OWN),
        )
    else:
        rows = rows.filter(organisation_id__in=actor.organisations(VIEW)).exclude(
            person_id=actor.staff_id, released_at__isnull=True
        )
    if asked.unit_id is not None:
        rows = rows.filter(organisation_id__in=subtree_of(asked.unit_id))
    if asked.team_id is not None:
        rows = rows.filter(team_id=asked.team_id)
    if asked.person_id is not None:
        rows = rows.filter(person_id=asked.person_id)
    if asked.kind_key:
        rows = rows.filter(kind_key=asked.kind_key)
    if asked.question:
        wanted = Q(question=asked.question)
        wanted &= Q(value=asked.value) if asked.value else ~Q(value=NOT_APPLICABLE)
        answers = EvaluationAnswer.objects.filter(wanted)
        rows = rows.filter(pk__in=answers.values("evaluation_id"))
    return rows


def _sums(rows: QuerySet[Evaluation], *group: str) -> list[dict[str, Any]]:
    square = F("score") * F("score")
    found = rows.filter(score__isnull=False).values(*group).order_by(*group)
    return list(
        found.annotate(
            n=Count("id"),
            total=Sum("score"),
            squares=Sum(square),
            fatal=Count("id", filter=Q(is_fatal=True)),
        )
    )


def _mean(each: dict[str, Any]) -> Mean:
    found = mean_from(each["n"], each["total"], each["squares"])
    assert found is not None  # a group has at least one row
    return found


def whole(actor: Actor, asked: Asked) -> Row | None:
    """All together; None of none."""
    rows = counted(actor, asked).filter(score__isnull=False)
    square = F("score") * F("score")
    found = rows.aggregate(
        n=Count("id"),
        total=Sum("score"),
        squares=Sum(square),
        fatal=Count("id", filter=Q(is_fatal=True)),
    )
    return Row("", _mean(found), found["fatal"]) if found["n"] else None


def by_group(actor: Actor, asked: Asked, by: By) -> list[Row]:
    """A line for each person, team, unit or kind of work, the lowest mean first."""
    field = FIELDS[by]
    rows = [
        Row(each[field], _mean(each), each["fatal"])
        for each in _sums(counted(actor, asked), field)
    ]
    return sorted(rows, key=lambda row: (row.mean.value, str(row.key)))


def by_week(actor: Actor, asked: Asked) -> list[tuple[date, Mean]]:
    """The mean of every week with evaluations, oldest first; named by its Monday."""
    rows = counted(actor, asked).annotate(week=TruncWeek("finished_date"))
    return [(each["week"], _mean(each)) for each in _sums(rows, "week")]


def by_question(actor: Actor, asked: Asked) -> list[QuestionRow]:
    """How the questions were answered, the worst first. A question is that of the newest card
    that has it."""
    chosen = counted(actor, asked)
    rows = (
        EvaluationAnswer.objects.filter(evaluation_id__in=chosen.values("id"))
        .values_list("question", "value")
        .annotate(n=Count("id"))
        .order_by("question", "value")
    )
    counts: dict[str, list[tuple[str, int]]] = {}
    for key, value, n in rows:
        counts.setdefault(key, []).append((value, n))
    found = []
    for key, question in _questions(chosen).items():
        if key in counts:
            found.append(_question_row(question, counts[key]))
    return sorted(found, key=lambda row: 101 if row.percent is None else row.percent)


def _questions(rows: QuerySet[Evaluation]) -> dict[str, Question]:
    versions = ScoreCardVersion.objects.filter(pk__in=rows.values("version_of_card_id"))
    contents = versions.order_by("card_id", "number").values_list("content", flat=True)
    cards = [read_card(content) for content in contents]
    return {question.key: question for card in cards for question in card.questions()}


def _question_row(question: Question, counts: Sequence[tuple[str, int]]) -> QuestionRow:
    apply = [(value, n) for value, n in counts if value != NOT_APPLICABLE]
    n = sum(count for _value, count in apply)
    fits = [(value, count) for value, count in apply if int(value) <= question.most]
    total = sum((value_of(question, value) or 0) * count for value, count in fits)
    return QuestionRow(
        question,
        tuple(sorted(apply, key=lambda each: int(each[0]))),
        n,
        sum(count for value, count in counts if value == NOT_APPLICABLE),
        100 * total / n if n else None,
    )


def agreement_of(actor: Actor, asked: Asked) -> Agreement:
    """How far blind second judgements agree with the first ones, answer by answer, as both were
    given before any appeal."""
    firsts = counted(actor, asked).filter(second__finished_at__isnull=False)
    pairs = firsts.values_list("id", "second__id")
    second_of = dict(pairs)
    answers: dict[int, dict[str, str]] = {}
    ids = [*second_of, *second_of.values()]
    for row in EvaluationAnswer.objects.filter(evaluation_id__in=ids):
        answers.setdefault(row.evaluation_id, {})[row.question] = row.first_value or row.value
    return agreement(
        [
            (value, answers[second][key])
            for first, second in second_of.items()
            for key, value in answers.get(first, {}).items()
            if key in answers.get(second, {})
        ]
    )


def effect_of(coaching: Coaching) -> tuple[Mean | None, Mean | None, Difference | None]:
    """The person's mean in the eight weeks up to the coaching and in those after it was done, of
    its question where it has one, and what the difference says."""
    opened, done = coaching.opened_date, coaching.done_date
    before = _scores(coaching, opened - timedelta(days=EFFECT_DAYS), opened)
    if done is None:
        return mean_of(before), None, None
    after = _scores(coaching, done + timedelta(days=1), done + timedelta(days=EFFECT_DAYS))
    return mean_of(before), mean_of(after), difference(before, after)


def _scores(coaching: Coaching, since: date, until: date) -> list[float]:
    rows = Evaluation.objects.counted().filter(
        person_id=coaching.person_id, finished_date__gte=since, finished_date__lte=until
    )
    if not coaching.question:
        scores = rows.values_list("score", flat=True)
        return [score for score in scores if score is not None]
    question = _questions(rows).get(coaching.question)
    if question is None:
        return []
    answers = EvaluationAnswer.objects.filter(
        evaluation_id__in=rows.values("id"), question=coaching.question
    ).exclude(value=NOT_APPLICABLE)
    values = answers.values_list("value", flat=True)
    return [100 * (value_of(question, value) or 0) for value in values]
