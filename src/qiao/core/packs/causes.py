"""The tree of causes that a pack brings along: ``causes.toml``.

A cause is what the company finds to be the reason of a case, apart from what the case is about.
The tree is at most three levels deep, so that a person can choose from it while a caller waits.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from qiao.core.packs.reading import PackProblem, Table
from qiao.core.rules.texts import Text

FILE: Final = "causes.toml"
MOST_LEVELS: Final = 3


@dataclass(frozen=True, slots=True)
class CauseSpec:
    """One cause. `parent` is empty at the top; `words` are search words beside the name."""

    key: str
    name: Text
    parent: str = ""
    words: tuple[str, ...] = ()


def read_cause(table: Table) -> CauseSpec:
    """One cause of the file."""
    cause = CauseSpec(
        key=table.key(),
        name=table.text("name"),
        parent=table.string("parent", ""),
        words=table.strings("words"),
    )
    table.finish()
    return cause


def check_causes(causes: Sequence[CauseSpec]) -> Iterator[PackProblem]:
    """Every parent exists, nothing is below itself, and no branch is too deep."""
    parents = {cause.key: cause.parent for cause in causes}
    for cause in causes:
        place = f"cause[{cause.key}].parent"
        if cause.parent and cause.parent not in parents:
            text = f"expected the key of another cause, found {cause.parent!r}"
            yield PackProblem(FILE, place, text)
            continue
        level = level_of(cause.key, parents)
        if level == 0:
            yield PackProblem(FILE, place, "expected a tree, found a circle")
        elif level > MOST_LEVELS:
            text = f"expected at most {MOST_LEVELS} levels, found {level}"
            yield PackProblem(FILE, place, text)


def level_of(key: str, parents: dict[str, str]) -> int:
    """On which level a cause stands, 1 at the top; 0 for one that is below itself."""
    level, above = 1, parents.get(key, "")
    while above:
        level += 1
        if level > len(parents):
            return 0
        above = parents.get(above, "")
    return level
