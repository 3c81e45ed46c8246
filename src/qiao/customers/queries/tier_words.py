"""Tiers in words: why, by which figures, by which version, in the reader's language."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

from django.utils.translation import gettext as _

from qiao.core.packs.tier_rules import TierInput, TierRuleSpec
from qiao.customers.models import TierRule
from qiao.customers.queries.tiers import Decision, TierStanding, rule_from_row, tier_history
from qiao.customers.rules.tiers import Grading, Part, reason_of, shown
from qiao.staff.queries import names_of


@dataclass(frozen=True, slots=True)
class Line:
    """An input of the rule: its figure as it is read, its points out of the best, in percent."""

    name: str
    figure: str
    months: int
    is_money: bool
    points: int
    best: int
    percent: int


@dataclass(frozen=True, slots=True)
class Shown:
    """A standing as a page shows it. `by` is who set the tier by hand."""

    at: datetime
    letter: str
    computed_letter: str
    reason: str
    computed_reason: str
    lines: Sequence[Line]
    points: int
    version: str
    source: str
    valid_from: date | None
    is_by_hand: bool
    until: date | None
    by: str


def explain(standing: TierStanding, language: str) -> Shown:
    """Everything behind a standing."""
    rule, computed, override = standing.rule, standing.computed, standing.override
    why = reason_of(rule, computed.figures, language) if rule and computed else ""
    names = names_of([override.actor_id]) if override and override.actor_id else {}
    return Shown(
        at=standing.at,
        letter=standing.letter,
        computed_letter=standing.computed_letter,
        reason=override.reason if override else why,
        computed_reason=why,
        lines=_lines(rule, computed, language) if rule and computed else [],
        points=computed.points if computed else 0,
        version=rule.version if rule else "",
        source=rule.source.in_language(language) if rule else "",
        valid_from=rule.valid_from if rule else None,
        is_by_hand=override is not None,
        until=override.until if override else None,
        by=names.get(override.actor_id or 0, "") if override else "",
    )


def _lines(rule: TierRuleSpec, computed: Grading, language: str) -> list[Line]:
    return [_line(rule, part, language) for part in computed.parts]


def _line(rule: TierRuleSpec, part: Part, language: str) -> Line:
    item = rule.input(part.key)
    best = best_of(item)
    return Line(
        name=item.name.in_language(language),
        figure=shown(item, part.figure),
        months=item.months,
        is_money=item.measure == "sum",
        points=part.points,
        best=best,
        percent=round(100 * max(part.points, 0) / best) if best > 0 else 0,
    )


def best_of(item: TierInput) -> int:
    """The most points that an input gives."""
    return max(item.missing, *(band.points for band in item.bands))


@lru_cache(maxsize=64)
def rule_of_version(version: str) -> TierRuleSpec | None:
    """A version as installed, which never changes; None for one that is not."""
    row = TierRule.objects.filter(version=version).first()
    return rule_from_row(row.data) if row else None


def reason_in_words(step: Mapping[str, Any], language: str) -> str:
    """Why a step of the history was taken; `step` has kind, reason, inputs and rule_version."""
    rule = rule_of_version(step["rule_version"]) if step.get("rule_version") else None
    computed = reason_of(rule, step["inputs"], language) if rule and step.get("inputs") else ""
    if step["kind"] == "expired":
        return "；".join(filter(None, (_("The time set by hand ran out"), computed)))
    return step["reason"] or computed


@dataclass(frozen=True, slots=True)
class Step:
    """A decision with its reason in words."""

    decision: Decision
    words: str


def history_in_words(*, customer_id: int, language: str) -> list[Step]:
    """The decisions on a customer, the newest first."""
    return [
        Step(each, reason_in_words(_facts(each), language))
        for each in tier_history(customer_id=customer_id)
    ]


def _facts(each: Decision) -> dict[str, Any]:
    return {
        "kind": each.kind,
        "reason": each.reason,
        "inputs": each.figures,
        "rule_version": each.rule_version,
    }
