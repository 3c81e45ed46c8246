"""The rules by which a case jumps the queue (绿色通道): ``green_rules.toml`` of a pack.

Everything that a rule names must hold. Its text is what the page of the case shows.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from qiao.core.packs.reading import Table
from qiao.core.rules.texts import Text

TERMS: Final = ("tiers", "protections", "tags", "types", "groups", "priorities")


@dataclass(frozen=True, slots=True)
class GreenRuleSpec:
    """One rule. `terms` are lists by what they look at: the customer's tiers, protections and
    tags, the case's types, groups and priorities; an absent one asks for nothing. `raises_to` is
    the priority that a case has at least: the pack's shorter targets follow from it.
    """

    key: str
    name: Text
    source: Text
    valid_from: date
    terms: Mapping[str, Any]
    raises_to: str


def read_green_rule(table: Table) -> GreenRuleSpec:
    """Read one rule; what is wrong is reported in the table."""
    valid_from = table.raw("valid_from")
    if not isinstance(valid_from, date):
        table.report("valid_from", f"expected a date such as 2026-01-01, found {valid_from!r}")
        valid_from = date(2000, 1, 1)
    terms = {key: list(table.strings(key)) for key in TERMS if table.has(key)}
    if not any(terms.values()):
        table.report("", f"expected at least one of {', '.join(TERMS)}")
    rule = GreenRuleSpec(
        key=table.key(),
        name=table.text("name"),
        source=table.text("source"),
        valid_from=valid_from,
        terms=terms,
        raises_to=table.choice("raises_to", ("urgent", "high")),
    )
    table.finish()
    return rule
