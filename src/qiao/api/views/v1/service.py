"""How an operation is declared: once, for the router, the description and the catalogue."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Final

from django.http import Http404
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from qiao.api.views.v1.calls import KEY_HEADER, ApiKey, StrictParser, writes
from qiao.api.views.v1.faults import handle
from qiao.api.views.v1.versions import IF_MATCH, IF_NONE_MATCH, versioned

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
    path: str, name: str, *, scope: str, title: Any, answer: Any, about: Any = "", group: str
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Declare a GET: the function takes the request and its parameters, and gives `answer`.

    What an address with an id at its end gives has a version; see `versions`.
    """
    is_single = path.endswith("}")
    extra = {"parameters": [IF_NONE_MATCH]} if is_single else None
    wrap = _declared("GET", path, name, scope, title, about, group, answer, extra)
    return (lambda function: wrap(versioned(function))) if is_single else wrap


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
    extra = {"parameters": [KEY_HEADER, IF_MATCH] if method == "PATCH" else [KEY_HEADER]}
    wrap = _declared(method, path, name, scope, title, about, group, answer, extra)
    return lambda function: wrap(writes(function))


def _declared(
    method: str,
    path: str,
    name: str,
    scope: str,
    title: Any,
    about: Any,
    group: str,
    answer: Any,
    extra: dict[str, Any] | None,
) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    SERVICES[name] = Service(name, method, f"/api/v1{path}", scope, title, about, group)
    status = 201 if method == "POST" else 200
    return api.api_operation(
        [method],
        path,
        auth=ApiKey(scope, name),
        response={status: answer},
        operation_id=name,
        summary=name,
        tags=[group],
        url_name=name,
        openapi_extra=extra,
    )
