"""A draft of a voice menu as plain data, taken apart: one step is what is edited at once.

A step is named by its key; the empty key names the menu itself. Data is what
`qiao.telephony.rules.menu_data` writes. Every function leaves what it is given as it was.
"""

import copy
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

from qiao.core.rules.digests import digest_of_data
from qiao.telephony.rules.menu_data import tidied_node
from qiao.telephony.rules.menus import (
    KINDS,
    MANY_WAYS,
    MENU_FIELDS,
    MENU_SAID,
    MENU_WAYS,
    SAID_FIELDS,
    SPEAKING,
    WAYS,
)

Data = dict[str, Any]
MENU: Final = ""
NEW: Final = "+"  # before a kind, where a way leads to a step that is yet to be made
SAID: Final = (*SAID_FIELDS, *MENU_SAID)
_KEY: Final = re.compile(r"\w{1,40}")


class NoSuchStep(LookupError):  # noqa: N818 - names the finding
    """The draft has no (or no longer a) step of this key."""


class KeyTaken(ValueError):  # noqa: N818 - names the finding
    """Another step has this key."""


class BadKey(ValueError):  # noqa: N818 - names the finding
    """A key is 1 to 40 letters, digits or _ in any script."""


@dataclass(frozen=True, slots=True)
class StepPart:
    """A step (or the menu itself), and the words of the texts that it says, by text and language.

    Texts are shared: whoever changes one changes it wherever it is said.
    """

    values: Data
    texts: Mapping[str, Mapping[str, str]]

    @property
    def stamp(self) -> str:
        """A fingerprint: what somebody saw when they began to type."""
        words = {key: dict(each) for key, each in self.texts.items()}
        return digest_of_data([self.values, words])[:16]


def node_of(data: Data, step: str) -> Data:
    """The data of a step, to be read. Raises `NoSuchStep`."""
    for node in data["node"]:
        if node["key"] == step:
            return dict(node)
    raise NoSuchStep(step)


def part_of(data: Data, step: str) -> StepPart:
    """A step with its texts, or the menu itself. Raises `NoSuchStep`."""
    own: Data = {name: data[name] for name in MENU_FIELDS if name in data}
    values = own if step == MENU else node_of(data, step)
    said = {
        key: data["texts"][key]
        for name in SAID
        for key in values.get(name, ())
        if key in data["texts"]
    }
    return StepPart(values, said)


def said_at(data: Data, text: str) -> list[str]:
    """Keys of the steps that say a text; the menu itself is the empty one."""
    holders = [(MENU, data), *((node["key"], node) for node in data["node"])]
    return [key for key, each in holders if any(text in each.get(name, ()) for name in SAID)]


def replaced(
    data: Data, step: str, values: Data, texts: Mapping[str, Mapping[str, str]]
) -> tuple[Data, str]:
    """The draft with a step (or the menu itself) replaced, its texts changed, and the step's key.

    A changed key is followed wherever the draft leads there; a way to ``+kind`` makes that step,
    a text ``+`` an empty one.

    Raises `NoSuchStep`, `KeyTaken`, `BadKey`.
    """
    result = copy.deepcopy(data)
    own = copy.deepcopy(values)
    for key, words in texts.items():
        result["texts"][key] = {**result["texts"].get(key, {}), **words}
    _make_steps(result, own, after=step)
    for name in SAID:
        if NEW in own.get(name, ()):
            made = _add_text(result, own.get("key", name))
            own[name] = [made if each == NEW else each for each in own[name]]
    if step == MENU:
        result.update(own)
    else:
        nodes = result["node"]
        at = _place(result, step)
        if own["key"] != step:
            _check_key(result, own["key"])
        nodes[at] = tidied_node(own)
        _follow(result, step, own["key"])
    return result, own.get("key", MENU)


def added(data: Data, kind: str, *, after: str = MENU) -> tuple[Data, str]:
    """The draft with a new step of a kind, behind another or at the end, and its key.

    Raises `KeyError` for a kind that there is not.
    """
    result = copy.deepcopy(data)
    return result, _add(result, kind, after)["key"]


def removed(data: Data, step: str) -> Data:
    """The draft without a step. What still leads there is a fault that the checks name.

    Raises `NoSuchStep`.
    """
    result = copy.deepcopy(data)
    del result["node"][_place(result, step)]
    return result


def moved(data: Data, step: str, by: int) -> Data:
    """The draft with a step `by` places further on in its list. Raises `NoSuchStep`."""
    result = copy.deepcopy(data)
    at = _place(result, step)
    node = result["node"].pop(at)
    result["node"].insert(max(0, at + by), node)
    return result


def tidied(data: Data) -> Data:
    """The draft as it is published: without texts that nothing says."""
    said = {key for each in (data, *data["node"]) for name in SAID for key in each.get(name, ())}
    texts = {key: words for key, words in data["texts"].items() if key in said}
    return {**copy.deepcopy(data), "texts": copy.deepcopy(texts)}


def _place(data: Data, step: str) -> int:
    for at, node in enumerate(data["node"]):
        if node["key"] == step:
            return at
    raise NoSuchStep(step)


def _check_key(data: Data, key: str) -> None:
    if not _KEY.fullmatch(key):
        raise BadKey(key)
    if any(node["key"] == key for node in data["node"]):
        raise KeyTaken(key)


def _follow(data: Data, old: str, new: str) -> None:
    """Lead to `new` wherever the draft led to `old`."""
    for holder, name in _ways(data):
        if holder[name] == old:
            holder[name] = new


def _ways(data: Data) -> Iterator[tuple[Data, str]]:
    """Every place that names a step."""
    yield from ((data, name) for name in MENU_WAYS if data.get(name))
    for node in data["node"]:
        yield from _ways_of(node)


def _ways_of(node: Data) -> Iterator[tuple[Data, str]]:
    yield from ((node, name) for name in WAYS if node.get(name))
    for name in MANY_WAYS:
        held = node.get(name, {})
        yield from ((held, key) for key in held)


def _make_steps(data: Data, own: Data, after: str) -> None:
    places = [(own, name) for name in MENU_WAYS if own.get(name)] + list(_ways_of(own))
    for holder, name in places:
        kind = holder[name].removeprefix(NEW)
        if kind != holder[name] and kind in KINDS:  # any other is a fault that the checks name
            holder[name] = _add(data, kind, after)["key"]


def _add(data: Data, kind: str, after: str) -> Data:
    if kind not in KINDS:
        raise KeyError(kind)
    taken = {node["key"] for node in data["node"]}
    node: Data = {"kind": kind, "key": _free(kind, taken)}
    if issubclass(KINDS[kind], SPEAKING):
        node["prompts"] = [_add_text(data, node["key"])]
    if kind == "callback":
        node["number_prompts"] = [_add_text(data, f"{node['key']}_number")]
    if kind == "read_out":
        node["entry_prompts"] = [_add_text(data, f"{node['key']}_entry")]
        node["between_prompts"] = [_add_text(data, f"{node['key']}_between")]
    if kind in ("choose", "digits", "ask_outside", "read_out", "callback") and data.get("person"):
        node["otherwise"] = data["person"]  # whoever cannot manage reaches somebody
    if kind == "digits":
        node["name"] = node["key"]
    at = next((n for n, each in enumerate(data["node"]) if each["key"] == after), None)
    data["node"].insert(len(data["node"]) if at is None else at + 1, node)
    return node


def _add_text(data: Data, wanted: str) -> str:
    key = _free(wanted, data["texts"].keys())
    data["texts"][key] = dict.fromkeys(data.get("languages", ()), "")
    return key


def _free(wanted: str, taken: Any) -> str:
    number, key = 1, wanted
    while key in taken:
        number += 1
        key = f"{wanted}_{number}"
    return key
