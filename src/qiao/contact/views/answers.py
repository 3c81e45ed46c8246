"""Answers to the browser: what changed, said as events of the page."""

import json

from django.http import HttpResponse

CHANGED = "contact:changed"
CLOSED = "contact:closed"
IDENTIFIED = "contact:identified"
LINKED = "contact:linked"


def tell_page(response: HttpResponse, *names: str, interaction_id: int) -> HttpResponse:
    """Wake the parts of the page that listen for these events on ``body``."""
    told = json.loads(response.headers.get("HX-Trigger", "{}"))
    told |= {name: {"id": interaction_id} for name in names}
    response.headers["HX-Trigger"] = json.dumps(told)
    return response


def go(address: str, *, target: str = "#q-middle") -> HttpResponse:
    """Let the workspace open another address in its middle, with the address bar."""
    response = HttpResponse(status=204)
    response.headers["HX-Location"] = json.dumps(
        {"path": address, "target": target, "swap": "outerHTML"}
    )
    return response
