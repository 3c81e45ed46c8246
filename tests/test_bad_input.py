"""Bad days at the door: text that cannot be stored, or far too long; forged forms, wrong files."""

import io
import zipfile
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import transaction
from django.http.response import HttpResponseBase
from django.test import Client
from django.urls import reverse

from qiao.core.attachments import path_of
from qiao.core.models import Attachment
from tests.walker.browsers import Browsers, address_of, form_of
from tests.walker.snapshot import Camera
from tests.walker.visits import VISITS
from tests.world import World, picture

FORMS = sorted(name for name, visit in VISITS.items() if visit.post is not None)
HTML = "<script>zqxrun(1)</script><img src=x onerror=zqxrun(2)>\"'"
SQL = "x'); DROP TABLE cases_case; -- %s %(x)s {0} $1 \\"
REFUSED = range(400, 500)
KEPT = {200, 204, 302}
TOO_MUCH = 10 * 1024 * 1024
JUST_IN = 1024 * 1024
HTMX = {"HX-Request": "true"}


def send(
    name: str, changes: dict[str, Any], world: World, browsers: Browsers, **more: Any
) -> HttpResponseBase:
    """Post the form of an address with some fields changed."""
    visit = VISITS[name]
    form = form_of(visit, world) | changes
    client = browsers.of(visit.sender)
    return client.post(address_of(name, visit, world), form, **more)


def texts(name: str) -> list[str]:
    """The fields of a form that take text, and one that it does not know."""
    given = VISITS[name].post or {}
    return [*(k for k, v in given.items() if isinstance(v, str) and v != "{PNG}"), "zqxunknown"]


@pytest.mark.parametrize("name", FORMS)
def test_characters_that_cannot_be_stored_are_refused_and_leave_nothing(
    name: str, world: World, browsers: Browsers, camera: Camera
) -> None:
    for field in texts(name):
        with transaction.atomic():
            writes = camera.writes()
            response = send(name, {field: "a\x00b"}, world, browsers)
            assert response.status_code == 400, field
            assert camera.writes() == writes
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", FORMS)
def test_half_characters_never_break_a_form(name: str, world: World, browsers: Browsers) -> None:
    visit = VISITS[name]
    for field in texts(name):
        with transaction.atomic():
            response = browsers.of(visit.sender).post(
                address_of(name, visit, world),
                field.encode() + b"=%ED%A0%80%FF%FE%C3",
                content_type="application/x-www-form-urlencoded",
            )
            assert response.status_code in {*REFUSED, *KEPT}, field
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", FORMS)
def test_ten_megabytes_in_a_field_are_refused_and_one_breaks_nothing(
    name: str, world: World, browsers: Browsers, camera: Camera
) -> None:
    for field in texts(name)[:2]:
        with transaction.atomic():
            writes = camera.writes()
            response = send(name, {field: "陈" * (TOO_MUCH // 3)}, world, browsers)
            assert response.status_code in REFUSED, field
            assert camera.writes() == writes
            response = send(name, {field: "陈" * (JUST_IN // 3)}, world, browsers)
            assert response.status_code in {*REFUSED, *KEPT}, field
            transaction.set_rollback(True)


@pytest.mark.parametrize("name", FORMS)
@pytest.mark.parametrize("text", [HTML, SQL], ids=["html", "sql"])
def test_html_and_sql_are_only_text(
    name: str, text: str, world: World, browsers: Browsers
) -> None:
    for field in texts(name):
        with transaction.atomic():
            response = send(name, {field: text}, world, browsers, headers=HTMX)
            assert response.status_code in {*REFUSED, *KEPT}, (field, response.status_code)
            if response.get("Content-Type", "").startswith("text/html"):
                assert b"<script>zqxrun" not in response.content  # type: ignore[attr-defined]
                assert b"<img src=x" not in response.content  # type: ignore[attr-defined]
            else:
                assert response["X-Content-Type-Options"] == "nosniff"
            transaction.set_rollback(True)


def test_what_was_typed_as_html_is_shown_as_text_everywhere(
    world: World, browsers: Browsers
) -> None:
    with transaction.atomic():
        for name, field in (
            ("cases:note", "text"),
            ("cases:answer", "text"),
            ("cases:edit", "title"),
            ("cases:chase", "text"),
            ("customers:name_change", "name"),
            ("contact:describe", "caller_name"),
            ("contact:draft", "note"),
            ("feedback:attempt", "note"),
            ("cases:save_view", "name"),
        ):
            response = send(name, {field: HTML[:60]}, world, browsers, headers=HTMX)
            assert response.status_code in {*REFUSED, *KEPT}, name
        client, ids = browsers.of("agent"), world.ids
        for address in (
            reverse("cases:list"),
            reverse("cases:detail", args=[ids["case"]]),
            reverse("customers:page", args=[ids["customer"]]),
            reverse("customers:list"),
            reverse("contact:pane", args=[ids["contact"]]),
            f"{reverse('desk:workspace')}?open=contact:{ids['contact']}",
            f"{reverse('desk:search')}?q=script",
            reverse("feedback:detail", args=[ids["follow_up"]]),
        ):
            page = client.get(address)
            assert page.status_code == 200, address
            assert b"<script>zqxrun" not in page.content, address
            assert b"<img src=x" not in page.content, address
        transaction.set_rollback(True)


@pytest.mark.parametrize("name", FORMS)
def test_a_form_that_is_not_ours_is_refused(name: str, world: World, camera: Camera) -> None:
    visit = VISITS[name]
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    with transaction.atomic():
        client.force_login(world.staff(visit.sender), backend="qiao.staff.signin.StaffBackend")
        writes = camera.writes()
        address = address_of(name, visit, world)
        for forged in ({}, {"csrfmiddlewaretoken": "x" * 64}):
            response = client.post(address, form_of(visit, world) | forged)
            assert response.status_code == 403
        client.cookies["q-csrf"] = "y" * 32
        response = client.post(address, form_of(visit, world) | {"csrfmiddlewaretoken": "z" * 32})
        assert response.status_code == 403
        assert camera.writes() == writes
        transaction.set_rollback(True)


def _polyglot() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as file:
        file.writestr("zqxhidden.html", "<script>zqxrun()</script>")
    return picture().content + b"<script>zqxrun()</script>" + packed.getvalue()


BAD_FILES = {
    "program.jpg": b"MZ\x90\x00" + b"\x00" * 500,
    "drawing.svg": b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>",
    "drawing.png": b"<?xml version='1.0'?><svg onload='alert(1)'/>",
    "page.html": b"<html><script>alert(1)</script></html>",
    "cut.png": picture().content[:60],
    "empty.png": b"",
    "huge.jpg": b"\xff\xd8\xff\xe0" + b"\x00" * (60 * 1024 * 1024),
    "bomb.png": (
        b"\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00\xff\xff\x00\x00\xff\xff\x08\x02\x00\x00\x00"
    ),
}


@pytest.mark.parametrize("file_name", BAD_FILES)
@pytest.mark.parametrize("name", ["cases:attach", "dispatch:complete", "dispatch:progress"])
def test_a_file_of_a_wrong_kind_is_refused_in_words(
    name: str, file_name: str, world: World, browsers: Browsers, camera: Camera
) -> None:
    with transaction.atomic():
        for field in _file_fields(name, world, browsers):
            file = SimpleUploadedFile(file_name, BAD_FILES[file_name], "image/jpeg")
            response = send(name, {field: file}, world, browsers, headers=HTMX)
            assert response.status_code in REFUSED, field
            assert camera.first.rows == camera.take().rows
        transaction.set_rollback(True)


def _file_fields(name: str, world: World, browsers: Browsers) -> list[str]:
    """The names of the file inputs of a page."""
    if name == "cases:attach":
        return ["file"]
    page = browsers.of("agent").get(reverse("dispatch:detail", args=[world.ids["order"]]))
    found = [
        tag.split('name="', 1)[1].split('"', 1)[0]
        for tag in page.content.decode().split("<input")[1:]
        if 'type="file"' in tag.split(">", 1)[0] and 'name="' in tag.split(">", 1)[0]
    ]
    assert found
    return found[:1]


def test_what_hides_behind_a_picture_is_not_stored(world: World, browsers: Browsers) -> None:
    with transaction.atomic():
        file = SimpleUploadedFile("../../etc/zqxname.png", _polyglot(), "image/png")
        response = send("cases:attach", {"file": file}, world, browsers, headers=HTMX)
        assert response.status_code in KEPT
        kept = Attachment.objects.latest("id")
        stored = path_of(kept.sha256).read_bytes()
        assert kept.content_type == "image/png"
        assert "/" not in kept.file_name
        assert b"zqx" not in stored
        page = browsers.of("agent").get(reverse("cases:file", args=[world.ids["case"], kept.pk]))
        assert page["X-Content-Type-Options"] == "nosniff"
        transaction.set_rollback(True)
