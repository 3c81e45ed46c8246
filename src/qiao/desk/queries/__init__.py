"""Reads of the desk: what a caller's screen, the palette and a working day are made of."""

from qiao.desk.queries.customer import Aside, ScreenPop, aside_of, screen_pop
from qiao.desk.queries.inbox import (
    Group,
    Inbox,
    Selected,
    at_hand,
    count_new,
    load_inbox,
    select,
)
from qiao.desk.queries.palette import Found, search_everything
from qiao.desk.queries.today import Today, today_of

__all__ = [
    "Aside",
    "Found",
    "Group",
    "Inbox",
    "ScreenPop",
    "Selected",
    "Today",
    "aside_of",
    "at_hand",
    "count_new",
    "load_inbox",
    "screen_pop",
    "search_everything",
    "select",
    "today_of",
]
