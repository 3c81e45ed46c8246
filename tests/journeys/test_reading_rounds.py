"""A reader walks a round with the phone, through a cellar without network; the office sees it."""

from datetime import date, timedelta
from pathlib import Path
from typing import Final

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.core.actor import Actor
from qiao.customers.models import Customer
from qiao.customers.operations import Address, NewMeter, exchange_meter, open_account_at
from qiao.metering.models import BlindStop, Reading, ReadingRound, StopVisit
from qiao.metering.operations import (
    NewReading,
    ensure_registers,
    make_route,
    open_round,
    set_stops,
    take_readings,
)
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import AREA, Site, see
from tests.world.canaries import picture

pytestmark = pytest.mark.browser
READER, SECOND = "马德胜", "廖晓芸"
STOPS: Final = 6


def person(number: str) -> Actor:
    return actor_for(Staff.objects.get(number=number), day=timezone.localdate())


def founded() -> ReadingRound:
    """A route of six meters that were read month by month, and its round of today."""
    now, today = timezone.now(), timezone.localdate()
    lake = Organisation.objects.get(code="lake")
    clerk = person("9001")
    points = [a_meter(clerk, lake, place, today) for place in range(1, STOPS + 1)]
    route = make_route(
        actor=clerk, now=now, organisation_id=lake.pk, code="R-1", name="翠湖花园 1 册",
        reader_id=person("9301").staff_id,
    )  # fmt: skip
    set_stops(actor=clerk, route_id=route.pk, service_point_ids=points)
    return open_round(actor=clerk, now=now, route_id=route.pk, since=today, due_date=today)


def a_meter(clerk: Actor, lake: Organisation, place: int, today: date) -> int:
    """A home whose meter stood at 100 a year ago and used 20 a month since; it stands at 340."""
    now, meter = timezone.now(), f"W-4000{place:04d}"
    account = open_account_at(
        actor=clerk, now=now, organisation_id=lake.pk, number=f"3011440830{place}",
        service="water", owner_id=Customer.objects.earliest("pk").pk,
        address=Address(
            AREA, district="滨湖区", community="翠湖花园", building=f"{place}幢", room="101"
        ),
    )  # fmt: skip
    point = account.service_point_id
    assert point is not None
    first = today - timedelta(days=390)
    exchange_meter(
        actor=clerk, now=now, service_point_id=point, day=first, meter=NewMeter(meter)
    )  # fmt: skip
    ensure_registers(now=now, service_point_ids=[point])
    take_readings(
        actor=clerk, now=now, source="journey",
        readings=[
            NewReading(
                f"{place}:{n}", str(100 + 20 * n), first + timedelta(days=30 * n),
                meter_number=meter,
            )
            for n in range(13)
        ],
    )  # fmt: skip
    return point


def until_kept(page: Page) -> None:
    """From then on the phone keeps the pages that it opens."""
    for _ in range(200):
        if page.evaluate("!!navigator.serviceWorker.controller"):
            return
        page.wait_for_timeout(100)
    raise AssertionError("the pages of rounds are not kept")


def at_stop(page: Page, place: int) -> None:
    """The phone stands at a stop, ready for its figure."""
    expect(page.locator('#walk-stop [data-fill="address"]')).to_contain_text(f"{place}. ")
    expect(page.locator("#walk-values input")).to_be_focused()


def enter(page: Page, raw: str) -> None:
    page.locator("#walk-values input").fill(raw)
    page.get_by_role("button", name="Keep the reading").click()


def take_photo(page: Page, photo: Path) -> None:
    page.locator("#walk-photo input").set_input_files(photo)
    expect(page.locator(".m-tile.pic")).to_be_visible()


def cannot(page: Page, reason: str) -> None:
    page.locator("#walk-why summary").click()
    page.locator("#walk-why label", has_text=reason).click()
    page.get_by_role("button", name="Not read: keep the reason").click()


def read_on_line(page: Page, photo: Path) -> None:
    """One figure, and one that is asked for twice."""
    page.get_by_role("link", name="Next meter").click()
    at_stop(page, 1)
    see(page, "Last 340 on")
    enter(page, "360")
    at_stop(page, 2)
    enter(page, "34x")
    see(page, "Figures only, for instance 1234.")
    enter(page, "330")
    see(page, "This is lower than before")
    expect(page.locator("#walk-values input")).to_have_value("")
    enter(page, "1900")
    see(page, "far more than usual")
    enter(page, "1900")
    see(page, "Take a photo of the meter first")
    take_photo(page, photo)
    page.get_by_role("button", name="Keep the reading").click()
    at_stop(page, 3)


def read_in_the_cellar(page: Page, photo: Path) -> None:
    """Without a network: a figure, a reason with a photo; both wait, also after a reload."""
    page.context.set_offline(True)
    enter(page, "362")
    at_stop(page, 4)
    cannot(page, "Locked")
    see(page, "This reason needs a photo.")
    take_photo(page, photo)
    page.get_by_role("button", name="Not read: keep the reason").click()
    at_stop(page, 5)
    expect(page.locator(".m-queue")).to_have_attribute("data-count", "2")
    page.reload()
    at_stop(page, 5)
    page.locator("[data-walk-back]").click()
    expect(page.locator('[data-count="waiting"]')).to_have_text("2")
    expect(page.locator('[data-count="left"]')).to_have_text("2")
    assert StopVisit.objects.count() == 2


def come_back(page: Page) -> None:
    """With the network back everything is sent, once."""
    page.context.set_offline(False)
    page.evaluate("dispatchEvent(new Event('online'))")
    expect(page.locator('[data-count="waiting"]')).to_have_text("0")
    expect(page.locator('[data-count="read"]')).to_have_text("3")
    expect(page.locator('[data-count="unread"]')).to_have_text("1")
    page.reload()
    expect(page.locator('[data-count="left"]')).to_have_text("2")
    page.get_by_role("link", name="Next meter").click()
    at_stop(page, 5)
    cannot(page, "Dog")
    at_stop(page, 6)
    enter(page, "358")
    see(page, "Every stop has a reading or a reason.")


def was_kept(walk: ReadingRound) -> None:
    """Everything stands once, with what the phone told beside it."""
    walk.refresh_from_db()
    assert (walk.state, walk.visited_count, walk.unread_count) == ("closed", 6, 2)
    assert StopVisit.objects.count() == STOPS
    read = Reading.objects.filter(source="phone").order_by("service_point_id")
    assert [int(each.value) for each in read] == [360, 1900, 362, 358]
    assert [each.state for each in read] == ["valid", "exception", "valid", "valid"]
    assert {each.latitude for each in read} == {30.25}
    twice = StopVisit.objects.get(is_confirmed=True)
    assert (twice.accuracy_m, twice.photo_id is not None) == (9, True)


def test_a_round_is_read_through_a_cellar_and_seen_in_the_office(
    site: Site, tmp_path: Path
) -> None:
    with transaction.atomic():
        walk = founded()
    photo = tmp_path / "meter.png"
    photo.write_bytes(picture().content)
    office = site.sign_in("沈国良")
    office.goto(f"{site.address}/readings/rounds/")

    page = site.sign_in(READER, phone=True)
    page.context.grant_permissions(["geolocation"])
    page.context.set_geolocation({"latitude": 30.25, "longitude": 120.15, "accuracy": 9})
    page.wait_for_url("**/readings/walk/")
    until_kept(page)
    page.get_by_role("link", name="翠湖花园 1 册").click()
    expect(page.locator('[data-count="left"]')).to_have_text(str(STOPS))
    read_on_line(page, photo)
    read_in_the_cellar(page, photo)
    come_back(page)
    page.locator("#walk-end").click()
    page.locator("#finish-form .btn-primary").click()
    page.wait_for_url("**/readings/walk/")
    see(page, "4 / 6")

    was_kept(walk)
    expect(office.locator("#rounds tbody tr")).to_contain_text("4 / 6", timeout=30_000)
    office.goto(f"{site.address}/readings/")
    office.locator("tbody a.b").click()
    see(office, "The same figure was entered again after a warning.")
    expect(office.locator(".q-spotphoto")).to_be_visible()
    read_again(site, office, walk)


def read_again(site: Site, office: Page, walk: ReadingRound) -> None:
    """A part of it stands on another reader's phone without the figure, and one differs."""
    office.goto(f"{site.address}/readings/routes/{walk.route_id}/")
    office.get_by_role("link", name="Blind re-read").click()
    office.select_option("[name=reader]", label=f"{SECOND} 9302")
    office.fill("[name=share]", "100")
    office.click("[data-primary]")
    see(office, "The stops are drawn")
    page = site.sign_in(SECOND, phone=True)
    page.locator("a", has_text="翠湖花园 1 册").click()
    page.get_by_role("link", name="Next meter").click()
    at_stop(page, 1)
    expect(page.locator("#walk-values .q-hint")).to_have_text("")
    enter(page, "361")
    at_stop(page, 2)
    enter(page, "345")
    at_stop(page, 3)
    assert list(
        BlindStop.objects.exclude(standing="waiting")
        .order_by("pk")
        .values_list("standing", flat=True)
    ) == ["agrees", "differs"]
    office.reload()
    see(office, "Differs")
