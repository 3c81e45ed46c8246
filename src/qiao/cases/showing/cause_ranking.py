"""The ranking of causes as people read it: shares, sums, trend, columns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from qiao.cases.models import CaseType, Cause
from qiao.cases.queries.cause_ranking import MOST_COLUMNS, Asked, Ranked
from qiao.cases.showing import names
from qiao.cases.showing.cause_words import cause_name
from qiao.staff.queries import organisation_names, region_names

STRIKING = 3.84  # chi-squared with one degree of freedom at five in a hundred


@dataclass(frozen=True, slots=True)
class Line:
    """A row: `percent` of all coded cases, `sum_percent` down to this row, `change` in percent
    with its tone where it is hardly chance. `url` leads to exactly these cases."""

    key: str
    name: str
    group: str
    count: int
    percent: float
    sum_percent: float
    before: int
    change: int | None
    tone: str
    split: tuple[int, ...]
    url: str


def lines_of(
    rows: Sequence[Ranked], asked: Asked, tree: Mapping[int, Cause], columns: Sequence[str]
) -> list[Line]:
    """The rows of the page and of its workbook."""
    total = sum(row.count for row in rows if row.cause is not None) or 1
    lines: list[Line] = []
    running = 0
    for row in rows:
        if row.cause is not None:
            running += row.count
        parent = tree.get(row.cause.parent_id or 0) if row.cause else None
        lines.append(
            Line(
                key=row.cause.key if row.cause else "",
                name=cause_name(row.cause) if row.cause else _("Not coded yet"),
                group=cause_name(parent) if parent else "",
                count=row.count,
                percent=100 * row.count / total if row.cause else 0.0,
                sum_percent=100 * running / total if row.cause else 0.0,
                before=row.before,
                change=round(100 * (row.count / row.before - 1)) if row.before else None,
                tone=_tone(row),
                split=tuple(row.split.get(column, 0) for column in columns),
                url=_url(row, asked),
            )
        )
    return lines


def _tone(row: Ranked) -> str:
    """Red or green only where so large a change of two counts is hardly chance."""
    total = row.count + row.before
    if not total or (row.count - row.before) ** 2 / total < STRIKING:
        return ""
    return "bad" if row.count > row.before else "ok"


def _url(row: Ranked, asked: Asked) -> str:
    query: dict[str, Any] = {
        "view": "all",
        "cause": row.cause.key if row.cause else "-",
        "opened_from": asked.since,
        "opened_to": asked.until,
    }
    if asked.group:
        query["group"] = asked.group
    if asked.unit:
        query["unit"] = asked.unit
    return f"{reverse('cases:list')}?{urlencode(query)}"


def columns_of(rows: Sequence[Ranked], asked: Asked) -> list[tuple[str, str]]:
    """The most frequent columns with their names."""
    counts: Counter[str] = Counter()
    for row in rows:
        counts.update(row.split)
    keys = [key for key, _count in counts.most_common(MOST_COLUMNS)]
    return [(key, name) for key, name in zip(keys, _names(keys, asked.by), strict=True)]


def _names(keys: Sequence[str], by: str) -> list[str]:
    if by == "area":
        regions = region_names(get_language() or "en")
        return [regions.get(key, key) or _("no area") for key in keys]
    ids = [int(key) for key in keys]
    if by == "type":
        types = CaseType.objects.in_bulk(ids)
        return [names.type_name(types[pk].names) for pk in ids]
    units = organisation_names(ids)
    return [units.get(pk, "") for pk in ids]
