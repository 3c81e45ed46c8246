"""The list of contacts: keyset paging, newest first, no more read than is shown."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import connection

from qiao.contact.queries.reading import RIGHT, ROW, InteractionRow
from qiao.contact.queries.rhythm import WRITTEN
from qiao.core.actor import Actor
from qiao.staff.queries import subtree_of

PAGE_ROWS: Final = 30
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class InteractionFilters:
    """What a list is narrowed to; empty means everything. Days are the organisation's own.

    `channels` and `outcomes` mean “one of these”; `spoken` leaves out what was entered after the
    fact (`qiao.contact.queries.rhythm.WRITTEN`), whose time is not known; `unit_id` stands for the
    unit and all below it; `weekday` runs from 1, Monday, to 7.
    """

    channel: str = ""
    channels: tuple[str, ...] = ()
    outcome: str = ""
    outcomes: tuple[str, ...] = ()
    reason: str = ""
    spoken: bool = False
    agent_id: int | None = None
    since: date | None = None
    until: date | None = None
    hour: int | None = None
    unknown: bool = False
    resolved: bool | None = None
    unit_id: int | None = None
    weekday: int | None = None


_PAGE = """
WITH page AS MATERIALIZED (
    SELECT k.id FROM unnest(%(organisations)s::bigint[]) AS s (id)
     CROSS JOIN LATERAL (
           SELECT i.id, i.started_at FROM contact_interaction i
            WHERE i.organisation_id = s.id AND {conditions}
            ORDER BY i.started_at DESC, i.id DESC LIMIT %(limit)s) AS k
     ORDER BY k.started_at DESC, k.id DESC LIMIT %(limit)s)
"""
_OF_PAGE = """
 WHERE i.id = ANY(ARRAY(SELECT page.id FROM page)) ORDER BY i.started_at DESC, i.id DESC
"""


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the cursor to the next page; empty at the end."""

    rows: Sequence[InteractionRow]
    following: str


def list_interactions(
    *, actor: Actor, filters: InteractionFilters, after: str = "", limit: int = PAGE_ROWS
) -> Page:
    """A page of the contacts that the actor may see, newest first; `after` is a page's cursor.

    Each organisation is read by its own index and gives at most a page of keys, which are merged:
    what is read does not grow with the contacts behind.
    """
    conditions, values = _conditions(filters)
    place = read_cursor(after)
    if place is not None:
        conditions.append("(i.started_at, i.id) < (%(moment)s, %(last)s)")
        values |= {"moment": place[0], "last": place[1]}
    organisations = actor.organisations(RIGHT)
    if filters.unit_id is not None:
        below = subtree_of(filters.unit_id)
        organisations = tuple(o for o in organisations if o in below)
    values |= {"organisations": list(organisations), "limit": limit + 1}
    page = _PAGE.format(conditions=" AND ".join(conditions))
    with connection.cursor() as cursor:
        cursor.execute(f"{page} {ROW} {_OF_PAGE}", values)
        rows = [InteractionRow(*row) for row in cursor.fetchall()]
    return page_of(rows, limit)


def page_of(rows: Sequence[InteractionRow], limit: int) -> Page:
    """A page out of rows of which one more than `limit` was asked for."""
    return Page(rows[:limit], _cursor(rows[limit - 1]) if len(rows) > limit else "")


def _conditions(filters: InteractionFilters) -> tuple[list[str], dict[str, Any]]:
    offered: list[tuple[str, str, Any]] = [
        ("i.channel = %(channel)s", "channel", filters.channel or None),
        ("i.channel = ANY(%(channels)s)", "channels", list(filters.channels) or None),
        ("i.outcome = %(outcome)s", "outcome", filters.outcome or None),
        ("i.outcome = ANY(%(outcomes)s)", "outcomes", list(filters.outcomes) or None),
        ("i.reason = %(reason)s", "reason", filters.reason or None),
        ("i.channel <> ALL(%(written)s)", "written", list(WRITTEN) if filters.spoken else None),
        ("i.agent_id = %(agent)s", "agent", filters.agent_id),
        ("i.started_date >= %(since)s", "since", filters.since),
        ("i.started_date < %(until)s", "until", filters.until),
        ("i.started_hour = %(hour)s", "hour", filters.hour),
        ("extract(isodow FROM i.started_date) = %(weekday)s", "weekday", filters.weekday),
        ("i.resolved = %(resolved)s", "resolved", filters.resolved),
    ]
    given = [(text, key, value) for text, key, value in offered if value is not None]
    conditions = ["i.state <> 'abandoned'", *(text for text, _, _ in given)]
    if filters.unknown:
        conditions.append("i.customer_id IS NULL")
    # The index is on the moment, which differs from the local day by less than a day.
    if filters.since is not None:
        conditions.append("i.started_at >= %(since)s::timestamptz - interval '1 day'")
    if filters.until is not None:
        conditions.append("i.started_at < %(until)s::timestamptz + interval '1 day'")
    return conditions, {key: value for _, key, value in given}


def _cursor(row: InteractionRow) -> str:
    return f"{(row.started_at - EPOCH) // timedelta(microseconds=1)}.{row.interaction_id}"


def read_cursor(text: str) -> tuple[datetime, int] | None:
    """The place that an address carries; None for none, or one that was tampered with."""
    micros, _, last = text.partition(".")
    try:
        return EPOCH + timedelta(microseconds=int(micros)), int(last)
    except (ValueError, OverflowError):
        return None
