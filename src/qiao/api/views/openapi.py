"""The OpenAPI 3.1 document: what the framework knows, and what every call may answer."""

from functools import cache
from typing import Any, Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from qiao.api.rules.scopes import SCOPES
from qiao.api.views.v1 import SERVICES, api
from qiao.api.views.v1.problems import MEDIA_TYPE, TITLES

PROBLEM: Final = {
    "type": "object",
    "required": ["type", "title", "status", "detail"],
    "properties": {
        "type": {"type": "string", "format": "uri-reference"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {"type": "array", "items": {"$ref": "#/components/schemas/FieldError"}},
    },
}
FIELD_ERROR: Final = {
    "type": "object",
    "required": ["field", "part", "detail", "expected"],
    "properties": {
        "field": {"type": "string"},
        "part": {"enum": ["body", "query", "path", "header"]},
        "detail": {"type": "string"},
        "expected": {"type": "string"},
    },
}
# What any call may answer, and what comes on top for calls with parts of an address or a body.
ANY: Final = ("400", "401", "403", "404", "429", "500")
MORE: Final = {"read": ("422",), "write": ("409", "413", "415", "422")}
VERSION_HEADER: Final = {"ETag": {"schema": {"type": "string"}, "required": False}}
LIMIT_HEADERS: Final = {
    name: {"schema": {"type": "string"}, "required": False}
    for name in ("RateLimit", "RateLimit-Policy", "Retry-After")
}


@cache
def document(language: str) -> dict[str, Any]:
    """The document in one language, the one that is active."""
    del language  # the words follow the active one; this is what the cache goes by
    found: dict[str, Any] = dict(api.get_openapi_schema(path_prefix="/api/v1/"))
    found["info"]["description"] = _("Customers, contacts, cases and work for other systems.")
    schemas = found["components"]["schemas"]
    schemas |= {"Problem": PROBLEM, "FieldError": FIELD_ERROR}
    found["components"]["securitySchemes"]["ApiKey"] = {
        "type": "http",
        "scheme": "bearer",
        "bearerFormat": "qiao_<id>_<secret>",
        "description": _("Scopes: %(scopes)s") % {"scopes": ", ".join(SCOPES)},
    }
    for methods in found["paths"].values():
        for method, operation in methods.items():
            _complete(method, operation)
    return found


def _complete(method: str, operation: dict[str, Any]) -> None:
    service = SERVICES[operation["operationId"]]
    operation["summary"] = str(service.title)
    operation["description"] = "\n\n".join(filter(None, [str(service.about), _scope(service)]))
    operation["x-scope"] = service.scope
    answers = {str(status): about for status, about in operation["responses"].items()}
    for about in answers.values():
        about["headers"] = LIMIT_HEADERS
    refusals = (*ANY, *MORE["read" if method == "get" else "write"])
    if service.versioned:
        refusals = _versioned(method, answers, refusals)
    for status in refusals:
        titles = [str(title) for code, title in TITLES.values() if str(code) == status]
        answers[status] = {
            "description": " / ".join(titles),
            "headers": LIMIT_HEADERS,
            "content": {MEDIA_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}},
        }
    operation["responses"] = dict(sorted(answers.items()))


def _versioned(method: str, answers: dict[str, Any], refusals: tuple[str, ...]) -> tuple[str, ...]:
    """What a version adds: its header, 304 for one that is known, 412 for one that is over."""
    answers["200"]["headers"] = LIMIT_HEADERS | VERSION_HEADER
    if method == "get":
        words = _("The program has it already")
        answers["304"] = {"description": words, "headers": LIMIT_HEADERS | VERSION_HEADER}
        return refusals
    return (*refusals, "412")


def _scope(service: Any) -> str:
    return _("Scope: %(scope)s") % {"scope": service.scope} if service.scope else ""


@require_safe
def openapi(request: HttpRequest) -> HttpResponse:
    """The document itself, for anybody: it tells of no data."""
    del request
    response = JsonResponse(
        document(get_language() or "en"), json_dumps_params={"ensure_ascii": False}
    )
    response["Vary"] = "Accept-Language, Cookie"
    return response


def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address below /api/v1/ that is none."""
    del request
    return HttpResponse(status=404)
