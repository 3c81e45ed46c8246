"""Checklists as data: items by key, in three languages, required or not."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from qiao.core.packs.reading import Table

MOST_ITEMS: Final = 20
REQUIRED: Final = "*"


@dataclass(frozen=True, slots=True)
class CheckItem:
    """One thing to look at."""

    key: str
    names: Mapping[str, str]
    required: bool

    def data(self) -> dict[str, Any]:
        """The stored form."""
        return {"key": self.key, "names": dict(self.names), "required": self.required}


@dataclass(frozen=True, slots=True)
class SeedChecklist:
    """A checklist of a pack; types and steps are keys of the pack."""

    key: str
    names: Mapping[str, str]
    case_types: tuple[str, ...]
    steps: tuple[str, ...]
    items: tuple[CheckItem, ...]
    edition: int


def read_items(data: Iterable[Mapping[str, Any]]) -> tuple[CheckItem, ...]:
    """Items from their stored form."""
    return tuple(
        CheckItem(str(item["key"]), dict(item["names"]), bool(item["required"])) for item in data
    )


def items_from_lines(
    lines: Mapping[str, str], before: Sequence[CheckItem] = ()
) -> tuple[CheckItem, ...]:
    """Items from one text a language, an item a line in the same order; ``*`` in front of a line
    of any language makes it required. Items keep the keys of those that stood in their place.
    """
    columns = {
        key: [line.strip() for line in text.splitlines() if line.strip()]
        for key, text in lines.items()
    }
    found: list[CheckItem] = []
    for place in range(max((len(column) for column in columns.values()), default=0)):
        words = {key: column[place] for key, column in columns.items() if place < len(column)}
        names = {key: word.lstrip(REQUIRED).strip() for key, word in words.items()}
        required = any(word.startswith(REQUIRED) for word in words.values())
        key = before[place].key if place < len(before) else f"item_{place + 1}"
        if key in {item.key for item in found}:
            key = f"item_{place + 1}_{len(found)}"
        found.append(CheckItem(key, {k: n for k, n in names.items() if n}, required))
    return tuple(found)


def lines_from_items(items: Iterable[CheckItem], language: str) -> str:
    """Items as the lines that `items_from_lines` reads."""
    return "\n".join(
        f"{f'{REQUIRED} ' if item.required else ''}{item.names.get(language, '')}"
        for item in items
        if item.names.get(language)
    )


def read_checklist(table: Table) -> SeedChecklist:
    """One ``[[checklist]]`` of a pack."""
    name = table.text("name")
    items = [
        CheckItem(item.key(), item.text("name").data(), item.boolean("required"))
        for item in table.tables("item")
    ]
    if not items or len(items) > MOST_ITEMS:
        table.report("item", f"expected 1 to {MOST_ITEMS} items, found {len(items)}")
    found = SeedChecklist(
        key=table.key(),
        names=name.data(),
        case_types=table.strings("case_types"),
        steps=table.strings("steps"),
        items=tuple(items),
        edition=table.integer("edition", 1, least=1),
    )
    table.finish()
    return found
