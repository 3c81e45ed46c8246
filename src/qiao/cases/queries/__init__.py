"""Reads. Everything that takes an actor keeps to what that actor may see."""

from qiao.cases.queries.counting import kept_counts, my_open_count
from qiao.cases.queries.filters import ARCHIVE_VIEWS, OPEN_VIEWS, VIEWS, Filters
from qiao.cases.queries.listing import (
    CasePageOfRows,
    CaseRow,
    Cursor,
    list_cases,
    read_cursor,
)
from qiao.cases.queries.page import CasePage, Entry, History, case_history, case_page
from qiao.cases.queries.reading import NotVisible, can_see, get_case_for
from qiao.cases.queries.related import (
    CaseLine,
    find_cases,
    open_cases_of_customer,
    possible_doubles,
    repeat_count,
)
from qiao.cases.queries.saved import saved_views

__all__ = [
    "ARCHIVE_VIEWS",
    "OPEN_VIEWS",
    "VIEWS",
    "CaseLine",
    "CasePage",
    "CasePageOfRows",
    "CaseRow",
    "Cursor",
    "Entry",
    "Filters",
    "History",
    "NotVisible",
    "can_see",
    "case_history",
    "case_page",
    "find_cases",
    "get_case_for",
    "kept_counts",
    "list_cases",
    "my_open_count",
    "open_cases_of_customer",
    "possible_doubles",
    "read_cursor",
    "repeat_count",
    "saved_views",
]
