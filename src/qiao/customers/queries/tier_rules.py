"""The rule for all: its versions in words, how customers are spread, and trials on a sample."""
# ruff: noqa: S608 - statements are put together from checked pieces; values are bound

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from qiao.core.actor import Actor
from qiao.core.packs.tier_rules import TierGrade, TierInput, TierRuleSpec
from qiao.core.rules.conditions import AllOf, AnyOf, Condition, Not, Test
from qiao.customers.models import TierCount, TierRun
from qiao.customers.queries.grading import (
    grades_of_all,
    letter_without_facts,
    moments,
)
from qiao.customers.queries.tiers import rule_from_row, rule_in_force, rules_installed
from qiao.customers.rules.tiers import shown
from qiao.staff.queries import organisation_names

RIGHT = "customers.tier_rules"
LETTERS = "ABCD"
SAMPLE = 2_000


@dataclass(frozen=True, slots=True)
class Version:
    """A version of the rule as installed; `holds` is the one in force."""

    version: str
    valid_from: date
    installed_at: datetime
    spec: TierRuleSpec
    holds: bool


def rule_versions(*, now: datetime) -> list[Version]:
    """All versions, the newest first."""
    in_force = rule_in_force(now)
    return [
        Version(
            version=row.version,
            valid_from=row.valid_from,
            installed_at=row.installed_at,
            spec=rule_from_row(row.data),
            holds=in_force is not None and in_force.version == row.version,
        )
        for row in rules_installed()
    ]


@dataclass(frozen=True, slots=True)
class InputInWords:
    """What a rule looks at, and what each band of figures gives."""

    name: str
    months: int
    bands: Sequence[tuple[str, int]]
    missing: int | None


@dataclass(frozen=True, slots=True)
class RuleInWords:
    """A rule as somebody reads it who never sees the file."""

    source: str
    inputs: Sequence[InputInWords]
    grades: Sequence[tuple[str, str]]


def rule_in_words(spec: TierRuleSpec, language: str) -> RuleInWords:
    """The rule in the reader's words."""
    return RuleInWords(
        source=spec.source.in_language(language),
        inputs=[_input(item, language) for item in spec.inputs],
        grades=[(each.letter, _grade(spec, each, language)) for each in spec.grades],
    )


def _input(item: TierInput, language: str) -> InputInWords:
    bands = [
        (_("from %(figure)s") % {"figure": shown(item, band.start)}, band.points)
        for band in item.bands
    ]
    missing = item.missing if item.measure != "count" else None
    return InputInWords(item.name.in_language(language), item.months, bands, missing)


def _grade(spec: TierRuleSpec, each: TierGrade, language: str) -> str:
    parts = []
    if each.at_least is not None:
        parts.append(
            ngettext("at least %(n)s point", "at least %(n)s points", each.at_least)
            % {"n": each.at_least}
        )
    if each.when is not None:
        parts.append(_condition(spec, each.when, language))
    return _(" and ").join(parts) or _("everybody else")


_SIGNS = {"eq": "=", "ne": "≠", "gt": ">", "ge": "≥", "lt": "<", "le": "≤"}


def _condition(spec: TierRuleSpec, condition: Condition, language: str) -> str:
    match condition:
        case AllOf(parts):
            return _(" and ").join(_condition(spec, part, language) for part in parts)
        case AnyOf(parts):
            return _(", or ").join(_condition(spec, part, language) for part in parts)
        case Not(part):
            return _("not (%(condition)s)") % {"condition": _condition(spec, part, language)}
        case Test(field, op, value):
            item = spec.input(field)
            name = item.name.in_language(language)
            if op in ("given", "empty"):
                known = _("%(name)s known") if op == "given" else _("%(name)s unknown")
                return known % {"name": name}
            return f"{name} {_SIGNS[op]} {shown(item, value)}"


@dataclass(frozen=True, slots=True)
class BranchCounts:
    """Customers of a branch by tier, A first, with their shares in percent."""

    name: str
    numbers: Sequence[int]
    total: int

    @property
    def shares(self) -> list[tuple[str, int, float]]:
        """Letter, number and percent."""
        return [
            (letter, n, round(100 * n / self.total, 1) if self.total else 0.0)
            for letter, n in zip(LETTERS, self.numbers, strict=True)
        ]


@dataclass(frozen=True, slots=True)
class Spread:
    """How customers were spread over the tiers on a day; None before the first grading."""

    day: date | None
    branches: Sequence[BranchCounts]


def counts_by_branch(*, actor: Actor) -> Spread:
    """The kept counts of the latest day for the branches that the actor may look at.

    A customer of two branches counts in both, so that there is no sum over branches.
    """
    allowed = actor.organisations(RIGHT)
    latest = TierCount.objects.order_by("-day").values_list("day", flat=True).first()
    if latest is None:
        return Spread(None, [])
    rows = TierCount.objects.filter(day=latest, organisation_id__in=allowed)
    found: dict[int, Counter[str]] = {}
    for organisation_id, tier, n in rows.values_list("organisation_id", "tier", "n"):
        found.setdefault(organisation_id, Counter())[tier] += n
    names = organisation_names(found)
    branches = [
        BranchCounts(names.get(pk, ""), [count[letter] for letter in LETTERS], count.total())
        for pk, count in found.items()
    ]
    return Spread(latest, sorted(branches, key=lambda branch: -branch.total))


def last_run() -> TierRun | None:
    """The latest grading of all."""
    return TierRun.objects.filter(finished_at__isnull=False).order_by("-id").first()


@dataclass(frozen=True, slots=True)
class Trial:
    """What a changed rule would do to a sample: `moves` are from, to, how many."""

    sample: int
    changed: int
    moves: Sequence[tuple[str, str, int]]

    @property
    def percent(self) -> float:
        """The share of the sample that would come into another tier."""
        return round(100 * self.changed / self.sample, 1) if self.sample else 0.0


_SAMPLE = """
SELECT array_agg(s.id), array_agg(h.id)
  FROM (SELECT c.id FROM customers_customer c
         WHERE c.merged_into_id IS NULL
           AND c.id %% (SELECT 1 + max(id) / %s FROM customers_customer) = 0
           AND EXISTS (SELECT FROM customers_customerorganisation l
                        WHERE l.customer_id = c.id AND l.organisation_id = ANY(%s::bigint[]))
         ORDER BY c.id LIMIT %s) s
 CROSS JOIN LATERAL unnest(customers_held_as(s.id)) AS h (id)
"""


def try_threshold(
    *, actor: Actor, rule: TierRuleSpec, changed: TierRuleSpec, now: datetime
) -> Trial:
    """Grade a sample of the actor's customers by both rules; nothing is written."""
    with connection.cursor() as cursor:
        cursor.execute(_SAMPLE, [SAMPLE, list(actor.organisations(RIGHT)), SAMPLE])
        ids, held = cursor.fetchone()
    people = sorted(set(ids or ()))
    before, after = (_letters(spec, held or [], now) for spec in (rule, changed))
    nothing = letter_without_facts(rule), letter_without_facts(changed)
    moves = Counter((before.get(pk, nothing[0]), after.get(pk, nothing[1])) for pk in people)
    different = [(old, new, n) for (old, new), n in sorted(moves.items()) if old != new]
    return Trial(len(people), sum(n for _old, _new, n in different), different)


def _letters(spec: TierRuleSpec, held: Sequence[int], now: datetime) -> dict[int, str]:
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT g.customer_id, g.letter FROM ({grades_of_all(spec, only=True)}) g",
            {"held": list(held), **moments(spec, now)},
        )
        return dict(cursor.fetchall())
