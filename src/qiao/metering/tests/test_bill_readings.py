"""The readings that a bill shows: at both ends, of both meters, with what is estimated."""

from datetime import timedelta
from decimal import Decimal

import pytest

from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.operations import NewMeter, exchange_meter
from qiao.metering.operations import mark_billed, set_multiplier
from qiao.metering.queries import BilledDays, BilledReading, readings_of_bills
from qiao.metering.tests.cast import NOW, Metered, make_metered, month

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered() -> Metered:
    return make_metered()


def shown(
    metered: Metered, number: str, first: int, last: int, which: int = 0
) -> list[BilledReading]:
    days = BilledDays(number, metered.points[which].pk, month(first), month(last))
    return readings_of_bills([days]).get(number, [])


def test_a_bill_shows_what_stood_there_when_its_days_began_and_ended(metered: Metered) -> None:
    ids = metered.take_months(0, [100, 131, 159])
    metered.take_months(1, [500, 520, 541])
    mark_billed(bill_number="ZD1", reading_ids=ids[:2], now=NOW)
    mark_billed(bill_number="ZD2", reading_ids=ids[1:], now=NOW)
    (first,) = shown(metered, "ZD1", 0, 1)
    assert (first.start_value, first.end_value, first.used) == (
        Decimal(100),
        Decimal(131),
        Decimal(31),
    )
    assert (first.start_date, first.end_date) == (month(0), month(1))
    assert first.meter_number == metered.points[0].meter_number
    (second,) = shown(metered, "ZD2", 1, 2)
    assert (second.start_value, second.end_value) == (Decimal(131), Decimal(159))
    both = readings_of_bills(
        [
            BilledDays("ZD2", metered.points[0].pk, month(1), month(2)),
            BilledDays("ZD3", metered.points[1].pk, month(0), month(2)),
        ]
    )
    assert [each[0].used for each in both.values()] == [28, 41]


def test_what_was_estimated_is_told_also_once_it_was_read(metered: Metered) -> None:
    (first,) = metered.take_months(0, [100])
    guess = metered.take(0, month(1), 130, method="estimated")
    assert guess.reading_id is not None
    mark_billed(bill_number="ZD1", reading_ids=[first, guess.reading_id], now=NOW)
    metered.take(0, month(2), 155)
    (reading,) = shown(metered, "ZD1", 0, 1)
    assert (reading.start_estimated, reading.end_estimated) == (False, True)
    assert reading.end_value == 130


def test_a_meter_that_was_exchanged_stands_beside_the_new_one(metered: Metered) -> None:
    metered.take_months(0, [100, 120])
    point, swapped = metered.points[0], month(1) + timedelta(days=10)
    exchange_meter(
        actor=metered.company.agent, now=NOW, service_point_id=point.pk, day=swapped,
        meter=NewMeter("W-99000001", "DN15", opening_reading=Decimal(3)),
        closing_reading=Decimal(127), reason="到期轮换",
    )  # fmt: skip
    run_deliveries()
    point.refresh_from_db()
    metered.take(0, month(2), 18)
    old, new = shown(metered, "ZD1", 1, 2)
    assert (old.start_value, old.end_value, old.used) == (Decimal(120), Decimal(127), Decimal(7))
    assert (new.meter_number, new.start_value, new.used) == (
        "W-99000001",
        Decimal(3),
        Decimal(15),
    )


def test_a_multiplier_counts_unless_it_changed_in_between(metered: Metered) -> None:
    metered.take_months(0, [100, 131, 159])
    set_multiplier(
        actor=metered.company.agent, now=NOW, register_id=metered.registers[0].pk,
        day=month(1), factor=Decimal(40), source="换互感器",
    )  # fmt: skip
    (later,) = shown(metered, "ZD2", 1, 2)
    assert (later.multiplier, later.used) == (Decimal(40), Decimal(28 * 40))
    (across,) = shown(metered, "ZD1", 0, 1)
    assert across.used is None


def test_a_point_that_was_never_read_shows_nothing(metered: Metered) -> None:
    assert shown(metered, "ZD1", 0, 1) == []
