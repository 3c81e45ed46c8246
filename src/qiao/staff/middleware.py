"""The request's actor, resolved once; its language and time zone."""

import zoneinfo
from collections.abc import Callable
from contextlib import nullcontext

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone, translation

from qiao.core.actor import Actor
from qiao.core.http import SAFE
from qiao.core.once import one_page
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for

COOKIES = {"theme": "q-theme", "language": settings.LANGUAGE_COOKIE_NAME}
YEAR_SECONDS = 365 * 24 * 3600


def _actor_of(request: HttpRequest) -> Actor | None:
    user = request.user
    if not isinstance(user, Staff) or not user.is_authenticated or not user.is_active:
        return None
    return actor_for(user, day=timezone.localdate())


class ActorMiddleware:
    """Sets `request.actor`: None for outsiders, else who acts with today's rights.

    Of one who only looks, the parts of the page read rights and counts once (`core.once`).
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        with one_page() if request.method in SAFE else nullcontext():
            actor = _actor_of(request)
            if actor is not None:
                return self._answer(request, actor)
        return self._answer(request, None)  # who signs in now may be given rights by it

    def _answer(self, request: HttpRequest, actor: Actor | None) -> HttpResponse:
        request.actor = actor  # type: ignore[attr-defined]
        zone = zoneinfo.ZoneInfo(actor.timezone) if actor else timezone.get_default_timezone()
        wanted = _unsaid(request) if actor else {}
        language = wanted.get("language") or translation.get_language()
        with timezone.override(zone), translation.override(language):
            response = self.get_response(request)
        for key, value in wanted.items():
            response.set_cookie(COOKIES[key], value, max_age=YEAR_SECONDS, samesite="Lax")
        return response


def _unsaid(request: HttpRequest) -> dict[str, str]:
    """What the person chose elsewhere and this browser does not know yet."""
    kept = {key: getattr(request.user, key, "") for key in ("language", "theme")}
    return {k: v for k, v in kept.items() if v and COOKIES[k] not in request.COOKIES}
