"""Segments that a pack brings along: ``segments.toml``.

A rule is a condition of `qiao.core.rules.conditions` whose fields manifests declare; that they
exist is checked where the segments are installed.
"""

from dataclasses import dataclass

from qiao.core.packs.reading import Table
from qiao.core.rules.conditions import Condition, ConditionInvalid, parse_condition
from qiao.core.rules.texts import Text


@dataclass(frozen=True, slots=True)
class SegmentSpec:
    """A segment that every company of the trade wants."""

    key: str
    name: Text
    rule: Condition


def read_segment(table: Table) -> SegmentSpec | None:
    """One segment; None, and a fault reported, for a rule that cannot be read."""
    key, name, data = table.key(), table.text("name"), table.raw("rule")
    table.finish()
    try:
        return SegmentSpec(key, name, parse_condition(data))
    except ConditionInvalid as fault:
        table.report("rule", str(fault))
        return None
