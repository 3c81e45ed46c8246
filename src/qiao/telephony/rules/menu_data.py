"""A voice menu as plain data, such as JSON and TOML hold it: read, and written again.

Whoever reads is told every fault of form at once, by node and field; which faults the menu itself
has is told by `qiao.telephony.rules.menu_checks`.
"""

import dataclasses
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final, get_args, get_origin, get_type_hints

from qiao.telephony.rules.menus import (
    KINDS,
    MENU_FIELDS,
    MENU_LISTS,
    MENU_WORDS,
    Menu,
    Node,
)

KIND_NAMES: Final = {cls: name for name, cls in KINDS.items()}
_ALL_FIELDS: Final = frozenset({"key", *MENU_FIELDS, "node", "texts"})


@dataclass(frozen=True, slots=True)
class FormFault:
    """A field that holds something else than it should; `node` is empty for the menu's own."""

    node: str
    field: str
    expected: str

    def __str__(self) -> str:
        where = f"node[{self.node}].{self.field}" if self.node else self.field
        return f"{where}: expected {self.expected}"


class MenuUnreadable(ValueError):  # noqa: N818 - names the finding
    """The data are no menu; `faults` tell every one."""

    def __init__(self, faults: tuple[FormFault, ...]) -> None:
        super().__init__("; ".join(map(str, faults)))
        self.faults = faults


def menu_from_data(data: Mapping[str, Any]) -> Menu:
    """The menu that was written. Raises `MenuUnreadable`."""
    faults: list[FormFault] = []
    faults += (FormFault("", name, "no such field") for name in sorted(set(data) - _ALL_FIELDS))
    nodes = [node for each in _tables(data, "node", faults) if (node := _node(each, faults))]
    texts = _texts(data.get("texts", {}), faults)
    words = {name: _read(data, name, str, faults) for name in ("key", *MENU_WORDS)}
    lists = {
        name: _read(data, name, tuple[str, ...], faults) for name in MENU_LISTS if name in data
    }
    if faults:
        raise MenuUnreadable(tuple(faults))
    return Menu(nodes=tuple(nodes), texts=texts, **words, **lists)


def data_of_menu(menu: Menu) -> dict[str, Any]:
    """The menu as plain data; what is as usual is left out."""
    return {
        "key": menu.key,
        **{name: _plain(getattr(menu, name)) for name in MENU_FIELDS},
        "node": [_data_of_node(node) for node in menu.nodes],
        "texts": {key: dict(words) for key, words in menu.texts.items()},
    }


def tidied_node(data: Mapping[str, Any]) -> dict[str, Any]:
    """The data of a node without what is as usual for its kind, as it is kept."""
    usual = {each.name: _plain(_usual(each)) for each in dataclasses.fields(KINDS[data["kind"]])}
    usual.pop("key")
    return {name: value for name, value in data.items() if value != usual.get(name, ...)}


def _data_of_node(node: Node) -> dict[str, Any]:
    data: dict[str, Any] = {"kind": KIND_NAMES[type(node)], "key": node.key}
    for each in dataclasses.fields(node):
        value = getattr(node, each.name)
        if each.name != "key" and value != _usual(each):
            data[each.name] = _plain(value)
    return data


def _usual(each: "dataclasses.Field[Any]") -> Any:
    if each.default_factory is not dataclasses.MISSING:
        return each.default_factory()
    return each.default


def _plain(value: Any) -> Any:
    if isinstance(value, tuple):
        return [_plain(each) for each in value]
    return dict(value) if isinstance(value, Mapping) else value


def _tables(
    data: Mapping[str, Any], name: str, faults: list[FormFault]
) -> Iterator[Mapping[str, Any]]:
    found = data.get(name, [])
    if not isinstance(found, list) or not all(isinstance(each, Mapping) for each in found):
        faults.append(FormFault("", name, "a list of tables"))
        return
    yield from found


def _texts(data: Any, faults: list[FormFault]) -> dict[str, dict[str, str]]:
    if not isinstance(data, Mapping) or not all(
        isinstance(words, Mapping) and all(isinstance(text, str) for text in words.values())
        for words in data.values()
    ):
        faults.append(FormFault("", "texts", "words by key and language"))
        return {}
    return {key: dict(words) for key, words in data.items()}


def _node(data: Mapping[str, Any], faults: list[FormFault]) -> Node | None:
    kind = KINDS.get(str(data.get("kind")))
    key = str(data.get("key", ""))
    if kind is None:
        faults.append(FormFault(key, "kind", f"one of {', '.join(KINDS)}"))
        return None
    hints = get_type_hints(kind)
    known = {each.name for each in dataclasses.fields(kind)}
    before = len(faults)
    strange = sorted(set(data) - known - {"kind"})
    faults += (FormFault(key, name, f"no such field for {data['kind']}") for name in strange)
    given = {
        name: _read(data, name, hints[name], faults, node=key) for name in known if name in data
    }
    return kind(**given) if len(faults) == before else None


def _read(
    data: Mapping[str, Any], name: str, hint: Any, faults: list[FormFault], *, node: str = ""
) -> Any:
    value = data.get(name, "" if hint is str else None)
    for fits, read, expected in _FORMS:
        if fits(hint):
            try:
                return read(value)
            except (TypeError, ValueError):
                faults.append(FormFault(node, name, expected))
                return None
    raise TypeError(f"no menu holds {hint!r}")


def _of(kind: type) -> Callable[[Any], Any]:
    def read(value: Any) -> Any:
        if type(value) is not kind:
            raise TypeError
        return value

    return read


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple) or not all(isinstance(each, str) for each in value):
        raise TypeError
    return tuple(value)


def _skills(value: Any) -> tuple[tuple[str, int], ...]:
    pairs = [(skill, level) for skill, level in value]
    if not all(isinstance(skill, str) and type(level) is int for skill, level in pairs):
        raise TypeError
    return tuple(pairs)


def _map(value: Any) -> dict[str, str]:
    if not isinstance(value, Mapping) or not all(isinstance(v, str) for v in value.values()):
        raise TypeError
    return dict(value)


_FORMS: Final[tuple[tuple[Callable[[Any], bool], Callable[[Any], Any], str], ...]] = (
    (lambda hint: hint is str, _of(str), "words"),
    (lambda hint: hint is int, _of(int), "a whole number"),
    (lambda hint: hint is bool, _of(bool), "true or false"),
    (lambda hint: hint == tuple[str, ...], _words, "a list of words"),
    (lambda hint: get_origin(hint) is tuple and get_args(hint)[0] is not str, _skills,
     "a list of pairs: a skill and its least level"),
    (lambda hint: get_origin(hint) is not None, _map, "a table of words"),
)  # fmt: skip
