"""What every call of a program passes: refused early, answered as a problem, counted."""

import time
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.cache import patch_vary_headers

from qiao.api.operations import count_call
from qiao.api.views.v1.calls import JSON, Call, new_call
from qiao.api.views.v1.problems import BY_STATUS, MEDIA_TYPE, Problem, answer
from qiao.core.wire import BODY_BYTES

PREFIX = "/api/v1/"
WITH_BODY = {"POST", "PUT", "PATCH"}
ERROR = 400
SERVER_FAULT = 500


class ProgramMiddleware:
    """Whatever refuses a call below, this makes a problem of it; other pages pass untouched."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(PREFIX):
            return self.get_response(request)
        began = time.perf_counter()
        call = new_call()
        request.call = call  # type: ignore[attr-defined]
        wants_head = request.method == "HEAD"
        if wants_head:
            request.method = "GET"
        early = _refused_at_the_door(request)
        response = answer(early) if early else self.get_response(request)
        response = _as_problem(response)
        _dress(response, call)
        _count(call, response, (time.perf_counter() - began) * 1000)
        if wants_head:
            response["Content-Length"] = str(len(response.content))
            response.content = b""
        return response


def _refused_at_the_door(request: HttpRequest) -> Problem | None:
    if request.method not in WITH_BODY:
        return None
    length = request.META.get("CONTENT_LENGTH") or "0"
    if length.isdecimal() and int(length) > BODY_BYTES:
        return Problem("too-large")
    if request.content_type != JSON and (length != "0" or request.content_type):
        return Problem("media-type", headers={"Accept": JSON})
    return None


def _as_problem(response: HttpResponse) -> HttpResponse:
    status = response.status_code
    if status < ERROR or response.get("Content-Type", "").startswith(MEDIA_TYPE):
        return response
    kind = "fault" if status >= SERVER_FAULT else BY_STATUS.get(status, "malformed")
    kept = {"Allow": response["Allow"]} if response.has_header("Allow") else {}
    return answer(Problem(kind, headers=kept))


def _dress(response: HttpResponse, call: Call) -> None:
    for name, value in call.headers.items():
        response[name] = value
    # What has a version may be kept by the program that read it, and must be asked after.
    response["Cache-Control"] = "private, no-cache" if response.has_header("ETag") else "no-store"
    patch_vary_headers(response, ["Authorization", "Accept-Language"])


def _count(call: Call, response: HttpResponse, milliseconds: float) -> None:
    if call.access is None:
        return
    count_call(
        key_id=call.access.key_id,
        operation=call.operation,
        status=response.status_code,
        milliseconds=milliseconds,
        day=timezone.localdate(call.now, timezone.get_default_timezone()),
        now=call.now,
    )
