"""The door of a call: the key, its scope, its allowance; and for writes one transaction, once.

The order: method, media type and size (in the middleware), key, allowance, scope, fields, and
then the operation, which checks the rights to what it touches.
"""

import hashlib
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from functools import wraps
from typing import Any, Final

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from ninja.parser import Parser
from ninja.security import HttpBearer
from pydantic import BaseModel

from qiao.api.operations import Allowance, take_token
from qiao.api.operations.calls import IDEMPOTENCY
from qiao.api.queries import Access, find_access
from qiao.api.rules.keys import read_key
from qiao.api.views.v1.problems import FieldError, Problem
from qiao.api.views.v1.versions import tag_of
from qiao.core import idempotency
from qiao.core.actor import Actor
from qiao.core.http import client_address
from qiao.core.transactions import acting
from qiao.core.wire import BODY_BYTES, read_json

JSON: Final = "application/json"
CHALLENGE: Final = 'Bearer realm="qiao"'
KEY_FORM: Final = r"^[A-Za-z0-9_-]{8,64}$"
KEY_HEADER: Final[dict[str, Any]] = {
    "in": "header",
    "name": "Idempotency-Key",
    "required": True,
    "schema": {"type": "string", "pattern": KEY_FORM, "minLength": 8, "maxLength": 64},
}


@dataclass(slots=True)
class Call:
    """What is known of a call while it is answered; it hangs on the request as `call`."""

    now: datetime
    operation: str = ""
    access: Access | None = None
    allowance: Allowance | None = None
    headers: dict[str, str] = field(default_factory=dict)


class ProgramRequest(HttpRequest):
    """A request of a program whose key was found."""

    call: Call

    @property
    def actor(self) -> Actor:
        """In whose name the program acts."""
        return access_of(self).actor

    @property
    def now(self) -> datetime:
        """The moment read once at the door."""
        return self.call.now


def access_of(request: Any) -> Access:
    """The access of a call that was let in."""
    access: Access | None = request.call.access
    if access is None:
        raise RuntimeError("this call was not let in")
    return access


def actor_of(request: Any) -> Actor:
    """In whose name the program acts."""
    return access_of(request).actor


class ApiKey(HttpBearer):
    """Lets a key in that holds a scope; an empty one takes any key."""

    openapi_bearerFormat = "qiao_<id>_<secret>"  # noqa: N815 - the framework's form

    def __init__(self, scope: str, operation: str) -> None:
        super().__init__()
        self.scope, self.operation = scope, operation

    def __call__(self, request: HttpRequest) -> Access:
        """The access behind the request's key. Raises `Problem`: 401, 403 or 429."""
        call: Call = request.call  # type: ignore[attr-defined]
        call.operation = self.operation
        scheme, _space, text = request.headers.get("Authorization", "").partition(" ")
        secret = read_key(text.strip()) if scheme.lower() == "bearer" else None
        address = client_address(request)
        access = secret and find_access(secret=secret, address=address, now=call.now)
        if access is None:
            raise Problem("no-key", headers={"WWW-Authenticate": CHALLENGE})
        call.access = access
        self._allow(call, access)
        if self.scope and self.scope not in access.scopes:
            detail = _("This needs the scope %(scope)s.") % {"scope": self.scope}
            raise Problem("scope-missing", detail, scope=self.scope)
        return access

    def authenticate(self, request: HttpRequest, token: str) -> Access:
        """The framework's other name for it; `__call__` reads the header itself."""
        del token
        return self(request)

    @staticmethod
    def _allow(call: Call, access: Access) -> None:
        call.allowance = took = take_token(
            key_id=access.key_id, calls_a_minute=access.calls_a_minute, now=call.now
        )
        call.headers |= {
            "RateLimit-Policy": f'"key";q={took.most};w=60',
            "RateLimit": f'"key";r={took.left};t={took.full_seconds}',
        }
        if took.wait_seconds:
            detail = _("Try again in %(seconds)d s.") % {"seconds": took.wait_seconds}
            raise Problem("too-many", detail, headers={"Retry-After": str(took.wait_seconds)})


class StrictParser(Parser):
    """Bodies are JSON in UTF-8, and no larger than `BODY_BYTES`."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values. Raises `Problem`: 400 or 413."""
        if len(request.body) > BODY_BYTES:
            raise Problem("too-large")
        try:
            return read_json(request.body)
        except (ValueError, RecursionError) as error:
            raise Problem("malformed", _("The body is not valid JSON.")) from error


@dataclass(frozen=True, slots=True)
class Done:
    """What a write answers: 201 with the address of what it made, or 200."""

    value: BaseModel
    location: str = ""


def writes(function: Callable[..., Done]) -> Callable[..., HttpResponse]:
    """Run a write once per Idempotency-Key, in one transaction as the program.

    The same key with the same request is answered as the first time, byte for byte. What was
    refused left nothing, so the key may be used again.
    """

    @wraps(function)
    def inner(request: HttpRequest, **values: Any) -> HttpResponse:
        access, key = access_of(request), _key_of(request)
        scope = f"{IDEMPOTENCY}{access.key_id}"
        with acting(access.actor):
            if idempotency.in_flight(scope=scope, key=key):
                raise Problem("in-flight", headers={"Retry-After": "1"})
            if idempotency.claim(scope=scope, key=key):
                kept = _answer_of(function(request, **values), request)
                idempotency.remember(scope=scope, key=key, result=kept)
                return _respond(kept)
            kept = idempotency.recall(scope=scope, key=key) or {}
            if kept.get("request") != _fingerprint(request):
                raise Problem("idempotency-key-reused")
            response = _respond(kept)
            response["Idempotency-Replayed"] = "true"
            return response

    return inner


def _key_of(request: HttpRequest) -> str:
    key = request.headers.get("Idempotency-Key", "")
    if not key:
        raise Problem("idempotency-key-missing")
    if not re.fullmatch(KEY_FORM, key):
        error = FieldError("Idempotency-Key", "header", _("The text has another form."), KEY_FORM)
        raise Problem("malformed", errors=[error])
    return key


def _fingerprint(request: HttpRequest) -> str:
    """What makes a request the same one: method, address with its query, If-Match and body."""
    query = request.META.get("QUERY_STRING", "")
    address = f"{request.path}?{query}" if query else request.path
    digest = hashlib.sha256(f"{request.method} {address}\n".encode())
    if (version := request.headers.get("If-Match")) is not None:
        digest.update(f"If-Match: {version}\n".encode())  # no body in JSON begins like that
    digest.update(request.body)
    return digest.hexdigest()


def _answer_of(done: Done, request: HttpRequest) -> dict[str, Any]:
    changed = request.method == "PATCH"
    return {
        "request": _fingerprint(request),
        "status": 201 if done.location else 200,
        "body": done.value.model_dump_json(),
        "location": done.location,
        "etag": tag_of(done.value) if changed else "",
    }


def _respond(kept: dict[str, Any]) -> HttpResponse:
    response = HttpResponse(kept["body"], status=kept["status"], content_type=JSON)
    if kept["location"]:
        response["Location"] = kept["location"]
    if kept.get("etag"):
        response["ETag"] = kept["etag"]
    return response


def new_call() -> Call:
    """A call that begins now."""
    return Call(timezone.now())
