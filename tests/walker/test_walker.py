"""Every address, every method: whoever has no right sees nothing and changes nothing."""

import io
import zipfile
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client

from tests.walker.addresses import every_address
from tests.walker.browsers import Browsers, address_of, form_of
from tests.walker.snapshot import Camera
from tests.walker.visits import VISITS, Visit
from tests.world import World

SAFE = ("GET", "HEAD", "OPTIONS")
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")
ANSWERS = {200, 204, 302, 400, 401, 403, 404, 405, 409, 413, 415, 422, 429}
TAKEN = {200, 204, 302}
HTMX = {"HX-Request": "true"}
# Some addresses exist only where the configuration switches them on.
NAMES = sorted(set(VISITS) & set(every_address()))


def text_of(response: HttpResponseBase) -> str:
    """All that an answer says: heads, cookies, and its body, looked into where it is packed."""
    heads = "\n".join(f"{k}: {v}" for k, v in response.items() if k.lower() != "x-correlation-id")
    cookies = "\n".join(morsel.OutputString() for morsel in response.cookies.values())
    if response.streaming:
        if getattr(response, "is_async", False):
            return f"{heads}\n{cookies}"
        body = b"".join(response.streaming_content)  # type: ignore[attr-defined]
    else:
        body = response.content  # type: ignore[attr-defined]
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as packed:
            body = b"\n".join(packed.read(name) for name in packed.namelist())
    return f"{heads}\n{cookies}\n{body.decode('utf-8', 'replace')}"


def requests_of(visit: Visit, world: World) -> Iterator[tuple[str, str, dict[str, str]]]:
    """Method, query and heads of all requests to an address."""
    for method in (*SAFE, *UNSAFE):
        yield method, "", {}
    for method in ("GET", "POST"):
        yield method, "", HTMX
    for query in visit.queries:
        words = query.format_map(world.ids)
        yield "GET", words, {}
        if visit.post is not None:
            yield "POST", words, {}


def send(
    client: Client, method: str, address: str, query: str, heads: dict[str, str], form: Any
) -> HttpResponseBase:
    """Send one request."""
    where = f"{address}?{query}" if query else address
    if method == "POST":
        return client.post(where, form, headers=heads)
    return getattr(client, method.lower())(where, headers=heads)  # type: ignore[no-any-return]


def secrets_in(text: str, sent: str, world: World) -> set[str]:
    """The canaries in an answer, but for what the visitor typed into the address."""
    typed = sent.lower()
    return {found for found in world.betrayed_by(text) if found not in typed}


def test_every_address_has_a_fixture_and_every_fixture_an_address() -> None:
    known = set(every_address())
    assert known - set(VISITS) == set(), "add these to tests/walker/visits/"
    assert {name for name in VISITS if ":" in name} - known == set(), "these are gone"


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("who", ["outsider", None])
def test_nobody_from_outside_sees_or_changes_anything(
    name: str, who: str | None, world: World, camera: Camera, browsers: Browsers
) -> None:
    visit = VISITS[name]
    address, writes = address_of(name, visit, world), camera.writes()
    for method, query, heads in requests_of(visit, world):
        with transaction.atomic():
            form = form_of(visit, world)
            response = send(browsers.of(who), method, address, query, heads, form)
            what = f"{method} {address}?{query} {heads}: {response.status_code}"
            assert response.status_code in ANSWERS, f"{what}\n{cause_of(response)}"
            found = secrets_in(text_of(response), f"{query} {form}", world)
            assert not found, f"{what} shows {found}"
            if who is None and not visit.public:
                assert response.status_code != 200 or method == "OPTIONS", what
            before, writes = writes, camera.writes()
            if writes != before:
                assert method in UNSAFE or visit.writes_on_get, what
                _assert_untouched(camera, visit, what)
            transaction.set_rollback(True)


def _assert_untouched(camera: Camera, visit: Visit, what: str) -> None:
    now = camera.take()
    assert set(camera.first.hung(now)) <= visit.hangs, what
    if not visit.own:
        assert camera.first.lost(now) == [], what
        assert camera.first.gained(now) == [], what


SHOWING = (
    "cases:detail",
    "cases:list",
    "contact:detail",
    "contact:list",
    "contact:pane",
    "customers:list",
    "customers:page",
    "desk:search",
    "dispatch:detail",
    "feedback:detail",
)


@pytest.mark.parametrize("name", SHOWING)
def test_the_hunt_finds_what_a_colleague_is_shown(
    name: str, world: World, browsers: Browsers
) -> None:
    visit = VISITS[name]
    query = "q=zqxcan" if name == "desk:search" else "view=all"
    response = browsers.of("agent").get(f"{address_of(name, visit, world)}?{query}")
    assert secrets_in(text_of(response), query, world)


def cause_of(response: Any) -> str:
    """The fault behind an answer, if there was one."""
    found = getattr(response, "exc_info", None)
    return repr(found[1]) if found else ""


@pytest.mark.parametrize("name", NAMES)
def test_a_colleague_of_the_branch_is_served(name: str, world: World, browsers: Browsers) -> None:
    visit = VISITS[name]
    address = address_of(name, visit, world)
    with transaction.atomic():
        client = browsers.of(visit.reader)
        for query in ("", *visit.queries):
            words = query.format_map(world.ids)
            response = send(client, "GET", address, words, {}, {})
            assert response.status_code == visit.get, (
                f"GET {address}?{words}\n{cause_of(response)}"
            )
        if visit.post is not None:
            client = browsers.of(visit.sender)
            response = send(client, "POST", address, "", HTMX, form_of(visit, world))
            body = text_of(response)[-3000:] if response.status_code not in TAKEN else ""
            assert response.status_code in TAKEN, f"POST {address}\n{cause_of(response)}\n{body}"
        transaction.set_rollback(True)
