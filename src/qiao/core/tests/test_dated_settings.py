"""Dated values: whatever the order of entry, every day has the same one; no gap, no overlap."""

from datetime import date, timedelta

import pytest
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.core.models import Setting
from qiao.core.settings import SettingMissing, find, put

pytestmark = pytest.mark.django_db
KEY, FIRST = "tested.limit", date(2026, 1, 1)
SPAN = 40


def enter(days: list[int]) -> None:
    for day in days:
        put(
            KEY,
            day,
            valid_from=FIRST + timedelta(days=day),
            source="tested",
            actor=None,
            now=timezone.now(),
        )


def held() -> list[int | None]:
    """The value of each day from before the first to after the last."""
    found: list[int | None] = []
    for day in range(-1, SPAN + 2):
        try:
            found.append(find(KEY, day=FIRST + timedelta(days=day)).value)
        except SettingMissing:
            found.append(None)
    return found


@settings(
    max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    days=st.lists(st.integers(0, SPAN), min_size=1, max_size=6, unique=True),
    data=st.data(),
)
def test_any_order_of_entry_gives_the_same_value_on_every_day(
    days: list[int], data: st.DataObject, db: None
) -> None:
    order = data.draw(st.permutations(days))
    with transaction.atomic():
        enter(list(order))
        seen = held()
        rows = list(Setting.objects.filter(key=KEY).order_by("valid"))
        transaction.set_rollback(True)
    wanted = [max((d for d in days if d <= day), default=None) for day in range(-1, SPAN + 2)]
    assert seen == wanted
    assert [row.valid.lower for row in rows] == [FIRST + timedelta(days=d) for d in sorted(days)]
    assert [row.valid.upper for row in rows[:-1]] == [row.valid.lower for row in rows[1:]]
    assert rows[-1].valid.upper is None


def test_a_second_value_of_the_same_day_takes_the_place_of_the_first() -> None:
    enter([3, 9])
    put(KEY, 77, valid_from=FIRST + timedelta(days=3), source="b", actor=None, now=timezone.now())
    assert find(KEY, day=FIRST + timedelta(days=8)).value == 77
    assert find(KEY, day=FIRST + timedelta(days=9)).value == 9
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM core_setting WHERE key = %s", [KEY])
        assert cursor.fetchone() == (2,)
