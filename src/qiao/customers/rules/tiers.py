"""Grading a customer: figures out of facts, points out of figures, a letter out of points.

What stands here is the rule itself; `qiao.customers.queries.grading` says the same in SQL for all
customers at once, and a test holds both together.
"""

import calendar
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from zoneinfo import ZoneInfo

from qiao.core.packs.tier_rules import TierInput, TierRuleSpec
from qiao.core.rules.conditions import holds, tests_in
from qiao.core.rules.texts import Text

Figures = Mapping[str, int | None]
SAID_AT_MOST = 3


@dataclass(frozen=True, slots=True)
class KnownFact:
    """A fact that counts at the moment looked at: recorded by then, and not taken back."""

    kind: str
    amount: int
    occurred_at: datetime


@dataclass(frozen=True, slots=True)
class Part:
    """What one input gave: its figure (None: unknown) and the points for it."""

    key: str
    figure: int | None
    points: int


@dataclass(frozen=True, slots=True)
class Grading:
    """The letter, the sum of points, the parts, and which grade of the rule fitted (from 0)."""

    letter: str
    points: int
    parts: tuple[Part, ...]
    place: int

    @property
    def figures(self) -> dict[str, int | None]:
        """The figures by input."""
        return {part.key: part.figure for part in self.parts}


def months_before(moment: datetime, months: int, zone: ZoneInfo) -> datetime:
    """The same local time so many months earlier; a day that month does not have is its last."""
    local = moment.astimezone(zone)
    month = local.year * 12 + local.month - 1 - months
    year, month = month // 12, month % 12 + 1
    day = min(local.day, calendar.monthrange(year, month)[1])
    return local.replace(year=year, month=month, day=day)


def whole_years(first: date, last: date) -> int:
    """Whole years from one day to a later one; 29 February is reached on 1 March."""
    months = (last.year - first.year) * 12 + last.month - first.month - (last.day < first.day)
    return months // 12


def figures_of(
    rule: TierRuleSpec, facts: Iterable[KnownFact], *, at: datetime, zone: ZoneInfo
) -> dict[str, int | None]:
    """What the rule looks at, out of facts that occurred until `at`."""
    known = [fact for fact in facts if fact.occurred_at <= at]
    return {item.key: _figure(item, known, at, zone) for item in rule.inputs}


def _figure(
    item: TierInput, facts: Iterable[KnownFact], at: datetime, zone: ZoneInfo
) -> int | None:
    since = months_before(at, item.months, zone) if item.months else None
    own = [f for f in facts if f.kind == item.kind and (since is None or f.occurred_at > since)]
    if item.measure == "count":
        return len(own)
    if not own:
        return None
    if item.measure == "years":
        first = min(fact.occurred_at for fact in own)
        return whole_years(first.astimezone(zone).date(), at.astimezone(zone).date())
    total = sum(fact.amount for fact in own)
    # The mean in hundredths, half up.
    return total if item.measure == "sum" else (200 * total + len(own)) // (2 * len(own))


def points_of(item: TierInput, figure: int | None) -> int:
    """The points of a figure: those of the last band that it reaches, 0 below the first."""
    if figure is None:
        return item.missing
    points = 0
    for band in item.bands:
        if figure >= band.start:
            points = band.points
    return points


def grade(rule: TierRuleSpec, figures: Figures) -> Grading:
    """The first grade of the rule that fits the figures."""
    parts = tuple(
        Part(item.key, figures.get(item.key), points_of(item, figures.get(item.key)))
        for item in rule.inputs
    )
    points = sum(part.points for part in parts)
    for place, each in enumerate(rule.grades):
        enough = each.at_least is None or points >= each.at_least
        if enough and holds(each.when, dict(figures)):
            return Grading(each.letter, points, parts, place)
    raise ValueError(f"rule {rule.version} leaves figures without a letter")


def reason_of(rule: TierRuleSpec, figures: Figures, language: str) -> str:
    """Why, in one line: what the letter's own condition looks at, else what weighed most."""
    found = grade(rule, figures)
    decisive = rule.grades[found.place]
    true = (test.field for test in tests_in(decisive.when) if holds(test, dict(figures)))
    known = {part.key: part for part in found.parts if part.figure is not None}
    if decisive.at_least is None and decisive.when is not None:
        told = [known[key] for key in dict.fromkeys(true) if key in known]
    else:
        told = sorted(known.values(), key=lambda part: -abs(part.points))[:SAID_AT_MOST]
    sentences = [say(rule.input(part.key), part.figure, language) for part in told]
    return joined(sentences, language)


def say(item: TierInput, figure: int | None, language: str) -> str:
    """A figure in its sentence."""
    text = item.says.in_language(language)
    return text.replace("{n}", shown(item, figure)).replace("{months}", str(item.months))


def shown(item: TierInput, figure: int | None) -> str:
    """A figure as it is read: money in whole yuan, means with two decimals."""
    if figure is None:
        return "–"
    if item.measure == "mean":
        return f"{figure // 100}.{figure % 100:02d}"
    if item.measure == "sum":
        return f"{(figure + 50) // 100:,}"
    return f"{figure:,}"


def joined(sentences: Iterable[str], language: str) -> str:
    """Sentences in one line."""
    comma = Text("; ", "；", "；").in_language(language)
    return comma.join(sentences)
