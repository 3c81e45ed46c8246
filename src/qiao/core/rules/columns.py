"""Which column of a file means what: headers compared with what companies call their fields.

A proposal looks at headers alone. A header is folded (case, width, spaces, punctuation and units
in brackets dropped) and compared with the names of every field; the whole name wins over a name
inside the header, a longer name over a shorter. Each field is proposed once; what is left over is
left to the person who maps. What fields there are belongs to the module whose file it is.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from re import compile as pattern
from typing import Final
from unicodedata import normalize

_BRACKETS = pattern(r"[(\[（【〔<《][^)\]）】〕>》]*[)\]）】〕>》]")
_NOISE = pattern(r"[\s\W_]+")
SHORTEST_INSIDE: Final = 2  # characters of a name that may stand inside a longer header
IGNORED: Final = ""


@dataclass(frozen=True, slots=True)
class ImportField:
    """A field that a column may fill. `names` are what files call it, in any language.

    `many` may be filled by several columns.
    """

    key: str
    names: tuple[str, ...]
    many: bool = False


@dataclass(frozen=True, slots=True)
class RowFault:
    """What is wrong with a field of a row; `expected` is for people, in plain words."""

    field: str
    code: str
    found: str = ""
    expected: str = ""


@dataclass(frozen=True, slots=True)
class Proposal:
    """What a header seems to mean: a field's key (empty for none) and the name that said so."""

    column: int
    field: str
    because: str = ""


def fold(header: str) -> str:
    """A header as it is compared: width, case, spaces, punctuation and bracketed parts aside."""
    plain = _BRACKETS.sub("", normalize("NFKC", header))
    return _NOISE.sub("", plain).casefold() or _NOISE.sub("", normalize("NFKC", header)).casefold()


def signature(headers: Iterable[str]) -> str:
    """A fingerprint by which the same kind of file is known again, whatever its columns' order."""
    words = sorted({fold(header) for header in headers})
    return hashlib.sha256("\x1f".join(words).encode()).hexdigest()


class FieldTable:
    """The fields that one kind of file may fill, and which of them a row cannot do without."""

    def __init__(self, fields: Sequence[ImportField], *, required: Sequence[str]) -> None:
        self.fields = tuple(fields)
        self.keys = frozenset(field.key for field in fields)
        self.many = frozenset(field.key for field in fields if field.many)
        self.required = tuple(required)
        self._names = tuple(
            (fold(name), field.key) for field in fields for name in dict.fromkeys(field.names)
        )

    def propose(self, headers: Sequence[str]) -> list[Proposal]:
        """A field for every column that has a telling header, each field once, the surest
        first."""
        scored = []
        for column, header in enumerate(headers):
            folded = fold(header)
            for name, key in self._names:
                if folded == name:
                    scored.append((0, -len(name), column, key, name))
                elif len(name) >= SHORTEST_INSIDE and name in folded:
                    scored.append((1, -len(name), column, key, name))
        taken: dict[int, Proposal] = {}
        used: set[str] = set()
        for _, _, column, key, name in sorted(scored):
            if column in taken or (key in used and key not in self.many):
                continue
            taken[column] = Proposal(column, key, name)
            used.add(key)
        return [taken.get(column, Proposal(column, IGNORED)) for column in range(len(headers))]

    def faults(self, mapping: Mapping[int, str]) -> list[tuple[str, str]]:
        """What is wrong with a mapping of columns to fields: pairs of a code and a field.

        ``unknown`` for a field that is none, ``twice`` for one that only one column may fill,
        ``missing`` for one that an import cannot do without.
        """
        fields = [field for field in mapping.values() if field]
        faults = [("unknown", field) for field in dict.fromkeys(fields) if field not in self.keys]
        faults += [
            ("twice", field)
            for field in dict.fromkeys(fields)
            if fields.count(field) > 1 and field not in self.many
        ]
        return faults + [("missing", field) for field in self.required if field not in fields]
