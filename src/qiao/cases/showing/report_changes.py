"""What changed most in a report, and where the change comes from, in sentences."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final

from django.urls import reverse
from django.utils.translation import gettext as _

from qiao.cases.forms import write_filters
from qiao.cases.forms.reports import ReportChoice
from qiao.cases.queries.report_figures import WHOLE, figures_for
from qiao.cases.queries.reports import Question, in_period, of_row, shares_by, within_rights
from qiao.cases.rules.reports import Contribution, contributions, differs
from qiao.cases.showing.reports import row_name
from qiao.core.actor import Actor
from qiao.core.manifest import CaseFigure
from qiao.core.rules.statistics import Share

BY: Final = ("type", "area")
MOST_CHANGES: Final = 4
MOST_PARTS: Final = 3
LEAST_POINTS: Final = 0.5  # smaller parts explain nothing
LEAST_CASES: Final = 5
Shares = Mapping[tuple[str, ...], Share]


@dataclass(frozen=True, slots=True)
class Part:
    """What one type in one area adds, in words, and its cases."""

    words: str
    href: str


@dataclass(frozen=True, slots=True)
class ChangeInWords:
    """How a figure moved against the period before, whether chance explains it, and why."""

    words: str
    tone: str
    note: str
    parts: tuple[Part, ...]


def changes_of(*, actor: Actor, now: datetime, choice: ReportChoice) -> list[ChangeInWords]:
    """The shares of a report that moved, those beyond chance first and the largest first."""
    known = figures_for(actor)
    figures = [known[k] for k in choice.figures if k in known and known[k].kind == "share"]
    asked = Question(choice.span, figures, "", choice.filters)
    held = shares_by(actor=actor, now=now, question=asked, by=BY)
    past = shares_by(actor=actor, now=now, question=replace(asked, span=choice.before), by=BY)
    moved = []
    for figure in figures:
        before, after = past.get(figure.key, {}), held.get(figure.key, {})
        was, found = _all(before), _all(after)
        if not was.percent or found.percent is None:
            continue
        points = round(found.percent - was.percent, 1)
        if points:
            moved.append((differs(was, found), abs(points), points, figure, before, after))
    moved.sort(key=lambda each: each[:2], reverse=True)
    return [
        _in_words(actor, choice, figure, points, contributions(before, after), beyond=beyond)
        for beyond, _size, points, figure, before, after in moved[:MOST_CHANGES]
    ]


def _all(shares: Shares) -> Share:
    held = shares.values()
    return Share(sum(s.part for s in held), sum(s.whole for s in held))


def _in_words(
    actor: Actor,
    choice: ReportChoice,
    figure: CaseFigure,
    points: float,
    parts: list[Contribution],
    *,
    beyond: bool,
) -> ChangeInWords:
    told = {"figure": figure.label, "points": f"{abs(points):.1f}"}
    words = (
        _("%(figure)s rose by %(points)s points")
        if points > 0
        else _("%(figure)s fell by %(points)s points")
    ) % told
    tone = "ok" if (points > 0) == (figure.better == "up") else "bad"
    same = [p for p in parts if beyond and p.points * points > 0 and _explains(p)]
    return ChangeInWords(
        words,
        tone if beyond and figure.better else "",
        "" if beyond else _("no more than chance"),
        tuple(_part(actor, choice, figure, each) for each in same[:MOST_PARTS]),
    )


def _explains(part: Contribution) -> bool:
    """Whether a part is large enough, and not the whim of a few cases."""
    return abs(part.points) >= LEAST_POINTS and part.before.whole + part.now.whole >= LEAST_CASES


def _part(actor: Actor, choice: ReportChoice, figure: CaseFigure, part: Contribution) -> Part:
    kind, area = part.key
    words = _("%(points)s of them %(type)s in %(area)s (%(before)s → %(now)s)") % {
        "points": f"{abs(part.points):.1f}",
        "type": row_name("type", kind),
        "area": row_name("area", area),
        "before": _percent(part.before),
        "now": _percent(part.now),
    }
    filters = within_rights(choice.filters, actor)
    for by, key in zip(BY, part.key, strict=True):
        filters = of_row(filters, by, key)
    filters = replace(in_period(filters, figure.basis, choice.span), figure=f"{figure.key}{WHOLE}")
    view = "closed" if figure.basis == "closed" else "all"
    return Part(words, f"{reverse('cases:list')}?{write_filters(filters, view=view)}")


def _percent(share: Share) -> str:
    return "–" if share.percent is None else f"{share.percent:.0f} %, n = {share.whole}"
