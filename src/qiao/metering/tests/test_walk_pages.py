"""The reader's phone and what the office sees of it: pages, answers, rights."""

import json
import re
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.customers.tests.test_pages import browser
from qiao.metering.models import Reading, ReadingRound, StopVisit
from qiao.metering.tests.cast import Round, a_photo, photo_bytes
from qiao.staff.tests.cast import TODAY

pytestmark = pytest.mark.django_db


@pytest.fixture
def phone(walked: Round) -> Client:
    # The pages go by the clock of the machine.
    today = timezone.localdate()
    ReadingRound.objects.update(since=min(TODAY, today), due_date=max(TODAY, today))
    return browser(walked.reader_staff)


def url(name: str, walked: Round) -> str:
    return reverse(f"metering:{name}", args=[walked.walk.pk])


def entry(walked: Round, which: int = 0, **more: Any) -> dict[str, Any]:
    return {
        "idempotency_key": f"key-{which}-{more.get('do', 'read')}",
        "service_point": walked.metered.points[which].pk,
        "do": "read",
        **more,
    }


def figure(walked: Round, raw: str, which: int = 0, **more: Any) -> dict[str, Any]:
    value = {f"value_{walked.metered.registers[which].pk}": raw}
    return entry(walked, which, **value, **more)


def data_in(page: str) -> dict[str, Any]:
    found = re.search(
        r'<script id="walk-data" type="application/json">(.*?)</script>', page, re.DOTALL
    )
    assert found
    data: dict[str, Any] = json.loads(found[1])
    return data


def told_by(answer: Any) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(answer["HX-Trigger"])["q:visited"]
    return told


def test_the_reader_finds_the_own_rounds_and_all_that_a_stop_needs(
    walked: Round, phone: Client
) -> None:
    assert url("walk", walked) in phone.get(reverse("metering:walks")).content.decode()
    page = phone.get(url("walk", walked)).content.decode()
    stops = data_in(page)["stops"]
    assert [stop["place"] for stop in stops] == [1, 2, 3]
    (register,) = stops[0]["registers"]
    assert (register["digits"], register["last"]) == (5, "510")
    assert "Last 510 on 2026-09-05" in register["told"]
    assert "翠湖" not in data_in(page)["words"]
    other = browser(walked.other_staff)
    assert other.get(url("walk", walked)).status_code == 404
    assert "No round is waiting for you" in other.get(reverse("metering:walks")).content.decode()
    for name in ("exceptions", "rounds", "routes", "quality", "files"):
        assert phone.get(reverse(f"metering:{name}")).status_code == 403


@pytest.mark.parametrize(("sees", "last", "most"), [("nothing", 0, 0), ("last", 1, 0)])
def test_the_unit_says_what_a_reader_sees_beforehand(
    walked: Round, phone: Client, sees: str, last: int, most: int, monkeypatch: Any
) -> None:
    monkeypatch.setattr("qiao.metering.queries.walks.readers_see", lambda *_a, **_k: sees)
    page = phone.get(url("walk", walked)).content.decode()
    (register,) = data_in(page)["stops"][0]["registers"]
    assert (register["last"] is not None, register["most"] is not None) == (bool(last), bool(most))
    if not last:
        without_keys = re.sub(r'"id": \d+|/\d+/', "", page)
        assert not re.search(r"\b510\b", without_keys)


def test_a_figure_is_kept_and_the_page_told(walked: Round, phone: Client) -> None:
    answer = phone.post(url("walk_take", walked), figure(walked, "530"))
    assert answer.status_code == 200
    assert told_by(answer) == {
        "stop": walked.metered.points[0].pk, "state": "read", "words": "Read",
    }  # fmt: skip
    again = phone.post(url("walk_take", walked), figure(walked, "530"))
    assert told_by(again)["state"] == "read"
    assert StopVisit.objects.count() == 1


def test_what_the_checks_stop_is_said_at_once_and_then_waits_at_the_office(
    walked: Round, phone: Client
) -> None:
    check = phone.post(url("walk_check", walked), figure(walked, "1900"))
    assert "Used more than usual" in check.json()["found"]
    assert Reading.objects.filter(source="phone").count() == 0
    assert phone.post(url("walk_check", walked), figure(walked, "530")).json() == {"found": ""}
    bare = phone.post(url("walk_take", walked), figure(walked, "1900", confirmed="1"))
    assert (bare.status_code, bare.content.decode()) == (422, "A photo is needed.")
    photo = SimpleUploadedFile("m.png", photo_bytes(), content_type="image/png")
    answer = phone.post(
        url("walk_take", walked), figure(walked, "1900", confirmed="1", photo=photo, note="漏水")
    )
    assert "the office looks at it" in told_by(answer)["words"]
    visit = StopVisit.objects.get()
    office = browser(walked.metered.company.agent_staff)
    photo_url = reverse("metering:visit_photo", args=[visit.pk])
    assert photo_url in office.get(reverse("metering:exceptions")).content.decode()
    shown = office.get(reverse("metering:reading", args=visit.reading_ids)).content.decode()
    assert photo_url in shown
    assert "漏水" in shown
    assert "The same figure was entered again" in shown
    picture = office.get(photo_url)
    assert (picture.status_code, picture["Content-Type"]) == (200, "image/png")
    assert phone.get(photo_url).status_code == 200
    assert browser(walked.other_staff).get(photo_url).status_code == 404
    assert browser(walked.metered.company.outsider_staff).get(photo_url).status_code == 404


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"do": "unread", "reason": "locked"}, "A photo is needed."),
        ({"do": "unread"}, "say why it cannot be read"),
        ({"do": "read"}, "say why it cannot be read"),
        ({"do": "unread", "reason": "dog", "note": "长" * 301}, "300"),
        ({"do": "unread", "reason": "dog", "idempotency_key": ""}, "say why"),
    ],
)
def test_why_an_entry_is_not_taken_is_said_in_words(
    walked: Round, phone: Client, form: dict[str, str], words: str
) -> None:
    answer = phone.post(url("walk_take", walked), entry(walked) | form)
    assert answer.status_code == 422
    assert words in answer.content.decode()
    assert StopVisit.objects.count() == 0


def test_what_is_no_picture_is_not_taken(walked: Round, phone: Client) -> None:
    fake = SimpleUploadedFile("m.png", b"not a picture", content_type="image/png")
    answer = phone.post(
        url("walk_take", walked), entry(walked, do="unread", reason="locked", photo=fake)
    )
    assert (answer.status_code, answer.content.decode()) == (422, "This is not a picture.")


def test_a_stop_of_another_round_is_unknown(walked: Round, phone: Client) -> None:
    form = entry(walked, service_point=999_999, do="unread", reason="dog")
    assert phone.post(url("walk_take", walked), form).status_code == 404
    other = browser(walked.other_staff)
    assert other.post(url("walk_take", walked), figure(walked, "530")).status_code == 404
    assert other.post(url("walk_finish", walked)).status_code == 404


def test_the_office_sees_how_far_the_round_is(walked: Round, phone: Client) -> None:
    phone.post(url("walk_take", walked), figure(walked, "530"))
    phone.post(url("walk_take", walked), entry(walked, 1, do="unread", reason="dog"))
    office = browser(walked.metered.company.agent_staff)
    shown = office.get(reverse("metering:rounds")).content.decode()
    assert "live:readings~3s" in shown
    assert "1 / 3" in shown
    route = office.get(reverse("metering:route", args=[walked.metered.route.pk])).content.decode()
    assert "Dog" in route
    answer = phone.post(url("walk_finish", walked))
    assert answer.status_code == 302
    walked.walk.refresh_from_db()
    assert walked.walk.state == "closed"


def test_a_round_is_given_to_a_reader_and_a_part_of_it_to_another(
    walked: Round, phone: Client
) -> None:
    walked.bring(0, "530", photo=a_photo())
    office = browser(walked.metered.company.agent_staff)
    begin = reverse("metering:blind_begin", args=[walked.walk.pk])
    page = office.get(begin).content.decode()
    assert "廖晓芸" in page
    assert "马德胜 9301" not in page
    form = {"reader": walked.other_staff.pk, "share": "3", "due_date": "2026-12-01", "seed": "5"}
    drawn = office.post(begin, form)
    assert drawn.status_code == 302
    assert phone.get(begin).status_code == 403
    other = browser(walked.other_staff)
    walks = other.get(reverse("metering:walks")).content.decode()
    found = re.search(r"/readings/walk/again/(\d+)/", walks)
    assert found
    blind = other.get(found[0]).content.decode()
    (stop,) = data_in(blind)["stops"]
    assert (stop["state"], stop["registers"][0]["last"]) == ("open", None)
    assert not {"530", "510"} & set(re.findall(r"\d+", json.dumps(stop["registers"])))
    answer = other.post(f"{found[0]}take/", figure(walked, "990"))
    assert told_by(answer)["words"] == "Read"
    results = office.get(drawn["Location"]).content.decode()
    assert "Differs" in results
    assert "990" in results
    assert other.get(drawn["Location"]).status_code == 403
