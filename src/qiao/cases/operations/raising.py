"""The priority that the answers of a form give a case."""

from collections.abc import Collection
from typing import Any

from qiao.cases import definitions
from qiao.cases.journal import Journal
from qiao.cases.models import Case
from qiao.cases.rules.case_forms import looked_at, most_urgent, raised_by
from qiao.core.packs import CaseType
from qiao.core.packs.model import PriorityRule


def raise_by_answers(case: Case, definition: CaseType, *, tier: str = "") -> dict[str, Any]:
    """Make a case as urgent as the rules of its form say, never less; what the history keeps of
    it: the reason, and the priority that cases of the type usually have. Empty where nothing
    raised it, or a person chose an even more urgent one."""
    known = {
        "channel": case.channel,
        "tier": tier,
        "customer_known": case.customer_id is not None,
        **case.facts,
    }
    usual = definition.default_priority
    rule = raised_by(definition.rules, known, usual)
    if rule is None:
        return {}
    case.priority = most_urgent(case.priority, rule.priority)
    if case.priority != rule.priority:
        return {}
    return raised_data(rule, usual)


def raised_data(rule: PriorityRule, usual: str) -> dict[str, Any]:
    """What the history keeps of a rule that raised a priority above the `usual` one."""
    return {"raised": {"why": rule.name.data(), "usual": usual}}


def raise_later(journal: Journal, answered: Collection[str]) -> None:
    """Make an open case more urgent when one of the answers that changed says so."""
    case = journal.case
    definition = definitions.case_types().get(case.case_type.key)
    if definition is None or case.closed_at is not None:
        return
    definition = definitions.type_of(case)
    if not looked_at(definition.rules) & set(answered):
        return
    before = case.priority
    raised = raise_by_answers(case, definition)
    if case.priority != before:
        told = {"priority": case.priority, "before": before, **raised}
        journal.add("priority_changed", told)
