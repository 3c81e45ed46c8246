"""Checks of readings as dated data: which there are, with which figures, from which day on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

STOP: Final = "stop"
NOTE: Final = "note"
REFUSE: Final = "refuse"
SEVERITIES: Final = (STOP, NOTE)

# Which parameters each rule has, and their defaults.
PARAMETERS: Final[Mapping[str, Mapping[str, Decimal]]] = {
    "meter": {},
    "duplicate": {},
    "backwards": {"times": Decimal(3)},
    "high": {"times": Decimal(3), "least": Decimal(10)},
    "low": {"share": Decimal("0.2"), "least": Decimal(10)},
    "neighbours": {"times": Decimal(4), "least": Decimal(10), "meters": Decimal(5)},
    "spike": {"times": Decimal(8), "least": Decimal(20), "spans": Decimal(6)},
    "zeros": {"spans": Decimal(3)},
    "constant": {"spans": Decimal(4)},
    "sum": {"share": Decimal("0.01"), "least": Decimal(1)},
    "intervals": {"share": Decimal("0.02"), "least": Decimal(2)},
    "multiplier": {},
}


class BadRule(ValueError):  # noqa: N818 - a refusal, not a fault
    """A rule of this kind does not exist, or not with such parameters; the message says which."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One check from a day on. `severity` is ``stop``, ``note`` or ``off``; `source` says where
    its figures come from."""

    key: str
    severity: str
    valid_from: date
    parameters: Mapping[str, Decimal] = field(default_factory=dict)
    source: str = ""

    def number(self, name: str) -> Decimal:
        """A parameter, or what holds where nothing is said."""
        return self.parameters.get(name, PARAMETERS[self.key][name])


def read_rule(
    *, key: str, severity: str, valid_from: date, parameters: Mapping[str, Any], source: str = ""
) -> Rule:
    """A rule out of data. Raises `BadRule`."""
    if key not in PARAMETERS:
        raise BadRule(f"{key}: there is no such check; known are {', '.join(PARAMETERS)}")
    if severity not in (*SEVERITIES, "off"):
        raise BadRule(f"{key}: severity is stop, note or off, not {severity}")
    unknown = set(parameters) - set(PARAMETERS[key])
    if unknown:
        raise BadRule(f"{key}: unknown parameters {', '.join(sorted(unknown))}")
    numbers = {}
    for name, value in parameters.items():
        number = Decimal(str(value))
        if not number.is_finite() or number <= 0:
            raise BadRule(f"{key}: {name} is a number above nought, not {value}")
        numbers[name] = number
    return Rule(key, severity, valid_from, numbers, source)


def rules_on(rules: Iterable[Rule], day: date) -> list[Rule]:
    """The rules that hold on a day: of each check the latest that has begun, unless it is off."""
    held: dict[str, Rule] = {}
    for rule in sorted(rules, key=lambda each: each.valid_from):
        if rule.valid_from <= day:
            held[rule.key] = rule
    return [held[key] for key in PARAMETERS if key in held and held[key].severity != "off"]


class RulesByDay:
    """The versions of the rules of some services, those of a day picked once."""

    def __init__(self, versions: Mapping[str, Sequence[Rule]]) -> None:
        self._versions = versions
        self._on: dict[tuple[str, date], list[Rule]] = {}

    def on(self, service: str, day: date) -> list[Rule]:
        """The rules of a service that hold on a day."""
        found = self._on.get((service, day))
        if found is None:
            found = self._on[service, day] = rules_on(self._versions[service], day)
        return found

    def ask_for(self, key: str) -> bool:
        """Whether any version of a check is among them."""
        return any(rule.key == key for each in self._versions.values() for rule in each)


@dataclass(frozen=True, slots=True)
class Finding:
    """What a check found: its rule, what was seen and what was expected, in plain figures.

    `seen` and `expected` carry values by name (``value``, ``usage``, ``day``, ``low``, ``high``);
    pages put them into words.
    """

    rule: str
    severity: str
    seen: Mapping[str, str]
    expected: Mapping[str, str]
