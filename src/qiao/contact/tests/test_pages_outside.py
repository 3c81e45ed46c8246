"""Contacts as others meet them: people out of sight, colleagues, long lists."""

from collections.abc import Callable

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from qiao.contact.tests.test_pages import begin, browser, sign_in, text_of, world
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

__all__ = ["browser", "sign_in", "world"]  # fixtures
pytestmark = pytest.mark.django_db


PLACES = (
    ("get", "/interactions/{id}/"),
    ("get", "/interactions/{id}/pane"),
    ("get", "/interactions/{id}/people?q=a"),
    ("get", "/interactions/{id}/matter"),
    ("get", "/interactions/{id}/case"),
    ("post", "/interactions/{id}/customer"),
    ("post", "/interactions/{id}/unknown"),
    ("post", "/interactions/{id}/caller"),
    ("post", "/interactions/{id}/end"),
    ("post", "/interactions/{id}/finish"),
    ("post", "/interactions/{id}/abandon"),
    ("post", "/interactions/{id}/reopen"),
    ("post", "/interactions/{id}/take"),
    ("post", "/interactions/{id}/refresh"),
    ("post", "/interactions/{id}/case"),
    ("post", "/interactions/{id}/case/form"),
    ("post", "/interactions/{id}/side"),
    ("post", "/interactions/{id}/cases/1"),
)


@pytest.mark.parametrize(("method", "address"), PLACES)
def test_an_outsider_finds_nothing_at_any_address(
    world: Company, sign_in: Callable[[Staff], Client], method: str, address: str
) -> None:
    found = begin(world, caller_name="金丝雀")
    stranger = sign_in(world.outsider_staff)
    response = getattr(stranger, method)(address.format(id=found.pk))
    assert response.status_code == 404
    assert "金丝雀" not in text_of(response)


def test_drafts_of_an_outsider_are_refused(
    world: Company, sign_in: Callable[[Staff], Client]
) -> None:
    found = begin(world)
    stranger = sign_in(world.outsider_staff)
    for place in ("draft", "case/draft"):
        response = stranger.post(f"/interactions/{found.pk}/{place}", {"tab": "aa", "note": "x"})
        assert response.status_code in {404, 409}


def test_a_colleague_reads_the_contact_and_may_take_it_over(
    world: Company, sign_in: Callable[[Staff], Client]
) -> None:
    found = begin(world, caller_name="钱女士")
    colleague = sign_in(world.colleague_staff)
    page = text_of(colleague.get(f"/interactions/{found.pk}/pane"))
    assert "林晓岚" in page
    assert "textarea" not in page
    colleague.post(f"/interactions/{found.pk}/take")
    found.refresh_from_db()
    assert found.agent_id == world.colleague_staff.pk


def test_the_list_costs_the_same_for_one_contact_and_thirty(
    world: Company, browser: Client
) -> None:
    begin(world)
    browser.get("/interactions/")
    with CaptureQueriesContext(connection) as one:
        browser.get("/interactions/")
    for _ in range(29):
        begin(world)
    with CaptureQueriesContext(connection) as thirty:
        browser.get("/interactions/")
    assert len(one) == len(thirty)
