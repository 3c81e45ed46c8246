"""The orders in which a list can be read: each has keys, an index that serves it, and a cursor.

Keys are SQL expressions that are never null, except the due time, which has its own ranges in
`queries.listing`. The id is always the last key, so that a place in the list is exact.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
FAR: Final = "timestamptz '9999-01-01 00:00:00+00'"
RANK: Final = "array_position(ARRAY['urgent','high','normal','low'], c.priority)"
Value = datetime | int | str | None
_SEPARATOR: Final = "~"
_TYPES: Final = {"timestamptz": datetime, "int": int, "text": str}


@dataclass(frozen=True, slots=True)
class Key:
    """An expression over the case ``c`` and its type in SQL."""

    sql: str
    cast: str = "timestamptz"


@dataclass(frozen=True, slots=True)
class Sort:
    """An order. `descending` is its natural direction; `turns` says that it may be turned."""

    key: str
    keys: tuple[Key, ...]
    descending: bool = True
    turns: bool = True


@dataclass(frozen=True, slots=True)
class Order:
    """A sort in the direction that was asked for."""

    sort: Sort
    turned: bool = False

    @property
    def descending(self) -> bool:
        """Whether greater keys come first."""
        return self.sort.descending != self.turned

    def __str__(self) -> str:
        return f"-{self.sort.key}" if self.turned else self.sort.key


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the keys of one of them and its id."""

    values: tuple[Value, ...]
    case_id: int
    backwards: bool = False

    def __str__(self) -> str:
        return _SEPARATOR.join([*map(_written, self.values), str(self.case_id)])

    def fits(self, sort: Sort) -> bool:
        """Whether the keys are of the kinds that the sort has."""
        if len(self.values) != len(sort.keys):
            return False
        return all(
            isinstance(value, _TYPES[key.cast]) or (value is None and sort is DUE)
            for value, key in zip(self.values, sort.keys, strict=True)
        )


DUE: Final = Sort("due", (Key("c.due_at"),), descending=False, turns=False)
OPENED: Final = Sort("opened", (Key("c.opened_at"),))
CHANGED: Final = Sort("changed", (Key("c.changed_at"),))
NUMBER: Final = Sort("number", (Key("c.number", "text"),))
# Among equals the most pressing comes first while cases are open, the newest in the archive.
PRESSING: Final = Sort(
    "priority",
    (Key(RANK, "int"), Key(f"coalesce(c.due_at, {FAR})")),
    descending=False,
    turns=False,
)
WEIGHTY: Final = Sort("priority", (Key(f"(- {RANK})", "int"), Key("c.opened_at")), turns=False)
OPEN_SORTS: Final = {s.key: s for s in (DUE, PRESSING, OPENED, CHANGED, NUMBER)}
ARCHIVE_SORTS: Final = {s.key: s for s in (OPENED, CHANGED, NUMBER, WEIGHTY)}


def read_order(text: str, *, is_open: bool) -> Order:
    """The order that an address asks for; the natural one for what cannot be read."""
    sorts = OPEN_SORTS if is_open else ARCHIVE_SORTS
    sort = sorts.get(text.removeprefix("-"))
    if sort is None:
        return Order(next(iter(sorts.values())))
    return Order(sort, text.startswith("-") and sort.turns)


def read_cursor(text: str, *, backwards: bool = False) -> Cursor | None:
    """The cursor that an address carries; None for one that was tampered with."""
    *values, case_id = text.split(_SEPARATOR)
    try:
        return Cursor(tuple(map(_read, values)), int(case_id), backwards) if values else None
    except (ValueError, OverflowError):
        return None


def _written(value: Value) -> str:
    if value is None:
        return "n"
    if isinstance(value, datetime):
        return f"t{(value - EPOCH) // timedelta(microseconds=1)}"
    return f"i{value}" if isinstance(value, int) else f"s{value}"


def _read(text: str) -> Value:
    kind, rest = text[:1], text[1:]
    if kind == "t":
        return EPOCH + timedelta(microseconds=int(rest))
    if kind == "i":
        return int(rest)
    if kind == "s":
        return rest
    if text == "n":
        return None
    raise ValueError(text)
