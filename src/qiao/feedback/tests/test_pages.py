"""The list of follow-ups and the call back, through the real stack."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qiao.dispatch.tests.cast import Crew
from qiao.dispatch.tests.test_pages import client_of, text_of
from qiao.feedback.models import FollowUp, FollowUpAttempt
from qiao.feedback.operations import confirm
from qiao.feedback.tests.test_path import LATER, a_follow_up

pytestmark = pytest.mark.django_db
HTMX = {"HX-Request": "true"}


def test_the_customers_word_is_kept_from_the_form(crew: Crew) -> None:
    row = a_follow_up(crew)
    client = client_of(crew.agent)
    page = text_of(client.get(f"/follow-ups/{row.pk}/"))
    assert page.count('name="rating"') == 4
    assert "tel:+8613805712264" in page
    response = client.post(
        f"/follow-ups/{row.pk}/confirm",
        {
            "rating": "satisfied",
            "resolved": "yes",
            "channel": "phone",
            "words": "谢谢 <i>师傅</i>",
            "idempotency_key": "a",
        },
        headers=HTMX,
    )
    assert response.status_code == 200
    assert "q:toast" in response["HX-Trigger"]
    assert "谢谢 &lt;i&gt;师傅&lt;/i&gt;" in text_of(response)
    row.refresh_from_db()
    assert (row.state, row.rating, row.resolved) == ("reached", "satisfied", True)


def test_a_half_filled_form_comes_back_with_its_words(crew: Crew) -> None:
    row = a_follow_up(crew)
    client = client_of(crew.agent)
    response = client.post(
        f"/follow-ups/{row.pk}/confirm", {"words": "水压还是低", "channel": "phone"}, headers=HTMX
    )
    assert response.status_code == 422
    assert "水压还是低" in text_of(response)
    assert FollowUp.objects.get(id=row.pk).state == "open"
    response = client.post(f"/follow-ups/{row.pk}/attempts", {"outcome": "sleeping"})
    assert response.status_code == 422
    response = client.post(
        f"/follow-ups/{row.pk}/confirm",
        {"rating": "satisfied", "resolved": "yes", "channel": "phone", "words": "长" * 3000},
        headers=HTMX,
    )
    assert response.status_code == 422


def test_attempts_are_logged_with_one_press(crew: Crew) -> None:
    row = a_follow_up(crew)
    client = client_of(crew.agent)
    for _ in range(2):
        response = client.post(
            f"/follow-ups/{row.pk}/attempts",
            {"outcome": "no_answer", "channel": "phone", "idempotency_key": "x"},
            headers=HTMX,
        )
        assert response.status_code == 200
    assert FollowUpAttempt.objects.filter(follow_up=row).count() == 1


def test_the_list_shows_mine_and_leads_from_a_figure_to_its_records(crew: Crew) -> None:
    row, other = a_follow_up(crew), a_follow_up(crew)
    confirm(
        follow_up_id=other.pk, rating="not_satisfied", resolved=False, channel="call",
        actor=crew.agent, now=LATER,
    )  # fmt: skip
    client = client_of(crew.agent)
    mine = text_of(client.get("/follow-ups/"))
    assert f"/follow-ups/{row.pk}/" in mine
    assert f"/follow-ups/{other.pk}/" not in mine
    day = LATER.date()
    drill = f"/follow-ups/?rating=not_satisfied&since={day}&until={day + timedelta(days=1)}"
    found = text_of(client.get(drill))
    assert f"/follow-ups/{other.pk}/" in found
    assert f"/follow-ups/{row.pk}/" not in found
    assert client.get("/follow-ups/?rating=nonsense&since=never&after=%%%").status_code == 200


def test_outsiders_find_nothing(crew: Crew) -> None:
    row = a_follow_up(crew)
    outsider = client_of(crew.outsider)
    for url in ("", "pane"):
        assert outsider.get(f"/follow-ups/{row.pk}/{url}").status_code == 404
    for url in ("confirm", "attempts", "take"):
        assert outsider.post(f"/follow-ups/{row.pk}/{url}").status_code == 404
    assert row.case.number not in text_of(outsider.get("/follow-ups/?view=open"))
    technician = client_of(crew.technician)
    assert technician.get(f"/follow-ups/{row.pk}/").status_code == 403
    assert Client().get("/follow-ups/").status_code == 302


def test_another_agent_takes_it_over(crew: Crew) -> None:
    row = a_follow_up(crew)
    client = client_of(crew.dispatcher)
    assert client.post(f"/follow-ups/{row.pk}/take", headers=HTMX).status_code == 200
    assert FollowUp.objects.get(id=row.pk).assigned_to_id == crew.dispatcher.staff_id


def test_the_list_asks_as_often_for_one_row_as_for_many(crew: Crew) -> None:
    row = a_follow_up(crew)
    client = client_of(crew.agent)
    client.get("/follow-ups/")
    few = _queries(client)
    FollowUp.objects.bulk_create(
        FollowUp(
            case=row.case,
            entered_seq=1000 + n,
            organisation=crew.lake,
            assigned_to_id=crew.agent.person_id,
            opened_at=LATER,
        )
        for n in range(20)
    )
    assert _queries(client) == few


def _queries(client: Client) -> int:
    with CaptureQueriesContext(connection) as captured:
        assert client.get("/follow-ups/").status_code == 200
    return len(captured)


def test_case_and_customer_pages_carry_the_panels(crew: Crew) -> None:
    row = a_follow_up(crew)
    page = text_of(client_of(crew.agent).get(f"/cases/{row.case_id}/"))
    assert f'id="follow-up-{row.pk}"' in page
    assert f"/jobs/{_order_of(row)}/" in page


def _order_of(row: FollowUp) -> int:
    with connection.cursor() as cursor:
        cursor.execute("SELECT id FROM dispatch_workorder WHERE case_id = %s", [row.case_id])
        return int(cursor.fetchone()[0])
