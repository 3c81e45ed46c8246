"""Who visits, without knowing who it is: a key of the browser, and limits by it and by network.

The key is made when somebody first gives a voice or writes, never by reading. Network addresses
are kept as keyed digests for an hour, only to count.
"""

import secrets
from time import time
from typing import Final

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

from qiao.core.http import client_address

COOKIE: Final = "q-visitor"
SALT: Final = "qiao.portal.visitor"
YEAR: Final = 365 * 86_400
HOUR: Final = 3_600
LIMITS: Final = {
    "write": (5, 30),
    "vote": (60, 300),
    "follow": (5, 20),
    "survey": (400, 4_000),
    "survey_link": (20, 60),
    "case_link": (20, 60),
    "bill_link": (20, 60),
    "bill_paper": (30, 200),
    "case_lookup": (10, 30),
    "case_say": (10, 40),
}
"""Per hour by browser and by network: a household or an office shares a network. A survey is kept
on each change; ``survey_link``, ``case_link`` and ``bill_link`` count links that lead nowhere."""
LOOKUPS: Final = 10
"""Attempts to find one case by its number, per hour from wherever: four digits are not guessed."""
LETTERS: Final = 5
"""Letters that ask for a confirmation, per hour and address: nobody fills a stranger's mailbox."""


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


def is_too_much(request: HttpRequest, kind: str) -> bool:
    """Count one more of a kind; True once this browser or this network did it too often.

    A browser without a key is counted by its network alone: strangers must not use up what is
    left for each other.
    """
    key = visitor_key(request)
    by_browser, by_network = LIMITS[kind]
    over = _beyond(f"portal:{kind}:{_digest(client_address(request))}", by_network)
    return (_beyond(f"portal:{kind}:{key}", by_browser) if key else False) or over


def is_written_too_often(address: str) -> bool:
    """Count one more letter asked for to an address, from wherever; True beyond the limit."""
    return _beyond(f"portal:letters:{_digest(address.casefold())}", LETTERS)


def is_asked_too_often(number: str) -> bool:
    """Count one more attempt at the case of a number, from wherever; True beyond the limit."""
    return _beyond(f"portal:lookups:{_digest(number)}", LOOKUPS)


def network_of(request: HttpRequest) -> str:
    """A keyed digest of where a request comes from: it tells the same from another, not where."""
    return _digest(client_address(request))


def _digest(text: str) -> str:
    return salted_hmac(SALT, text).hexdigest()[:24]


def _beyond(name: str, most: int) -> bool:
    """Whether a count goes beyond `most` in the hour from its first. Not `cache.incr`, which
    lets the count run out after the default five minutes."""
    now = time()
    since, count = cache.get(name) or (now, 0)
    if now - since >= HOUR:
        since, count = now, 0
    cache.set(name, (since, count + 1), HOUR)
    return bool(count >= most)
