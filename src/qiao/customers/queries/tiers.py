"""The tier of one customer: now, on any past day, and how it came to be."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db import connection

from qiao.core.packs.reading import Table
from qiao.core.packs.tier_rules import TierRuleSpec, read_tier_rule
from qiao.customers.models import TierRule
from qiao.customers.queries.grading import figures_of_one, local_day, moments
from qiao.customers.queries.merges import merged_ids_as_of, survivor_as_of
from qiao.customers.rules.tiers import Grading, grade

FIRST_LETTER = "C"
"""Everybody begins here, before any rule held."""


@dataclass(frozen=True, slots=True)
class Override:
    """A tier set by hand. `until` is the first day on which it no longer holds."""

    letter: str
    reason: str
    at: datetime
    until: date
    actor_id: int | None


@dataclass(frozen=True, slots=True)
class TierStanding:
    """A customer's tier at a moment: what the rule said, and what a person had set instead.

    `customer_id` stood for the customer asked for at that moment. `rule` and `computed` are None
    before the first version of the rule.
    """

    customer_id: int
    at: datetime
    rule: TierRuleSpec | None
    computed: Grading | None
    override: Override | None

    @property
    def computed_letter(self) -> str:
        """What the rule said."""
        return self.computed.letter if self.computed else FIRST_LETTER

    @property
    def letter(self) -> str:
        """What held."""
        return self.override.letter if self.override else self.computed_letter


def rule_from_row(data: dict[str, Any]) -> TierRuleSpec:
    """A rule out of the table that `TierRule.data` keeps."""
    return read_tier_rule(Table(data, file="tier_rules.toml", place="rule", problems=[]))


def rules_installed() -> list[TierRule]:
    """All versions, the newest first."""
    return list(TierRule.objects.order_by("-valid_from", "-installed_at", "-id"))


def rule_in_force(at: datetime) -> TierRuleSpec | None:
    """The version that held at a moment: the newest that was valid and installed by then."""
    row = (
        TierRule.objects.filter(valid_from__lte=local_day(at), installed_at__lte=at)
        .order_by("-valid_from", "-installed_at", "-id")
        .first()
    )
    return rule_from_row(row.data) if row else None


_BY_HAND = """
SELECT t.kind, t.tier, t.reason, t.at, t.until, t.actor_id
  FROM customers_tierchange t
 WHERE t.customer_id = ANY(%(ids)s::bigint[]) AND t.kind <> 'computed' AND t.at <= %(at)s
 ORDER BY t.at DESC, t.id DESC LIMIT 1
"""


def tier_as_of(*, customer_id: int, at: datetime) -> TierStanding:
    """The tier at `at`, replayed from what had occurred and was recorded by then.

    Facts, merges, the version of the rule and decisions by hand count as they stood at that
    moment, so that the answer stays the same whatever is merged, corrected or learnt later. The
    caller has made sure that the customer may be seen.
    """
    survivor = survivor_as_of(customer_id=customer_id, at=at)
    ids = merged_ids_as_of(customer_id=survivor, at=at)
    rule = rule_in_force(at)
    return TierStanding(
        customer_id=survivor,
        at=at,
        rule=rule,
        computed=_graded(rule, ids, at) if rule else None,
        override=_override(ids, at),
    )


def _graded(rule: TierRuleSpec, ids: Sequence[int], at: datetime) -> Grading:
    with connection.cursor() as cursor:
        cursor.execute(figures_of_one(rule), {"ids": list(ids), **moments(rule, at)})
        row = cursor.fetchone()
    figures = {item.key: value for item, value in zip(rule.inputs, row, strict=True)}
    return grade(rule, figures)


def _override(ids: Sequence[int], at: datetime) -> Override | None:
    with connection.cursor() as cursor:
        cursor.execute(_BY_HAND, {"ids": list(ids), "at": at})
        row = cursor.fetchone()
    if row is None:
        return None
    kind, tier, reason, since, until, actor_id = row
    if kind != "manual" or until <= local_day(at):
        return None
    return Override(tier, reason, since, until, actor_id)


@dataclass(frozen=True, slots=True)
class Decision:
    """One step of the history; `figures` and `rule` explain a computed one."""

    at: datetime
    letter: str
    kind: str
    reason: str
    until: date | None
    computed_letter: str
    rule_version: str
    points: int | None
    figures: dict[str, int | None] | None
    staff: str


_HISTORY = """
SELECT t.at, t.tier, t.kind, t.reason, t.until, t.computed_tier, t.rule_version, t.points,
       t.inputs::text, coalesce(s.name, '')
  FROM customers_tierchange t
  LEFT JOIN staff_staff s ON s.id = t.actor_id
 WHERE t.customer_id = ANY(customers_held_as(%(id)s))
 ORDER BY t.at DESC, t.id DESC LIMIT %(limit)s
"""


def tier_history(*, customer_id: int, limit: int = 60) -> list[Decision]:
    """The decisions on a customer and all merged into them, the newest first."""
    with connection.cursor() as cursor:
        cursor.execute(_HISTORY, {"id": customer_id, "limit": limit})
        rows = cursor.fetchall()
    return [_decision(row) for row in rows]


def _decision(row: Sequence[Any]) -> Decision:
    at, tier, kind, reason, until, computed, version, points, figures, staff = row
    return Decision(
        at=at,
        letter=tier,
        kind=kind,
        reason=reason,
        until=until,
        computed_letter=computed,
        rule_version=version,
        points=points,
        figures=json.loads(figures) if figures else None,
        staff=staff,
    )
