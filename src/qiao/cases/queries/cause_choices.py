"""Causes for modules above: as choices of a form, by key, by id."""

from collections.abc import Iterable, Sequence
from datetime import date
from itertools import groupby
from typing import Any

from qiao.cases.models import Cause
from qiao.cases.queries.causes import usable_causes
from qiao.core.wording import from_names


def cause_choices(*, day: date) -> Sequence[tuple[str, Any]]:
    """All causes in force by the top of their branch, which can be chosen itself."""
    rows = usable_causes(day=day)
    names = {row.pk: from_names(row.names, row.key) for row in rows}
    above = {row.pk: row.parent_id for row in rows}

    def top(row: Cause) -> str:
        pk = row.pk
        while above.get(pk):
            pk = above[pk] or 0
        return names.get(pk, "")

    return [
        (group, [(row.key, "\u2003" * (row.level - 1) + names[row.pk]) for row in of])
        for group, of in groupby(rows, key=top)
    ]


def cause_by_key(key: str) -> Cause | None:
    """A cause by its key."""
    return Cause.objects.filter(key=key).first()


def causes_by_id(ids: Iterable[int]) -> dict[int, Cause]:
    """Causes by their ids."""
    return Cause.objects.in_bulk(list(ids))
