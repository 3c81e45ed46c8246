"""The rule of the tiers in SQL: the same as `qiao.customers.rules.tiers`, for many at once.

Everything of a rule that is written into a statement is a checked key or a whole number; moments,
ids and letters are bound.
"""
# ruff: noqa: S608 - statements are put together from this file's own pieces; values are bound

from collections.abc import Iterator
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings

from qiao.core.packs.tier_rules import TierInput, TierRuleSpec
from qiao.core.rules.conditions import AllOf, AnyOf, Condition, Not, Test
from qiao.customers.rules.tiers import grade, months_before

MOST_YEARS = 150
_COMPARISONS = {"eq": "=", "ne": "<>", "gt": ">", "ge": ">=", "lt": "<", "le": "<="}

# Facts that had occurred and were recorded by a moment.
_NOTED = "f.cancels_id IS NULL AND f.occurred_at <= %(at)s AND f.recorded_at <= %(at)s"
# Those of them that count: no row that takes them back was recorded by then.
ALIVE = f"""
{_NOTED}
       AND NOT EXISTS (SELECT FROM customers_fact x
                        WHERE x.cancels_id = f.id AND x.cancels_id IS NOT NULL
                          AND x.recorded_at <= %(at)s)
"""

# Merged rows with those who stand for them, now; few.
MERGED = """
SELECT c.id, customers_survivor(c.id) AS survivor_id
  FROM customers_customer c WHERE c.merged_into_id IS NOT NULL
"""

# Whose facts are not simply their own, all of them: of merged rows, or taken back once. The others
# are graded without asking that of every fact.
_ENTANGLED = f"""
SELECT m.id FROM ({MERGED}) m
 UNION SELECT m.survivor_id FROM ({MERGED}) m
 UNION SELECT x.customer_id FROM customers_fact x WHERE x.cancels_id IS NOT NULL
"""


def company_zone() -> ZoneInfo:
    """The zone in which months and days of tiers are counted."""
    return ZoneInfo(settings.TIME_ZONE)


def moments(rule: TierRuleSpec, at: datetime) -> dict[str, Any]:
    """The parameters of a rule's figures: the moment and the beginnings of its windows."""
    zone = company_zone()
    since = {f"since_{n}": months_before(at, n, zone) for n in _windows(rule)}
    return {"at": at, "today": local_day(at), "anniversaries": _anniversaries(at), **since}


def _anniversaries(at: datetime) -> list[datetime]:
    """For each number of years, most first: the end of the last day from which they are whole."""
    zone = company_zone()
    days = (months_before(at, 12 * n, zone).date() for n in range(MOST_YEARS, 0, -1))
    return [datetime.combine(day + timedelta(days=1), time(), zone) for day in days]


def local_day(at: datetime) -> date:
    """The company's day of a moment."""
    return at.astimezone(company_zone()).date()


def _windows(rule: TierRuleSpec) -> Iterator[int]:
    yield from sorted({item.months for item in rule.inputs if item.months})


def figure_columns(rule: TierRuleSpec) -> str:
    """Aggregates over facts ``f``, one column a figure, named ``i0``, ``i1`` …"""
    return ",\n       ".join(
        f"{_aggregate(item)} AS i{place}" for place, item in enumerate(rule.inputs)
    )


def _aggregate(item: TierInput) -> str:
    window = f" AND f.occurred_at > %(since_{item.months})s" if item.months else ""
    own = f"FILTER (WHERE f.kind = '{item.kind}'{window})"
    if item.measure == "count":
        return f"count(*) {own}"
    if item.measure == "sum":
        return f"(sum(f.amount) {own})::bigint"
    if item.measure == "mean":
        # Small numbers are summed without going through numeric.
        amount = "f.amount::int" if item.kind == "satisfaction" else "f.amount"
        total, count = f"(sum({amount}) {own})::bigint", f"nullif(count(*) {own}, 0)"
        doubled = f"(200 * {total} + {count})"
        # Division that rounds down, also below nought, as in Python.
        rest = f"mod(mod({doubled}, 2 * {count}) + 2 * {count}, 2 * {count})"
        return f"({doubled} - {rest}) / (2 * {count})"
    # How many of the days lie later on which so many years would be whole.
    first = f"min(f.occurred_at) {own}"
    return f"({MOST_YEARS} - width_bucket({first}, %(anniversaries)s::timestamptz[]))::bigint"


def points_column(rule: TierRuleSpec) -> str:
    """The sum of points over columns ``i0`` …"""
    return " + ".join(_points(item, f"i{place}") for place, item in enumerate(rule.inputs))


def _points(item: TierInput, column: str) -> str:
    bands = " ".join(
        f"WHEN {column} >= {band.start} THEN {band.points}" for band in reversed(item.bands)
    )
    return f"CASE WHEN {column} IS NULL THEN {item.missing} {bands} ELSE 0 END"


def letter_column(rule: TierRuleSpec) -> str:
    """The letter over columns ``i0`` … and ``points``."""
    columns = {item.key: f"i{place}" for place, item in enumerate(rule.inputs)}
    cases = []
    for each in rule.grades[:-1]:
        wanted = [f"points >= {each.at_least}"] if each.at_least is not None else []
        wanted += [_condition(each.when, columns)] if each.when is not None else []
        cases.append(f"WHEN {' AND '.join(wanted)} THEN '{each.letter}'")
    last = rule.grades[-1].letter
    return f"CASE {' '.join(cases)} ELSE '{last}' END" if cases else f"'{last}'::text"


def _condition(condition: Condition, columns: dict[str, str]) -> str:
    """A condition that is true or false, never unknown, as in `core.rules.conditions.holds`."""
    match condition:
        case AllOf(parts):
            return f"({' AND '.join(_condition(part, columns) for part in parts)})"
        case AnyOf(parts):
            return f"({' OR '.join(_condition(part, columns) for part in parts)})"
        case Not(part):
            return f"(NOT {_condition(part, columns)})"
        case Test(field, op, value):
            return _test(columns[field], op, value)


def _test(column: str, op: str, value: Any) -> str:
    if op in ("given", "empty"):
        return f"({column} IS {'NOT ' if op == 'given' else ''}NULL)"
    # What is unknown differs from every number and compares with none.
    return f"coalesce({column} {_COMPARISONS[op]} {int(value)}, {str(op == 'ne').lower()})"


def figures_json(rule: TierRuleSpec) -> str:
    """The figures as one jsonb by key."""
    pairs = ", ".join(f"'{item.key}', i{place}" for place, item in enumerate(rule.inputs))
    return f"jsonb_build_object({pairs})"


def letter_without_facts(rule: TierRuleSpec) -> str:
    """The letter of somebody of whom nothing is known."""
    nothing = {item.key: 0 if item.measure == "count" else None for item in rule.inputs}
    return grade(rule, nothing).letter


def figures_of_one(rule: TierRuleSpec) -> str:
    """A SELECT of one customer's figures: ``%(ids)s`` are all under which they were held."""
    return f"""
SELECT {figure_columns(rule)}
  FROM customers_fact f
 WHERE f.customer_id = ANY(%(ids)s::bigint[]) AND {ALIVE}
"""


def grades_of_all(rule: TierRuleSpec, *, only: bool = False) -> str:
    """Customer id, figures ``i0`` …, points and letter of all who have facts, or of some.

    Facts of merged rows count for those who stand for them. With `only` it is the customers of
    ``%(held)s``, all ids under which they are held, that are graded. ``OFFSET 0`` keeps the
    planner from working points and letter out anew wherever they are used.
    """
    return f"""
SELECT p.*, {letter_column(rule)} AS letter
  FROM (
    SELECT g.*, {points_column(rule)} AS points
      FROM ({_figures_of_some(rule) if only else _figures_of_all(rule)} OFFSET 0) g
    OFFSET 0) p
OFFSET 0
"""


def _figures_of_some(rule: TierRuleSpec) -> str:
    return _entangled(
        rule,
        f"{MERGED} AND c.id = ANY(%(held)s::bigint[])",
        "f.customer_id = ANY(%(held)s::bigint[])",
    )


def _figures_of_all(rule: TierRuleSpec) -> str:
    return f"""
SELECT q.*
  FROM (SELECT f.customer_id, {figure_columns(rule)}
          FROM customers_fact f
         WHERE {_NOTED}
         GROUP BY 1
        OFFSET 0) q
 WHERE NOT (q.customer_id IN ({_ENTANGLED}))
 UNION ALL
({_entangled(rule, MERGED, f"f.customer_id IN ({_ENTANGLED})")})
"""


def _entangled(rule: TierRuleSpec, merged: str, narrow: str) -> str:
    return f"""
SELECT coalesce(m.survivor_id, f.customer_id) AS customer_id,
       {figure_columns(rule)}
  FROM customers_fact f
  LEFT JOIN ({merged}) m ON m.id = f.customer_id
 WHERE {ALIVE} AND {narrow}
 GROUP BY 1
"""
