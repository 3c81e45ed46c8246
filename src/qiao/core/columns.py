"""Many numbers and texts to and from the database as columns, without a row of Python between.

A read of a quarter of a million numbers takes longer to turn into rows of objects than to find.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Final

import numpy as np
from django.db import connection
from numpy.typing import NDArray

# How PostgreSQL sends the items of an array; none of them is ever NULL here.
_SHAPES: Final = {"bigint": "i8", "int": "i4"}
_HEAD: Final = 20  # bytes: dimensions, whether there are NULLs, the type, length, lower bound
_NULLS: Final = slice(4, 8)
_BREAK: Final = "\x1f"


def fetch_columns(
    select: str, values: Mapping[str, Any], kinds: Sequence[str]
) -> list[NDArray[Any]]:
    """The columns of a SELECT whose expressions are cast to `kinds`, none of them NULL.

    `kinds` are ``bigint`` and ``int``. One row comes over the wire, an array for each column.
    Raises `ValueError` for a NULL.
    """
    names = [f"c{place}" for place in range(len(kinds))]
    sent = ", ".join(f"array_send(array_agg({name}))" for name in names)
    with connection.cursor() as cursor:
        ask = f"SELECT {sent} FROM ({select}) AS t ({', '.join(names)})"  # noqa: S608 - no input
        cursor.execute(ask, values)
        row = cursor.fetchone()
    return [_column(data, _SHAPES[kind]) for data, kind in zip(row, kinds, strict=True)]


def _column(data: bytes | None, shape: str) -> NDArray[Any]:
    if data is None:
        return np.zeros(0, dtype=shape)
    if any(bytes(data[_NULLS])):
        raise ValueError("a column of numbers holds NULL")
    items = np.frombuffer(data, [("size", ">i4"), ("value", f">{shape}")], offset=_HEAD)
    return items["value"].astype(shape)


def numbers(values: Iterable[int | None]) -> str:
    """Whole numbers, or None, as the text of a PostgreSQL array."""
    return f"{{{','.join('NULL' if each is None else str(each) for each in values)}}}"


def texts(values: Sequence[str]) -> str:
    """Texts as the text of a PostgreSQL array."""
    if not values:
        return "{}"
    joined = _BREAK.join(values)
    if joined.count(_BREAK) >= len(values):  # one of them holds the mark itself
        return f"{{{','.join(_quoted(each) for each in values)}}}"
    return "{" + _quoted(joined).replace(_BREAK, '","') + "}"


def _quoted(text: str) -> str:
    """A text as it stands in the text of an array."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
