"""A batch ends the same whether most of it is let pass by columns or all is checked."""

from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from django.db import transaction

from qiao.metering.models import Reading, ReadingFinding, Register, RegisterMultiplier
from qiao.metering.operations import (
    NewReading,
    Taken,
    foresee_readings,
    screening,
    take_readings,
    taking,
)
from qiao.metering.tests.cast import NOW, Metered, make_metered, month

pytestmark = pytest.mark.django_db

METERS = 24
EVERY = 0  # readings; from so many on a batch is screened
NEVER = 1_000_000


@pytest.fixture
def metered() -> Metered:
    """Meters on a route, some with registers of time of use, some with a multiplier."""
    made = make_metered(METERS)
    for which, total in enumerate(made.registers):
        if which % 4 == 0:
            for period in ("day", "night"):
                Register.objects.create(
                    installation_id=total.installation_id, service_point_id=total.service_point_id,
                    organisation_id=total.organisation_id, service="water", kind="period",
                    period=period, digits=5, unit="m³", created_at=NOW,
                )  # fmt: skip
        if which % 7 == 3:
            RegisterMultiplier.objects.create(
                register=total, valid_from=month(12 if which == 3 else 3), factor=Decimal(40),
                source="换表单", created_at=NOW,
            )  # fmt: skip
    return made


def year_of(metered: Metered, luck: Random) -> dict[tuple[int, str], list[tuple[date, int]]]:
    """What the registers of every meter showed by months: the last reading is the new one."""
    found: dict[tuple[int, str], list[tuple[date, int]]] = {}
    for which in range(METERS):
        periods = ("day", "night") if which % 4 == 0 else ()
        at = {period: luck.randrange(90_000, 100_000) for period in ("", *periods)}
        usual = luck.choice((0, 4, 20, 20, 300))
        first, last = luck.choice((0, 0, 9)), 14
        for number in range(first, last + 1):
            used = {period: usual + luck.randrange(3) for period in at}
            used[""] = sum(used[period] for period in periods) if periods else used[""]
            if number == last or luck.random() < 0.1:
                used[""] += luck.choice((0, 0, 0, 0, 1, usual * 2, usual * 9, -7))
            for period, value in at.items():
                at[period] = (value + used[period]) % 100_000
                day = month(number) + timedelta(
                    luck.choice((0, 0, 0, -1, 2)) if not periods else 0
                )
                found.setdefault((which, period), []).append((day, at[period]))
    return found


def readings_of(
    metered: Metered, values: dict[tuple[int, str], list[tuple[date, int]]], luck: Random
) -> tuple[list[NewReading], list[NewReading]]:
    """The months before, and the batch that is looked at."""
    before: list[NewReading] = []
    batch: list[NewReading] = []
    for (which, period), shown in values.items():
        for place, (day, value) in enumerate(shown):
            is_new = place == len(shown) - 1
            given = NewReading(
                key=f"{which}:{period}:{place}", raw="x" if luck.random() < 0.01 else str(value),
                read_at=day, meter_number=metered.points[which].meter_number,
                kind="period" if period else "total", period=period,
                method="estimated" if luck.random() < 0.06 else "actual",
            )  # fmt: skip
            (batch if is_new else before).append(given)
            if is_new and luck.random() < 0.06:  # another one of the same day
                batch.append(given._replace(key=f"{given.key}:2", raw=str(value + 1)))
    luck.shuffle(batch)
    return before, batch


def told(found: Sequence[Taken]) -> list[tuple[Any, ...]]:
    return [(each.key, each.outcome, each.state, each.findings) for each in found]


def written() -> list[tuple[Any, ...]]:
    names = (
        "register_id",
        "key",
        "read_date",
        "read_at",
        "value",
        "is_rolled",
        "state",
        "round_id",
    )
    rows = Reading.objects.order_by("key").values_list(*names, "superseded_by__key")
    found = ReadingFinding.objects.order_by("reading__key", "rule")
    return [*rows, *found.values_list("reading__key", "rule", "severity", "seen", "expected")]


@pytest.mark.parametrize("seed", range(3))
def test_with_and_without_the_screen_the_same_is_written(
    metered: Metered, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    luck = Random(seed)
    before, batch = readings_of(metered, year_of(metered, luck), luck)
    passed: list[int] = []

    def counted(**around: Any) -> dict[int, Decimal]:
        found = screening.let_pass(**around)
        passed.append(len(found))
        return found

    monkeypatch.setattr(taking, "let_pass", counted)

    def take(readings: list[NewReading], worth: int, *, dry: bool = False) -> list[Taken]:
        monkeypatch.setattr(screening, "WORTH", worth)
        run = foresee_readings if dry else take_readings
        return run(actor=metered.company.agent, now=NOW, source="file", readings=readings)

    take(before, NEVER)
    with transaction.atomic():
        exact = told(take(batch, NEVER)), written()
        transaction.set_rollback(True)
    dry = told(take(batch, EVERY, dry=True))
    screened = told(take(batch, EVERY)), written()
    assert screened == exact
    assert dry == exact[0]
    assert passed[1] == 0
    assert len(batch) // 3 < passed[-1] < len(batch)
    outcomes = {(outcome, state) for _key, outcome, state, _found in exact[0]}
    assert {("taken", "valid"), ("taken", "exception")} <= outcomes
