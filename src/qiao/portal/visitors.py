"""Who visits, without knowing who it is: a key of the browser, and limits by it and by network.

The key is made when somebody first gives a voice or writes, never by reading. Network addresses
are kept as keyed digests for an hour, only to count.
"""

import secrets
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE: Final = "q-visitor"
SALT: Final = "qiao.portal.visitor"
YEAR: Final = 365 * 86_400
HOUR: Final = 3_600
LIMITS: Final = {"write": (5, 30), "vote": (60, 300), "follow": (5, 20)}
"""Per hour by browser and by network: a household or an office shares a network."""


def visitor_key(request: HttpRequest) -> str:
    """The key of this browser, empty where it has none yet."""
    try:
        return str(request.get_signed_cookie(COOKIE, "", salt=SALT))
    except signing.BadSignature:
        return ""


def new_key() -> str:
    """A fresh key."""
    return f"v{secrets.token_hex(12)}"


def remember(response: HttpResponse, key: str) -> None:
    """Let the browser keep its key."""
    response.set_signed_cookie(
        COOKIE,
        key,
        salt=SALT,
        max_age=YEAR,
        httponly=True,
        samesite="Lax",
        secure=settings.SESSION_COOKIE_SECURE,
    )


def is_too_much(request: HttpRequest, kind: str, key: str) -> bool:
    """Count one more of a kind; True once this browser or this network did it too often."""
    by_browser, by_network = LIMITS[kind]
    address = salted_hmac(SALT, request.META.get("REMOTE_ADDR", "")).hexdigest()[:24]
    return _beyond(f"portal:{kind}:{key}", by_browser) | _beyond(
        f"portal:{kind}:{address}", by_network
    )


def _beyond(name: str, most: int) -> bool:
    if cache.add(name, 1, HOUR):
        return most < 1
    try:
        return int(cache.incr(name)) > most
    except ValueError:  # it ran out between the two
        cache.set(name, 1, HOUR)
        return False
