"""A voice menu as lines on the page: the outline with words, and differences between versions."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from qiao.telephony.rules.menu_changes import Data, MenuChange, menu_changes
from qiao.telephony.rules.menu_data import MenuUnreadable, menu_from_data
from qiao.telephony.rules.menu_edit import tidied
from qiao.telephony.rules.menu_outline import OutlineLine, outline
from qiao.telephony.rules.menus import PERSON_KEY, Callback, Choose, Digits, Menu, Node
from qiao.telephony.showing.menu_words import (
    ICONS,
    KINDS,
    field_name,
    kind_of,
    language_name,
    step_title,
    step_words,
    value_words,
    way_words,
)

DEEPEST = 6


@dataclass(frozen=True, slots=True)
class StepLine:
    """A line of the outline. `key` is the telephone's key that leads here, `when` else the reason;
    `words` is what is said or where it leads, `patience` how long it waits for keys, `faults` how
    many the step has."""

    depth: int
    step: str
    key: str
    when: str
    icon: str
    kind: str
    words: str
    patience: str
    is_reference: bool
    is_missing: bool
    faults: int


@dataclass(frozen=True, slots=True)
class ChangeLine:
    """A difference between two versions in words."""

    label: str
    what: str
    before: str
    after: str


def step_lines(menu: Menu, faulty: Mapping[str, int]) -> tuple[list[StepLine], list[StepLine]]:
    """The outline, and the steps to which nothing leads; `faulty` counts faults by step."""
    drawn = outline(menu)
    lines = [
        _line(menu, each, menu.index.get(each.above), faulty)  # none above: the menu itself
        for each in drawn.lines
    ]
    loose = [_line(menu, OutlineLine(0, "", key), None, faulty) for key in drawn.loose]
    return lines, loose


def _line(
    menu: Menu, line: OutlineLine, source: Node | None, faulty: Mapping[str, int]
) -> StepLine:
    node = menu.index.get(line.step)
    key, when = way_words(source, line.way) if line.way else ("", "")
    if line.way == "person":
        key = PERSON_KEY
    elif line.way == "emergency":
        key = menu.emergency_key
    kind = kind_of(node) if node else ""
    return StepLine(
        depth=min(line.depth, DEEPEST),
        step=line.step,
        key=key,
        when=when,
        icon=ICONS.get(kind, "alert-triangle"),
        kind=str(KINDS.get(kind, "")),
        words=step_words(menu, node) if node else "",
        patience=_patience(node) if not line.is_reference else "",
        is_reference=line.is_reference,
        is_missing=line.is_missing,
        faults=0 if line.is_reference else faulty.get(line.step, 0),
    )


def _patience(node: Node | None) -> str:
    """How long a step waits for keys, and how often it asks."""
    if not isinstance(node, Choose | Digits | Callback):
        return ""
    told = {"n": node.silence_seconds, "tries": node.tries}
    return _("waits %(n)d s, asks %(tries)d times") % told


def readable(data: Data) -> Menu | None:
    """The menu that data hold; None for data of another version of the program."""
    try:
        return menu_from_data(data)
    except MenuUnreadable:
        return None


def published_data(draft: Data) -> Data:
    """What would come into service of a draft; one that cannot be read is left as it is."""
    return draft if readable(draft) is None else tidied(dict(draft))


def change_lines(before: Data, after: Data) -> list[ChangeLine] | None:
    """What differs, in words; None where another version of the program wrote one of the two.
    Steps that one side lacks are named by the other."""
    old, new = readable(before), readable(after)
    if old is None or new is None:
        return None
    return [_change(old, new, each) for each in menu_changes(before, after)]


def _change(old: Menu, new: Menu, change: MenuChange) -> ChangeLine:
    if change.text:
        label = _("Text “%(text)s”, %(language)s") % {
            "text": change.text,
            "language": language_name(change.field),
        }
        return ChangeLine(label, change.what, change.before, change.after)
    menu = old if change.what == "removed" else new
    where = step_title(menu, change.step) if change.step else _("The menu itself")
    if not change.field:
        return ChangeLine(where, change.what, "", "")
    return ChangeLine(
        f"{where} – {field_name(change.field)}",
        change.what,
        _value(old, change.field, change.before),
        _value(new, change.field, change.after),
    )


def _value(menu: Menu, field: str, value: Any) -> str:
    return value_words(menu, field, value)
