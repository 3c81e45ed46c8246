"""Lists of cases: keyset paging, one statement, and no more of it read than is shown."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case
from qiao.cases.queries.aside import Aside, read_aside
from qiao.cases.queries.decoding import plain
from qiao.cases.queries.filters import (
    ARCHIVE_VIEWS,
    OPEN_VIEWS,
    Filters,
    conditions,
    scope_of,
)
from qiao.cases.queries.list_statement import listing_statement, order_of
from qiao.cases.queries.rare import few_matching
from qiao.cases.queries.searching import matching, newest_matching, read_words, windows
from qiao.cases.queries.sorting import OPENED, Cursor, Order, Value
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all

PAGE_ROWS: Final = 30


@dataclass(frozen=True, slots=True)
class CaseRow:
    """A case as a list shows it. `watchers` are others who have it open now."""

    case_id: int
    number: str
    title: str
    type_key: str
    type_names: dict[str, str]
    process_id: int
    step: str
    phase: str
    priority: str
    channel: str
    level: str
    is_paused: bool
    escalated: bool
    chase_count: int
    promise_kept: bool | None
    due_at: datetime | None
    due_promise: str
    clock_started_at: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    updated_at: datetime
    customer_id: int | None
    customer_name: str
    tier: str
    caller_name: str
    area: str
    place: str
    team_name: str
    assignee_name: str
    responsible_name: str
    unread: bool
    aside: Aside | None
    watchers: list[str]
    risk: str = ""
    is_green: bool = False
    word_due_at: datetime | None = None


_PLACES: Final = {field.name: place for place, field in enumerate(fields(CaseRow))}


@dataclass(frozen=True, slots=True)
class CasePageOfRows:
    """A page of a list with the cursors to both sides; None where the list ends."""

    rows: list[CaseRow]
    previous: Cursor | None
    following: Cursor | None


def list_cases(
    *,
    actor: Actor,
    now: datetime,
    view: str = "open",
    filters: Filters | None = None,
    cursor: Cursor | None = None,
    limit: int = PAGE_ROWS,
    order: Order | None = None,
) -> CasePageOfRows:
    """One page of a view, in its natural order (open views by due time, cases without one last;
    others newest first) or in the order asked for.

    Each organisation (or person, or team) is read by its own index and gives at most a page of
    keys, which are merged: what is read does not grow with the cases behind. Names of teams are
    in the reader's language where they have one there.

    Raises `ValueError` for an unknown view.
    """
    order = order_of(view, order)
    if filters is not None and filters.text and view not in OPEN_VIEWS:
        order = order_of(view, None)
    cursor = cursor if cursor is not None and cursor.fits(order.sort) else None
    asked = _Asked(actor, now, view, filters or Filters(), cursor, limit, order)
    found = _found(asked)
    backwards = cursor is not None and cursor.backwards
    more = len(found) > limit
    found = found[:limit]
    if backwards:
        found.reverse()
    keys = len(order.sort.keys)
    rows = [_row(row[keys:]) for row in found]
    has_previous = more if backwards else cursor is not None
    has_following = bool(rows) if backwards else more
    return CasePageOfRows(
        rows,
        Cursor(tuple(found[0][:keys]), rows[0].case_id, backwards=True)
        if rows and has_previous
        else None,
        Cursor(tuple(found[-1][:keys]), rows[-1].case_id) if rows and has_following else None,
    )


@dataclass(frozen=True, slots=True)
class _Asked:
    """What `list_cases` was asked for."""

    actor: Actor
    now: datetime
    view: str
    filters: Filters
    cursor: Cursor | None
    limit: int
    order: Order


def _found(asked: _Asked) -> list[Sequence[Any]]:
    """The rows of a page and one more, found in the way that suits how they are narrowed."""
    words = read_words(asked.filters.text)
    if words is None or not words.indexed:
        few = few_matching(asked.view, asked.filters)
        if few is not None:
            return _read(asked, few)
        if asked.view in ARCHIVE_VIEWS and asked.order.sort is OPENED and asked.filters.narrowed:
            return _in_windows(asked, (_read(asked, between=span) for span in _spans(asked)))
        return _read(asked)
    if asked.view in OPEN_VIEWS:
        ids = matching(actor=asked.actor, words=words, is_open=True)
        return _read(asked) if ids is None else _read(asked, ids)
    found = newest_matching(
        actor=asked.actor, words=words, now=asked.now, start=_start(asked), forwards=_way(asked)
    )
    return _in_windows(asked, (_read(asked, ids) if ids else [] for ids in found))


def _in_windows(asked: _Asked, parts: Iterable[Sequence[Sequence[Any]]]) -> list[Sequence[Any]]:
    """Rows of windows of time, one after another, until they fill a page: each unit gives a page
    of its own to a list, so that a filter which leaves little over has every unit read far."""
    found: dict[int, Sequence[Any]] = {}
    for rows in parts:
        for row in rows:
            found.setdefault(row[len(asked.order.sort.keys)], row)  # by its id
        if len(found) > asked.limit:
            break
    return list(found.values())[: asked.limit + 1]


def _spans(asked: _Asked) -> Iterator[tuple[datetime, datetime]]:
    return windows(_start(asked), now=asked.now, forwards=_way(asked))


def _start(asked: _Asked) -> datetime | None:
    """The moment at which the page begins, None at the beginning of the list."""
    moment = asked.cursor.values[0] if asked.cursor else None
    return moment if isinstance(moment, datetime) else None


def _way(asked: _Asked) -> bool:
    """Whether the page goes on to newer cases."""
    backwards = asked.cursor is not None and asked.cursor.backwards
    return asked.order.descending == backwards


def _read(
    asked: _Asked,
    among: Sequence[int] | None = None,
    *,
    between: tuple[datetime, datetime] | None = None,
) -> list[Sequence[Any]]:
    statement, parameters = listing_statement(
        actor=asked.actor,
        now=asked.now,
        view=asked.view,
        filters=asked.filters,
        cursor=asked.cursor,
        limit=asked.limit,
        order=asked.order,
        among=among,
        between=between,
    )
    return list(fetch_all(statement, parameters))


def _row(row: Sequence[Any]) -> CaseRow:
    values = list(row)
    for name, read in (("type_names", plain), ("aside", read_aside)):
        values[_PLACES[name]] = read(values[_PLACES[name]])
    return CaseRow(*values)


def case_beside(
    *,
    actor: Actor,
    now: datetime,
    view: str,
    filters: Filters,
    case: Case,
    backwards: bool,
    order: Order | None = None,
) -> int | None:
    """The id of the next (or previous) case of a list, seen from one that it holds or held."""
    order = order_of(view, order)
    page = list_cases(
        actor=actor,
        now=now,
        view=view,
        filters=filters,
        cursor=Cursor(_keys_of(case.pk, order), case.pk, backwards),
        limit=1,
        order=order,
    )
    return page.rows[0].case_id if page.rows else None


def _keys_of(case_id: int, order: Order) -> tuple[Value, ...]:
    keys = ", ".join(key.sql for key in order.sort.keys)
    rows = fetch_all(f"SELECT {keys} FROM cases_case c WHERE c.id = %(id)s", {"id": case_id})
    return tuple(rows[0])


def count_listed(*, actor: Actor, now: datetime, view: str, filters: Filters, limit: int) -> int:
    """How many cases a list holds, looking no further than `limit`."""
    parts, parameters = conditions(view, filters, actor, now)
    scope = scope_of(view, filters, actor)
    where = " AND ".join([f"c.{scope.column} = ANY(%(scope)s)", *parts])
    with connection.cursor() as database:
        database.execute(
            f"SELECT count(*) FROM (SELECT 1 FROM cases_case c WHERE {where} LIMIT %(limit)s) x",
            {**parameters, "scope": list(scope.ids), "limit": limit},
        )
        (count,) = database.fetchone()
    return int(count)
