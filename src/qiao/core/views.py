"""Pages of the house itself: health, figures, the live stream, a refused form."""

from urllib.parse import urlsplit

from django.db import DatabaseError, connection
from django.http import HttpRequest, HttpResponse, JsonResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from prometheus_client import CONTENT_TYPE_LATEST

from qiao.core import live
from qiao.core.features import FeatureOff
from qiao.core.http import StaffRequest, client_address, staff_view
from qiao.core.metrics import count_jobs, figures
from qiao.core.registry import registry

MOST_DIGITS = 12


@require_safe
def health(request: HttpRequest) -> JsonResponse:  # noqa: ARG001 - a view takes its request
    """200 while the database answers, else 503. Tells nothing that an outsider should not know."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError:
        return JsonResponse({"status": "unavailable"}, status=503)
    return JsonResponse({"status": "ok"})


@require_safe
def metrics(request: HttpRequest) -> HttpResponse:
    """Prometheus figures, for this machine only; a proxy in front decides who else may read."""
    if client_address(request) not in {"127.0.0.1", "::1", ""}:
        return HttpResponse(status=403)
    count_jobs()
    return HttpResponse(figures(), content_type=CONTENT_TYPE_LATEST)


async def stream(request: HttpRequest) -> HttpResponse | StreamingHttpResponse:
    """The browser's one Server-Sent-Events stream, with the events of its own branches since its
    page began."""
    actor = await live.actor_of(request)
    if actor is None:
        return HttpResponse(status=401)
    given = request.GET.get("age", "")  # of the page, in milliseconds
    age = int(given) / 1000 if given.isdecimal() and len(given) < MOST_DIGITS else 0.0
    session = request.session.session_key or ""
    frames = live.events_for(actor, session=session, age=age)
    response = StreamingHttpResponse(frames, content_type="text/event-stream")
    response["Cache-Control"] = "no-store"
    response["X-Accel-Buffering"] = "no"
    return response


@staff_view("")
def frame(request: StaffRequest) -> HttpResponse:
    """All of the frame that follows how its person stands, for the page that asks."""
    path = urlsplit(request.headers.get("HX-Current-URL", "")).path
    found = [
        (each.template, each.load(actor=request.actor, now=request.now, path=path))
        for each in registry.frame(request.actor)
        if each.follows
    ]
    parts = [(template, data) for template, data in found if data is not None]
    context = {"parts": parts, "anew": True, "known": request.GET.get("known", "")}
    return render(request, "ui/frame_anew.html", context)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What a person may not open, or what is not switched on where they work."""
    feature = exception.feature if isinstance(exception, FeatureOff) else None
    return render(request, "403.html", {"feature": feature}, status=403)


def csrf_failed(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001 - Django's form
    """A form that did not come from our page, or from one that is too old."""
    return render(request, "403_csrf.html", status=403)
