"""A case that several operations in a row work on: what their journals have to write is gathered.

An operation that reads nothing of what was written of the case says so (`lock_case` with
`gathers`): its entries and its changes of the case wait for those of the next one, and are
written with them.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass, replace
from datetime import datetime

from qiao.cases.journal.rows import Folded, write_clocks, write_entries
from qiao.cases.journal.tellings import keep_tellings
from qiao.cases.models import Case
from qiao.cases.rules.entries import Entry
from qiao.core.rows import write_changed, write_new


@dataclass(slots=True)
class Unwritten:
    """What journals of a case have to write; a new one has its id when it is saved."""

    case: Case
    now: datetime
    entries: list[Entry]
    folded: Folded | None

    def join(self, later: "Unwritten") -> None:
        """Take on what the next journal of the case has to write."""
        self.entries += later.entries
        if self.folded is None or later.folded is None:
            self.folded = later.folded or self.folded
        else:
            first = self.folded
            self.folded = Folded(first.case_id, first.before, later.folded.after, first.stored)

    def write(self) -> None:
        """Save the case, its entries, what its customer is told of them, and its clocks."""
        if self.case.pk is None:
            write_new(self.case)
        else:
            write_changed(self.case)
        for entry in self.entries:
            entry.case_id = self.case.pk
        write_entries(self.entries)
        keep_tellings([(self.case, self.entries)], self.now)
        if self.folded is not None:
            write_clocks([replace(self.folded, case_id=self.case.pk)])


@dataclass(slots=True)
class Hold:
    """A case that is held; `gathers` while the operation at work lets its writing wait."""

    case: Case
    gathers: bool = False
    unwritten: Unwritten | None = None

    def turn(self, *, gathers: bool) -> None:
        """Begin with the next operation: one that reads finds all of it written."""
        self.gathers = gathers
        if not gathers:
            self.settle()

    def take(self, more: Unwritten) -> None:
        """Keep what a journal has to write until it is to be settled."""
        if self.unwritten is None:
            self.unwritten = more
        else:
            self.unwritten.join(more)
        if not self.gathers:
            self.settle()

    def settle(self) -> None:
        """Write what waits."""
        waiting, self.unwritten = self.unwritten, None
        if waiting is not None:
            waiting.write()


_held: ContextVar[Hold | None] = ContextVar("held_case", default=None)


@contextmanager
def held(case: Case) -> Iterator[None]:
    """Let several operations in a row work on one locked case without reading it again; what they
    write goes through journals, so it stands on the case as well. All of it is written at the end
    of the block; where that fails, the transaction must be undone."""
    hold = Hold(case)
    token = _held.set(hold)
    try:
        yield
        hold.settle()
    finally:
        _held.reset(token)


def hold_of(case_id: int | None) -> Hold | None:
    """The hold on a case; None where it is not held."""
    hold = _held.get()
    return hold if hold is not None and hold.case.pk == case_id else None
