"""Addresses of the web, as people and programs give them."""

from collections.abc import Collection
from typing import Final
from urllib.parse import urlsplit

SECURE: Final = frozenset({"https"})


def is_web_address(text: str, *, schemes: Collection[str] = SECURE) -> bool:
    """Whether a text is an address by one of these schemes: with a host, without a password, a
    fragment or letters beyond ASCII. What the host's name stands for is not looked at."""
    try:
        parts = urlsplit(text)
        port = parts.port
    except ValueError:
        return False
    if parts.scheme not in schemes or not parts.hostname or "@" in parts.netloc:
        return False
    return not parts.fragment and text.isascii() and " " not in text and port != 0
