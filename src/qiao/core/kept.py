"""Kept counts of any module, read over days: sums of small rows, never a count of records.

A module keeps `n` by organisation, view, day and holder in one table, changes not folded in yet
in a second one, and sums by month in a third if its counts are many.
"""
# ruff: noqa: S608 - statements are put together from table names given in code; values are bound

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from django.db import connection

from qiao.core.rules.spans import Span, Step, outside, whole_months

STANDING: Final = date(1, 1, 1)
"""The day that counts of the present moment carry."""

_STEPS: Final = {
    "": "NULL::date",
    "day": "day",
    "week": "date_trunc('week', day)::date",
    "month": "date_trunc('month', day)::date",
}
_NARROW: Final = "organisation_id = ANY(%(organisations)s::bigint[]) AND view = ANY(%(views)s)"


@dataclass(frozen=True, slots=True)
class Sums:
    """Sums by view, part and holder; what is missing counts 0.

    A part is its first day, or None where no steps were asked for.
    """

    values: dict[tuple[str, date | None, str], int]

    def of(self, view: str, holder: str = "", part: date | None = None) -> int:
        """One sum."""
        return self.values.get((view, part, holder), 0)

    def holders(self, view: str) -> dict[str, int]:
        """Sums of a view by holder over all parts."""
        found: dict[str, int] = defaultdict(int)
        for (name, _, holder), n in self.values.items():
            if name == view:
                found[holder] += n
        return {holder: n for holder, n in found.items() if n}


@dataclass(frozen=True, slots=True)
class KeptCounts:
    """Where a module keeps its counts. `months` and `by_pack` tell what it has."""

    table: str
    changes: str
    months: str = ""
    by_pack: bool = False

    def read(
        self,
        *,
        views: Iterable[str],
        organisations: Sequence[int],
        span: Span | None = None,
        step: Step | None = None,
        pack: str = "",
    ) -> Sums:
        """Sums of `views` over the days of `span`, apart by `step`, in one statement.

        Without a span: the counts of the present moment. `pack` narrows only counts that are
        kept by pack.
        """
        narrow = f"{_NARROW} AND pack = %(pack)s" if pack and self.by_pack else _NARROW
        parameters: dict[str, Any] = {
            "organisations": list(organisations),
            "views": list(views),
            "pack": pack,
        }
        days = Span(STANDING, STANDING) if span is None else span
        sources = [self._source(self.changes, "day", "changed", days, narrow, parameters)]
        by_month = span is not None and bool(self.months) and step in (None, "month")
        whole = whole_months(days) if by_month else None
        if whole is None:
            sources.append(self._source(self.table, "day", "kept", days, narrow, parameters))
        else:
            sources.append(self._source(self.months, "month", "whole", whole, narrow, parameters))
            for place, part in enumerate(outside(days, whole)):
                name = f"part{place}"
                sources.append(self._source(self.table, "day", name, part, narrow, parameters))
        statement = (
            f"SELECT view, {_STEPS[step or '']} AS part, holder, sum(n)"
            f" FROM ({' UNION ALL '.join(sources)}) AS k"
            " GROUP BY 1, 2, 3 HAVING sum(n) <> 0"
        )
        with connection.cursor() as cursor:
            cursor.execute(statement, parameters)
            rows = cursor.fetchall()
        return Sums({(view, part, holder): int(n) for view, part, holder, n in rows})

    @staticmethod
    def _source(
        table: str, column: str, name: str, span: Span, narrow: str, parameters: dict[str, Any]
    ) -> str:
        parameters[f"{name}_since"], parameters[f"{name}_until"] = span.since, span.until
        return (
            f"SELECT view, {column} AS day, holder, n FROM {table} WHERE {narrow}"
            f" AND {column} BETWEEN %({name}_since)s AND %({name}_until)s"
        )
