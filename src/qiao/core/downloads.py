"""A file on the disk as an answer, in blocks: it never lies in memory as a whole."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final
from urllib.parse import quote

from asgiref.sync import sync_to_async
from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase

from qiao.core.rules.ranges import NotThere, part_of

BLOCK: Final = 1 << 18


def send_file(
    request: HttpRequest, path: Path, *, name: str, content_type: str, remove: bool = False
) -> StreamingHttpResponse:
    """Answer with a file to be kept under `name`; `remove` takes it from the disk afterwards.

    Raises `OSError` if it cannot be opened.
    """
    size = path.stat().st_size
    streamed = _stream(request, path, 0, size)
    if remove:
        path.unlink()  # stays readable through the open file
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
    first, length = (part.first, part.length) if part else (0, size)
    headers["Content-Length"] = str(length)
    if part is not None:
        headers["Content-Range"] = f"bytes {part.first}-{part.last}/{size}"
    return StreamingHttpResponse(
        _stream(request, path, first, length),
        status=206 if part else 200,
        content_type=content_type,
        headers=headers,
    )


def shown_file(content: bytes, *, content_type: str) -> HttpResponse:
    """Answer with a small file to be looked at in the browser; nobody in between keeps it."""
    response = HttpResponse(content, content_type=content_type)
    response["Cache-Control"] = "private, no-store"
    response["X-Content-Type-Options"] = "nosniff"
    return response


def pdf_file(content: bytes, *, name: str) -> HttpResponse:
    """Answer with a PDF to be looked at, kept as `name` by whoever keeps it."""
    response = shown_file(content, content_type="application/pdf")
    response["Content-Disposition"] = f"inline; filename*=UTF-8''{quote(name)}.pdf"
    return response


def _stream(request: HttpRequest, path: Path, first: int, length: int) -> Any:
    """The file is open when this returns; its blocks come as the server wants them."""
    blocks = _blocks(path.open("rb"), first, length)
    return _asynchronous(blocks) if isinstance(request, ASGIRequest) else blocks


def _blocks(file: BinaryIO, first: int, length: int) -> Iterator[bytes]:
    with file:
        file.seek(first)
        while length and (block := file.read(min(BLOCK, length))):
            length -= len(block)
            yield block


async def _asynchronous(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    """The same blocks for the asynchronous server, each read outside its loop."""
    following: Any = sync_to_async(next, thread_sensitive=False)
    while (block := await following(blocks, None)) is not None:
        yield block
