"""Lists of cases: keyset paging, one statement, and no more of it read than is shown."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case
from qiao.cases.queries.aside import SET_ASIDE, Aside, read_aside
from qiao.cases.queries.decoding import plain
from qiao.cases.queries.filters import (
    ARCHIVE_VIEWS,
    OPEN_VIEWS,
    VIEWS,
    Filters,
    conditions,
    scope_of,
)
from qiao.cases.queries.rare import few_matching
from qiao.cases.queries.searching import matching, newest_matching, read_words, windows
from qiao.cases.queries.sorting import DUE, OPENED, Cursor, Order, Value, read_order
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.wording import reader_key
from qiao.customers.queries import stands_for

PAGE_ROWS: Final = 30
_MOST: Final = ":most:"
WATCHED_SECONDS: Final = 45  # who has not been heard of for so long has left the case


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


_DETAILS = f"""
c.id, c.number, c.title, t.key, t.names, c.process_id, c.step, c.phase, c.priority,
       c.channel, c.level, c.is_paused, c.escalated, c.chase_count, c.promise_kept, c.due_at,
       c.due_promise, k.started_at, c.opened_at, c.closed_at,
       c.changed_at, cu.id, coalesce(cu.name, ''), coalesce(cu.tier, ''),
       c.caller_name, coalesce(nullif(p.district, ''), c.area),
       coalesce(p.full_text, c.place),
       coalesce(nullif(team.names ->> %(language)s, ''), team.name), coalesce(a.name, ''), r.name,
       EXISTS (SELECT 1 FROM cases_caseunread u WHERE u.staff_id = %(me)s AND u.case_id = c.id),
       {SET_ASIDE},
       ARRAY(SELECT s.name FROM cases_caseviewer w JOIN staff_staff s ON s.id = w.staff_id
              WHERE w.case_id = c.id AND w.seen_at > %(watched_since)s AND w.staff_id <> %(me)s
              ORDER BY w.seen_at DESC LIMIT 5), c.risk, c.is_green, c.word_due_at
  FROM page
  JOIN cases_case c ON c.ctid = page.place
  JOIN cases_casetype t ON t.id = c.case_type_id
  JOIN staff_organisation team ON team.id = c.team_id
  JOIN staff_staff r ON r.id = c.responsible_id
  LEFT JOIN staff_staff a ON a.id = c.assignee_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
  LEFT JOIN customers_customer held ON held.id = c.customer_id
  LEFT JOIN customers_customer cu ON cu.id = {stands_for("held")}
  LEFT JOIN LATERAL (
       SELECT started_at FROM cases_caseclock
        WHERE case_id = c.id AND promise = c.due_promise ORDER BY round DESC LIMIT 1) k
       ON c.due_at IS NOT NULL
"""


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
    order = _order_of(view, order)
    if filters is not None and filters.text and view not in OPEN_VIEWS:
        order = _order_of(view, None)
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


def _order_of(view: str, order: Order | None) -> Order:
    if view not in VIEWS:
        raise ValueError(f"there is no view {view}")
    return order or read_order("", is_open=view in OPEN_VIEWS)


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
    order = _order_of(view, order)
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


def listing_statement(
    *,
    actor: Actor,
    now: datetime,
    view: str,
    filters: Filters,
    cursor: Cursor | None,
    limit: int,
    order: Order | None = None,
    among: Sequence[int] | None = None,
    between: tuple[datetime, datetime] | None = None,
) -> tuple[str, dict[str, Any]]:
    """The statement of `list_cases` and its parameters: the keys of each row, then its details;
    it asks for one row more than `limit`. `among` are ids of cases that come into question,
    `between` is the span of time in which they were opened.

    How many is written out, not bound: a prepared plan must know that they are few.
    """
    order = _order_of(view, order)
    if among is not None:
        filters = filters.without("text")
    keys, parameters = _keys(actor, now, view, filters, cursor, order, among, between)
    parameters |= {
        "me": actor.staff_id or 0,
        "language": reader_key(),
        "watched_since": now - timedelta(seconds=WATCHED_SECONDS),
    }
    names = [f"k{place}" for place in range(len(order.sort.keys))]
    merged = _ordering(names, "id", order, cursor)
    shown = _ordering([f"page.{name}" for name in names], "page.id", order, cursor)
    selected = ", ".join(f"page.{name}" for name in names)
    statement = (
        f"WITH page AS MATERIALIZED ({keys} ORDER BY {merged} LIMIT {_MOST})"
        f" SELECT {selected}, {_DETAILS} ORDER BY {shown}"
    )
    return statement.replace(_MOST, str(int(limit) + 1)), parameters


def _ordering(keys: Sequence[str], last: str, order: Order, cursor: Cursor | None) -> str:
    backwards = cursor is not None and cursor.backwards
    if order.sort is DUE:
        (due,) = keys
        if backwards:
            return f"{due} DESC NULLS FIRST, {last} DESC"
        return f"{due} NULLS LAST, {last}"
    way = " DESC" if order.descending != backwards else ""
    return ", ".join(f"{key}{way}" for key in (*keys, last))


def _keys(
    actor: Actor,
    now: datetime,
    view: str,
    filters: Filters,
    cursor: Cursor | None,
    order: Order,
    among: Sequence[int] | None,
    between: tuple[datetime, datetime] | None,
) -> tuple[str, dict[str, Any]]:
    scope = scope_of(view, filters, actor)
    parts, parameters = conditions(view, filters, actor, now)
    if between is not None:
        parts.append("c.opened_at >= %(after)s AND c.opened_at < %(before)s")
        parameters |= {"after": between[0], "before": between[1]}
    sort = order.sort
    parameters |= {"scope": list(scope.ids)}
    if cursor is not None:
        parameters |= {f"cursor_{i}": value for i, value in enumerate(cursor.values)}
        parameters |= {"cursor_id": cursor.case_id}
    selected = ", ".join(f"{key.sql} AS k{place}" for place, key in enumerate(sort.keys))
    within = _ordering([key.sql for key in sort.keys], "c.id", order, cursor)
    places = _due_places(cursor) if sort is DUE else _places(order, cursor)
    source, scoped = "cases_case c", f"c.{scope.column} = s.id"
    if among is not None:
        source = "unnest(%(among)s::bigint[]) AS f (id) JOIN cases_case c ON c.id = f.id"
        scoped = f"c.{scope.column} = ANY(%(scope)s::bigint[])"
        parameters["among"] = list(among)
    arms = [
        f"(SELECT c.id, {selected}, c.ctid AS place FROM {source}"
        f" WHERE {' AND '.join([scoped, *parts, *place])}"
        f" ORDER BY {within} LIMIT {_MOST})"
        for place in places
    ]
    if among is not None:
        return f"SELECT k.* FROM ({' UNION ALL '.join(arms)}) AS k", parameters
    return (
        "SELECT k.* FROM unnest(%(scope)s::bigint[]) AS s (id)"
        f" CROSS JOIN LATERAL ({' UNION ALL '.join(arms)}) AS k",
        parameters,
    )


def _places(order: Order, cursor: Cursor | None) -> Iterator[list[str]]:
    """Where a page begins, as one range of the index."""
    if cursor is None:
        yield []
        return
    after = "<" if order.descending != cursor.backwards else ">"
    keys = ", ".join(key.sql for key in order.sort.keys)
    bound = ", ".join(f"%(cursor_{i})s::{key.cast}" for i, key in enumerate(order.sort.keys))
    yield [f"({keys}, c.id) {after} ({bound}, %(cursor_id)s)"]


def _due_places(cursor: Cursor | None) -> Iterator[list[str]]:
    """The same for due times: cases without one come last, and an OR of both would be read as a
    filter."""
    after = "<" if cursor is not None and cursor.backwards else ">"
    if cursor is None:
        yield []
    elif cursor.values[0] is None:
        yield [f"c.due_at IS NULL AND c.id {after} %(cursor_id)s"]
        if cursor.backwards:
            yield ["c.due_at IS NOT NULL"]
    else:
        yield [f"(c.due_at, c.id) {after} (%(cursor_0)s, %(cursor_id)s)"]
        if not cursor.backwards:
            yield ["c.due_at IS NULL"]
