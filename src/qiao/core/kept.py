"""Kept counts of any module, read over days: sums of small rows, never a count of records.

A module keeps `n` by organisation, view, day and holder in one table, changes not folded in yet
in a second one, and sums by month in a third if its counts are many.
"""
# ruff: noqa: S608 - statements are put together from names given in code; values are bound

import json
from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from qiao.core.rules.spans import Span, Step, outside, whole_months

PRESENT: Final = Span(date(1, 1, 1), date(1, 1, 1))
"""The day that counts of the present moment carry."""

_PARTS: Final = {
    None: "NULL::date",
    "day": "{day}",
    "week": "date_trunc('week', {day})::date",
    "month": "date_trunc('month', {day})::date",
    "weekday": "date '2024-01-01' + (extract(isodow FROM {day})::int - 1)",
}


@dataclass(frozen=True, slots=True)
class Ask:
    """Sums of `views` over the days of `span`, apart by `step`.

    The step ``weekday`` gives parts from 1 January 2024, a Monday, to the 7th. `mark` tells two
    asks of one statement apart.
    """

    views: Sequence[str]
    span: Span = PRESENT
    step: Step | None = None
    mark: str = ""
    by_weekday: bool = False


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by mark, view, part (its first day, or None) and holder; what is missing counts 0.

    `labels` are what the statement told about holders.
    """

    values: Mapping[tuple[str, str, date | None, str], int]
    labels: Mapping[str, Any]

    def of(self, view: str, holder: str = "", part: date | None = None, mark: str = "") -> int:
        """One sum."""
        return self.values.get((mark, view, part, holder), 0)

    def by_holder(self, view: str, mark: str = "") -> dict[str, int]:
        """Sums of a view by holder over all parts, the largest first."""
        found: dict[str, int] = defaultdict(int)
        for (kept_mark, name, _, holder), n in self.values.items():
            if (kept_mark, name) == (mark, view):
                found[holder] += n
        return dict(sorted(found.items(), key=lambda item: (-item[1], item[0])))


@dataclass(frozen=True, slots=True)
class KeptCounts:
    """Where a module keeps its counts. `months` and `by_pack` tell what it has."""

    table: str
    changes: str
    months: str = ""
    by_pack: bool = False

    def read(
        self, *asks: Ask, organisations: Sequence[int], pack: str = "", labels: str = ""
    ) -> Sums:
        """Everything asked, in one statement.

        `pack` narrows only counts that are kept by pack. `labels` is a SELECT of one JSON value
        for ``k.holder``.
        """
        parameters: dict[str, Any] = {"organisations": list(organisations), "pack": pack}
        sources = [
            source
            for place, ask in enumerate(asks)
            for source in self._sources(ask, place, pack, parameters)
        ]
        label = "l.label::text" if labels else "NULL"
        told = f"LEFT JOIN LATERAL ({labels}) AS l (label) ON true" if labels else ""
        statement = (
            f"SELECT k.mark, k.view, k.part, k.holder, k.n, {label}"
            f" FROM (SELECT mark, view, part, holder, sum(n) AS n"
            f" FROM ({' UNION ALL '.join(sources)}) AS s"
            f" GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0) AS k {told}"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall()
        return Sums(
            {(mark, view, part, holder): int(n) for mark, view, part, holder, n, _ in rows},
            {holder: json.loads(label) for _, _, _, holder, _, label in rows if label},
        )

    def _sources(self, ask: Ask, place: int, pack: str, parameters: dict[str, Any]) -> list[str]:
        parameters |= {f"views{place}": list(ask.views), f"mark{place}": ask.mark}
        narrow = (
            "organisation_id = ANY(%(organisations)s::bigint[])"
            f" AND view = ANY(%(views{place})s::text[])"
        )
        if pack and self.by_pack:
            narrow += " AND pack = %(pack)s"
        part = _PARTS["weekday" if ask.by_weekday else ask.step]
        found: list[str] = []
        for table, column, span in self._tables(ask):
            name = f"{place}_{len(found)}"
            parameters |= {f"since{name}": span.since, f"until{name}": span.until}
            found.append(
                f"SELECT %(mark{place})s::text AS mark, view, {part.format(day=column)} AS part,"
                f" holder, n FROM {table} WHERE {narrow}"
                f" AND {column} BETWEEN %(since{name})s AND %(until{name})s"
            )
        return found

    def _tables(self, ask: Ask) -> list[tuple[str, str, Span]]:
        """Changes, and either days alone or whole months with the days around them."""
        found = [(self.changes, "day", ask.span)]
        by_month = self.months and ask.step in (None, "month") and not ask.by_weekday
        whole = whole_months(ask.span) if by_month else None
        if whole is None:
            return [*found, (self.table, "day", ask.span)]
        rest = [(self.table, "day", part) for part in outside(ask.span, whole)]
        return [*found, (self.months, "month", whole), *rest]
