"""Imports of customers: how far each is, and what became of its rows."""

from datetime import datetime
from typing import Any

from django.utils.translation import gettext_lazy as _

from qiao.api.views.v1.calls import ProgramRequest, actor_of
from qiao.api.views.v1.service import reads
from qiao.api.views.v1.shapes import (
    PAGE_ROWS,
    Cursor,
    Limit,
    PathId,
    Shown,
    cursor_for,
    read_cursor,
)
from qiao.customers import queries

GROUP = "imports"
LISTED = "imports"


class ImportShown(Shown):
    """A file that was taken in. Of `read_count` rows, some made customers, some were of known
    ones, to whom `added_count` rows added something, and some were refused. Taken back, rows are
    undone, or kept because they are in use."""

    import_id: int
    organisation_id: int
    file_name: str
    format: str
    state: str
    known: str
    read_count: int
    created_count: int
    known_count: int
    added_count: int
    differing_count: int
    refused_count: int
    undone_count: int
    kept_count: int
    created_at: datetime
    finished_at: datetime | None
    undone_at: datetime | None


class Imports(Shown):
    """A page, the newest first: `next` goes on, null at the end."""

    items: list[ImportShown]
    next: str | None


def _told(job: Any) -> ImportShown:
    own = {name: getattr(job, name) for name in ImportShown.model_fields if name != "import_id"}
    return ImportShown(import_id=job.pk, **own)


@reads(
    "/imports", "listImports", scope="imports:read", answer=Imports, group=GROUP,
    title=_("List imports of customers"),
    about=_("Files that were taken in, with how many rows made customers and how many did not."),
)  # fmt: skip
def list_imports(request: ProgramRequest, after: Cursor = "", limit: Limit = PAGE_ROWS) -> Imports:
    """A page of imports."""
    page = queries.list_imports(
        actor=actor_of(request), after=read_cursor(LISTED, after), limit=limit
    )
    return Imports(items=list(map(_told, page.imports)), next=cursor_for(LISTED, page.after))


@reads(
    "/imports/{import_id}", "getImport", scope="imports:read", answer=ImportShown, group=GROUP,
    title=_("Read an import"),
    about=_("While its `state` is `running`, the counts grow; ask again until it is `done`."),
)  # fmt: skip
def get_import(request: ProgramRequest, import_id: PathId) -> ImportShown:
    """One import."""
    return _told(queries.get_import_for(actor=actor_of(request), import_id=import_id))
