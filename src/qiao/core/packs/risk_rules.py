"""The rules by which a complaint is seen to be about to go to government, media or court:
``risk_rules.toml`` of a pack.

A rule looks at words that were said (``words``), or counts something (``repeat``, ``chased``,
``reopened``, ``late``, ``vulnerable``). It has a day from which it holds and a source.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from qiao.core.packs.reading import Table
from qiao.core.rules.texts import Text

KINDS: Final = ("words", "repeat", "chased", "reopened", "late", "vulnerable")
LEVELS: Final = ("watch", "high")
SAME: Final = ("customer", "account", "place", "cause")
COUNTED: Final = ("repeat", "chased", "reopened")


@dataclass(frozen=True, slots=True)
class RiskRuleSpec:
    """One rule as the pack writes it. `terms` are the plain values that its kind looks at.

    ``words``, ``unless`` (harmless uses, which contain the word) and ``not_channels`` of a rule
    about words; ``count`` of one that counts, with ``days`` and ``same`` (of what the complaints
    are counted) of a repetition.
    """

    key: str
    kind: str
    level: str
    name: Text
    source: Text
    valid_from: date
    terms: Mapping[str, Any]


def read_risk_rule(table: Table) -> RiskRuleSpec:
    """Read one rule; what is wrong is reported in the table."""
    kind = table.choice("kind", KINDS)
    valid_from = table.raw("valid_from")
    if not isinstance(valid_from, date):
        table.report("valid_from", f"expected a date such as 2026-01-01, found {valid_from!r}")
        valid_from = date(2000, 1, 1)
    rule = RiskRuleSpec(
        key=table.key(),
        kind=kind,
        level=table.choice("level", LEVELS),
        name=table.text("name"),
        source=table.text("source"),
        valid_from=valid_from,
        terms=_terms(table, kind),
    )
    table.finish()
    return rule


def _terms(table: Table, kind: str) -> dict[str, Any]:
    if kind == "words":
        return {
            "words": list(table.strings("words", required=True)),
            "unless": list(table.strings("unless")),
            "not_channels": list(table.strings("not_channels")),
        }
    terms: dict[str, Any] = {}
    if kind in COUNTED:
        terms["count"] = table.integer("count", least=1)
    if kind == "repeat":
        terms |= {
            "days": table.integer("days", least=1),
            "same": table.choice("same", SAME),
        }
    return terms
