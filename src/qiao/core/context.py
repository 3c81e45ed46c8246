"""What every page needs: who acts, the rail, the theme."""

from contextlib import suppress
from functools import cache
from typing import Any
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils import timezone

from qiao.core import correlation
from qiao.core.actor import Actor
from qiao.core.manifest import NAV_GROUPS
from qiao.core.registry import registry

THEMES = ("light", "dark", "system")


def page(request: HttpRequest) -> dict[str, Any]:
    """Names for the base templates. Costs nothing for fragments: the rail is built lazily."""
    actor: Actor | None = getattr(request, "actor", None)
    theme = request.COOKIES.get("q-theme", "system")
    return {
        "actor": actor,
        "actor_title": f"{actor.title} {actor.number}".strip() if actor else "",
        "correlation_id": correlation.current_id(),
        "theme": theme if theme in THEMES else "system",
        "demo": settings.DEMO,
        "debug": settings.DEBUG,
        "navigation": lambda: _navigation(request, actor),
        "frame": cache(lambda: _frame(request, actor)),
        "person_menu": lambda: _person_menu(request),
        "keys_off": request.COOKIES.get("q-keys") == "off",
    }


def _frame(request: HttpRequest, actor: Actor | None) -> dict[str, Any]:
    """What modules bring into the frame, by place, and whether any of it `follows` its person;
    read only where a page draws it."""
    places: dict[str, Any] = {"bar": [], "over": [], "follows": False}
    if actor is None:
        return places
    now = getattr(request, "now", None) or timezone.now()
    for each in registry.frame(actor):
        places["follows"] |= each.follows
        data = each.load(actor=actor, now=now, path=request.path)
        if data is not None:
            places[each.place].append({"template": each.template, "data": data})
    return places


def _person_menu(request: HttpRequest) -> list[dict[str, Any]]:
    came_from = urlencode({"from": request.path, "request": correlation.current_id()})
    return [
        {
            "label": each.label,
            "icon": each.icon,
            "url": f"{reverse(each.url_name)}?{came_from}",
            "in_frame": each.in_frame,
        }
        for each in registry.person_menu()
    ]


def _navigation(request: HttpRequest, actor: Actor | None) -> list[dict[str, Any]]:
    """The rail in its groups."""
    if actor is None:
        return []
    match = request.resolver_match
    here = match.namespace if match else ""
    entries = []
    for item in registry.navigation(actor):
        with suppress(NoReverseMatch):
            entries.append((item, reverse(item.url_name)))
    # A page below an entry of its own is not marked at its module's as well.
    above = [url for _item, url in entries if request.path.startswith(url)]
    nearest = max(above, key=len, default="")
    items = []
    for item, url in entries:
        items.append(
            {
                "key": item.key,
                "label": item.label,
                "icon": item.icon,
                "url": url,
                "count": item.count(actor) if item.count else 0,
                "current": url == nearest if nearest else item.key == here,
                "shortcut": item.shortcut,
                "group": item.group,
            }
        )
    return [
        {"key": key, "label": label, "entries": inside}
        for key, label in NAV_GROUPS
        if (inside := [item for item in items if item["group"] == key])
    ]
