"""The request's actor, resolved once; its language and time zone."""

import zoneinfo
from collections.abc import Callable

from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from qiao.core.actor import Actor
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for


def _actor_of(request: HttpRequest) -> Actor | None:
    user = request.user
    if not isinstance(user, Staff) or not user.is_authenticated or not user.is_active:
        return None
    return actor_for(user, day=timezone.localdate())


class ActorMiddleware:
    """Sets `request.actor`: None for outsiders, else who acts with today's rights."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        actor = _actor_of(request)
        request.actor = actor  # type: ignore[attr-defined]
        zone = zoneinfo.ZoneInfo(actor.timezone) if actor else timezone.get_default_timezone()
        with timezone.override(zone):
            return self.get_response(request)
