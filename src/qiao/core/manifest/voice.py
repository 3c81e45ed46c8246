"""What a module answers callers of a voice menu."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date, time
from typing import Any, Literal

from qiao.core.rules.money import Money
from qiao.core.rules.spelt import Spelt

SpokenValue = Money | date | time | Spelt | int | str
"""What a prompt may say: an amount, a day, a time of day, digits, a count, words."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a voice menu: what the caller keyed in by name, beside ``caller`` (their
    number in the stored form), ``dialled`` and ``language`` (zh-hans, yue or en)."""

    arguments: Mapping[str, str]
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome, which the menu branches by, and values that its prompts may say."""

    outcome: str
    values: Mapping[str, SpokenValue]


@dataclass(frozen=True, slots=True)
class VoiceAnswer:
    """Something that callers may ask a voice menu: a ``lookup``, or a ``check`` of digits, whose
    outcome is ``ok`` where it holds.

    `answer` has nobody's rights but the caller's: it tells what whoever knows the arguments may
    know. `outcomes` are those that it gives, `values` the names and kinds (money, date, time,
    digits, count, text) that it brings; `outcome_labels` name outcomes for whoever edits menus.
    """

    key: str
    kind: Literal["lookup", "check"]
    label: Any
    arguments: tuple[str, ...]
    outcomes: tuple[str, ...]
    values: Mapping[str, str]
    answer: Callable[..., Answer]  # (*, question, now)
    outcome_labels: Mapping[str, Any] = field(default_factory=dict)
