"""The left list: groups that modules contribute, and the one row that is open."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from qiao.core.actor import Actor
from qiao.core.manifest import InboxItem, QueueSource
from qiao.core.registry import registry

SCOPES = ("mine", "team", "all")
ROWS = 30


@dataclass(frozen=True, slots=True)
class Group:
    """A group with its rows. `count` may be more than the rows shown."""

    source: QueueSource
    items: Sequence[InboxItem]
    count: int


@dataclass(frozen=True, slots=True)
class Selected:
    """The row that is open in the middle, and its key in the address: ``contact:12``."""

    key: str
    item: InboxItem


@dataclass(frozen=True, slots=True)
class Inbox:
    """The whole left list: the groups that have rows, and how many rows each scope has."""

    groups: Sequence[Group]
    counts: Mapping[str, int]


def load_inbox(*, actor: Actor, scope: str, now: datetime) -> Inbox:
    """All groups of a scope, in order, and the counts of every scope.

    Two statements a group at most. A scope's count leaves out groups that keep none.
    """
    groups: list[Group] = []
    totals = dict.fromkeys(SCOPES, 0)
    for source in registry.inbox(actor):
        counts = source.counts(actor=actor) if source.counts else {}
        for name in SCOPES:
            totals[name] += counts.get(name, 0)
        items = source.load(actor=actor, scope=scope, now=now, limit=ROWS)
        if items:
            groups.append(Group(source, items, max(counts.get(scope, 0), len(items))))
    return Inbox(groups, totals)


def select(*, actor: Actor, key: str, now: datetime) -> Selected | None:
    """The row behind ``source:ref``, or None if there is none that the actor may see."""
    name, _, ref = key.partition(":")
    if not ref.isdecimal() or len(ref) > 18:
        return None
    for source in registry.inbox(actor):
        if source.key == name:
            item = source.find(actor=actor, ref=int(ref), now=now)
            return Selected(key, item) if item else None
    return None


def count_new(*, actor: Actor, scope: str, seen: Collection[str], now: datetime) -> int:
    """How many rows of a scope are not among those that are shown, by their keys."""
    fresh = 0
    for source in registry.inbox(actor):
        items = source.load(actor=actor, scope=scope, now=now, limit=ROWS)
        fresh += sum(f"{source.key}:{item.ref}" not in seen for item in items)
    return fresh


def at_hand(*, actor: Actor, now: datetime) -> Selected | None:
    """The first row of the first group that is the person's own: what is already begun."""
    for source in registry.inbox(actor)[:1]:
        for item in source.load(actor=actor, scope="mine", now=now, limit=1):
            return Selected(f"{source.key}:{item.ref}", item)
    return None
