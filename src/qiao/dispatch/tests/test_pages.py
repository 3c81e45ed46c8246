"""The technician's pages and the dispatcher's board, through the real stack."""

import io
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from PIL import Image

from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.customers.operations import NewPhone, register_customer
from qiao.dispatch.models import WorkOrder, WorkOrderEvent
from qiao.dispatch.operations import accept, arrive, assign_technician
from qiao.dispatch.queries.orders import LANE_LIMIT
from qiao.dispatch.rules.sheets import sheet_from_data
from qiao.dispatch.tests.cast import NOW, Crew, a_work_order
from qiao.staff.models import Staff

pytestmark = pytest.mark.django_db


def client_of(actor: Actor) -> Client:
    """A browser in which the person is signed in."""
    client = Client()
    staff = Staff.objects.get(id=actor.person_id)
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    return client


def text_of(response: Any) -> str:
    """The page as text."""
    return str(response.content.decode())


def photo(colour: str = "red") -> SimpleUploadedFile:
    """A picture as a phone sends it."""
    content = io.BytesIO()
    Image.new("RGB", (60, 40), colour).save(content, format="JPEG")
    return SimpleUploadedFile("img.jpg", content.getvalue(), content_type="image/jpeg")


def on_site(crew: Crew) -> WorkOrder:
    """An order at which the technician is at work."""
    order = a_work_order(crew)
    accept(work_order_id=order.pk, actor=crew.technician, now=NOW)
    return arrive(work_order_id=order.pk, actor=crew.technician, now=NOW)


def filled_form(order: WorkOrder) -> dict[str, Any]:
    """Everything that the order's sheet asks for, as form fields."""
    sheet = sheet_from_data(order.sheet)
    return {
        **{f"check_{c.key}": "on" for c in sheet.checks},
        **{f"reading_{r.key}": str(r.low or r.high or 1) for r in sheet.readings},
        **{f"photo_{p.key}": photo() for p in sheet.photos},
        "note": "更换表前阀",
        "signature": photo("black"),
        "idempotency_key": "k1",
        "latitude": "30.123456",
        "longitude": "120.5",
        "accuracy": "12",
    }


def test_the_day_begins_with_own_jobs_and_the_pool_of_the_crew(crew: Crew) -> None:
    own, pool = a_work_order(crew), a_work_order(crew, title="金色水岸无水")
    assign_technician(
        work_order_id=own.pk, staff_id=crew.technician.staff_id, actor=crew.dispatcher, now=NOW
    )
    page = text_of(client_of(crew.technician).get("/jobs/"))
    assert f"/jobs/{own.pk}/" in page
    assert f"/jobs/{pool.pk}/" in page
    assert "tel:+8613805712264" in page
    empty = text_of(client_of(crew.outsider).get("/jobs/"))
    assert f"/jobs/{own.pk}/" not in empty
    assert "q-empty" in empty


def test_a_job_is_walked_through_on_the_phone(crew: Crew) -> None:
    order = a_work_order(crew)
    client = client_of(crew.technician)
    for verb, state in (("accept", "accepted"), ("start", "travelling"), ("arrive", "arrived")):
        response = client.post(
            f"/jobs/{order.pk}/do/{verb}", {"latitude": "30.1", "longitude": "120.2"}
        )
        assert response.status_code == 302
        order.refresh_from_db()
        assert order.state == state
    page = text_of(client.get(f"/jobs/{order.pk}/"))
    assert 'id="job-form"' in page
    assert "data-sign" in page
    response = client.post(f"/jobs/{order.pk}/complete", filled_form(order))
    assert (response.status_code, response["Location"]) == (302, "/jobs/")
    order.refresh_from_db()
    assert order.state == "done"
    last = WorkOrderEvent.objects.filter(work_order=order).latest("seq")
    assert (last.kind, last.latitude, last.accuracy_m) == ("complete", 30.123456, 12)
    picture = Attachment.objects.filter(owner_kind="work_order", owner_id=order.pk).first()
    assert picture is not None
    url = f"/jobs/{order.pk}/pictures/{picture.pk}"
    assert client.get(url)["Content-Type"] == "image/jpeg"
    assert client_of(crew.outsider).get(url).status_code == 404
    again = client.post(f"/jobs/{order.pk}/complete", filled_form(order))
    assert again.status_code == 302
    assert WorkOrderEvent.objects.filter(work_order=order, kind="complete").count() == 1


def test_an_incomplete_sheet_comes_back_with_every_word_and_picture(crew: Crew) -> None:
    order = on_site(crew)
    client = client_of(crew.technician)
    form = filled_form(order)
    del form["signature"]
    form["note"] = "只换了滤网 <b>未试压</b>"
    response = client.post(f"/jobs/{order.pk}/complete", form)
    page = text_of(response)
    assert response.status_code == 422
    assert "只换了滤网 &lt;b&gt;未试压&lt;/b&gt;" in page
    assert 'name="kept"' in page
    assert WorkOrder.objects.get(id=order.pk).state == "arrived"
    assert not Attachment.objects.filter(owner_kind="work_order").exists()
    tokens = re.findall('name="kept" value="([^"]+)"', page)
    form = {k: v for k, v in filled_form(order).items() if not k.startswith("photo_")}
    response = client.post(f"/jobs/{order.pk}/complete", {**form, "kept": tokens})
    assert response.status_code == 302
    labels = set(Attachment.objects.values_list("label", flat=True))
    assert "signature" in labels
    assert len(labels) == 1 + len(tokens)


@pytest.mark.parametrize(
    ("name", "content"),
    [("a.jpg", b"<script>alert(1)</script>"), ("b.png", b"%PDF-1.7"), ("c.svg", b"<svg/>")],
)
def test_what_is_no_picture_is_refused_by_name(crew: Crew, name: str, content: bytes) -> None:
    order = on_site(crew)
    form = filled_form(order) | {"photo_other": SimpleUploadedFile(name, content)}
    response = client_of(crew.technician).post(f"/jobs/{order.pk}/complete", form)
    assert response.status_code == 422
    assert name in text_of(response)


def test_bad_text_is_refused_at_its_field_and_stands_in_the_form(crew: Crew) -> None:
    order = on_site(crew)
    client = client_of(crew.technician)
    response = client.post(
        f"/jobs/{order.pk}/complete", filled_form(order) | {"note": "长" * 5_000}
    )
    assert response.status_code == 422
    assert "长" * 5_000 in text_of(response)
    response = client.post(f"/jobs/{order.pk}/do/hand-back", {"reason": ""})
    assert response.status_code == 422
    response = client.post(f"/jobs/{order.pk}/do/suspend", {"hold": "nonsense", "reason": "等件"})
    assert response.status_code == 422
    assert "等件" in text_of(response)


def test_progress_is_kept_while_typing(crew: Crew) -> None:
    order = on_site(crew)
    client = client_of(crew.technician)
    response = client.post(
        f"/jobs/{order.pk}/progress", {"note": "拆洗滤网", "reading_pressure": "0.2"}
    )
    assert response.status_code == 204
    page = text_of(client.get(f"/jobs/{order.pk}/"))
    assert "拆洗滤网" in page
    assert 'value="0.2"' in page


def test_outsiders_find_nothing_and_colleagues_may_look_but_not_act(crew: Crew) -> None:
    order = a_work_order(crew)
    outsider = client_of(crew.outsider)
    for method, url in (
        ("get", f"/jobs/{order.pk}/"),
        ("post", f"/jobs/{order.pk}/do/accept"),
        ("post", f"/jobs/{order.pk}/complete"),
        ("post", f"/jobs/{order.pk}/progress"),
        ("get", f"/jobs/{order.pk}/assign"),
        ("post", f"/jobs/{order.pk}/assign"),
    ):
        assert getattr(outsider, method)(url).status_code == 404
    agent = client_of(crew.agent)
    assert agent.get(f"/jobs/{order.pk}/").status_code == 200
    assert agent.post(f"/jobs/{order.pk}/do/accept").status_code == 403
    assert agent.get(f"/jobs/{order.pk}/assign").status_code == 403
    assert Client().get("/jobs/").status_code == 302
    assert client_of(crew.technician).post(f"/jobs/{order.pk}/do/fly").status_code == 404


def test_a_second_taker_is_told_who_was_faster(crew: Crew) -> None:
    order = a_work_order(crew)
    accept(work_order_id=order.pk, actor=crew.mate, now=NOW)
    response = client_of(crew.technician).post(f"/jobs/{order.pk}/do/accept", follow=True)
    assert "李志远" in text_of(response)
    assert WorkOrder.objects.get(id=order.pk).technician_id == crew.mate.staff_id


def test_the_board_assigns_in_a_dialog_and_without_script(crew: Crew) -> None:
    order = a_work_order(crew)
    client = client_of(crew.dispatcher)
    board = text_of(client.get("/jobs/board/"))
    assert order.number in board
    fragment = client.get(f"/jobs/{order.pk}/assign", headers={"HX-Request": "true"})
    assert text_of(fragment).lstrip().startswith("<dialog")
    response = client.post(f"/jobs/{order.pk}/assign", {"who": "999:1"})
    assert response.status_code == 422
    who = f"{crew.team.pk}:{crew.technician.staff_id}"
    response = client.post(
        f"/jobs/{order.pk}/assign", {"who": who}, headers={"HX-Request": "true"}
    )
    assert response.status_code == 200
    told = set(json.loads(response["HX-Trigger"]))
    assert "q:toast" in told
    lanes = re.search(r'id="lanes"[^>]*hx-trigger="([^"]*)"', board)
    assert lanes
    assert told & set(lanes[1].replace(",", " ").split()), "the board is drawn anew"
    order.refresh_from_db()
    assert (order.state, order.technician_id) == ("assigned", crew.technician.staff_id)
    response = client.post(f"/jobs/{order.pk}/assign", {"who": f"{crew.team.pk}:"})
    assert response.status_code == 302
    order.refresh_from_db()
    assert (order.state, order.technician_id) == ("planned", None)
    outside = text_of(client_of(crew.outsider).get("/jobs/board/"))
    assert order.number not in outside


def test_lists_ask_the_database_as_often_for_one_row_as_for_many(crew: Crew) -> None:
    client = client_of(crew.dispatcher)
    about = {"caller_phone": "", "customer_id": _a_customer(crew)}
    for url in ("/jobs/board/", "/jobs/"):
        a_work_order(crew, **about)
        client.get(url)
        few = _queries(client, url)
        for n in range(6):
            a_work_order(crew, title=f"第 {n} 单", **about)
        assert _queries(client, url) == few


def test_a_long_lane_shows_its_first_and_leads_to_the_rest(crew: Crew) -> None:
    orders = [a_work_order(crew, title=f"第 {n} 单") for n in range(LANE_LIMIT + 2)]
    client = client_of(crew.dispatcher)
    page = text_of(client.get("/jobs/board/"))
    shown = [order for order in orders if order.number in page]
    assert len(shown) == LANE_LIMIT
    link = f"?crew={crew.team.pk}"
    rest = f"全部 {len(orders)} 单"
    assert page.count(link) == 2  # the crew's own link, and the one under its lane
    assert rest in page
    whole = text_of(client.get(f"/jobs/board/{link}"))
    assert all(order.number in whole for order in orders)
    assert rest not in whole


def _a_customer(crew: Crew) -> int:
    made = register_customer(
        actor=crew.agent,
        now=NOW,
        name="陈慧敏",
        organisation_id=crew.lake.pk,
        phones=[NewPhone("13805712264")],
    )
    return made.pk


def _queries(client: Client, url: str) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get(url).status_code == 200
    return len(captured)


def test_kept_files_lie_where_attachments_lie(crew: Crew, tmp_path: Path) -> None:
    order = on_site(crew)
    form = filled_form(order) | {"note": ""}
    assert client_of(crew.technician).post(f"/jobs/{order.pk}/complete", form).status_code == 422
    assert any(path.is_file() for path in tmp_path.rglob("*"))
