"""Reads of the desk: what a caller's screen, the palette and a working day are made of."""

from qiao.desk.queries.customer import Aside, ScreenPop, aside_of, screen_pop
from qiao.desk.queries.inbox import Group, Selected, inbox_groups, scope_counts, select
from qiao.desk.queries.palette import Found, search_everything
from qiao.desk.queries.today import Today, today_of

__all__ = [
    "Aside",
    "Found",
    "Group",
    "ScreenPop",
    "Selected",
    "Today",
    "aside_of",
    "inbox_groups",
    "scope_counts",
    "screen_pop",
    "search_everything",
    "select",
    "today_of",
]
