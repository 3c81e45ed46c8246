"""Bodies that nobody will read: bounded in memory and answered with figures."""

import asyncio
import tracemalloc
from collections.abc import Awaitable, Callable
from typing import Any

import pytest
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.test import Client, RequestFactory
from django.utils import translation

from qiao.core import bodies
from qiao.core.bodies import LARGEST_UPLOAD, BoundedBodies
from qiao.core.middleware import too_much
from qiao.core.registry import registry

Receive = Callable[[], Awaitable[Any]]
MEGABYTE = 1024 * 1024
FORM = (b"content-type", b"application/x-www-form-urlencoded")
FILE = (b"content-type", b"multipart/form-data; boundary=x")
SMALL = settings.DATA_UPLOAD_MAX_MEMORY_SIZE


class Asked:
    """An application that notes what reached it."""

    def __init__(self) -> None:
        self.body, self.length = b"", b""
        self.most: int | None = None

    async def __call__(self, scope: Any, receive: Receive, _send: Any) -> None:
        self.most = scope.get(bodies.MOST)
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

    kind = [] if FILE in headers else [FORM]
    scope = {"type": "http", "headers": [*kind, *headers]}
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


def cookie(session: str) -> tuple[bytes, bytes]:
    return b"cookie", f"a=b; {settings.SESSION_COOKIE_NAME}={session}".encode()


@pytest.fixture
def known(monkeypatch: pytest.MonkeyPatch) -> None:
    """One session in which somebody is signed in."""

    def signed_in(*, sessions: Any, now: Any) -> dict[str, str]:
        del now
        return {each: "somebody" for each in sessions if each == "known"}

    monkeypatch.setattr(registry, "signed_in", signed_in)


@pytest.mark.usefixtures("known")
@pytest.mark.parametrize("sender", [(), (cookie("forged"),), (cookie(""),)])
@pytest.mark.parametrize("stated", [True, False])
def test_an_upload_of_nobody_known_reaches_no_disk(
    stated: bool, sender: tuple[tuple[bytes, bytes], ...]
) -> None:
    length = (b"content-length", str(50 * MEGABYTE).encode())
    chunked = (b"transfer-encoding", b"chunked")
    asked, peak = send(50, MEGABYTE, FILE, length if stated else chunked, *sender)
    assert (asked.body, asked.length) == (b"", str(50 * MEGABYTE).encode())
    assert asked.most == SMALL
    assert peak < 6 * MEGABYTE


@pytest.mark.usefixtures("known")
def test_a_large_upload_of_whoever_is_signed_in_goes_through_up_to_the_largest(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    length = (b"content-length", str(5 * MEGABYTE).encode())
    asked, _peak = send(5, MEGABYTE, FILE, length, cookie("known"))
    assert (len(asked.body), asked.most) == (5 * MEGABYTE, None)
    monkeypatch.setattr(bodies, "LARGEST_UPLOAD", 4 * MEGABYTE)
    asked, peak = send(5, MEGABYTE, FILE, length, cookie("known"))
    assert (asked.body, asked.most) == (b"", 4 * MEGABYTE)
    assert peak < 4 * MEGABYTE


def test_a_small_upload_asks_nobody_who_sends_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(registry, "signed_in", None)
    asked, _peak = send(1, 900, FILE, (b"content-length", b"900"), cookie("known"))
    assert (len(asked.body), asked.most) == (900, None)


def answer_to(size: int, *, htmx: bool, path: bytes = b"/account/login/") -> tuple[int, str]:
    """Status and text of what the whole application answers to an upload of nobody known."""
    sent: list[Any] = []
    came: list[bool] = []

    async def receive() -> dict[str, Any]:
        if came:
            await asyncio.Event().wait()  # the browser stays
        came.append(True)
        return {"type": "http.request", "body": b"x" * size, "more_body": False}

    async def keep(message: Any) -> None:
        sent.append(message)

    heads = [FILE, (b"content-length", str(size).encode()), (b"accept-language", b"en")]
    scope = {
        "type": "http",
        "method": "POST",
        "path": path.decode(),
        "query_string": b"",
        "headers": [*heads, (b"host", b"localhost"), *([(b"hx-request", b"true")] * htmx)],
    }
    asyncio.run(BoundedBodies(ASGIHandler())(scope, receive, keep))
    text = b"".join(each.get("body", b"") for each in sent).decode()
    return sent[0]["status"], text


@pytest.mark.parametrize("htmx", [True, False])
def test_whoever_sends_too_large_a_file_unknown_hears_that_signing_in_helps(htmx: bool) -> None:
    status, text = answer_to(SMALL + MEGABYTE, htmx=htmx)
    assert status == 413
    assert "3.0 MB" in text
    assert "more than 2 MB is taken only from people who are signed in" in text


def test_whoever_sends_more_than_the_largest_hears_both_figures() -> None:
    request = RequestFactory().post("/x", CONTENT_LENGTH=str(LARGEST_UPLOAD + MEGABYTE))
    with translation.override("en"):
        text = too_much(request, LARGEST_UPLOAD).content.decode()
    assert "2051.0 MB" in text
    assert "up to 2050 MB together" in text
