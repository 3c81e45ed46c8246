"""Refusals as programs read them: RFC 9457, in the language asked for.

422 says that a request does not fit its description, 409 that it fits, but what is held already
or a rule of the house speaks against it.
"""

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from django.http import HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

MEDIA_TYPE: Final = "application/problem+json"
REFERENCE: Final = "/api/reference/#problem-"

TITLES: Final[dict[str, tuple[int, Any]]] = {
    "malformed": (400, _("The request cannot be read")),
    "idempotency-key-missing": (400, _("A write needs an Idempotency-Key")),
    "no-key": (401, _("No valid key")),
    "scope-missing": (403, _("The key lacks a scope")),
    "forbidden": (403, _("The key may not do this here")),
    "not-found": (404, _("Nothing there, or nothing this key may see")),
    "method-not-allowed": (405, _("This address does not take this method")),
    "conflict": (409, _("Something speaks against it")),
    "in-flight": (409, _("The same request is still under way")),
    "changed": (412, _("It was changed since it was read")),
    "too-large": (413, _("The request is too large")),
    "media-type": (415, _("Bodies are JSON")),
    "invalid": (422, _("The request does not fit its description")),
    "idempotency-key-reused": (422, _("This Idempotency-Key belongs to another request")),
    "too-many": (429, _("Too many calls")),
    "fault": (500, _("A fault of the server")),
}
BY_STATUS: Final = {
    400: "malformed",
    401: "no-key",
    403: "forbidden",
    404: "not-found",
    405: "method-not-allowed",
    409: "conflict",
    412: "changed",
    413: "too-large",
    415: "media-type",
    422: "invalid",
    429: "too-many",
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """What is wrong with one field: where it stands, what is said of it, what was expected.

    `field` is a path such as ``phones.0.number``; `part` is body, query, path or header.
    """

    field: str
    part: str
    detail: str
    expected: str = ""


class Problem(Exception):  # noqa: N818 - RFC 9457's own word
    """A refusal on its way out; `kind` is a key of `TITLES`."""

    def __init__(
        self,
        kind: str,
        detail: str = "",
        *,
        errors: Sequence[FieldError] = (),
        headers: dict[str, str] | None = None,
        **members: Any,
    ) -> None:
        super().__init__(kind)
        self.kind = kind
        self.detail = detail
        self.errors = tuple(errors)
        self.headers = headers or {}
        self.members = members


def answer(problem: Problem) -> HttpResponse:
    """The problem as a response."""
    status, title = TITLES[problem.kind]
    body: dict[str, Any] = {
        "type": f"{REFERENCE}{problem.kind}",
        "title": str(title),
        "status": status,
        "detail": problem.detail or str(title),
    }
    if problem.errors:
        body["errors"] = [asdict(error) for error in problem.errors]
    content = json.dumps(body | problem.members, ensure_ascii=False)
    response = HttpResponse(content, status=status, content_type=MEDIA_TYPE)
    for name, value in problem.headers.items():
        response[name] = value
    response["Content-Language"] = get_language() or "en"
    return response
