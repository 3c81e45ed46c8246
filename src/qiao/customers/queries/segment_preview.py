"""What a rule that is being written would find."""
# ruff: noqa: S608 - put together from what manifests declare; all values are bound

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry
from qiao.core.rules.conditions import AllOf, AnyOf, Condition
from qiao.customers.models import SegmentCount
from qiao.customers.queries.people import CustomerLine, NotVisible, line_of
from qiao.customers.queries.search import LINE_JOINS
from qiao.customers.queries.segment_sql import Compiler, clock, people
from qiao.customers.rules.estimates import Estimate, estimate
from qiao.customers.rules.segments import Rule, to_condition
from qiao.staff.queries import subtree_of

VIEW: Final = "customers.view"
SAMPLED_FROM: Final = 60_000
SAMPLE_ROWS: Final = 20_000
READ_AT_MOST: Final = 120_000  # rows of a sample, of other units too
EXAMPLES: Final = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would find now, among customers of a unit whom the actor may see.

    `seen` are all of them, `found` those who fit. `groups` holds for each group how many fit it
    alone and how many are left after it, `lines` how many fit each line alone. Where a part was
    looked at, `is_exact` is False, every figure an estimate, and `found` tells how exact.
    """

    seen: int
    found: Estimate
    groups: list[tuple[int, int]]
    lines: list[list[int]]
    examples: list[CustomerLine]
    is_exact: bool


def preview(
    *,
    actor: Actor,
    rule: Rule,
    now: datetime,
    organisation_id: int,
    exact_up_to: int = SAMPLED_FROM,
    sample_rows: int = SAMPLE_ROWS,
) -> Preview:
    """Count what each part of a checked rule keeps; beyond `exact_up_to` customers, estimate it
    from about `sample_rows` of them."""
    units = units_seen(actor, organisation_id)
    links, rows = _sizes(units)
    share = 1.0 if links <= exact_up_to else min(sample_rows / links, READ_AT_MOST / rows, 1.0)
    whole = to_condition(rule)
    groups = list(whole.parts) if isinstance(whole, AllOf | AnyOf) else []
    parted = [group for group in groups if isinstance(group, AllOf | AnyOf)]
    steps = [_first(whole, groups, place) for place in range(1, len(groups) + 1)]
    lines = [part for group in parted for part in group.parts]
    found = _count([whole, *groups, *steps, *lines], units, share, now)
    is_exact = share == 1
    seen = found.seen if is_exact else round(links * found.seen / max(found.links, 1))
    factor = 1.0 if is_exact else seen / max(found.seen, 1)
    counts = [round(each * factor) for each in found.counts[1:]]
    size = len(groups)
    return Preview(
        seen,
        estimate(rows=found.page_rows, hits=found.page_hits, population=seen),
        list(zip(counts[:size], counts[size : 2 * size], strict=True)),
        _cut(counts[2 * size :], [len(group.parts) for group in parted]),
        _examples(whole, units, share, now),
        is_exact,
    )


def count_exactly(*, rule: Condition, units: Iterable[int], now: datetime) -> tuple[int, int]:
    """All customers of these units, and how many of them fit; takes as long as it takes."""
    found = _count([rule], sorted(units), 1.0, now)
    return found.seen, found.counts[0]


def units_seen(actor: Actor, organisation_id: int) -> list[int]:
    """Units of a unit and below in which the actor sees customers."""
    return sorted(subtree_of(organisation_id) & set(actor.organisations(VIEW)))


def get_count_for(*, actor: Actor, count_id: int) -> SegmentCount:
    """A count that the person asked for. Raises `NotVisible` for anybody else's."""
    found = SegmentCount.objects.filter(pk=count_id, asked_by_id=actor.person_id).first()
    if found is None:
        raise NotVisible(f"count {count_id}")
    return found


def _sizes(units: Sequence[int]) -> tuple[int, int]:
    """Links of customers to these units, and about how many customers there are in all."""
    ((links, about),) = fetch_all(
        "SELECT (SELECT count(*) FROM customers_customerorganisation"
        "         WHERE organisation_id = ANY(%(units)s::bigint[])),"
        "       (SELECT greatest(reltuples, 1)::bigint FROM pg_class"
        "         WHERE oid = 'customers_customer'::regclass)",
        {"units": list(units)},
    )
    return links, about


@dataclass(frozen=True, slots=True)
class _Counted:
    """Customers and their links to the units; how many fit each condition; the customers, and
    those who fit the first condition, of each page."""

    seen: int
    links: int
    counts: list[int]
    page_rows: list[int]
    page_hits: list[int]


def _count(
    conditions: Sequence[Condition], units: Sequence[int], share: float, now: datetime
) -> _Counted:
    compiler = Compiler({known.key: known for known in registry.segment_fields()})
    flags = [f"({compiler.compile(each)}) AS f{n}" for n, each in enumerate(conditions)]
    sums = [f"count(*) FILTER (WHERE is_one AND f{n})::int AS s{n}" for n in range(len(flags))]
    totals = [f"coalesce(sum(s{n}), 0)::int" for n in range(len(flags))]
    statement = f"""
WITH looked AS MATERIALIZED (
    SELECT (c.ctid::text::point)[0]::bigint AS page, c.merged_into_id IS NULL AS is_one,
           k.links, {", ".join(flags)}
      FROM {people(_sample(share))}
     CROSS JOIN LATERAL (SELECT count(*)::int AS links FROM customers_customerorganisation l
                          WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(units)s)) k
     WHERE {_among(share)} k.links > 0
), pages AS (
    SELECT page, count(*) FILTER (WHERE is_one)::int AS seen, sum(links)::int AS links,
           {", ".join(sums)}
      FROM looked GROUP BY page
)
SELECT coalesce(sum(seen), 0)::int, coalesce(sum(links), 0)::int,
       {
        "coalesce(array_agg(seen), '{}'), coalesce(array_agg(s0), '{}')"
        if share < 1
        else "ARRAY[coalesce(sum(seen), 0)]::int[], ARRAY[coalesce(sum(s0), 0)]::int[]"
    },
       {", ".join(totals)}
  FROM pages
"""
    parameters = compiler.parameters | clock(now) | {"units": list(units)}
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        seen, links, rows, hits, *counts = cursor.fetchone()
    return _Counted(seen, links, counts, rows, hits)


def _sample(share: float) -> str:
    return "" if share == 1 else f"TABLESAMPLE SYSTEM ({share * 100:.6f}) REPEATABLE (7)"


def _among(share: float) -> str:
    """Of everybody, those of the units are looked up first; of a sample, each is looked at."""
    if share < 1:
        return ""
    return (
        "c.id IN (SELECT u.customer_id FROM customers_customerorganisation u"
        " WHERE u.organisation_id = ANY(%(units)s)) AND"
    )


_EXAMPLES = (
    """
SELECT c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT c.id, NULL::bigint AS account_id FROM {people}
         WHERE {among} c.merged_into_id IS NULL
           AND EXISTS (SELECT 1 FROM customers_customerorganisation l
                        WHERE l.customer_id = c.id AND l.organisation_id = ANY(%(organisations)s))
           AND {fits} LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.id
"""
    + LINE_JOINS
)


def _examples(
    rule: Condition, units: Sequence[int], share: float, now: datetime
) -> list[CustomerLine]:
    compiler = Compiler({known.key: known for known in registry.segment_fields()})
    statement = _EXAMPLES.format(
        people=people(_sample(share)), among=_among(share), fits=compiler.compile(rule)
    )
    parameters = compiler.parameters | clock(now) | {
        "units": list(units), "organisations": list(units), "limit": EXAMPLES,
        "zone": settings.TIME_ZONE,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(statement, parameters)
        return [line_of(row) for row in cursor.fetchall()]


def _first(whole: Condition, groups: Sequence[Condition], count: int) -> Condition:
    kind = AllOf if isinstance(whole, AllOf) else AnyOf
    return kind(tuple(groups[:count]))


def _cut(values: Sequence[Any], sizes: Sequence[int]) -> list[list[int]]:
    found, place = [], 0
    for size in sizes:
        found.append(list(values[place : place + size]))
        place += size
    return found
