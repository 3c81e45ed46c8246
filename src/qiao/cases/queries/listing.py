"""Lists of cases: keyset paging, one statement, and no more of it read than is shown."""
# ruff: noqa: S608 - statements are put together from this module's own pieces; values are bound

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.cases.models import Case
from qiao.cases.queries.decoding import plain
from qiao.cases.queries.filters import OPEN_VIEWS, Filters, conditions, scope_of
from qiao.core.actor import Actor
from qiao.core.prepared import fetch_all
from qiao.core.wording import reader_key
from qiao.customers.queries import stands_for

EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)
NO_MOMENT: Final = "n"
PAGE_ROWS: Final = 30
NAMES_AT: Final = 4  # the place of the type's names in a row
_MOST: Final = ":most:"
WATCHED_SECONDS: Final = 45  # who has not been heard of for so long has left the case


@dataclass(frozen=True, slots=True)
class Cursor:
    """A place between two rows: the last row's moment (None: it has none) and id."""

    moment: datetime | None
    case_id: int
    backwards: bool = False

    def __str__(self) -> str:
        micros = NO_MOMENT
        if self.moment is not None:
            micros = str((self.moment - EPOCH) // timedelta(microseconds=1))
        return f"{micros}.{self.case_id}"


def read_cursor(text: str, *, backwards: bool = False) -> Cursor | None:
    """The cursor that an address carries; None for one that was tampered with."""
    micros, _, case_id = text.partition(".")
    try:
        moment = None if micros == NO_MOMENT else EPOCH + timedelta(microseconds=int(micros))
        return Cursor(moment, int(case_id), backwards)
    except (ValueError, OverflowError):
        return None


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
    watchers: list[str]
    risk: str = ""


@dataclass(frozen=True, slots=True)
class CasePageOfRows:
    """A page of a list with the cursors to both sides; None where the list ends."""

    rows: list[CaseRow]
    previous: Cursor | None
    following: Cursor | None


_DETAILS = f"""
SELECT c.id, c.number, c.title, t.key, t.names, c.process_id, c.step, c.phase, c.priority,
       c.channel, c.level, c.is_paused, c.escalated, c.chase_count, c.promise_kept, c.due_at,
       c.due_promise, k.started_at, c.opened_at, c.closed_at,
       coalesce(e.recorded_at, c.opened_at), cu.id, coalesce(cu.name, ''), coalesce(cu.tier, ''),
       c.caller_name, coalesce(nullif(p.district, ''), c.area),
       coalesce(p.full_text, c.place),
       coalesce(nullif(team.names ->> %(language)s, ''), team.name), coalesce(a.name, ''), r.name,
       ARRAY(SELECT s.name FROM cases_caseviewer w JOIN staff_staff s ON s.id = w.staff_id
              WHERE w.case_id = c.id AND w.seen_at > %(watched_since)s AND w.staff_id <> %(me)s
              ORDER BY w.seen_at DESC LIMIT 5), c.risk
  FROM page
  JOIN cases_case c ON c.ctid = page.place
  JOIN cases_casetype t ON t.id = c.case_type_id
  JOIN staff_organisation team ON team.id = c.team_id
  JOIN staff_staff r ON r.id = c.responsible_id
  LEFT JOIN staff_staff a ON a.id = c.assignee_id
  LEFT JOIN customers_premises p ON p.id = c.premises_id
  LEFT JOIN customers_customer held ON held.id = c.customer_id
  LEFT JOIN customers_customer cu ON cu.id = {stands_for("held")}
  LEFT JOIN cases_caseevent e ON e.case_id = c.id AND e.seq = c.event_count
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
) -> CasePageOfRows:
    """One page of a view: open views by due time (cases without one last), others newest first.

    Each organisation (or person, or team) is read by its own index and gives at most a page of
    keys, which are merged: what is read does not grow with the cases behind. Names of teams are
    in the reader's language where they have one there.

    Raises `ValueError` for an unknown view.
    """
    statement, parameters = listing_statement(
        actor=actor, now=now, view=view, filters=filters or Filters(), cursor=cursor, limit=limit
    )
    rows = [_row(row) for row in fetch_all(statement, parameters)]
    backwards = cursor is not None and cursor.backwards
    more = len(rows) > limit
    rows = rows[:limit]
    if backwards:
        rows.reverse()
    has_previous = more if backwards else cursor is not None
    has_following = bool(rows) if backwards else more
    return CasePageOfRows(
        rows,
        _cursor(view, rows[0], backwards=True) if rows and has_previous else None,
        _cursor(view, rows[-1]) if rows and has_following else None,
    )


def _row(row: Sequence[Any]) -> CaseRow:
    values = list(row)
    values[NAMES_AT] = plain(values[NAMES_AT])
    return CaseRow(*values)


def case_beside(
    *,
    actor: Actor,
    now: datetime,
    view: str,
    filters: Filters,
    case: Case,
    backwards: bool,
) -> int | None:
    """The id of the next (or previous) case of a list, seen from one that it holds or held."""
    moment = case.due_at if view in OPEN_VIEWS else case.opened_at
    cursor = Cursor(moment, case.pk, backwards)
    page = list_cases(actor=actor, now=now, view=view, filters=filters, cursor=cursor, limit=1)
    return page.rows[0].case_id if page.rows else None


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


def _cursor(view: str, row: CaseRow, *, backwards: bool = False) -> Cursor:
    return Cursor(row.due_at if view in OPEN_VIEWS else row.opened_at, row.case_id, backwards)


def listing_statement(
    *,
    actor: Actor,
    now: datetime,
    view: str,
    filters: Filters,
    cursor: Cursor | None,
    limit: int,
) -> tuple[str, dict[str, Any]]:
    """The statement of `list_cases` and its parameters; it asks for one row more than `limit`.

    How many is written out, not bound: a prepared plan must know that they are few.
    """
    if view not in (*OPEN_VIEWS, "closed", "all"):
        raise ValueError(f"there is no view {view}")
    keys, parameters = _keys(actor, now, view, filters, cursor)
    parameters |= {
        "me": actor.staff_id or 0,
        "language": reader_key(),
        "watched_since": now - timedelta(seconds=WATCHED_SECONDS),
    }
    order = _order(view, cursor)
    shown = order.replace("moment", "page.moment").replace("id", "page.id")
    statement = (
        f"WITH page AS MATERIALIZED ({keys} ORDER BY {order} LIMIT {_MOST})"
        f"{_DETAILS} ORDER BY {shown}"
    )
    return statement.replace(_MOST, str(int(limit) + 1)), parameters


def _order(view: str, cursor: Cursor | None) -> str:
    backwards = cursor is not None and cursor.backwards
    if view in OPEN_VIEWS:
        return "moment DESC NULLS FIRST, id DESC" if backwards else "moment NULLS LAST, id"
    return "moment, id" if backwards else "moment DESC, id DESC"


def _keys(
    actor: Actor, now: datetime, view: str, filters: Filters, cursor: Cursor | None
) -> tuple[str, dict[str, Any]]:
    scope = scope_of(view, filters, actor)
    parts, parameters = conditions(view, filters, actor, now)
    column = "due_at" if view in OPEN_VIEWS else "opened_at"
    parameters |= {"scope": list(scope.ids)}
    if cursor is not None:
        parameters |= {"cursor_moment": cursor.moment, "cursor_id": cursor.case_id}
    order = _order(view, cursor).replace("moment", f"c.{column}").replace("id", "c.id")
    arms = [
        f"(SELECT c.id, c.{column} AS moment, c.ctid AS place FROM cases_case c"
        f" WHERE {' AND '.join([f'c.{scope.column} = s.id', *parts, *place])}"
        f" ORDER BY {order} LIMIT {_MOST})"
        for place in _places(column, cursor)
    ]
    return (
        "SELECT k.id, k.moment, k.place FROM unnest(%(scope)s::bigint[]) AS s (id)"
        f" CROSS JOIN LATERAL ({' UNION ALL '.join(arms)}) AS k",
        parameters,
    )


def _places(column: str, cursor: Cursor | None) -> Iterator[list[str]]:
    """Where a page begins, as ranges of the index: cases without due time come last, and an OR
    of both would be read as a filter."""
    after = "<" if (cursor is not None and cursor.backwards) == (column == "due_at") else ">"
    if cursor is None:
        yield []
    elif column != "due_at":
        yield [f"(c.{column}, c.id) {after} (%(cursor_moment)s, %(cursor_id)s)"]
    elif cursor.moment is None:
        yield [f"c.due_at IS NULL AND c.id {after} %(cursor_id)s"]
        if cursor.backwards:
            yield ["c.due_at IS NOT NULL"]
    else:
        yield [f"(c.due_at, c.id) {after} (%(cursor_moment)s, %(cursor_id)s)"]
        if not cursor.backwards:
            yield ["c.due_at IS NULL"]
