"""The way out: one POST to an address that somebody typed.

The name is resolved once and the connection is made to that very address, which must belong to
the open internet; no redirect is followed, and everything ends with the deadline.
"""

import http.client
import socket
import ssl
import threading
import time
from collections.abc import Mapping
from urllib.parse import urlsplit

from qiao.api.models import Attempt
from qiao.api.operations import Outcome
from qiao.api.rules.networks import is_public

CONNECT_SECONDS = 5
TOTAL_SECONDS = 15
ANSWER_BYTES = 1_024
PORTS = {"https": 443, "http": 80}
FAULT = Attempt.Fault


class _Refused(Exception):  # noqa: N818 - a finding, not a fault
    """The attempt ended before an answer; its argument is an `Attempt.Fault`."""


def post(*, url: str, body: bytes, headers: Mapping[str, str], private_allowed: bool) -> Outcome:
    """Send one message and say what came of it; never raises for what the other side does."""
    began = time.perf_counter()
    try:
        status, answer = _exchange(url, body, headers, private_allowed=private_allowed)
    except _Refused as refusal:
        return Outcome(_ms(began), fault=str(refusal.args[0]))
    except ssl.SSLError:
        return Outcome(_ms(began), fault=FAULT.TLS)
    except TimeoutError:
        return Outcome(_ms(began), fault=FAULT.SLOW)
    except (ConnectionError, http.client.HTTPException):
        late = time.perf_counter() - began >= TOTAL_SECONDS
        return Outcome(_ms(began), fault=FAULT.SLOW if late else FAULT.BROKEN)
    except OSError:
        return Outcome(_ms(began), fault=FAULT.REFUSED)
    return Outcome(_ms(began), status=status, answer=_readable(answer))


def _ms(began: float) -> int:
    return round((time.perf_counter() - began) * 1000)


def _readable(answer: bytes) -> str:
    return answer.decode("utf-8", "replace").replace("\0", "\N{REPLACEMENT CHARACTER}")


def _exchange(
    url: str, body: bytes, headers: Mapping[str, str], *, private_allowed: bool
) -> tuple[int, bytes]:
    parts = urlsplit(url)
    host, port = parts.hostname or "", parts.port or PORTS[parts.scheme]
    raw = _connect(host, port, private_allowed=private_allowed)
    # A receiver that drips one byte at a time resets every timeout of a socket; this ends it.
    watch = threading.Timer(TOTAL_SECONDS, _cut, [raw])
    watch.daemon = True
    watch.start()
    try:
        line = raw
        if parts.scheme == "https":
            line = ssl.create_default_context().wrap_socket(raw, server_hostname=host)
        return _talk(line, parts.netloc, _target(parts.path, parts.query), body, headers)
    finally:
        watch.cancel()
        raw.close()


def _target(path: str, query: str) -> str:
    return f"{path or '/'}{'?' if query else ''}{query}"


def _cut(line: socket.socket) -> None:
    try:
        line.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # it has ended by itself


def _connect(host: str, port: int, *, private_allowed: bool) -> socket.socket:
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (socket.gaierror, UnicodeError) as error:
        raise _Refused(FAULT.NO_SUCH_HOST) from error
    family, kind, protocol, _name, address = found[0]
    if not private_allowed and not all(is_public(str(each[4][0])) for each in found):
        raise _Refused(FAULT.FORBIDDEN)
    line = socket.socket(family, kind, protocol)
    line.settimeout(CONNECT_SECONDS)
    try:
        line.connect(address)
    except ConnectionError as error:
        line.close()
        raise _Refused(FAULT.REFUSED) from error
    except OSError:
        line.close()
        raise
    line.settimeout(TOTAL_SECONDS)
    return line


def _talk(
    line: socket.socket, netloc: str, target: str, body: bytes, headers: Mapping[str, str]
) -> tuple[int, bytes]:
    talk = http.client.HTTPConnection(netloc)
    talk.sock = line
    try:
        talk.request(
            "POST",
            target,
            body=body,
            headers={
                "Content-Type": "application/json; charset=utf-8",
                "User-Agent": "Qiao-Webhooks/1",
                "Connection": "close",
                **headers,
            },
        )
        answer = talk.getresponse()
        return answer.status, answer.read(ANSWER_BYTES)
    finally:
        talk.close()
