"""What every request passes: correlation, content security, and the door check of its text."""

import re
import uuid
from collections.abc import Callable

import structlog
from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.http import HttpRequest, HttpResponse, HttpResponseBadRequest, QueryDict
from django.template.loader import render_to_string
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from qiao.core import correlation
from qiao.core.bodies import MOST
from qiao.core.metrics import observe_request

Next = Callable[[HttpRequest], HttpResponse]
_ID = re.compile(r"^[0-9A-Za-z-]{8,64}$")
_BAD = re.compile("[\x00\ud800-\udfff]")
MEGABYTE = 1024 * 1024
log = structlog.get_logger(__name__)


def policy(*connected: str) -> str:
    """The content security policy; `connected` are further origins that scripts may speak to."""
    connect = " ".join(("'self'", *connected))
    return (
        "default-src 'self'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
        f"font-src 'self'; connect-src {connect}; worker-src 'self'; object-src 'none'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    )


POLICY = policy()


class CorrelationMiddleware:
    """Give the request an id, answer with it, and time the request."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        given = request.headers.get("X-Correlation-Id", "")
        correlation_id = given if _ID.match(given) else uuid.uuid4().hex
        with correlation.correlate(correlation_id), observe_request(request) as seen:
            response = self.get_response(request)
            seen(response)
        response["X-Correlation-Id"] = correlation_id
        return response


class ContentSecurityMiddleware:
    """No inline script or style, no foreign source, no framing."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response["Permissions-Policy"] = "geolocation=(self), camera=(self), microphone=(self)"
        return response


class FragmentMiddleware:
    """Keep apart what one address answers: a whole page, or to htmx a piece of it.

    A browser that goes back shows what it has kept of an address. Pieces carry the addresses of
    pages, so none of them may be kept as one.
    """

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
            if "HX-Request" in request.headers:
                response.setdefault("Cache-Control", "no-store")
        return response


def too_much(request: HttpRequest, uploaded: int | None = None) -> HttpResponse:
    """Refuse a form that is larger than any: how large it was, how much is taken, what to do.
    `uploaded` is how many bytes of an upload would have been taken."""
    sent = int(request.META.get("CONTENT_LENGTH") or 0)
    small = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if uploaded is None:
        words = _(
            "What you sent is %(sent).1f MB; a form takes up to %(most)d MB. What you entered is"
            " still in the form: shorten it, or add the long text as a file."
        )
    elif uploaded > small:
        words = _(
            "What you sent is %(sent).1f MB; files take up to %(most)d MB together. What you"
            " entered is still in the form: send fewer files, or smaller ones."
        )
    else:
        words = _(
            "What you sent is %(sent).1f MB; more than %(most)d MB is taken only from people who"
            " are signed in. Sign in and send it again."
        )
    message = words % {"sent": sent / MEGABYTE, "most": (uploaded or small) // MEGABYTE}
    if request.headers.get("HX-Request") == "true":
        return HttpResponse(message, status=413, content_type="text/plain; charset=utf-8")
    page = render_to_string("413.html", {"message": message}, request)
    return HttpResponse(page, status=413)


class DoorMiddleware:
    """Refuse text that PostgreSQL or UTF-8 cannot hold before any view sees it."""

    def __init__(self, get_response: Next) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        uploaded = getattr(request, "scope", {}).get(MOST)
        if uploaded is not None:
            return too_much(request, uploaded)
        try:
            field = self._bad_field(request)
        except RequestDataTooBig:
            return too_much(request)
        if field is not None:
            message = _("The field “%(field)s” contains characters that cannot be stored.") % {
                "field": _BAD.sub("�", field)
            }
            page = render_to_string("400.html", {"message": message}, request)
            return HttpResponseBadRequest(page)
        return self.get_response(request)

    def _bad_field(self, request: HttpRequest) -> str | None:
        if _BAD.search(request.path):
            return "URL"
        found = self._search(request.GET)
        if found is None and request.method == "POST":
            found = self._search(request.POST)
        return found

    @staticmethod
    def _search(values: QueryDict) -> str | None:
        for key, items in values.lists():
            if _BAD.search(key) or any(isinstance(i, str) and _BAD.search(i) for i in items):
                return key
        return None
