"""Pages of readings: what waits, why, what is decided; how far rounds are; files; the panel."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from qiao.core.tests.deliveries import run_background
from qiao.customers.models import AccountParty
from qiao.customers.tests.test_pages import browser
from qiao.metering.models import Reading, ReadingFile, ReadingRound
from qiao.metering.tests.cast import Metered, make_metered, month, state_of, steady

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered() -> Metered:
    return make_metered()


@pytest.fixture
def client(metered: Metered) -> Client:
    return browser(metered.company.agent_staff)


def leak(metered: Metered, which: int = 0) -> Reading:
    metered.take_months(which, steady(100, 20, 6))
    return state_of(metered.take(which, month(7), 900))


def text_of(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_what_waits_is_listed_with_what_was_found(metered: Metered, client: Client) -> None:
    url = reverse("metering:exceptions")
    assert "No reading waits for a decision" in text_of(client, url)
    reading = leak(metered)
    shown = text_of(client, url)
    assert "Used more than usual" in shown
    assert "677 m³ in" in shown
    assert reverse("metering:reading", args=[reading.pk]) in shown
    assert "Sudden jump" in text_of(client, f"{url}?rule=spike")
    assert "No such reading waits" in text_of(client, f"{url}?rule=zeros")
    outside = browser(metered.company.outsider_staff)
    assert "No reading waits for a decision" in text_of(outside, url)
    assert outside.get(reverse("metering:reading", args=[reading.pk])).status_code == 404


def test_the_list_costs_the_same_for_one_row_and_for_many() -> None:
    metered = make_metered(6)
    url = reverse("metering:exceptions")
    client = browser(metered.company.agent_staff)

    def statements() -> int:
        text_of(client, url)
        with CaptureQueriesContext(connection) as seen:
            text_of(client, url)
        return len(seen)

    leak(metered)
    one = statements()
    for which in range(1, 6):
        leak(metered, which)
    assert statements() == one


def test_a_reading_shows_its_history_and_is_decided_on(metered: Metered, client: Client) -> None:
    reading = leak(metered)
    url = reverse("metering:reading", args=[reading.pk])
    shown = text_of(client, url)
    assert 'class="hot"' in shown
    assert "Neighbours on the route" in shown
    accept = reverse("metering:decide", args=[reading.pk, "accept"])
    assert client.post(accept, {"why": ""}).status_code == 422
    wrong = reverse("metering:decide", args=[reading.pk, "edit"])
    answer = client.post(wrong, {"why": "看错", "value": "12x"})
    assert (answer.status_code, "This is no number" in answer.content.decode()) == (422, True)
    done = client.post(accept, {"why": "现场核实"})
    assert done.status_code == 302
    reading.refresh_from_db()
    assert reading.state == "final"
    assert "现场核实" in text_of(client, url)
    late = client.post(accept, {"why": "又一次"})
    assert late.status_code == 302


def test_a_register_that_went_back_says_so_before_it_is_accepted(
    metered: Metered, client: Client
) -> None:
    metered.take_months(0, [100, 120])
    back = state_of(metered.take(0, month(2), 90))
    url = reverse("metering:decide", args=[back.pk, "accept"])
    answer = client.post(url, {"why": "核实"})
    assert answer.status_code == 422
    assert "The register stood at 120 before" in answer.content.decode()
    assert client.post(url, {"why": "核实", "is_rolled": "on"}).status_code == 302


def test_an_exception_is_estimated_or_read_again(metered: Metered, client: Client) -> None:
    reading = leak(metered)
    client.post(reverse("metering:decide", args=[reading.pk, "reread"]), {"why": "照片模糊"})
    assert "To be read again" in text_of(client, reverse("metering:exceptions") + "?view=reread")
    client.post(reverse("metering:decide", args=[reading.pk, "estimate"]), {"why": "门锁"})
    reading.refresh_from_db()
    assert reading.superseded_by is not None
    assert reading.superseded_by.method == "estimated"


def test_readings_of_a_point_are_paged_and_one_is_entered(
    metered: Metered, client: Client
) -> None:
    values = [100]
    for place in range(20):
        values.append(values[-1] + 20 + place % 3)
    metered.take_months(0, values)
    point = metered.points[0].pk
    url = reverse("metering:point", args=[point])
    assert f"{month(20)}" in text_of(client, url)
    entry = reverse("metering:enter", args=[point])
    bad = client.post(entry, {"value": "x", "day": "2026-10-06", "method": "customer"})
    assert bad.status_code == 422
    good = client.post(entry, {"value": "542", "day": "2026-10-06", "method": "customer"})
    assert good.status_code == 302
    assert Reading.objects.get(source="page").method == "customer"
    outside = browser(metered.company.outsider_staff)
    assert outside.get(url).status_code == 404
    assert outside.post(entry, {}).status_code == 404


def test_a_round_is_begun_filled_by_readings_and_closed(metered: Metered, client: Client) -> None:
    url = reverse("metering:route", args=[metered.route.pk])
    assert "Begin a round" in text_of(client, url)
    days = {"since": month(2), "due_date": month(2) + timedelta(days=5)}
    begin = reverse("metering:round_begin", args=[metered.route.pk])
    assert client.post(begin, days).status_code == 302
    assert client.post(begin, days).status_code == 422
    metered.take(0, month(2), 120)
    shown = text_of(client, reverse("metering:rounds"))
    assert "1 / 2" in shown
    assert "still to be read" in text_of(client, url)
    round_id = ReadingRound.objects.get().pk
    client.post(reverse("metering:round_close", args=[round_id]))
    assert ReadingRound.objects.get().state == "closed"
    assert metered.route.name in text_of(client, reverse("metering:routes"))
    outside = browser(metered.company.outsider_staff)
    assert outside.get(url).status_code == 404
    assert outside.post(reverse("metering:round_close", args=[round_id])).status_code == 404


def test_a_file_goes_its_way_through_the_pages(
    metered: Metered, client: Client, media: Path
) -> None:
    meter = metered.points[0].meter_number
    data = f"表号,抄表日期,本期示数\n{meter},2026-01-05,100\n{meter},2026-02-05,x\n"
    sent = {
        "organisation": metered.company.lake.pk,
        "file": SimpleUploadedFile("抄表.csv", data.encode()),
    }
    response = client.post(reverse("metering:file_new"), sent)
    assert response.status_code == 302
    address = response.headers["Location"]
    run_background()
    shown = text_of(client, address)
    assert "This is no number" in shown
    asked = client.get(address, headers={"HX-Request": "true"})
    assert asked.headers["HX-Refresh"] == "true"
    file = ReadingFile.objects.get()
    client.post(reverse("metering:file_act", args=[file.pk, "start"]))
    run_background()
    shown = text_of(client, address)
    assert "Refused rows, Excel" in shown
    assert "抄表.csv" in text_of(client, reverse("metering:files"))
    told = client.post(reverse("metering:file_refused", args=[file.pk, "csv"]))
    body = b"".join(told.streaming_content).decode("utf-8-sig")  # type: ignore[attr-defined]
    assert "3," in body
    assert "This is no number" in body
    outside = browser(metered.company.outsider_staff)
    assert outside.get(address).status_code == 404


def test_the_customers_page_shows_the_meters(metered: Metered, client: Client) -> None:
    metered.take_months(0, steady(100, 20, 6))
    party = AccountParty.objects.get(account__service_point=metered.points[0])
    url = reverse("customers:page", args=[party.customer_id])
    shown = text_of(client, f"{url}?topic=customer.accounts")
    assert reverse("metering:point", args=[metered.points[0].pk]) in shown
    assert "q-spark" in shown
