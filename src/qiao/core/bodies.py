"""The door before the door: a body that no view will read is neither kept in memory nor on disk.

Django spools whatever comes to the disk before it asks how much it is or who sends it, and reads a
body without a stated length whole into memory. Forms and JSON are small here. Only uploads of
people who are signed in, which are written to the disk in pieces by their handler, may be large,
and not larger than the largest file that any page takes.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

import structlog
from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import DatabaseError
from django.http import parse_cookie
from django.utils import timezone

from qiao.core.sheets import MOST_BYTES

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
UPLOAD: Final = b"multipart/form-data"
LENGTH: Final = b"content-length"
MOST: Final = "qiao.most"
# A table with two megabytes of fields and boundaries beside it; several files at once are less.
LARGEST_UPLOAD: Final = MOST_BYTES + 2 * 1024 * 1024
log = structlog.get_logger(__name__)


class BoundedBodies:
    """Lets requests through whose bodies are small, and larger uploads of whoever is signed in. Of
    another that is too large the body is received and dropped, so that the browser hears the
    answer; the application gets an empty body with its true length, and refuses it by that. An
    upload it refuses by `MOST` in the scope, the bytes that would have been taken."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection as ASGI asks."""
        headers = dict(scope.get("headers", ()))
        stated = headers.get(LENGTH, b"")
        length = int(stated) if stated.isdigit() else None
        is_empty = not stated and b"transfer-encoding" not in headers
        if scope["type"] != "http" or is_empty:
            await self.application(scope, receive, send)
            return
        uploads = headers.get(b"content-type", b"").lower().startswith(UPLOAD)
        most = await _most(headers, length) if uploads else settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        if length is not None and length <= most:
            await self.application(scope, receive, send)
            return
        taken = await _taken(receive, most if length is None else 0)
        if taken is None:
            return
        body, length = taken
        kept = [pair for pair in scope["headers"] if pair[0] != LENGTH]
        told = {**scope, "headers": [*kept, (LENGTH, str(length).encode())]}
        if uploads and length > most:
            told[MOST] = most
        await self.application(told, _replay(body, receive), send)


async def _most(headers: Mapping[bytes, bytes], length: int | None) -> int:
    """How many bytes of an upload are taken: one without a stated length is a small one, since
    Django would read nothing of it."""
    most: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    if length is None or length <= most:
        return most
    cookies = parse_cookie(headers.get(b"cookie", b"").decode("latin-1"))
    session = cookies.get(settings.SESSION_COOKIE_NAME, "")
    is_known = bool(session) and await sync_to_async(_is_signed_in)(session)
    return LARGEST_UPLOAD if is_known else most


def _is_signed_in(session: str) -> bool:
    """Whether somebody is; not for certain is no."""
    # The models come after the application.
    from qiao.core.registry import registry  # noqa: PLC0415
    from qiao.core.transactions import lent_connection  # noqa: PLC0415

    with lent_connection():
        try:
            return bool(registry.signed_in(sessions=[session], now=timezone.now()))
        except DatabaseError:
            log.exception("upload_by_nobody_known")
            return False


async def _taken(receive: Receive, most: int) -> tuple[bytes, int] | None:
    """The body if it holds at most `most` bytes, else nothing of it; and how long it was. None
    where whoever sent it went away before its end: a part of a form is not a shorter form."""
    parts: list[bytes] = []
    length = 0
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return None
        piece = message.get("body", b"")
        length += len(piece)
        if length <= most:
            parts.append(piece)
        else:
            parts.clear()
        if not message.get("more_body", False):
            break
    return b"".join(parts), length


def _replay(body: bytes, receive: Receive) -> Receive:
    given = False

    async def replayed() -> Message:
        nonlocal given
        if given:
            return await receive()
        given = True
        return {"type": "http.request", "body": body, "more_body": False}

    return replayed
