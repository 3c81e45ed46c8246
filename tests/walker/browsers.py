"""Browsers of the cast, and what they send."""

from copy import deepcopy
from http.cookies import SimpleCookie
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from tests.walker.visits import Visit, told
from tests.world import World, picture

PEOPLE = "户名,电话\n王五,13700001111\n"
HOURS = "表号,开始时间,用量\nW-9,2026-11-01 00:30,0.5\n"


class Browsers:
    """One browser, given to anybody of the cast in turn: to make one anew takes long."""

    def __init__(self, world: World) -> None:
        self._client = Client(raise_request_exception=False)
        self._cookies: dict[str | None, SimpleCookie] = {None: SimpleCookie()}
        for who in ("agent", "colleague", "outsider", "chief"):
            self._client.cookies = SimpleCookie()
            self._client.force_login(world.staff(who), backend="qiao.staff.signin.StaffBackend")
            self._cookies[who] = self._client.cookies

    def of(self, who: str | None) -> Client:
        """The browser, signed in as somebody of the cast or as nobody."""
        self._client.cookies = deepcopy(self._cookies[who])
        return self._client


def address_of(name: str, visit: Visit, world: World) -> str:
    """The address with the ids of what the lake branch holds."""
    return reverse(name, kwargs=visit.filled(world.ids) or None)


def form_of(visit: Visit, world: World) -> dict[str, Any]:
    """What would be sent, with a real file where one is asked for."""
    files = {
        "PNG": SimpleUploadedFile("p.png", picture().content, "image/png"),
        "CSV": SimpleUploadedFile("p.csv", PEOPLE.encode(), "text/csv"),
        "HOURS": SimpleUploadedFile("h.csv", HOURS.encode(), "text/csv"),
    }
    given = told(dict(visit.post or {}), world.ids | {name: name for name in files})
    filled = {
        k: [v.format_map(world.ids) for v in vs] if isinstance(vs, list) else vs
        for k, vs in given.items()
    }
    return {k: files.get(v, v) if isinstance(v, str) else v for k, v in filled.items()}
