"""Figures of what customers said, for the overview: sums of kept counts with their lists."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from qiao.core.actor import Actor
from qiao.core.figures import (
    Cell,
    Column,
    Grid,
    Row,
    Scope,
    Standing,
    count,
    part_label,
    percentage,
)
from qiao.core.kept import Ask, KeptCounts, Sums
from qiao.core.rules.spans import Span, Step, first_of, last_months
from qiao.core.rules.statistics import Share
from qiao.feedback.models import Rating
from qiao.feedback.rules.follow_ups import GLAD, RATINGS

RIGHT: Final = "followups.view"
KEPT: Final = KeptCounts(
    table="feedback_followupcount",
    changes="feedback_followupcountchange",
    months="feedback_followupcountmonth",
)
TONES: Final = dict(zip(RATINGS, ("c8", "c2", "c3", "c5"), strict=True))
BEFORE: Final = "before"
CURVE: Final = "curve"
MONTHS: Final = 6  # shorter spans are drawn over so many: answers are few


def _list(scope: Scope, span: Span, ratings: tuple[str, ...]) -> str:
    parameters = {
        "view": "done",
        "rating": list(ratings),
        "since": span.since,
        "until": span.until + timedelta(days=1),
        "pack": "",
    }
    return scope.address("feedback:list", parameters)


def _read(actor: Actor, scope: Scope, *asks: Ask) -> Sums:
    return KEPT.read(*asks, organisations=scope.organisations(actor, RIGHT))


def _share(sums: Sums, part: date | None = None, mark: str = "") -> Share:
    return _glad({key: sums.of("rating", key, part, mark) for key in RATINGS})


def _glad(answers: Mapping[str, int]) -> Share:
    return Share(sum(answers[key] for key in GLAD), sum(answers.values()))


def satisfaction(actor: Actor, scope: Scope) -> Standing:
    """Of the customers who answered in the span, those who were not dissatisfied."""
    curve = scope.curve()
    sums = _read(
        actor,
        scope,
        Ask(("rating",), scope.span),
        Ask(("rating",), scope.before, mark=BEFORE),
        Ask(("rating",), curve, curve.step, mark=CURVE),
    )
    days = [first_of(part.since, curve.step) for part in curve.parts(curve.step)]
    shares = [_share(sums, day, CURVE) for day in days]
    return Standing(
        share=_share(sums),
        share_before=_share(sums, mark=BEFORE),
        trend=[share.percent for share in shares if share.percent is not None],
        href=_list(scope, scope.span, GLAD),
    )


def by_month(actor: Actor, scope: Scope) -> Grid:
    """Answers by rating and month: the whole months around the span, at least six."""
    step: Step = "month"
    span = Span(first_of(scope.span.since, step), scope.span.until)
    least = last_months(scope.span.until, MONTHS)
    span = least if span.since > least.since else span
    sums = _read(actor, scope, Ask(("rating",), span, step))
    rows = []
    for part in span.parts(step):
        share = _share(sums, part.since)
        cells = [
            count(sums.of("rating", key, part.since), _list(scope, part, (key,)))
            for key in RATINGS
        ]
        glad = percentage(share.part, share.whole, _list(scope, part, GLAD))
        rows.append(Row(part_label(part, step), (*cells, glad)))
    return Grid(
        pgettext_lazy("column of figures", "Month"),
        (
            *(Column(key, Rating(key).label, TONES[key], stack="answers") for key in RATINGS),
            Column("glad", _("Satisfaction"), tone="text", axis="percent", is_line=True),
        ),
        tuple(rows),
        _totals(scope, sums, span),
    )


def _totals(scope: Scope, sums: Sums, span: Span) -> tuple[Cell, ...]:
    found = sums.by_holder("rating")
    answers = {key: found.get(key, 0) for key in RATINGS}
    counts = [count(n, _list(scope, span, (key,))) for key, n in answers.items()]
    share = _glad(answers)
    return (*counts, percentage(share.part, share.whole, _list(scope, span, GLAD)))


WORKLOAD: Final = (Column("follow_ups", pgettext_lazy("column of figures", "Follow-ups to do")),)


def workload(actor: Actor, scope: Scope) -> dict[str, dict[int, Cell]]:
    """Open follow-ups by whose they are."""
    found = _read(actor, scope, Ask(("open",))).by_holder("open")

    def address(who: str) -> str:
        parameters = {"view": "open", "person": who, "pack": ""}
        return scope.address("feedback:list", parameters)

    return {"follow_ups": {int(who): count(n, address(who)) for who, n in found.items()}}
