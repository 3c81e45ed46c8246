"""Rules of a form that raise the priority of a new case by what is answered."""

from collections import Counter
from collections.abc import Iterator
from typing import Any, Final, Protocol

from qiao.core.packs.model import Field, PriorityRule
from qiao.core.packs.model_keys import PRIORITIES
from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.conditions import condition_data, tests_in

OPENING_FACTS: Final = ("channel", "tier", "customer_known")
"""What a rule may look at beside the answers: the house knows it when a case is opened."""


class Form(Protocol):
    """A form's fields and rules."""

    @property
    def fields(self) -> tuple[Field, ...]: ...
    @property
    def rules(self) -> tuple[PriorityRule, ...]: ...


def read_priority_rule(table: Table) -> PriorityRule:
    """``{key = "…", name = {…}, priority = "urgent", when = {…}}``."""
    rule = PriorityRule(
        key=table.key(),
        name=table.text("name"),
        priority=table.choice("priority", PRIORITIES),
        when=table.condition("when"),
    )
    if not table.has("when"):
        table.report("when", "missing; expected a condition")
    table.finish()
    return rule


def rule_data(rule: PriorityRule) -> dict[str, Any]:
    """The table form of a rule."""
    data: dict[str, Any] = {
        "key": rule.key,
        "name": rule.name.data(),
        "priority": rule.priority,
    }
    return data if rule.when is None else data | {"when": condition_data(rule.when)}


def check_rules(form: Form, file: str, place: str) -> Iterator[PackProblem]:
    """Rules have keys of their own and look only at what is known when a case is opened."""
    known = {*OPENING_FACTS, *(field.key for field in form.fields)}
    for key, count in Counter(rule.key for rule in form.rules).items():
        if count > 1:
            yield PackProblem(
                file, f"{place}.rules[{key}]", f"expected one of this key, found {count}"
            )
    for rule in form.rules:
        for test in tests_in(rule.when):
            if test.field not in known:
                text = f"expected a field of this form, found {test.field!r}"
                yield PackProblem(file, f"{place}.rules[{rule.key}].when", text)
