"""The door before the door: a body that no view will read is neither kept in memory nor on disk.

Django spools whatever comes to the disk before it asks how much it is, and reads a body without a
stated length whole into memory. Forms and JSON are small here; only uploads, which are written to
the disk in pieces by their handler, may be large.
"""

from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final

from django.conf import settings

Scope = dict[str, Any]
Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]
UPLOAD: Final = b"multipart/form-data"
LENGTH: Final = b"content-length"


class BoundedBodies:
    """Lets requests through whose bodies are small, and uploads. Of another that is too large the
    body is received and dropped, so that the browser hears the answer; the application gets an
    empty body with its true length, and refuses it by that."""

    def __init__(self, application: Application) -> None:
        self.application = application

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Handle one connection as ASGI asks."""
        headers = dict(scope.get("headers", ()))
        uploads = headers.get(b"content-type", b"").lower().startswith(UPLOAD)
        if scope["type"] != "http" or uploads:
            await self.application(scope, receive, send)
            return
        most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        stated = headers.get(LENGTH, b"")
        if stated.isdigit() and int(stated) <= most:
            await self.application(scope, receive, send)
            return
        if not stated and b"transfer-encoding" not in headers:
            await self.application(scope, receive, send)
            return
        taken = await _taken(receive, most)
        if taken is None:
            return
        body, length = taken
        kept = [pair for pair in scope["headers"] if pair[0] != LENGTH]
        told = {**scope, "headers": [*kept, (LENGTH, str(length).encode())]}
        await self.application(told, _replay(body, receive), send)


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
