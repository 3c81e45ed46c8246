"""Tell the browser a result in passing, with a real way back for ten seconds."""

import json

from django.http import HttpResponse


def add_toast(response: HttpResponse, *, text: str, undo_url: str = "") -> HttpResponse:
    """Let an htmx answer show a toast; `undo_url` is what a press of “Undo” posts to.

    Other events already in ``HX-Trigger`` stay. Errors do not belong here: they stand in the page.
    """
    events = json.loads(response.headers.get("HX-Trigger", "{}"))
    events["q:toast"] = {"text": text, "undo": undo_url} if undo_url else {"text": text}
    response.headers["HX-Trigger"] = json.dumps(events)
    return response
