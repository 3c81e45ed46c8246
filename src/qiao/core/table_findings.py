"""What a dry run found wrong with the rows of a table, in counts with a few examples of each."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any, Final

from qiao.core.rules.columns import RowFault

EXAMPLES: Final = 3
_Kind = tuple[str, str]


@dataclass(slots=True)
class FaultCount:
    """Faults by field and code, with the first rows in which each was found."""

    counts: Counter[_Kind] = field(default_factory=Counter)
    examples: dict[_Kind, list[tuple[int, str]]] = field(default_factory=dict)

    def add(self, number: int, faults: Iterable[RowFault]) -> None:
        """Count the faults of a row; `number` as Excel or an editor shows it."""
        for fault in faults:
            kind = (fault.field, fault.code)
            self.counts[kind] += 1
            examples = self.examples.setdefault(kind, [])
            if len(examples) < EXAMPLES:
                examples.append((number, fault.found))

    def data(self) -> list[list[Any]]:
        """As it is kept: field, code, count and examples, the most frequent first."""
        return [
            [name, code, count, self.examples.get((name, code), [])]
            for (name, code), count in self.counts.most_common()
        ]
