"""Taking a list away as CSV: recorded, streamed, and safe to open in a spreadsheet."""

import csv
import io
from collections.abc import AsyncIterator, Iterable, Iterator
from datetime import datetime
from typing import Any

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import StreamingHttpResponse
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from qiao.cases import queries
from qiao.cases.forms import read_filters, read_view
from qiao.cases.queries import CaseRow
from qiao.cases.showing import listing, names
from qiao.cases.showing.listing import ShownRow
from qiao.core import disclosure
from qiao.core.http import StaffRequest, staff_view
from qiao.core.rules.cells import safe_cell
from qiao.core.ui.marks import channel_name

BATCH = 500
MOST_ROWS = 100_000


@staff_view("cases.export", methods=("POST",))
def export(request: StaffRequest) -> StreamingHttpResponse:
    """The whole list as CSV. Who took what, and how many rows, is kept."""
    view = read_view(request.GET, "open")
    filters = read_filters(request.GET)
    options: dict[str, Any] = {
        "actor": request.actor,
        "now": request.now,
        "view": view,
        "filters": filters,
    }
    disclosure.record(
        kind="export",
        subject="cases.case",
        organisation_id=request.actor.organisation_id,
        actor=request.actor,
        now=request.now,
        reason=request.GET.urlencode()[:500],
        fields=tuple(_heads()),
        row_count=queries.count_listed(**options, limit=MOST_ROWS),
    )
    language = translation.get_language() or "en"
    chunks = _chunks(language, **options)
    streamed: Any = _asynchronous(chunks) if isinstance(request, ASGIRequest) else chunks
    response = StreamingHttpResponse(streamed, content_type="text/csv; charset=utf-8")
    name = f"cases-{view}-{timezone.localtime(request.now):%Y%m%d-%H%M}.csv"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


def _heads() -> list[str]:
    return [
        _("Number"),
        _("Title"),
        _("Type"),
        _("Step"),
        _("Phase"),
        _("Priority"),
        _("Channel"),
        _("Customer"),
        _("Customer tier"),
        _("Area"),
        _("Place"),
        _("Team"),
        _("Works on it"),
        _("First person"),
        pgettext("case", "Opened"),
        _("Due"),
        _("Archived"),
        _("Deadline"),
    ]


def _cells(shown: ShownRow) -> list[object]:
    row = shown.row
    return [
        row.number,
        row.title,
        shown.type_name,
        shown.step_name,
        shown.phase_name,
        names.PRIORITIES[row.priority],
        channel_name(row.channel),
        row.customer_name or row.caller_name,
        row.tier,
        row.area,
        row.place,
        row.team_name,
        row.assignee_name,
        row.responsible_name,
        _local(row.opened_at),
        _local(row.due_at),
        _local(row.closed_at),
        _kept(row),
    ]


def _local(moment: datetime | None) -> str:
    return f"{timezone.localtime(moment):%Y-%m-%d %H:%M}" if moment else ""


def _kept(row: CaseRow) -> object:
    if row.promise_kept is None:
        return names.LEVELS[row.level]
    return listing.PROMISES["kept" if row.promise_kept else "missed"]


def _chunks(language: str, **options: Any) -> Iterator[bytes]:
    """The file in pieces, a page of the list each; no transaction stays open between them."""
    with translation.override(language):
        heads = _lines([_heads()])
    yield "\ufeff".encode() + heads
    cursor, rows = None, 0
    while rows < MOST_ROWS:
        with translation.override(language):
            page = queries.list_cases(**options, cursor=cursor, limit=BATCH)
            lines = _lines(_cells(shown) for shown in listing.show_rows(page.rows))
        yield lines
        rows += len(page.rows)
        cursor = page.following
        if cursor is None:
            return


def _lines(rows: Iterable[Iterable[object]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerows([[safe_cell(cell) for cell in row] for row in rows])
    return out.getvalue().encode()


async def _asynchronous(chunks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same pieces for the asynchronous server, each made outside its loop."""
    following: Any = sync_to_async(next, thread_sensitive=True)
    while (chunk := await following(chunks, None)) is not None:
        yield chunk
