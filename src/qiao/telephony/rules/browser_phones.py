"""Telephones in the browser: their names at the switch, and the address they sign on at.

A telephone on the desk and one in the browser want different things of a switch (WebRTC encrypts
sound and speaks through a websocket), so each person has one of either, by names of their own.
"""

from typing import Final
from urllib.parse import urlsplit

SUFFIX: Final = "-web"
AT_HOME: Final = frozenset({"localhost", "127.0.0.1", "::1"})


def browser_user(number: str) -> str:
    """The name at the switch of the browser's telephone of a staff number."""
    return f"{number}{SUFFIX}"


def browser_endpoint(number: str) -> str:
    """What the controller rings."""
    return f"PJSIP/{browser_user(number)}"


def socket_address(text: str) -> str:
    """The address of the switch's websocket, such as ``wss://pbx.example.com:8089/ws``; empty
    stays empty.

    Raises `ValueError` that says what is wrong. Plain ``ws`` is taken on this machine only:
    browsers give no microphone to what is not encrypted, and secrets would be read on the way.
    """
    if not text:
        return ""
    parts = urlsplit(text)
    if not text.isascii() or set(text) & set(" ;,'\""):
        raise ValueError(f"QIAO_SWITCH_WSS={text!r}: an address has no such signs")
    try:
        port = parts.port
    except ValueError as error:
        raise ValueError(f"QIAO_SWITCH_WSS={text!r}: the port is a number") from error
    if parts.scheme not in ("wss", "ws") or not parts.hostname or port == 0:
        raise ValueError(f"QIAO_SWITCH_WSS={text!r}: write it as wss://HOST:8089/ws")
    if parts.username is not None or parts.query or parts.fragment:
        raise ValueError(f"QIAO_SWITCH_WSS={text!r}: nothing but host, port and path")
    if parts.scheme == "ws" and parts.hostname not in AT_HOME:
        raise ValueError(f"QIAO_SWITCH_WSS={text!r}: needs wss; ws is for this machine alone")
    return text


def origin_of(address: str) -> str:
    """Scheme, host and port of an address, as a content security policy names it."""
    parts = urlsplit(address)
    return f"{parts.scheme}://{parts.netloc}"


def domain_of(address: str) -> str:
    """The host, which stands behind the @ in the telephone's name."""
    host = urlsplit(address).hostname or ""
    return f"[{host}]" if ":" in host else host
