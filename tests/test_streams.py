"""Pages that stand open: what they cost the others."""

import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg
import pytest
from django.conf import settings
from django.db import connection, transaction
from django.test import Client

from qiao.staff.models import Staff
from tests.journeys.site import found_company, served

PAGES = 12
CONNECTIONS = 8  # of the server of a test
GIVEN_UP_AFTER = (0, 0.01, 0.03, 0.06)  # seconds: before, while and after the page is made


@pytest.fixture
def server(own_database: str, tmp_path: Path) -> Iterator[int]:
    """The port of a web server with a company."""
    with transaction.atomic():
        found_company()
    with served(own_database, tmp_path / "media", tmp_path / "web.log") as address:
        yield int(address.rpartition(":")[2])


def signed_in() -> str:
    """The cookie of an agent."""
    client = Client()
    client.force_login(Staff.objects.get(number="1027"), backend="qiao.staff.signin.StaffBackend")
    return f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"


def open_stream(port: int, cookie: str) -> "socket.socket":
    """A stream from which the first sign of life has come."""
    made = socket.create_connection(("localhost", port), timeout=30)
    made.sendall(
        f"GET /live/ HTTP/1.1\r\nHost: localhost:{port}\r\nCookie: {cookie}\r\n\r\n".encode()
    )
    heard = b""
    while b"event: hello" not in heard:
        part = made.recv(4096)
        assert part, heard
        heard += part
    return made


def test_a_page_that_stands_open_holds_no_connection_to_the_database(server: int) -> None:
    cookie = signed_in()
    with ExitStack() as stack:
        for _page in range(PAGES):
            stack.enter_context(open_stream(server, cookie))
        parameters = connection.get_connection_params()
        wanted = {
            name: parameters[name] for name in ("dbname", "user", "host") if name in parameters
        }
        with psycopg.connect(**wanted) as looking:
            row = looking.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
                " AND backend_type = 'client backend'"
            ).fetchone()
    assert row is not None
    # This test's two, the one that listens, and one that tells who is present.
    assert row[0] < PAGES / 2


def test_requests_that_are_given_up_keep_no_connection(server: int) -> None:
    """More of them than the pages of a server have connections; then one that is waited for."""
    cookie = signed_in()
    head = f"Host: localhost:{server}\r\nCookie: {cookie}"
    page = f"GET /cases/ HTTP/1.1\r\n{head}\r\n\r\n".encode()
    for place in range(4 * CONNECTIONS):
        with socket.create_connection(("localhost", server), timeout=30) as given_up:
            given_up.sendall(page)
            time.sleep(GIVEN_UP_AFTER[place % len(GIVEN_UP_AFTER)])
    with socket.create_connection(("localhost", server), timeout=30) as waits:
        waits.sendall(page)
        assert waits.recv(4096).startswith(b"HTTP/1.1 200")
