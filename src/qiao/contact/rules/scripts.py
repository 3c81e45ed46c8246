"""The few marks that scripts are written with: headings, lists, paragraphs; the rest is text."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from re import compile as pattern

_HEADING = pattern(r"#{1,6}\s+(.*)")
_POINT = pattern(r"[-*]\s+(.*)")
_STEP = pattern(r"[0-9]+[.)、]\s*(.*)")


@dataclass(frozen=True, slots=True)
class Block:
    """A piece of a script. `kind`: heading, text, points or steps; one line each in `lines`."""

    kind: str
    lines: tuple[str, ...]


@lru_cache(maxsize=512)
def blocks(source: str) -> tuple[Block, ...]:
    """Take a script apart. Lines of one kind that follow each other belong together."""
    found: list[Block] = []
    for kind, line in _lines(source):
        if kind == "":
            found.append(Block("", ()))
        elif found and found[-1].kind == kind and kind != "heading":
            found[-1] = Block(kind, (*found[-1].lines, line))
        else:
            found.append(Block(kind, (line,)))
    return tuple(block for block in found if block.kind)


def _lines(source: str) -> Iterator[tuple[str, str]]:
    for raw in source.splitlines():
        line = raw.strip()
        if not line:
            yield "", ""
            continue
        for kind, shape in (("heading", _HEADING), ("points", _POINT), ("steps", _STEP)):
            match = shape.fullmatch(line)
            if match:
                yield kind, match[1]
                break
        else:
            yield "text", line
