"""Parts of a file that a browser asks for (RFC 9110, section 14)."""

import re
from dataclasses import dataclass
from typing import Final

_ONE: Final = re.compile(r"bytes\s*=\s*(\d{0,19})\s*-\s*(\d{0,19})\s*", re.IGNORECASE)


class NotThere(ValueError):  # noqa: N818 - names the finding
    """The part lies outside of the file."""


@dataclass(frozen=True, slots=True)
class Part:
    """Bytes `first` to `last`, both included."""

    first: int
    last: int

    @property
    def length(self) -> int:
        """How many bytes it is."""
        return self.last - self.first + 1


def part_of(header: str, size: int) -> Part | None:
    """The part of a file of `size` bytes that a ``Range`` header asks for.

    None for the whole file: no header, one that is not understood, or several parts at once, which
    a server may answer with all of it. Raises `NotThere`.
    """
    found = _ONE.fullmatch(header.strip())
    if found is None or found.groups() == ("", ""):
        return None
    first, last = found.groups()
    if not first:
        length = min(int(last), size)
        if not length:
            raise NotThere(header)
        return Part(size - length, size - 1)
    if last and int(last) < int(first):
        return None
    if int(first) >= size:
        raise NotThere(header)
    return Part(int(first), min(int(last), size - 1) if last else size - 1)
