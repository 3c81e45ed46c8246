"""A receiver of webhooks on this machine, which trusts nothing but the specification."""

import base64
import hashlib
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

TOLERANCE_SECONDS = 300


@dataclass
class Message:
    """One request as it came."""

    path: str
    heads: dict[str, str]
    body: bytes

    def data(self) -> Any:
        """The body as JSON."""
        return json.loads(self.body)

    def is_signed_with(self, secret: str) -> bool:
        """Whether one of its signatures is right, read off the specification, not our code."""
        stamp = self.heads["webhook-timestamp"]
        if abs(time.time() - int(stamp)) > TOLERANCE_SECONDS:
            return False
        key = base64.b64decode(secret.split("_", 1)[1])
        signed = b".".join([self.heads["webhook-id"].encode(), stamp.encode(), self.body])
        right = base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
        given = [each.split(",", 1) for each in self.heads["webhook-signature"].split(" ")]
        return any(v == "v1" and hmac.compare_digest(s, right) for v, s in given)


@dataclass
class Receiver:
    """Answers with `statuses` one after the other, the last one for ever."""

    url: str = ""
    statuses: list[int] = field(default_factory=lambda: [204])
    location: str = ""
    answer: bytes = b""
    drip_seconds: float = 0
    messages: list[Message] = field(default_factory=list)

    def next_status(self) -> int:
        """The status of the next answer."""
        return self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]


@contextmanager
def receiver(**about: Any) -> Iterator[Receiver]:
    """A receiver on a free port of this machine."""
    here = Receiver(**about)

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"]))
            heads = {name.lower(): value for name, value in self.headers.items()}
            here.messages.append(Message(self.path, heads, body))
            self.send_response(here.next_status())
            if here.location:
                self.send_header("Location", here.location)
            self.send_header("Content-Length", str(len(here.answer)))
            self.end_headers()
            with suppress(OSError):  # the other side may have hung up
                for place in range(len(here.answer)):
                    self.wfile.write(here.answer[place : place + 1])
                    time.sleep(here.drip_seconds)

        def log_message(self, *_words: Any) -> None:
            """Say nothing."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = True
    here.url = f"http://127.0.0.1:{server.server_address[1]}/hook"
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield here
    finally:
        server.shutdown()
        server.server_close()
        thread.join(5)


@contextmanager
def dripping() -> Iterator[str]:
    """A server that says one letter every twentieth of a second and never ends its first line."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        server.settimeout(10)

        def talk() -> None:
            with suppress(OSError):
                line, _address = server.accept()
                with line:
                    for _letter in range(100):
                        line.sendall(b"H")
                        time.sleep(0.05)

        thread = threading.Thread(target=talk, daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/"
    thread.join(5)


@contextmanager
def silent() -> Iterator[tuple[str, list[socket.socket]]]:
    """A server that takes every connection and never says a word; the lines that it holds."""
    held: list[socket.socket] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def take() -> None:
            with suppress(OSError):
                while True:
                    held.append(server.accept()[0])

        threading.Thread(target=take, daemon=True).start()
        yield f"http://127.0.0.1:{server.getsockname()[1]}/", held
    for line in held:
        line.close()
