"""What is told while a part of a page is on its way is on the page in the end."""

from django.db import transaction
from playwright.sync_api import Route, expect

from qiao.core.events import wake_people
from qiao.staff.models import Staff
from tests.journeys.site import Site

SUPERVISOR = "沈国良"
ARRIVES = 500  # milliseconds in which the browser has heard


def test_what_is_told_while_the_answer_is_on_its_way_is_asked_for_again(site: Site) -> None:
    page = site.sign_in(SUPERVISOR)
    staff = Staff.objects.get(number="1008")
    topic = f"watch-{staff.pk}"
    asked: list[str] = []

    def wake() -> None:
        with transaction.atomic():
            wake_people([topic], [staff.pk])

    def answer(route: Route) -> None:
        asked.append(route.request.url)
        told = route.fetch()
        if len(asked) == 1:  # it is drawn; now something happens before it arrives
            wake()
            page.wait_for_timeout(ARRIVES)
        route.fulfill(response=told)

    expect(page.locator("#q-watch")).to_be_attached()
    expect(page.locator("html")).to_have_attribute("data-live", "live")
    page.wait_for_timeout(ARRIVES)  # whatever the page reads anew when it begins to hear
    page.route("**/calls/living/mine", answer)
    with page.expect_response("**/calls/living/mine"):
        wake()
    page.wait_for_timeout(2 * ARRIVES)
    assert len(asked) == 2
    page.wait_for_timeout(ARRIVES)
    assert len(asked) == 2, "and then no more"
