"""The customer's timeline: rows of many modules in one order, read by one statement."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.urls import NoReverseMatch, reverse

from qiao.core.actor import Actor
from qiao.core.manifest import TimelineSource
from qiao.core.panels import Scopes, Statement
from qiao.core.prepared import fetch_all
from qiao.core.registry import registry

END_OF_TIME = datetime(9999, 12, 31, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Entry:
    """One row of the timeline. `at` is aware; `url` opens it, if its module has a page for it."""

    source: str
    at: datetime
    kind: str
    ref: int
    channel: str
    title: str
    body: str
    staff: str
    status: str
    number: str
    icon: str
    url: str


@dataclass(frozen=True, slots=True)
class Page:
    """Entries, newest first, and the moment to go on `before`; None at the end."""

    entries: list[Entry]
    before: datetime | None


def compose(
    sources: Sequence[TimelineSource],
    *,
    actor: Actor,
    customer_id: int,
    now: datetime,
    before: datetime,
    limit: int,
    customer_ids: Sequence[int] = (),
) -> Statement:
    """Join the sources into one UNION ALL; each reads no more than `limit` rows."""
    scopes = Scopes(actor)
    arms = "\nUNION ALL\n".join(
        f"(SELECT {place} AS source, s{place}.* FROM ("  # noqa: S608 - a number and manifests
        f"{scopes.bind(source.sql, source.permission)}"
        f") AS s{place} (at, kind, ref, channel, title, body, staff, status, number))"
        for place, source in enumerate(sources)
    )
    parameters: dict[str, Any] = {
        "customer_id": customer_id,
        "customer_ids": list(customer_ids) or [customer_id],
        "now": now,
        "before": before,
        "limit": limit,
    }
    return Statement(
        f"SELECT * FROM (\n{arms}\n) AS rows ORDER BY at DESC, source, ref DESC"  # noqa: S608
        " LIMIT %(limit)s",
        parameters | scopes.parameters(),
    )


def load_timeline(
    actor: Actor,
    customer_id: int,
    now: datetime,
    *,
    before: datetime | None = None,
    limit: int = 20,
    customer_ids: Sequence[int] = (),
    only: str = "",
) -> Page:
    """A page of the timeline: entries earlier than `before`, newest first.

    What happened at one moment is never torn apart, so a page may hold a few rows more than
    `limit`. `only` narrows to the source of that key.
    """
    sources = [s for s in registry.timeline(actor) if not only or s.key == only]
    return read_page(
        sources,
        actor=actor,
        customer_id=customer_id,
        now=now,
        before=before,
        limit=limit,
        customer_ids=customer_ids,
    )


def read_page(
    sources: Sequence[TimelineSource],
    *,
    actor: Actor,
    customer_id: int,
    now: datetime,
    before: datetime | None = None,
    limit: int = 20,
    customer_ids: Sequence[int] = (),
) -> Page:
    """A page out of these sources; see `load_timeline`."""
    if not sources:
        return Page([], None)
    wanted = limit + 1
    while True:
        statement = compose(
            sources,
            actor=actor,
            customer_id=customer_id,
            customer_ids=customer_ids,
            now=now,
            before=before or END_OF_TIME,
            limit=wanted,
        )
        rows = fetch_all(statement.sql, statement.parameters)
        kept = _to_end_of_moment(rows, limit)
        if len(rows) < wanted or len(kept) < len(rows):
            break
        wanted *= 4
    entries = [_entry(sources[row[0]], row[1:]) for row in kept]
    return Page(entries, entries[-1].at if len(kept) < len(rows) else None)


def _to_end_of_moment(rows: list[tuple[Any, ...]], limit: int) -> list[tuple[Any, ...]]:
    """The first `limit` rows, and those after them that happened at the same moment."""
    end = min(limit, len(rows))
    while 0 < end < len(rows) and rows[end][1] == rows[end - 1][1]:
        end += 1
    return rows[:end]


def _entry(source: TimelineSource, row: tuple[Any, ...]) -> Entry:
    at, kind, ref, *words = row
    channel, title, body, staff, status, number = ("" if w is None else str(w) for w in words)
    return Entry(
        source=source.key,
        at=at,
        kind=kind or "",
        ref=ref,
        channel=channel,
        title=source.entitle(title),
        body=body,
        staff=staff,
        status=str(source.words.get(status, status)),
        number=number,
        icon=source.icon,
        url=_address(source.url_name, ref),
    )


def _address(url_name: str, ref: int) -> str:
    try:
        return reverse(url_name, args=[ref]) if url_name else ""
    except NoReverseMatch:
        return ""
