"""Kept views, orders and columns in words: what stands around a list that a person made."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from django.urls import reverse

from qiao.cases.forms.place import COLUMNS, Place
from qiao.cases.queries.saved import COUNTED_TO, KeptView
from qiao.cases.queries.sorting import ARCHIVE_SORTS, OPEN_SORTS, Order
from qiao.cases.showing.listing import COLUMN_NAMES, SORT_NAMES

ICONS: Final = {"own": "bookmark", "team": "users", "official": "building"}
SORTED_BY: Final = {
    "due": "due",
    "changed": "changed",
    "opened": "opened",
    "priority": "priority",
}


@dataclass(frozen=True, slots=True)
class KeptTab:
    """A kept view beside the built-in ones. `counted` says that `count` is known; an own one is
    counted after the page has come, no further than "99+"."""

    view: KeptView
    url: str
    icon: str
    count: str
    current: bool


@dataclass(frozen=True, slots=True)
class Head:
    """A column's head: its sort, if it has one, is an address; `way` is how it is sorted now."""

    key: str
    label: str
    url: str
    way: str


def show_kept(views: Sequence[KeptView], current: int | None) -> list[KeptTab]:
    """The views that the reader wants to see beside the built-in ones."""
    return [
        KeptTab(
            view=view,
            url=view_url(view),
            icon=ICONS[view.kind],
            count="" if view.count is None else str(view.count),
            current=view.view_id == current,
        )
        for view in views
        if view.pinned or view.view_id == current
    ]


def view_url(view: KeptView) -> str:
    """The address of a kept view's list."""
    return f"{reverse('cases:list')}?saved={view.view_id}&{view.query}"


def bounded(count: int) -> str:
    """A count that was taken no further than `COUNTED_TO`."""
    return f"{COUNTED_TO - 1}+" if count >= COUNTED_TO else str(count)


def show_orders(place: Place) -> list[tuple[str, str, bool]]:
    """The orders that a list can have: address, name, whether it has it now."""
    sorts = OPEN_SORTS if place.is_open else ARCHIVE_SORTS
    orders = [
        order
        for sort in sorts.values()
        for order in (Order(sort), Order(sort, turned=True))
        if sort.turns or not order.turned
    ]
    return [
        (_address(place, order), str(SORT_NAMES[str(order)]), order == place.order)
        for order in orders
    ]


def show_columns(place: Place) -> list[Head]:
    """The columns that a list shows beside the case itself."""
    return [_head(place, name) for name in place.shown_columns]


def all_columns(place: Place) -> list[tuple[str, str, bool]]:
    """Every column: key, name, whether it is shown."""
    shown = place.shown_columns
    return [(name, str(COLUMN_NAMES[name]), name in shown) for name in COLUMNS]


def _head(place: Place, name: str) -> Head:
    sorts = OPEN_SORTS if place.is_open else ARCHIVE_SORTS
    sort = sorts.get(SORTED_BY.get(name, ""))
    if sort is None:
        return Head(name, str(COLUMN_NAMES[name]), "", "")
    is_it = place.order.sort.key == sort.key
    turned = is_it and sort.turns and not place.order.turned
    way = ""
    if is_it:
        way = "descending" if place.order.descending else "ascending"
    return Head(name, str(COLUMN_NAMES[name]), _address(place, Order(sort, turned)), way)


def _address(place: Place, order: Order) -> str:
    return f"{reverse('cases:list')}?{replace(place, order=order).query()}"


def with_count(tab: KeptTab, count: str) -> KeptTab:
    """The same view with its count."""
    return replace(tab, count=count)
