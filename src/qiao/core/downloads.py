"""A file on the disk as an answer, in blocks: it never lies in memory as a whole."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from qiao.core.rules.ranges import NotThere, Part, part_of

BLOCK: Final = 1 << 18


def send_file(
    request: HttpRequest, path: Path, *, name: str, content_type: str, remove: bool = False
) -> StreamingHttpResponse:
    """Answer with a file to be kept under `name`; `remove` takes it from the disk afterwards.

    Raises `OSError` if it cannot be opened.
    """
    size = path.stat().st_size
    blocks = _blocks(path)
    if remove:
        path.unlink()  # stays readable through the open file
    streamed: Any = _asynchronous(blocks) if isinstance(request, ASGIRequest) else blocks
    response = StreamingHttpResponse(streamed, content_type=content_type)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(name)}"
    response["Content-Length"] = str(size)
    response["Cache-Control"] = "no-store"
    return response


def send_parts(request: HttpRequest, path: Path, *, content_type: str) -> HttpResponseBase:
    """Answer with a file to be played, or the part of it that the browser asks for: whoever moves
    on the time line does not wait for what comes before. Nobody in between keeps it.

    Raises `OSError` if it cannot be opened.
    """
    size = path.stat().st_size
    headers = {
        "Accept-Ranges": "bytes",
        "Cache-Control": "private, no-store",
        "X-Content-Type-Options": "nosniff",
    }
    try:
        part = part_of(request.headers.get("Range", ""), size)
    except NotThere:
        return HttpResponse(status=416, headers=headers | {"Content-Range": f"bytes */{size}"})
    blocks = _blocks(path, part)
    streamed: Any = _asynchronous(blocks) if isinstance(request, ASGIRequest) else blocks
    headers["Content-Length"] = str(part.length if part else size)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    return StreamingHttpResponse(
        streamed, status=206 if part else 200, content_type=content_type, headers=headers
    )


def shown_file(content: bytes, *, content_type: str) -> HttpResponse:
    """Answer with a small file to be looked at in the browser; nobody in between keeps it."""
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def _blocks(path: Path, part: Part | None = None) -> Iterator[bytes]:
    file = path.open("rb")
    left = path.stat().st_size if part is None else part.length

    def read() -> Iterator[bytes]:
        nonlocal left
        with file:
            file.seek(part.first if part else 0)
            while left and (block := file.read(min(BLOCK, left))):
                left -= len(block)
                yield block

    return read()


async def _asynchronous(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks for the asynchronous server, each read outside its loop."""
    following: Any = sync_to_async(next, thread_sensitive=False)
    while (block := await following(blocks, None)) is not None:
        yield block
