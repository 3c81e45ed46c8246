"""What a rule that is being written would find."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.conf import settings
from django.db import connection

from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry
from qiao.core.rules.conditions import AllOf, AnyOf, Condition
from qiao.customers.queries.people import CustomerLine, line_of
from qiao.customers.queries.search import LINE_JOINS, visible
from qiao.customers.queries.segment_sql import Compiler, clock, people
from qiao.customers.rules.segments import Rule, to_condition

VIEW: Final = "customers.view"
SAMPLED_FROM: Final = 60_000
SAMPLE_ROWS: Final = 20_000
EXAMPLES: Final = 8


@dataclass(frozen=True, slots=True)
class Preview:
    """What a rule would find now, among customers that the actor may see.

    `seen` are all of them, `found` those who fit. `groups` holds for each group how many fit it
    alone and how many are left after it, `lines` how many fit each line alone. `share` below 1
    says that a part was looked at and the counts are estimates.
    """

    seen: int
    found: int
    groups: list[tuple[int, int]]
    lines: list[list[int]]
    examples: list[CustomerLine]
    share: float


def preview(*, actor: Actor, rule: Rule, now: datetime) -> Preview:
    """Count what each part of a checked rule keeps; at a great number of customers, estimate."""
    compiler = Compiler({known.key: known for known in registry.segment_fields()})
    whole = to_condition(rule)
    groups = list(whole.parts) if isinstance(whole, AllOf | AnyOf) else []
    steps = [_first(whole, groups, place) for place in range(1, len(groups) + 1)]
    lines = [part for group in groups if isinstance(group, AllOf | AnyOf) for part in group.parts]
    counted = [whole, *groups, *steps, *lines]
    columns = ", ".join(
        f"count(*) FILTER (WHERE {compiler.compile(condition)})" for condition in counted
    )
    share = _share()
    sample = "" if share == 1 else f"TABLESAMPLE SYSTEM ({share * 100:.6f}) REPEATABLE (7)"
    parameters = compiler.parameters | clock(now) | {
        "organisations": list(actor.organisations(VIEW)), "zone": settings.TIME_ZONE,
    }  # fmt: skip
    among = f"FROM {people(sample)} WHERE c.merged_into_id IS NULL AND {visible('c.id')}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT count(*), {columns} {among}", parameters)
        seen, found, *counts = (round(n / share) for n in cursor.fetchone())
        fits = compiler.compile(whole)
        cursor.execute(
            _EXAMPLES.format(among=among, fits=fits),
            parameters | compiler.parameters | {"limit": EXAMPLES},
        )
        examples = [line_of(row) for row in cursor.fetchall()]
    alone, left, rest = _parted(counts, len(groups))
    sizes = [len(group.parts) for group in groups if isinstance(group, AllOf | AnyOf)]
    return Preview(
        seen, found, list(zip(alone, left, strict=True)), _cut(rest, sizes), examples, share
    )


_EXAMPLES = (
    """
SELECT c.id, c.number, c.name, c.tier, c.flags, ph.number, ph.extension,
       coalesce(ac.number, ''), coalesce(ac.full_text, ''), coalesce(ac.community, ''),
       coalesce(ac.building, ''), coalesce(ac.room, '')
  FROM (SELECT c.id, NULL::bigint AS account_id {among} AND {fits} LIMIT %(limit)s) f
  JOIN customers_customer c ON c.id = f.id
"""
    + LINE_JOINS
)


def _first(whole: Condition, groups: Sequence[Condition], count: int) -> Condition:
    kind = AllOf if isinstance(whole, AllOf) else AnyOf
    return kind(tuple(groups[:count]))


def _share() -> float:
    """The share of customers to look at: all, or about `SAMPLE_ROWS` of very many."""
    ((about,),) = fetch_all(
        "SELECT greatest(reltuples, 0)::bigint FROM pg_class"
        " WHERE oid = 'customers_customer'::regclass",
        {},
    )
    return 1 if about <= SAMPLED_FROM else SAMPLE_ROWS / about


def _parted(counts: Sequence[Any], size: int) -> tuple[list[int], list[int], list[int]]:
    return list(counts[:size]), list(counts[size : 2 * size]), list(counts[2 * size :])


def _cut(values: Sequence[int], sizes: Sequence[int]) -> list[list[int]]:
    found, place = [], 0
    for size in sizes:
        found.append(list(values[place : place + size]))
        place += size
    return found
