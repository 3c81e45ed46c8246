"""What the frame of every page shows of the desk: the strip of open customers."""

from functools import cache
from typing import Any

from django.http import HttpRequest

from qiao.desk.queries.tabs import Strip, may_keep_tabs, strip_of, subject_of


def page(request: HttpRequest) -> dict[str, Any]:
    """The name of the strip for the frame; it is read only where a page draws it."""
    return {"tab_strip": cache(lambda: _strip(request))}


def _strip(request: HttpRequest) -> Strip | None:
    actor: Any = getattr(request, "actor", None)
    return strip_of(actor, subject_of(request)) if may_keep_tabs(actor) else None
