"""How an operation is declared: once, for the router, the description and the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from qiao.api.views.v1.calls import KEY_HEADER, ApiKey, StrictParser, writes
from qiao.api.views.v1.faults import handle
from qiao.api.views.v1.versions import IF_MATCH, IF_NONE_MATCH, with_version

VERSION: Final = "1.0.0"


@dataclass(frozen=True, slots=True)
class Service:
    """One operation: its name, address, scope, and what it is for, in the reader's language."""

    name: str
    method: str
    path: str
    scope: str
    title: Any
    about: Any
    group: str
    versioned: bool = False


SERVICES: Final[dict[str, Service]] = {}

api = NinjaAPI(
    title="Qiao",
    version=VERSION,
    urls_namespace="v1",
    openapi_url=None,
    docs_url=None,
    parser=StrictParser(),
)
for family in (Exception, Http404, HttpError, ValidationError):  # the framework's own ones too
    api.add_exception_handler(family, handle)  # type: ignore[arg-type] # it takes instances


def reads(
    path: str,
    name: str,
    *,
    scope: str,
    title: Any,
    answer: Any,
    about: Any = "",
    group: str,
    versioned: bool | None = None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a GET: the function takes the request and its parameters, and gives `answer`.

    What an address with an id at its end gives has a version, others if they say so; see
    `versions`.
    """
    has_version = path.endswith("}") if versioned is None else versioned
    service = Service(name, "GET", f"/api/v1{path}", scope, title, about, group, has_version)
    if not has_version:
        return _declared(service, path, answer, None)
    wrap = _declared(service, path, answer, {"parameters": [IF_NONE_MATCH]})
    return lambda function: wrap(with_version(function))


def changes(
    path: str,
    name: str,
    *,
    scope: str,
    title: Any,
    answer: Any,
    about: Any = "",
    group: str,
    method: str = "POST",
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a write: as `writes` says; a POST makes something and answers 201.

    A PATCH calls `require_version` before it changes anything.
    """
    has_version = method == "PATCH"
    extra = {"parameters": [KEY_HEADER, IF_MATCH] if has_version else [KEY_HEADER]}
    service = Service(name, method, f"/api/v1{path}", scope, title, about, group, has_version)
    wrap = _declared(service, path, answer, extra)
    return lambda function: wrap(writes(function))


def _declared(
    service: Service, path: str, answer: Any, extra: dict[str, Any] | None
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    SERVICES[service.name] = service
    status = 201 if service.method == "POST" else 200
    return api.api_operation(
        [service.method],
        path,
        auth=ApiKey(service.scope, service.name),
        response={status: answer},
        operation_id=service.name,
        summary=service.name,
        tags=[service.group],
        url_name=service.name,
        openapi_extra=extra,
    )
