"""Bodies that nobody will read: bounded in memory and answered with figures."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from qiao.core.bodies import BoundedBodies

Receive = Callable[[], Awaitable[Any]]
MEGABYTE = 1024 * 1024
FORM = (b"content-type", b"application/x-www-form-urlencoded")


class Asked:
    """An application that notes what reached it."""

    def __init__(self) -> None:
        self.body, self.length = b"", b""

    async def __call__(self, scope: Any, receive: Receive, _send: Any) -> None:
        self.length = dict(scope["headers"]).get(b"content-length", b"")
        more = True
        while more:
            message = await receive()
            self.body += message.get("body", b"")
            more = message.get("more_body", False)


def send(pieces: int, size: int, *headers: tuple[bytes, bytes]) -> tuple[Asked, int]:
    """What reaches the application of a body in pieces, and how much memory was used at most."""
    asked, left = Asked(), [pieces]

    async def receive() -> dict[str, Any]:
        left[0] -= 1
        return {"type": "http.request", "body": b"x" * size, "more_body": left[0] > 0}

    async def never(message: Any) -> None:
        raise AssertionError(message)

    scope = {"type": "http", "headers": [FORM, *headers]}
    tracemalloc.start()
    asyncio.run(BoundedBodies(asked)(scope, receive, never))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return asked, peak


@pytest.mark.parametrize("stated", [True, False])
def test_fifty_megabytes_are_dropped_as_they_come_and_their_length_is_told(stated: bool) -> None:
    length = (b"content-length", str(50 * MEGABYTE).encode())
    chunked = (b"transfer-encoding", b"chunked")
    asked, peak = send(50, MEGABYTE, length if stated else chunked)
    assert (asked.body, asked.length) == (b"", str(50 * MEGABYTE).encode())
    assert peak < 6 * MEGABYTE


def test_a_body_without_a_stated_length_gets_one() -> None:
    asked, _peak = send(3, 100, (b"transfer-encoding", b"chunked"))
    assert (asked.body, asked.length) == (b"x" * 300, b"300")


def test_a_body_that_breaks_off_is_no_shorter_one() -> None:
    pieces: list[dict[str, Any]] = [
        {"type": "http.request", "body": b"text=the+first+half", "more_body": True},
        {"type": "http.disconnect"},
    ]

    async def receive() -> dict[str, Any]:
        return pieces.pop(0)

    async def never(*_given: Any) -> None:
        raise AssertionError("the application was called")

    scope = {"type": "http", "headers": [FORM, (b"transfer-encoding", b"chunked")]}
    asyncio.run(BoundedBodies(never)(scope, receive, never))
    assert pieces == []


def test_an_ordinary_form_goes_through_untouched() -> None:
    asked, _peak = send(1, 900, (b"content-length", b"900"))
    assert (len(asked.body), asked.length) == (900, b"900")


@pytest.mark.parametrize("htmx", [True, False])
def test_a_form_that_is_too_large_is_refused_with_both_figures(htmx: bool) -> None:
    size = settings.DATA_UPLOAD_MAX_MEMORY_SIZE + MEGABYTE
    heads = {"HX-Request": "true"} if htmx else {}
    answer = Client().post(
        "/cases/1/notes",
        b"text=x",
        content_type=FORM[1].decode(),
        CONTENT_LENGTH=str(size),
        headers={"Accept-Language": "en", **heads},
    )
    assert answer.status_code == 413
    assert "3.0 MB" in answer.content.decode()
    assert "2 MB" in answer.content.decode()
