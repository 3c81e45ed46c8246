"""Pages of interval data: brought, told of, drawn by day and within a day."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.urls import reverse

from qiao.core.models import Disclosure
from qiao.core.tests.deliveries import run_background
from qiao.core.transactions import acting
from qiao.customers.tests.factories import make_account, make_service_point
from qiao.customers.tests.test_pages import browser
from qiao.metering.models import IntervalLoad
from qiao.metering.operations import ensure_registers, set_stops
from qiao.metering.queries.day_uses import FEWEST, days_of_point
from qiao.metering.tests.cast import NOW, Metered, make_metered
from qiao.metering.tests.test_intervals import DAY, bring, table, text_of

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered(media: Path) -> Metered:
    return make_metered()


@pytest.fixture
def client(metered: Metered) -> Client:
    return browser(metered.company.agent_staff)


def shown(client: Client, url: str) -> str:
    response = client.get(url)
    assert response.status_code == 200, url
    return response.content.decode()


def test_a_file_is_brought_and_its_refused_rows_are_had_as_a_file(
    metered: Metered, client: Client
) -> None:
    url = reverse("metering:intervals")
    assert "No interval data has been taken in yet" in shown(client, url)
    rows = table(metered, count=3)
    rows[1][2] = "much"
    upload = SimpleUploadedFile("curve.csv", text_of(rows))
    unit = metered.company.lake.pk
    sent = client.post(url, {"organisation": unit, "minutes": 30, "file": upload})
    load = IntervalLoad.objects.get()
    assert sent.headers["Location"] == reverse("metering:load", args=[load.pk])
    assert "You may leave this page" in shown(client, sent.headers["Location"])
    run_background()
    page = shown(client, sent.headers["Location"])
    assert "No number" in page
    assert "much" in page
    assert "curve.csv" in shown(client, url)
    taken = client.post(reverse("metering:load_refused", args=[load.pk, "csv"]))
    lines = b"".join(taken.streaming_content).decode("utf-8-sig").splitlines()  # type: ignore[attr-defined]
    assert len(lines) == 2
    assert lines[1].startswith("3,Use,No number,")
    record = Disclosure.objects.get(subject="metering.intervals")
    assert (record.subject_id, record.row_count) == (load.pk, 1)
    outside = browser(metered.company.outsider_staff)
    assert outside.get(reverse("metering:load", args=[load.pk])).status_code == 404
    assert "curve.csv" not in shown(outside, url)


def test_what_cannot_be_read_is_said_beside_the_file(metered: Metered, client: Client) -> None:
    url = reverse("metering:intervals")
    for data, words in (
        (text_of([["1", "2", "3"]], "表号,甲,乙"), "No column holds this: Use, Start or end"),
        (b"PAR1 and nothing of the kind", "The file is damaged"),
    ):
        sent = client.post(
            url,
            {
                "organisation": metered.company.lake.pk, "minutes": 30,
                "file": SimpleUploadedFile("curve.parquet", data),
            },
        )  # fmt: skip
        assert sent.status_code == 422
        assert words in sent.content.decode()
    data = text_of(table(metered))
    first = bring(metered, data)
    again = client.post(
        url,
        {
            "organisation": metered.company.lake.pk, "minutes": 30,
            "file": SimpleUploadedFile("b.csv", data),
        },
    )  # fmt: skip
    assert again.headers["Location"] == reverse("metering:load", args=[first.pk])
    assert IntervalLoad.objects.count() == 1


def test_a_load_that_failed_may_be_brought_again(metered: Metered, client: Client) -> None:
    data = text_of(table(metered))
    load = bring(metered, data)
    IntervalLoad.objects.update(state="failed", failure="too_many")
    assert "Is this the right file?" in shown(client, reverse("metering:load", args=[load.pk]))
    assert bring(metered, data).state == "done"


def test_days_are_drawn_and_each_opens_its_hours(metered: Metered, client: Client) -> None:
    point = metered.points[0].pk
    page = reverse("metering:point", args=[point])
    assert "Use by day" not in shown(client, page)
    whole = table(metered)
    bring(metered, text_of(whole + table(metered, day=DAY + timedelta(days=1), count=10)))
    found = shown(client, page)
    assert "Use by day" in found
    day = reverse("metering:point_day", args=[point, DAY.isoformat()])
    assert day in found
    opened = shown(client, day)
    assert "23:30" in opened
    assert "of this day were told" not in opened
    following = reverse("metering:point_day", args=[point, "2026-10-06"])
    assert following in opened
    assert "Only 10 of 48 intervals" in shown(client, following)
    assert "Nothing was told of this day" in shown(
        client, reverse("metering:point_day", args=[point, "2026-10-20"])
    )
    for nonsense in ("2026-13-01", "soon", "0001-01-01"):
        url = reverse("metering:point_day", args=[point, nonsense])
        assert client.get(url).status_code == 404
    outside = browser(metered.company.outsider_staff)
    assert outside.get(day).status_code == 404


def test_neighbours_are_compared_where_there_are_enough_of_them(metered: Metered) -> None:
    agent, points = metered.company.agent, list(metered.points)
    for _ in range(FEWEST - 1):
        point = make_service_point(agent)
        make_account(agent, service_point=point)
        points.append(point)
    ensure_registers(now=NOW, service_point_ids=[point.pk for point in points])
    with acting(agent):
        set_stops(
            actor=agent, route_id=metered.route.pk,
            service_point_ids=[point.pk for point in points],
        )  # fmt: skip
    metered.points[:] = points

    def beside() -> list[object]:
        return [d.neighbours for d in days_of_point(points[0].pk, since=DAY, until=DAY)]

    for which in range(FEWEST):
        bring(metered, text_of(table(metered, which, f"{which + 1}")))
    assert beside() == [None]
    bring(metered, text_of(table(metered, FEWEST, "1", count=9)))
    assert beside() == [None]  # not all of its day was told
    bring(metered, text_of(table(metered, FEWEST, "100")))
    assert beside() == [4 * 48]  # of 2, 3, 4, 5 and 100


def test_another_zone_has_its_own_days(metered: Metered) -> None:
    rows = table(metered)
    for row in rows:
        row[1] = row[1].replace(" ", "T") + ":00+09:00"
    bring(metered, text_of(rows))
    days = days_of_point(metered.points[0].pk, since=date(2026, 10, 1), until=DAY)
    assert [(each.day, each.told) for each in days] == [(date(2026, 10, 4), 2), (DAY, 46)]
