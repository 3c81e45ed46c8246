"""A whole list of cases, page by page, as a file takes it."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final

from qiao.cases.queries.filters import Filters
from qiao.cases.queries.listing import CaseRow, list_cases
from qiao.cases.queries.sorting import Order
from qiao.core.actor import Actor

PAGE: Final = 500
MOST_ROWS: Final = 1_000_000


def pages_of(
    *, actor: Actor, now: datetime, view: str, filters: Filters, order: Order
) -> Iterator[list[CaseRow]]:
    """The rows of a list in its order, up to `MOST_ROWS`; no transaction stays open between."""
    cursor, rows = None, 0
    while rows < MOST_ROWS:
        page = list_cases(
            actor=actor,
            now=now,
            view=view,
            filters=filters,
            cursor=cursor,
            limit=PAGE,
            order=order,
        )
        yield list(page.rows)
        rows += len(page.rows)
        cursor = page.following
        if cursor is None:
            return
