"""Values of parameters in words, and what holds on a day at a place."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.utils.translation import gettext as _

from qiao.core.manifest import Parameter
from qiao.core.parameters import Dated, dated_values
from qiao.core.registry import registry
from qiao.core.rules.money import Money, format_amount


def in_words(declared: Parameter, value: Any, *, currency: str = "CNY") -> str:
    """A value as people read it; an empty list as a word."""
    names = dict(declared.options)
    if declared.kind == "boolean":
        return _("Yes") if value else _("No")
    if declared.kind == "choices":
        return ", ".join(str(names.get(key, key)) for key in value) or _("None of them")
    if declared.kind == "choice":
        return str(names.get(value, value))
    if declared.kind == "money":
        return f"{format_amount(Money(int(value), currency))} {currency}"
    unit = "%" if declared.kind == "percentage" else str(declared.unit)
    return f"{value:,} {unit}".strip()


def resolve(
    rows: Iterable[Dated], *, day: date, chain: Sequence[int], region: str
) -> Dated | None:
    """What holds on `day`: the nearest unit first, then the region, then all; as settings do."""
    places = [*chain, None]
    fitting = [
        row
        for row in rows
        if row.holds(day) and row.organisation_id in places and row.region in ("", region)
    ]
    return min(
        fitting,
        key=lambda row: (places.index(row.organisation_id), row.region == ""),
        default=None,
    )


@dataclass(frozen=True, slots=True)
class Line:
    """A parameter with what holds on the chosen day, and the next planned change there."""

    parameter: Parameter
    value: str
    held: Dated | None
    source: str
    planned: Dated | None
    planned_value: str


def lines_on(
    *, day: date, chain: Sequence[int], region: str, currency: str
) -> list[tuple[Any, list[Line]]]:
    """All parameters by module, in one statement."""
    declared = registry.parameters()
    rows: dict[str, list[Dated]] = {}
    for row in dated_values(list(declared)):
        rows.setdefault(row.key, []).append(row)
    groups = []
    for module in registry:
        lines = [
            _line(each, rows.get(each.key, []), day, chain, region, currency)
            for each in module.parameters
        ]
        if lines:
            groups.append((module.label, lines))
    return groups


def source_of(declared: Parameter, held: Dated | None) -> str:
    """Where a value comes from: what was delivered says so in the reader's language."""
    if held is None or (held.changed_by_id is None and held.value == declared.default):
        return str(declared.default_source)
    return held.source


def _line(
    declared: Parameter,
    rows: list[Dated],
    day: date,
    chain: Sequence[int],
    region: str,
    currency: str,
) -> Line:
    held = resolve(rows, day=day, chain=chain, region=region)
    coming = [
        row
        for row in rows
        if row.since > day and row.organisation_id in (*chain, None) and row.region in ("", region)
    ]
    planned = min(coming, key=lambda row: row.since, default=None)
    return Line(
        parameter=declared,
        value=in_words(declared, held.value if held else declared.default, currency=currency),
        held=held,
        source=source_of(declared, held),
        planned=planned,
        planned_value=in_words(declared, planned.value, currency=currency) if planned else "",
    )
