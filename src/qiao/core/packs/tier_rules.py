"""The rules by which customers are graded: ``tier_rules.toml`` of a pack.

A rule is a version: what it looks at (`TierInput`), how many points a figure gives (`Band`), and
which letter follows (`TierGrade`, the first that fits). The newest version whose `valid_from` has
come holds. `docs/tier-rules.md` describes the file for those who write one.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Final

from qiao.core.packs.reading import Table
from qiao.core.rules.conditions import Condition, tests_in
from qiao.core.rules.texts import Text

KINDS: Final = ("visit", "value", "satisfaction", "complaint", "account")
MEASURES: Final = ("count", "sum", "mean", "years")
OPERATORS: Final = ("eq", "ne", "gt", "ge", "lt", "le", "given", "empty")


@dataclass(frozen=True, slots=True)
class Band:
    """From this figure on, so many points, until the next band begins."""

    start: int
    points: int


@dataclass(frozen=True, slots=True)
class TierInput:
    """One figure a rule looks at.

    `measure` over the facts of `kind` in the last `months` (0: ever): their ``count``, their
    ``sum`` (minor units), their ``mean`` in hundredths, or whole ``years`` since the earliest.
    Without any fact a count is 0 and everything else unknown, which gives `missing` points.
    `says` puts the figure into a sentence by ``{n}`` and ``{months}``.
    """

    key: str
    kind: str
    measure: str
    months: int
    name: Text
    says: Text
    bands: tuple[Band, ...]
    missing: int = 0


@dataclass(frozen=True, slots=True)
class TierGrade:
    """A letter, for at least so many points and while `when` holds; both may be absent."""

    letter: str
    at_least: int | None = None
    when: Condition | None = None


@dataclass(frozen=True, slots=True)
class TierRuleSpec:
    """A version of the rule. `source` says who decided it, `data` is the table read."""

    version: str
    valid_from: date
    source: Text
    inputs: tuple[TierInput, ...]
    grades: tuple[TierGrade, ...]
    data: Mapping[str, Any] = field(default_factory=dict, compare=False, repr=False)

    def input(self, key: str) -> TierInput:
        """The input of that key.

        Raises:
            KeyError: the rule does not look at it.
        """
        for item in self.inputs:
            if item.key == key:
                return item
        raise KeyError(key)


def read_tier_rule(table: Table) -> TierRuleSpec:
    """One version, with everything checked that can be checked within it."""
    rule = TierRuleSpec(
        version=table.string("version"),
        valid_from=_date(table, "valid_from"),
        source=table.text("source"),
        inputs=tuple(_input(item) for item in table.tables("input")),
        grades=tuple(_grade(item) for item in table.tables("grade")),
        data=plain(table.data),
    )
    _check_grades(table, rule)
    keys = [item.key for item in rule.inputs]
    for key in sorted({key for key in keys if keys.count(key) > 1}):
        table.report(f"input[{key}]", f"expected one of this key, found {keys.count(key)}")
    table.finish()
    return rule


def plain(value: Any) -> Any:
    """TOML as JSON can hold it: dates become ISO texts."""
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, list):
        return [plain(item) for item in value]
    return value.isoformat() if isinstance(value, date) else value


def _date(table: Table, key: str) -> date:
    value = table.raw(key)
    try:
        return value if type(value) is date else date.fromisoformat(value)
    except (TypeError, ValueError):
        table.report(key, f"expected a date such as 2026-01-01, found {value!r}")
        return date.min


def _whole(table: Table, key: str) -> int:
    """A whole number of any sign."""
    value = table.raw(key)
    if type(value) is int:
        return value
    table.report(key, f"expected a whole number, found {value!r}")
    return 0


def _input(table: Table) -> TierInput:
    bands = tuple(_band(item) for item in table.tables("bands"))
    found = TierInput(
        key=table.key(),
        kind=table.choice("kind", KINDS),
        measure=table.choice("measure", MEASURES),
        months=table.integer("months", 0),
        name=table.text("name"),
        says=table.text("says"),
        bands=bands,
        missing=_whole(table, "missing") if table.has("missing") else 0,
    )
    starts = [band.start for band in bands]
    if starts != sorted(set(starts)):
        table.report("bands", f"expected rising values of 'from', found {starts}")
    if not bands:
        table.report("bands", "missing; expected a list of {from, points}")
    for language, text in found.says.data().items():
        if "{n}" not in text:
            table.report(f"says.{language}", "expected {n} where the figure stands")
    if found.measure == "years" and found.months:
        table.report("months", "years are counted over all time; expected none")
    table.finish()
    return found


def _band(table: Table) -> Band:
    band = Band(_whole(table, "from"), _whole(table, "points"))
    table.finish()
    return band


def _grade(table: Table) -> TierGrade:
    grade = TierGrade(
        letter=table.string("letter"),
        at_least=_whole(table, "at_least") if table.has("at_least") else None,
        when=table.condition("when"),
    )
    table.finish()
    return grade


def _check_grades(table: Table, rule: TierRuleSpec) -> None:
    keys = {item.key for item in rule.inputs}
    for number, grade in enumerate(rule.grades):
        place = f"grade[{number}]"
        is_open = grade.at_least is None and grade.when is None
        if is_open != (number == len(rule.grades) - 1):
            table.report(place, "expected 'at_least' or 'when' in all grades but the last")
        for test in tests_in(grade.when):
            if test.field not in keys:
                known = ", ".join(sorted(keys))
                table.report(f"{place}.when", f"expected one of {known}, found {test.field!r}")
            if test.op not in OPERATORS:
                table.report(f"{place}.when", f"expected one of {', '.join(OPERATORS)}")
            elif test.op not in ("given", "empty") and type(test.value) is not int:
                table.report(f"{place}.when", f"expected a whole number, found {test.value!r}")
    if not rule.grades:
        table.report("grade", "missing; expected at least one letter")


def strange_letters(rules: Iterable[TierRuleSpec], known: Iterable[str]) -> Iterable[str]:
    """Letters that a rule gives and no tier has."""
    letters = set(known)
    return sorted(
        {grade.letter for rule in rules for grade in rule.grades if grade.letter not in letters}
    )
