"""Versions of what was read: ETag, If-None-Match and If-Match of RFC 9110, section 13.

The tag is a digest of the representation that this key sees in this language, so that it changes
with everything that the answer tells, and with nothing else.
"""

import hashlib
from collections.abc import Callable
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from pydantic import BaseModel

from qiao.api.views.v1.problems import Problem

DIGITS: Final = 32
NOT_MODIFIED: Final = 304
IF_NONE_MATCH: Final[dict[str, Any]] = {
    "in": "header",
    "name": "If-None-Match",
    "required": False,
    "schema": {"type": "string"},
}
IF_MATCH: Final[dict[str, Any]] = IF_NONE_MATCH | {"name": "If-Match"}
ANY: Final = "*"


def tag_of(shown: BaseModel) -> str:
    """The strong entity tag of a representation, in quotes."""
    digest = hashlib.sha256(shown.model_dump_json().encode()).hexdigest()
    return f'"{digest[:DIGITS]}"'


def _given(text: str) -> set[str]:
    return {each.strip() for each in text.split(",") if each.strip()}


def is_known(header: str, tag: str) -> bool:
    """Whether If-None-Match names this tag; a weak one is as good here."""
    given = {each.removeprefix("W/") for each in _given(header)}
    return ANY in given or tag in given


def with_version(function: Callable[..., BaseModel]) -> Callable[..., Any]:
    """Answer the tag of what is read, or 304 to a program that has it already."""

    @wraps(function)
    def inner(request: HttpRequest, **values: Any) -> BaseModel | HttpResponse:
        shown = function(request, **values)
        tag = tag_of(shown)
        request.call.headers["ETag"] = tag  # type: ignore[attr-defined]
        if is_known(request.headers.get("If-None-Match", ""), tag):
            return HttpResponse(status=NOT_MODIFIED)
        return shown

    return inner


def require_version(request: HttpRequest, current: Callable[[], BaseModel]) -> None:
    """Refuse a change of what is no longer as the program read it.

    Raises `Problem`: 412 if there is an If-Match and it does not name the tag of what is there.
    """
    header = request.headers.get("If-Match")
    if header is None:
        return
    given = _given(header)
    tag = tag_of(current())
    if ANY not in given and tag not in given:
        raise Problem("changed", headers={"ETag": tag})
