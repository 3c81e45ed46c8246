"""One page that holds parts of another module's: parts are asked for by address, not by import."""

import copy
from urllib.parse import urlsplit

from django.http import HttpRequest, HttpResponse, QueryDict
from django.urls import resolve


def answer(
    request: HttpRequest, address: str, *, method: str = "GET", data: QueryDict | None = None
) -> HttpResponse:
    """What the page at `address` answers to this request's person, as a fragment for htmx.

    With `method` POST the posted data of `request` go along, or `data` in their place, and the
    running transaction is the one that both share. Rights are checked by the page itself, as ever.

    Raises `django.http.Http404`, `django.core.exceptions.PermissionDenied` as the page does.
    """
    parts = urlsplit(address)
    inner = copy.copy(request)
    inner.path = inner.path_info = parts.path
    inner.GET = QueryDict(parts.query)
    inner.method = method
    if data is not None:
        inner.POST = data  # type: ignore[assignment]
    inner.META = request.META | {
        "QUERY_STRING": parts.query,
        "PATH_INFO": parts.path,
        "REQUEST_METHOD": method,
        "HTTP_HX_REQUEST": "true",
    }
    inner.__dict__.pop("headers", None)
    inner.resolver_match = resolve(parts.path)
    match = inner.resolver_match
    response: HttpResponse = match.func(inner, *match.args, **match.kwargs)
    return response
