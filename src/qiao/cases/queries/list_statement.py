"""The statement that reads a page of a list: keys by the index of each unit, then details."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.cases.queries.aside import SET_ASIDE
from qiao.cases.queries.filters import OPEN_VIEWS, VIEWS, Filters, conditions, scope_of
from qiao.cases.queries.sorting import DUE, Cursor, Order, read_order
from qiao.core.actor import Actor
from qiao.core.wording import reader_key
from qiao.customers.queries import stands_for

WATCHED_SECONDS: Final = 45  # who has not been heard of for so long has left the case
_MOST: Final = ":most:"

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


def order_of(view: str, order: Order | None) -> Order:
    """The order that was asked for, else that of the view. Raises `ValueError` for no view."""
    if view not in VIEWS:
        raise ValueError(f"there is no view {view}")
    return order or read_order("", is_open=view in OPEN_VIEWS)


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
    order = order_of(view, order)
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
