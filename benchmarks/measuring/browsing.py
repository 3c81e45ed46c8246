"""Browsers of people who have signed in: within this process, and over loopback."""

import socket
from collections.abc import Mapping
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.contrib.sessions.backends.db import SessionStore
from django.test import Client

from qiao.staff.models import Staff

TOKEN = "b" * 32
FORM = "application/x-www-form-urlencoded"


def signed_in(number: str) -> Client:
    """A browser in which somebody has signed in, with the check of forms switched on."""
    client = Client(enforce_csrf_checks=True, headers={"host": "localhost"})
    client.force_login(Staff.objects.get(number=number), backend="qiao.staff.signin.StaffBackend")
    client.cookies[settings.CSRF_COOKIE_NAME] = TOKEN
    return client


def post(client: Client, address: str, form: Mapping[str, Any], **headers: str) -> Any:
    """As a browser sends a form without files, having shown the words of the form before."""
    client.cookies.pop("messages", None)
    data = urlencode({"csrfmiddlewaretoken": TOKEN, **form}, doseq=True)
    return client.post(address, data, content_type=FORM, headers=headers)


def nothing(client: Client) -> None:
    """A form that is admitted, checked, in a transaction, and does nothing."""
    answer = post(client, "/bench/nothing", {})
    assert answer.status_code == 204, answer.status_code


def cookie_of(number: str) -> str:
    """The cookies of a session of somebody, as a header."""
    client = signed_in(number)
    key = client.cookies[settings.SESSION_COOKIE_NAME].value
    assert SessionStore(key).exists(key)
    return f"{settings.SESSION_COOKIE_NAME}={key}; {settings.CSRF_COOKIE_NAME}={TOKEN}"


class Wire:
    """One kept-alive connection of somebody to a server on this machine."""

    def __init__(self, port: int, cookie: str) -> None:
        self.common = (
            f"Host: localhost:{port}\r\nCookie: {cookie}\r\nOrigin: http://localhost:{port}\r\n"
        )
        self.socket = socket.create_connection(("localhost", port))
        self.stream = self.socket.makefile("rb")

    def get(self, address: str) -> tuple[int, str]:
        """Ask for a page and read it whole; its status, and where it leads if elsewhere."""
        return self._ask(f"GET {address} HTTP/1.1\r\n{self.common}\r\n".encode())

    def post(self, address: str, form: Mapping[str, Any]) -> tuple[int, str]:
        """Send a form and read the answer whole; its status, and where it leads if elsewhere."""
        body = urlencode(form).encode()
        head = f"POST {address} HTTP/1.1\r\n{self.common}Content-Type: {FORM}\r\n"
        return self._ask(f"{head}Content-Length: {len(body)}\r\n\r\n".encode() + body)

    def _ask(self, request: bytes) -> tuple[int, str]:
        self.socket.sendall(request)
        status = int(self.stream.readline().split(b" ")[1])
        length, location, is_chunked = 0, "", False
        while (line := self.stream.readline()) not in (b"\r\n", b""):
            name, value = (part.strip().lower() for part in line.decode().split(":", 1))
            if name == "content-length":
                length = int(value)
            elif name == "location":
                location = value
            is_chunked |= name == "transfer-encoding" and "chunked" in value
        if is_chunked:
            self._read_chunks()
        else:
            self.stream.read(length)
        return status, location

    def _read_chunks(self) -> None:
        while size := int(self.stream.readline(), 16):
            self.stream.read(size + 2)
        self.stream.readline()
