"""The hours of a working day: those in which shifts work, and all others that had a contact."""

from datetime import UTC, date, datetime
from typing import Any

import pytest

from qiao.contact.operations import start_interaction
from qiao.core.registry import registry
from qiao.desk.queries.today import USUAL_HOURS, today_of
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
NOON = datetime(2026, 11, 28, 4, tzinfo=UTC)  # in Shanghai


@pytest.fixture
def world() -> Company:
    return make_company()


def hours(world: Company) -> list[tuple[int, int]]:
    return list(today_of(actor=world.agent, now=NOON).hours)


def test_the_day_has_the_hours_of_its_shifts_and_no_contact_is_left_out(
    world: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, last = USUAL_HOURS
    assert [hour for hour, _n in hours(world)] == list(range(first, last + 1))
    asked: dict[str, Any] = {}

    def shift_hours(**given: Any) -> tuple[int, int]:
        asked.update(given)
        return 9, 17

    monkeypatch.setattr(registry, "shift_hours", shift_hours)
    assert hours(world) == [(hour, 0) for hour in range(9, 18)]
    assert asked["day"] == date(2026, 11, 28)
    assert world.lake.pk in asked["organisation_ids"]
    for at in (NOON.replace(hour=0), NOON.replace(day=27, hour=18)):  # 08:00 and 02:00 here
        start_interaction(channel="phone", actor=world.agent, now=at)
    found = dict(hours(world))
    assert (min(found), max(found)) == (2, 17)
    assert (found[2], found[8], sum(found.values())) == (1, 1, 2)
