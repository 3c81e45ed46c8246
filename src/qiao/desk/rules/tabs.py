"""How open things stand as tabs: one for each customer, what belongs to them inside."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

MOST_CUSTOMERS: Final = 20
MOST_INSIDE: Final = 12


@dataclass(frozen=True, slots=True)
class Open:
    """Something that a person has open. `holder` is the customer it belongs to, None where it
    belongs to nobody; `is_holder` says that it is the customer's own page."""

    tab_id: int
    kind: str
    subject_id: int
    opened_at: datetime
    seen_at: datetime
    label: str
    title: str
    icon: str
    url: str
    has_draft: bool
    holder: int | None
    holder_name: str
    is_holder: bool


@dataclass(frozen=True, slots=True)
class MainTab:
    """A customer with what is open inside, or something that belongs to nobody."""

    key: str
    label: str
    opened_at: datetime
    seen_at: datetime
    own: Open | None
    inside: Sequence[Open] = field(default_factory=tuple)

    @property
    def all(self) -> list[Open]:
        """Everything that closes with it."""
        return [*([self.own] if self.own else []), *self.inside]

    @property
    def ids(self) -> list[int]:
        """The tabs that it is made of."""
        return [each.tab_id for each in self.all]

    @property
    def has_draft(self) -> bool:
        """Whether anything in it holds words that were not sent."""
        return any(each.has_draft for each in self.all)

    @property
    def latest(self) -> Open:
        """What was looked at last."""
        return max(self.all, key=lambda each: each.seen_at)


def group(opened: Iterable[Open]) -> list[MainTab]:
    """Tabs by customer, in the order in which each was first opened, and so inside."""
    groups: dict[str, list[Open]] = {}
    for each in sorted(opened, key=lambda each: (each.opened_at, each.tab_id)):
        groups.setdefault(key_of(each), []).append(each)
    return [_main(key, items) for key, items in groups.items()]


def key_of(each: Open) -> str:
    """What stands together: a customer, or the thing itself."""
    if each.holder is not None:
        return f"holder-{each.holder}"
    return f"{each.kind}-{each.subject_id}"


def _main(key: str, items: Sequence[Open]) -> MainTab:
    own = next((each for each in items if each.is_holder), None)
    first = own or items[0]
    return MainTab(
        key=key,
        label=first.holder_name or first.label,
        opened_at=items[0].opened_at,
        seen_at=max(each.seen_at for each in items),
        own=own,
        inside=tuple(each for each in items if each is not own),
    )


def has_room(tabs: Sequence[MainTab], coming: Open) -> bool:
    """Whether one more fits: `MOST_CUSTOMERS` customers, `MOST_INSIDE` things inside one."""
    key = key_of(coming)
    there = next((tab for tab in tabs if tab.key == key), None)
    if there is None:
        return len(tabs) < MOST_CUSTOMERS
    return coming.is_holder or len(there.inside) < MOST_INSIDE


def after_closing(tabs: Sequence[MainTab], closed: Sequence[int]) -> Open | None:
    """Where a person goes on who closed what they looked at: what they saw last beside it in the
    same customer, else the neighbour's; None when nothing is left."""
    gone = set(closed)
    place = next((i for i, tab in enumerate(tabs) if gone & set(tab.ids)), None)
    if place is None:
        return None
    inside = [each for each in tabs[place].all if each.tab_id not in gone]
    if inside:
        return max(inside, key=lambda each: each.seen_at)
    others = [*tabs[place + 1 : place + 2], *tabs[max(place - 1, 0) : place]]
    return others[0].latest if others else None
