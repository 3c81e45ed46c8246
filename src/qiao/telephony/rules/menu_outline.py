"""A voice menu as a list of lines that people read from above: where each way leads.

A step stands where all ways to it begin: below the step that leads there if that is the only one,
else behind the last step through which every caller must come. Further ways to it are references.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from qiao.telephony.rules.menus import Menu, Node, Way

ROOT: Final = ""


@dataclass(frozen=True, slots=True)
class OutlineLine:
    """A step at its place, or a reference to it (`is_reference`).

    `way` is the field that leads here: of the step `above`, or of the menu itself (start, person,
    emergency); empty where several steps lead. `is_missing` tells that there is no such step.
    """

    depth: int
    way: str
    step: str
    above: str = ROOT
    is_reference: bool = False
    is_missing: bool = False


@dataclass(frozen=True, slots=True)
class Outline:
    """Lines from where callers come in, and keys of the steps to which nothing leads."""

    lines: tuple[OutlineLine, ...]
    loose: tuple[str, ...]


def outline(menu: Menu) -> Outline:
    """The menu from above."""
    drawn = _Drawn(menu)
    lines = tuple(drawn.below(ROOT, 0))
    met = {line.step for line in lines}
    return Outline(lines, tuple(key for key in menu.index if key not in met))


class _Drawn:
    def __init__(self, menu: Menu) -> None:
        self.menu = menu
        self.roots = menu.roots
        self.order = self._found()
        self.sources: dict[str, set[str]] = {key: set() for key in self.order}
        for key in self.order:
            for way in self._ways(key):
                if way.to in self.sources:
                    self.sources[way.to].add(key)
        self.above = self._dominators()

    def _ways(self, key: str) -> tuple[Way, ...]:
        return self.roots if key == ROOT else self.menu.index[key].ways

    def _found(self) -> list[str]:
        """Steps that callers reach, the nearest first, so that what comes before stands before."""
        found = [ROOT]
        for key in found:
            for way in self._ways(key):
                if way.to in self.menu.index and way.to not in found:
                    found.append(way.to)
        return found

    def _dominators(self) -> dict[str, str]:
        """The last step through which all callers come who come to a step."""
        through = {key: set(self.order) for key in self.order}
        through[ROOT] = {ROOT}
        changed = True
        while changed:
            changed = False
            for key in self.order[1:]:
                common = set.intersection(*(through[each] for each in self.sources[key]))
                if common | {key} != through[key]:
                    through[key] = common | {key}
                    changed = True
        return {
            key: max(through[key] - {key}, key=lambda each: len(through[each]))
            for key in self.order[1:]
        }

    def below(self, key: str, depth: int) -> Iterator[OutlineLine]:
        """What comes after a step: its ways, then the steps where several ways meet."""
        ways = self._ways(key)
        goes_on = key != ROOT and len(ways) == 1
        own = depth if key == ROOT or goes_on else depth + 1
        stood: set[str] = set()
        for way in ways:
            if way.to not in self.menu.index:
                yield OutlineLine(own, way.field, way.to, key, is_missing=True)
            elif self._is_only_from(way.to, key) and way.to not in stood:
                stood.add(way.to)
                yield OutlineLine(own, way.field, way.to, key)
                yield from self.below(way.to, own)
            else:
                yield OutlineLine(own, way.field, way.to, key, is_reference=True)
        for met in self.order[1:]:
            if self.above[met] == key and met not in stood:
                yield OutlineLine(depth, "", met, key)
                yield from self.below(met, depth)

    def _is_only_from(self, to: str, key: str) -> bool:
        return self.sources[to] == {key} and self.above[to] == key


def leads_to(menu: Menu, step: str) -> list[tuple[Node | None, Way]]:
    """Every way to a step, with the node that it leaves; None for the menu itself."""
    own: list[tuple[Node | None, Way]] = [(None, way) for way in menu.roots]
    own += [(node, way) for node in menu.nodes for way in node.ways]
    return [(node, way) for node, way in own if way.to == step]
