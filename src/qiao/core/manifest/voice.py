"""What a module answers callers of a voice menu."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, time
from decimal import Decimal
from typing import Any, Literal

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month
from qiao.core.rules.spelt import Spelt

SpokenValue = Money | date | time | Spelt | int | str | Month | Decimal
"""What a prompt may say: an amount, a day, a time of day, digits, a count, words, a month, a
number with places behind the point."""

SpokenEntry = Mapping[str, SpokenValue]
"""An entry of a list that is read out: the values of which there are any. A prompt of the menu
that says another value is left out for this entry, so a value's name may tell what holds: one name
for what was paid, one for what is still owed."""


@dataclass(frozen=True, slots=True)
class Question:
    """A question of a voice menu: what the caller keyed in by name, beside ``caller`` (their
    number in the stored form), ``dialled``, ``language`` (zh-hans, yue or en) and ``menu`` (its
    key, ``water.hotline``, which begins with the pack)."""

    arguments: Mapping[str, str]
    organisation_id: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An outcome, which the menu branches by, and values that its prompts may say; of a ``list``
    the entries, in the order in which they are read out."""

    outcome: str
    values: Mapping[str, SpokenValue]
    entries: Sequence[SpokenEntry] = ()


@dataclass(frozen=True, slots=True)
class VoiceAnswer:
    """Something that callers may ask a voice menu: a ``lookup``; a ``check`` of digits, whose
    outcome is ``ok`` where it holds; a ``list`` that is read out, ``ok`` where it has entries.

    `answer` has nobody's rights but the caller's: it tells what whoever knows the arguments may
    know. Of a check the first of the `arguments` is what was keyed in. `outcomes` are those that
    it gives, `values` the names and kinds (money, date, time, digits, count, text, month, number)
    that it brings, `entry_values` those of the entries of a list; `outcome_labels` name outcomes
    for whoever edits menus, `about` tells them what it is, `example` is a list for trials. Staff
    sees what was said of it to a caller with the right `permission`; without one, all do.
    """

    key: str
    kind: Literal["lookup", "check", "list"]
    label: Any
    arguments: tuple[str, ...]
    outcomes: tuple[str, ...]
    values: Mapping[str, str]
    answer: Callable[..., Answer]  # (*, question, now)
    outcome_labels: Mapping[str, Any] = field(default_factory=dict)
    entry_values: Mapping[str, str] = field(default_factory=dict)
    about: Any = ""
    example: Sequence[SpokenEntry] = ()
    permission: str = ""
