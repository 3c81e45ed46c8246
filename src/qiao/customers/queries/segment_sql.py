"""Conditions of segments as SQL: the same answers as `qiao.core.rules.conditions.holds`."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.conf import settings

from qiao.core.manifest import SegmentField
from qiao.core.rules.conditions import AllOf, AnyOf, Condition, Not, Test

_ORDER: Final = {"gt": ">", "ge": ">=", "lt": "<", "le": "<="}

PEOPLE: Final = """
customers_customer c {sample}
 CROSS JOIN LATERAL (
    SELECT CASE WHEN EXISTS (SELECT 1 FROM customers_customer m WHERE m.merged_into_id = c.id)
                THEN customers_held_as(c.id) ELSE ARRAY[c.id] END AS ids OFFSET 0) h
"""
"""Every customer ``c`` with all ids it is held as in ``h``; `sample` narrows it at random."""


def people(sample: str = "") -> str:
    """`PEOPLE`, whole or in a sample such as ``TABLESAMPLE SYSTEM (2)``."""
    return PEOPLE.format(sample=sample)


@dataclass(slots=True)
class Compiler:
    """Turns conditions into expressions; what they compare with gathers in `parameters`."""

    fields: Mapping[str, SegmentField]
    parameters: dict[str, Any] = field(default_factory=dict)

    def compile(self, condition: Condition) -> str:
        """One boolean expression, never NULL. Raises `KeyError` for a field that is gone."""
        match condition:
            case AllOf(parts):
                return _joined(" AND ", map(self.compile, parts), "true")
            case AnyOf(parts):
                return _joined(" OR ", map(self.compile, parts), "false")
            case Not(part):
                return f"NOT {self.compile(part)}"
            case Test():
                return self._test(condition)

    def _test(self, test: Test) -> str:
        known = self.fields[test.field]
        given = _given(known)
        if test.op in ("given", "empty"):
            return given if test.op == "given" else f"NOT {given}"
        expected = self._bind(test.value)
        if test.op == "contains":
            return f"({expected} = ANY(coalesce({known.sql}, '{{}}'::text[])))"
        if test.op in ("in", "not_in"):
            found = f"coalesce(({known.sql}) = ANY({expected}), false)"
            return found if test.op == "in" else f"NOT {found}"
        if test.op in ("eq", "ne"):
            found = f"coalesce(({known.sql}) = {expected}, false)"
            return found if test.op == "eq" else f"NOT {found}"
        return f"coalesce(({known.sql}) {_ORDER[test.op]} {expected}, false)"

    def _bind(self, value: Any) -> str:
        name = f"v{len(self.parameters)}"
        self.parameters[name] = list(value) if isinstance(value, tuple) else value
        return f"%({name})s"


def _joined(word: str, parts: Iterable[str], nothing: str) -> str:
    found = list(parts)
    return f"({word.join(found)})" if found else nothing


def _given(known: SegmentField) -> str:
    if known.kind == "many":
        return f"(coalesce(cardinality({known.sql}), 0) > 0)"
    if known.kind == "choice":
        return f"(coalesce({known.sql}, '') <> '')"
    return f"(({known.sql}) IS NOT NULL)"


def clock(now: datetime) -> dict[str, Any]:
    """The parameters of every field: the company's day and zone."""
    zone = ZoneInfo(settings.TIME_ZONE)
    return {"today": now.astimezone(zone).date(), "zone": settings.TIME_ZONE}
