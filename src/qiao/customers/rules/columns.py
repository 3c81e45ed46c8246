"""The search columns of a row, computed from what people see."""

from dataclasses import dataclass

from qiao.core.rules import grams, names


def folded(text: str) -> str:
    """A name or an address as it is kept for comparing: `grams.normalise`, and a text without any
    letter or digit (``——``) as itself."""
    return grams.normalise(text) or text.strip()


@dataclass(frozen=True, slots=True)
class NameColumns:
    """How a name is found: folded, by pieces, by the first letters and the whole of its pinyin."""

    name_search: str
    name_grams: list[str]
    initials: str
    pinyin: str


def name_columns(name: str, *, is_person: bool) -> NameColumns:
    """The search columns of a customer's name."""
    spelling = names.spell(name, is_person=is_person)
    return NameColumns(folded(name), grams.grams(name), spelling.initials, spelling.pinyin)


@dataclass(frozen=True, slots=True)
class AddressColumns:
    """How an address is found: folded, and by pieces of two characters."""

    search: str
    grams: list[str]


def address_columns(full_text: str) -> AddressColumns:
    """The search columns of an address."""
    return AddressColumns(folded(full_text), grams.grams(full_text, singles=False))
