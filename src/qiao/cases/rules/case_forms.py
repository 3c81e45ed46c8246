"""The form of a case type: what is asked when such a case is opened, and how urgent the answers
make it.

A form is a table with ``key``, ``version``, ``name``, its ``fields`` and ``rules``. It is kept,
drafted and published as a process is, under a key of its own (``form:water.small_leak``).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qiao.core.packs.field_data import field_data
from qiao.core.packs.model import CaseType, Field, PriorityRule
from qiao.core.packs.model_keys import PRIORITIES
from qiao.core.packs.priority_rules import OPENING_FACTS, read_priority_rule, rule_data
from qiao.core.packs.reading import PackProblem, Table
from qiao.core.packs.sections import read_field
from qiao.core.rules.conditions import Facts, holds, tests_in
from qiao.core.rules.texts import Text

PREFIX: Final = "form:"


@dataclass(frozen=True, slots=True)
class CaseForm:
    """The questions of a case type in one version."""

    name: Text
    fields: tuple[Field, ...] = ()
    rules: tuple[PriorityRule, ...] = ()


def form_key(type_key: str) -> str:
    """Under which key the form of a case type is kept."""
    return PREFIX + type_key


def type_of_form(key: str) -> str:
    """The case type whose form this is; empty for the key of a process."""
    return key.removeprefix(PREFIX) if key.startswith(PREFIX) else ""


def read_form(table: Table) -> CaseForm:
    """Read a form; problems go to the table's list."""
    table.raw("key")
    table.raw("version")
    form = CaseForm(
        name=table.text("name"),
        fields=tuple(read_field(item) for item in table.tables("fields")),
        rules=tuple(read_priority_rule(item) for item in table.tables("rules")),
    )
    table.finish()
    return form


def form_from_data(key: str, data: Mapping[str, Any]) -> CaseForm:
    """A kept form, as far as it can be read: it was checked before it was kept."""
    problems: list[PackProblem] = []
    return read_form(Table(data, file=key, place="", problems=problems))


def form_data(case_type: CaseType) -> dict[str, Any]:
    """The form that a pack brings for a case type, as plain data."""
    data: dict[str, Any] = {
        "key": form_key(case_type.key),
        "version": 1,
        "name": case_type.name.data(),
        "fields": [field_data(field) for field in case_type.fields],
    }
    if case_type.rules:
        data["rules"] = [rule_data(rule) for rule in case_type.rules]
    return data


def raised_by(rules: Iterable[PriorityRule], facts: Facts, usual: str) -> PriorityRule | None:
    """The rule that makes a case more urgent than the `usual` priority of its type: of those that
    hold the most urgent one, the first named among equals; None where nothing raises it."""
    held = [rule for rule in rules if holds(rule.when, facts)]
    best = min(held, key=lambda rule: PRIORITIES.index(rule.priority), default=None)
    if best is None or PRIORITIES.index(best.priority) >= PRIORITIES.index(usual):
        return None
    return best


def most_urgent(*priorities: str) -> str:
    """The most urgent of these priorities; what is none counts as the least urgent."""
    return min(priorities, key=lambda key: PRIORITIES.index(key) if key in PRIORITIES else 99)


def looked_at(rules: Iterable[PriorityRule]) -> frozenset[str]:
    """Keys of the answers that rules look at."""
    keys = {test.field for rule in rules for test in tests_in(rule.when)}
    return frozenset(keys - set(OPENING_FACTS))
