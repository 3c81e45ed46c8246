"""Processes in words: names, faults with what to do, conditions, times."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Final

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from qiao.cases.rules.draft_parts import Data, NoSuchPart, Part, own_values
from qiao.cases.showing import names
from qiao.cases.showing.steps import system_fact
from qiao.cases.showing.times import clock_words
from qiao.core.packs.model import Field
from qiao.core.packs.reading import DURATION, UNITS
from qiao.core.wording import from_names, said

KINDS: Final[Mapping[str, LazyText]] = {
    "forward": pgettext_lazy("kind of action", "Forward"),
    "branch": pgettext_lazy("kind of action", "Branch"),
    "return": pgettext_lazy("kind of action", "Return"),
}
MARKS: Final[Mapping[str, LazyText]] = {
    "first_response": pgettext_lazy("milestone", "First response"),
    "arrived": pgettext_lazy("milestone", "On site"),
    "work_done": pgettext_lazy("milestone", "Work done"),
    "answered": pgettext_lazy("milestone", "Customer has the answer"),
}
OPERATORS: Final[Mapping[str, LazyText]] = {
    "eq": pgettext_lazy("comparison", "is"),
    "ne": pgettext_lazy("comparison", "is not"),
    "in": pgettext_lazy("comparison", "is one of"),
    "not_in": pgettext_lazy("comparison", "is none of"),
    "gt": pgettext_lazy("comparison", "is more than"),
    "ge": pgettext_lazy("comparison", "is at least"),
    "lt": pgettext_lazy("comparison", "is less than"),
    "le": pgettext_lazy("comparison", "is at most"),
    "given": pgettext_lazy("comparison", "is filled in"),
    "empty": pgettext_lazy("comparison", "is empty"),
    "contains": pgettext_lazy("comparison", "contains"),
}
FIELD_KINDS: Final[Mapping[str, LazyText]] = {
    "text": pgettext_lazy("kind of field", "One line of text"),
    "long": pgettext_lazy("kind of field", "Longer text"),
    "choice": pgettext_lazy("kind of field", "One of a list"),
    "choices": pgettext_lazy("kind of field", "Several of a list"),
    "number": pgettext_lazy("kind of field", "Number"),
    "money": pgettext_lazy("kind of field", "Amount of money"),
    "date": pgettext_lazy("kind of field", "Date"),
    "datetime": pgettext_lazy("kind of field", "Date and time"),
    "bool": pgettext_lazy("kind of field", "Yes or no"),
    "phone": pgettext_lazy("kind of field", "Telephone number"),
}
VALUES: Final[Mapping[str, LazyText]] = {
    "name": pgettext_lazy("value of a process", "Name"),
    "label": pgettext_lazy("value of a process", "Label"),
    "start": pgettext_lazy("value of a process", "First step"),
    "phase": pgettext_lazy("value of a process", "Phase"),
    "role": pgettext_lazy("value of a process", "Role"),
    "required": pgettext_lazy("value of a process", "Required fields"),
    "optional": pgettext_lazy("value of a process", "Optional fields"),
    "time_limit": pgettext_lazy("value of a process", "Time limit"),
    "calendar": pgettext_lazy("value of a process", "Counted in"),
    "duty": pgettext_lazy("value of a process", "Waits for"),
    "duty_action": pgettext_lazy("value of a process", "Then goes on by"),
    "final": pgettext_lazy("value of a process", "Ends the case"),
    "tells": pgettext_lazy("value of a process", "Tells the customer"),
    "to": pgettext_lazy("value of a process", "Leads to"),
    "kind": pgettext_lazy("value of a process", "Kind"),
    "when": pgettext_lazy("value of a process", "Only when"),
    "needs": pgettext_lazy("value of a process", "Needs beside"),
    "reason_required": pgettext_lazy("value of a process", "Asks for a reason"),
    "automatic": pgettext_lazy("value of a process", "Taken by itself"),
    "duty_free": pgettext_lazy("value of a process", "Possible before the work is reported"),
    "marks": pgettext_lazy("value of a process", "Milestones reached"),
    "choices": pgettext_lazy("value of a process", "Choices"),
    "hint": pgettext_lazy("value of a process", "Help text"),
    "unit": pgettext_lazy("value of a process", "Unit"),
    "show_when": pgettext_lazy("value of a process", "Shown only when"),
    "required_when": pgettext_lazy("value of a process", "Required when"),
    "least": pgettext_lazy("value of a process", "At least"),
    "most": pgettext_lazy("value of a process", "At most"),
    "shortest": pgettext_lazy("value of a process", "At least so many characters"),
    "longest": pgettext_lazy("value of a process", "At most so many characters"),
    "pattern": pgettext_lazy("value of a process", "Pattern"),
    "example": pgettext_lazy("value of a process", "Example that fits"),
    "decimals": pgettext_lazy("value of a process", "Decimal places"),
    "not_future": pgettext_lazy("value of a process", "Not in the future"),
    "not_before": pgettext_lazy("value of a process", "Not before"),
    "of_customer": pgettext_lazy("value of a process", "A number of the customer"),
    "listed": pgettext_lazy("value of a process", "Cases can be filtered by it"),
    "priority": pgettext_lazy("value of a process", "At least this urgent"),
}
OF_CUSTOMER: Final[Mapping[str, LazyText]] = {
    "account": pgettext_lazy("number of the customer", "One of the customer's account numbers"),
    "meter": pgettext_lazy("number of the customer", "One of the customer's meter numbers"),
}
LANGUAGES: Final[Mapping[str, str]] = {
    "en": "English",
    "zh-Hans": "简体中文",
    "zh-Hant": "繁體中文",
}


def process_title(key: str, data: Data) -> str:
    """The name of a process in the reader's language."""
    name = data.get("name")
    return from_names(name if isinstance(name, dict) else None, key)


def part_title(data: Data, part: Part) -> str:
    """The name of a part in the reader's language; its key while it has none."""
    if part.kind == "process":
        return _("The process itself") if "step" in data else _("The form itself")
    try:
        values = own_values(data, part)
    except NoSuchPart:
        return part.key
    own = values.get("name") or values.get("label")
    return from_names(own if isinstance(own, dict) else None, part.key) or part.key


def where_words(data: Data, part: Part) -> str:
    """Which step, which action of it: as a fault or a change names its place."""
    title = part_title(data, part)
    if part.kind == "action":
        step = part_title(data, Part("step", key=part.step))
        return _("Step “%(step)s”, action “%(action)s”") % {"step": step, "action": title}
    if part.kind == "step":
        return _("Step “%(step)s”") % {"step": title}
    if part.kind == "rule":
        return _("Rule “%(rule)s”") % {"rule": title}
    if part.kind == "field":
        return _("Field “%(field)s”") % {"field": title}
    return title


def from_when_words(stamp: str | None) -> str:
    """From when on something is asked to be in force."""
    if not stamp:
        return _("In force at once")
    moment = datetime.fromisoformat(stamp)
    return _("In force from %(moment)s") % {"moment": clock_words(moment, moment)}


def fact_name(key: str, fields: Mapping[str, Field]) -> str:
    """The name of a field, or of what the house itself knows of a case."""
    return said(fields[key].label) if key in fields else system_fact(key)


def keys_words(keys: Iterable[str], fields: Mapping[str, Field]) -> str:
    """Fields by their names."""
    return _(", ").join(fact_name(key, fields) for key in keys)


def condition_words(tree: Any, fields: Mapping[str, Field]) -> str:
    """A condition's data as a sentence."""
    if not isinstance(tree, Mapping):
        return ""
    for word, joint in (("all", _(" and ")), ("any", _(" or "))):
        if word in tree:
            inner = [condition_words(each, fields) for each in tree[word]]
            return joint.join(
                f"({part})" if len(inner) > 1 and " " in part else part for part in inner
            )
    if "not" in tree:
        return _("not (%(what)s)") % {"what": condition_words(tree["not"], fields)}
    key, op = str(tree.get("field", "")), str(tree.get("op", ""))
    words = f"{fact_name(key, fields)} {OPERATORS.get(op, op)}"
    if "value" not in tree:
        return words
    return f"{words} {_value_words(key, tree['value'], fields)}"


def _value_words(key: str, value: Any, fields: Mapping[str, Field]) -> str:
    if isinstance(value, list | tuple):
        return _(", ").join(_value_words(key, each, fields) for each in value)
    if isinstance(value, bool):
        return _("Yes") if value else _("No")
    if key in fields and fields[key].choices:
        found = {choice.key: said(choice.name) for choice in fields[key].choices}
        return f"“{found.get(str(value), value)}”"
    if key == "priority":
        return f"“{names.PRIORITIES.get(str(value), value)}”"
    if key == "channel":
        return f"“{names.channel_words(str(value))}”"
    return str(value)


def limit_parts(text: Any) -> tuple[str, str]:
    """A duration such as ``5400s`` as an amount and the largest unit that divides it."""
    found = DURATION.fullmatch(text) if isinstance(text, str) else None
    if found is None:
        return (text if isinstance(text, str) else ""), "h"
    seconds = float(found[1]) * UNITS.get(found[2], 3600)
    for unit in ("h", "min"):
        if seconds % UNITS[unit] == 0:
            return f"{seconds / UNITS[unit]:.0f}", unit
    return f"{seconds:.0f}", "s"


def limit_words(text: Any) -> str:
    """A duration in words."""
    amount, unit = limit_parts(text)
    if not amount:
        return ""
    words = {"s": _("{n} s"), "min": _("{n} min"), "h": _("{n} h")}
    return words[unit].format(n=amount)
