"""The left list: groups that modules contribute, and the one row that is open."""

from collections.abc import Sequence
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


def inbox_groups(*, actor: Actor, scope: str, now: datetime) -> list[Group]:
    """All groups that have rows in a scope, in order; as many statements as there are groups."""
    groups = []
    for source in registry.inbox(actor):
        items = source.load(actor=actor, scope=scope, now=now, limit=ROWS)
        if items:
            kept = source.count(actor=actor, scope=scope) if source.count else len(items)
            groups.append(Group(source, items, max(kept, len(items))))
    return groups


def scope_counts(*, actor: Actor) -> dict[str, int]:
    """How many rows each scope has, from kept counts; groups without a count are left out."""
    counted = [source.count for source in registry.inbox(actor) if source.count]
    return {scope: sum(count(actor=actor, scope=scope) for count in counted) for scope in SCOPES}


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
