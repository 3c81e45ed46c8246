"""Escalation ladders of a pack: when a case that waits or is late is told of to whom."""

import re
from dataclasses import dataclass
from typing import Final

from qiao.core.packs.model_keys import GROUPS, PRIORITIES
from qiao.core.packs.reading import Table
from qiao.core.rules.texts import Text

AFTER: Final = ("percent", "due", "waiting")
TELL: Final = ("assignee", "team", "lead", "duty", "manager", "executive")
_PERSON: Final = re.compile(r"staff:[0-9A-Za-z-]{1,20}")


@dataclass(frozen=True, slots=True)
class RungSpec:
    """A rung: after a share of the time (percent), late by working hours (due) or untaken for
    minutes (waiting), whom to tell, and for which promises and priorities; empty: for all."""

    after: str
    figure: int
    tell: str
    raises: bool = False
    promises: tuple[str, ...] = ()
    priorities: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class LadderSpec:
    """The ladder of the case types of `groups`, without any of every other type of the pack.

    Outside `hours`, a calendar, rungs go to whoever is on duty.
    """

    key: str
    name: Text
    hours: str
    rungs: tuple[RungSpec, ...]
    groups: tuple[str, ...] = ()


def read_ladder(table: Table) -> LadderSpec:
    """One ladder with its rungs."""
    ladder = LadderSpec(
        key=table.key(),
        name=table.text("name"),
        hours=table.string("hours"),
        rungs=tuple(_rung(item) for item in table.tables("rungs")),
        groups=table.strings("groups"),
    )
    for group in ladder.groups:
        if group not in GROUPS:
            table.report("groups", f"expected some of {', '.join(GROUPS)}, found {group!r}")
    if not ladder.rungs:
        table.report("rungs", "expected at least one")
    table.finish()
    return ladder


def _rung(table: Table) -> RungSpec:
    rung = RungSpec(
        after=table.choice("after", AFTER),
        figure=table.integer("figure"),
        tell=table.string("tell"),
        raises=table.boolean("raises"),
        promises=table.strings("promises"),
        priorities=table.strings("priorities"),
    )
    if rung.tell not in TELL and not _PERSON.fullmatch(rung.tell):
        expected = ", ".join((*TELL, "staff:<number>"))
        table.report("tell", f"expected one of {expected}, found {rung.tell!r}")
    if rung.after == "percent" and not 0 < rung.figure < 100:
        table.report("figure", f"expected a share between 0 and 100, found {rung.figure}")
    for priority in rung.priorities:
        if priority not in PRIORITIES:
            table.report("priorities", f"expected some of {', '.join(PRIORITIES)}")
    table.finish()
    return rung
