"""What the pages of uploaded tables share: columns and their choice, where a table stands, what
somebody may do with it, its rows as a file. The parts of their templates are in ``tables/``."""

import tempfile
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final, TypeVar

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.utils.translation import gettext as _

from qiao.core.downloads import send_file
from qiao.core.http import StaffRequest
from qiao.core.table_files import TYPES
from qiao.core.table_life import TableLife
from qiao.core.table_models import WAITING, WORKING, KeptTable
from qiao.core.table_uploads import BadMapping, FileMovedOn
from qiao.core.table_words import refusal_word
from qiao.core.transactions import acting, outside

K = TypeVar("K", bound=KeptTable)
MOVES: Final = {
    "back": "reopen_columns", "start": "start", "resume": "resume", "discard": "discard",
}  # fmt: skip
"""What somebody may have done with a table, by the words of addresses."""


def columns_of(file: KeptTable, post: Mapping[str, str] | None = None) -> list[dict[str, Any]]:
    """Every column with a few of its values and the field that it is taken for, or that a form
    which was refused says: what ``tables/columns.html`` shows."""
    post = post or {}
    return [
        {
            "key": f"column-{place}",
            "name": name,
            "field": post.get(f"column-{place}", file.mapping.get(str(place), "")),
            "samples": file.samples[place] if place < len(file.samples) else [],
        }
        for place, name in enumerate(file.header)
    ]


def columns_in(request: HttpRequest, file: KeptTable) -> dict[int, str]:
    """The field of every column, as the form of ``tables/columns.html`` says."""
    places = range(len(file.header))
    return {place: request.POST.get(f"column-{place}", "") for place in places}


def column_fault(code: str, field: str) -> str:
    """What is wrong with the columns as they were named, a fault of `core.rules.columns`; `field`
    is in words."""
    if code == "missing":
        return _("No column holds this: %s") % field
    return _("Two columns hold this: %s") % field


def name_columns(
    request: StaffRequest, life: TableLife[K], file: K, word: Callable[[str], str], *,
    else_say: str = "",
) -> list[str]:  # fmt: skip
    """Take the columns as the form of ``tables/columns.html`` names them and have the table
    checked; what is wrong with them, in words, and nothing is done then. `word` gives the name of
    a field; `else_say` as of `move`."""
    mapping = columns_in(request, file)
    try:
        move(
            request,
            lambda: life.name_columns(actor=request.actor, file_id=file.pk, mapping=mapping),
            else_say=else_say,
        )
    except BadMapping as bad:
        return [column_fault(code, word(name)) for code, name in bad.faults]
    return []


def standing(life: TableLife[K], file: K) -> dict[str, Any]:
    """Where a table stands: what the parts in ``tables/`` ask of it."""
    return {
        "working": file.state in WORKING,
        "is_lost": life.is_lost(file),
        "failure": refusal_word(file.failure) if file.failure else "",
        "is_removable": file.state in WAITING,
    }


def percent(done: int, whole: int) -> int:
    """How much of the rows is done; nought where nobody knows how many there are."""
    return min(100, done * 100 // whole) if whole else 0


def is_over(request: StaffRequest, file: KeptTable) -> HttpResponse | None:
    """The answer to a part that asks again, where nothing is at work any more: the whole page is
    asked for. None otherwise."""
    if request.htmx and file.state not in WORKING:
        return HttpResponse(status=204, headers={"HX-Refresh": "true"})
    return None


def fault_lines(
    found: Mapping[str, Any], tell: Callable[[str, str], Mapping[str, Any]]
) -> list[dict[str, Any]]:
    """The faults that a check found, as ``tables/faults.html`` shows them; `tell` gives the words
    ``column``, ``what`` and ``expected`` for a field and a code."""
    return [
        {
            **tell(name, code),
            "count": count,
            "rows": [{"number": number, "found": text} for number, text in examples],
        }
        for name, code, count, examples in found.get("faults", [])
    ]


def move(request: StaffRequest, do: Callable[[], object], *, else_say: str = "") -> bool:
    """Do something with a table; whether it was done. Where somebody was faster, that is said, or
    `else_say` in its place."""
    try:
        do()
    except FileMovedOn:
        messages.warning(request, else_say or moved_on())
        return False
    return True


def moved_on() -> str:
    """That somebody was faster, in words."""
    return _("Somebody went on with this file meanwhile.")


def move_by(
    request: StaffRequest, life: TableLife[K], file: K, action: str, *, else_say: str = ""
) -> bool:
    """Do one of `MOVES` with a table, as `move`. Raises `Http404` for another word."""
    if action not in MOVES:
        raise Http404(action)
    step = getattr(life, MOVES[action])
    return move(request, lambda: step(actor=request.actor, file_id=file.pk), else_say=else_say)


def send_rows(
    request: StaffRequest, form: str, *, name: str, write: Callable[[Path], object],
    record: Callable[[], object],
) -> StreamingHttpResponse:  # fmt: skip
    """Rows as a file of `form`, called `name` and the form's ending: written, then recorded in a
    transaction, then sent. Raises `Http404` for a form that there is not."""
    outside()
    if form not in TYPES:
        raise Http404(form)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"rows.{form}"
        write(path)
        with acting(request.actor):
            record()
        return send_file(
            request, path, name=f"{name}.{form}", content_type=TYPES[form], remove=True
        )
