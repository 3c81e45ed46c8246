"""Figures of the reports for places of the tree: a unit has what teams in it hold."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection

from qiao.cases.queries.filters import Filters
from qiao.cases.queries.reports import Counted, Row, in_period, statement, value_of, within_rights
from qiao.core.actor import Actor
from qiao.core.manifest import CaseFigure
from qiao.core.packs.model import GROUPS
from qiao.core.rules.spans import Span

INTERNAL: Final = "internal"
OF_CUSTOMERS: Final = tuple(group for group in GROUPS if group != INTERNAL)

_ACTIVE: Final = """
SELECT DISTINCT e.actor_id
  FROM cases_case c JOIN cases_caseevent e ON e.case_id = c.id
 WHERE c.organisation_id = ANY(%(units)s::bigint[]) AND e.actor_id IS NOT NULL
   AND c.opened_date BETWEEN %(since)s AND %(until)s
"""


def read_places(
    *,
    actor: Actor,
    now: datetime,
    span: Span,
    figures: Sequence[CaseFigure],
    places: Mapping[str, Sequence[int]],
) -> Counted:
    """Figures of cases that matter to customers, in rows by place.

    `places` are ids of teams (and of units that hold cases themselves) by a key of letters and
    digits; they do not overlap. One statement for each basis of the figures; the total is that of
    all places together. Within the rights of the actor, as every report.
    """
    rows: dict[str, Row] = {}
    total: Row = {}
    held = {key: ids for key, ids in places.items() if ids}
    if not held:
        return Counted()
    every = sorted({each for ids in held.values() for each in ids})
    filters = within_rights(Filters(group=OF_CUSTOMERS), actor)
    for basis in ("opened", "closed", "standing"):
        wanted = [figure for figure in figures if figure.basis == basis]
        if not wanted:
            continue
        sql, values = statement(
            actor=actor,
            now=now,
            filters=in_period(filters, basis, span),
            figures=wanted,
            group=_group(held),
            day=span.until,
            also=_within(every),
        )
        with connection.cursor() as cursor:
            cursor.execute(sql, values)
            for is_total, key, *counts in cursor.fetchall():
                found = {
                    figure.key: value_of(figure, counts[place * 3 : place * 3 + 3])
                    for place, figure in enumerate(wanted)
                }
                (total if is_total else rows.setdefault(str(key), {})).update(found)
    return Counted(rows, total)


def _within(team_ids: Sequence[int]) -> str:
    return f"c.team_id = ANY('{{{','.join(str(int(each)) for each in team_ids)}}}'::bigint[])"


def _group(places: Mapping[str, Sequence[int]]) -> str:
    """The key of the place that a case belongs to, as SQL."""
    parts = [
        f"WHEN {_within(ids)} THEN '{''.join(filter(str.isalnum, key))}'"
        for key, ids in places.items()
    ]
    return f"CASE {' '.join(parts)} END"


def people_active(*, actor: Actor, span: Span) -> frozenset[int]:
    """Staff who acted on cases opened in these days, of units whose cases the actor may see."""
    units = list(actor.organisations("cases.view"))
    with connection.cursor() as cursor:
        cursor.execute(_ACTIVE, {"units": units, "since": span.since, "until": span.until})
        return frozenset(row[0] for row in cursor.fetchall())
