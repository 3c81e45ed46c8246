"""Readings taken in: once, checked against the meter's own history, refused with the reason."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from qiao.core.actor import Forbidden
from qiao.core.models import Event
from qiao.metering.models import Check, Reading, ReadingChange, ReadingFinding, Register
from qiao.metering.operations import NewReading, ask_reread, foresee_readings, take_readings
from qiao.metering.tests.cast import (
    NOW,
    Metered,
    make_metered,
    month,
    rules_in,
    state_of,
    steady,
)

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered() -> Metered:
    return make_metered()


def test_a_meter_has_its_register_by_service_and_size(metered: Metered) -> None:
    register = metered.registers[0]
    assert (register.digits, register.unit, register.kind) == (5, "m³", "total")
    assert register.organisation_id == metered.company.lake.pk


def test_a_reading_is_valid_and_taken_once(metered: Metered) -> None:
    first = metered.take(0, month(0), "120", key="one")
    again = metered.take(0, month(0), "120", key="one")
    same_value = metered.take(0, month(0), "120", key="two")
    assert (first.outcome, again.outcome, same_value.outcome) == ("taken", "known", "known")
    assert first.reading_id == again.reading_id == same_value.reading_id
    reading = state_of(first)
    assert (reading.state, reading.value, reading.raw) == ("valid", Decimal(120), "120")
    assert reading.read_date == month(0)


def test_the_day_of_a_moment_is_that_of_the_unit(metered: Metered) -> None:
    late = datetime(2026, 3, 4, 17, 30, tzinfo=UTC)  # the fifth in China
    given = NewReading("late", "9", late, meter_number=metered.points[0].meter_number)
    found = take_readings(actor=metered.company.agent, now=NOW, source="test", readings=[given])
    assert state_of(found[0]).read_date == (late + timedelta(days=1)).date()


def test_what_cannot_stand_is_refused_with_its_reason(metered: Metered) -> None:
    for raw in ("NaN", "-4", "1234567", "12.5", "soon"):
        found = metered.take(0, month(0), raw)
        assert (found.outcome, rules_in(found)) == ("refused", {"value"})
    assert (
        metered.take(0, NOW.date() + timedelta(days=3), "5").findings[0].seen["code"] == "future"
    )
    unknown = NewReading("x", "5", month(0), meter_number="W-0")
    agent = metered.company.agent
    found = take_readings(actor=agent, now=NOW, source="test", readings=[unknown])[0]
    assert found.findings[0].seen == {"meter": "W-0", "code": "unknown"}
    assert not Reading.objects.exists()


def test_what_a_check_stops_waits_and_what_it_notes_passes(metered: Metered) -> None:
    metered.take_months(0, steady(100, 20, 6))
    leak = metered.take(0, month(7), 460)
    assert (leak.state, rules_in(leak)) == ("exception", {"high", "spike"})
    kept = ReadingFinding.objects.get(reading=leak.reading_id, rule="high")
    assert kept.seen["usage"] == "237"
    quiet = metered.take(0, month(7), 224)
    assert (quiet.state, rules_in(quiet)) == ("valid", {"low"})


def test_a_file_of_many_months_is_checked_month_by_month(metered: Metered) -> None:
    values = [*steady(100, 20, 5), 900]
    readings = [
        NewReading(f"k{place}", str(value), month(place), metered.points[0].meter_number)
        for place, value in reversed(list(enumerate(values)))
    ]
    found = take_readings(actor=metered.company.agent, now=NOW, source="file", readings=readings)
    assert [each.state for each in found] == ["exception", *["valid"] * 6]


def test_a_second_value_of_a_day_waits_for_a_decision(metered: Metered) -> None:
    metered.take(0, month(0), 100)
    found = metered.take(0, month(0), 101)
    assert (found.state, rules_in(found)) == ("exception", {"duplicate"})


def test_a_real_reading_stands_for_the_estimate_of_its_day(metered: Metered) -> None:
    metered.take(0, month(0), 100)
    guess = metered.take(0, month(1), 130, method="estimated")
    real = metered.take(0, month(1), 118)
    assert real.state == "valid"
    assert state_of(guess).superseded_by_id == real.reading_id
    journal = ReadingChange.objects.get(reading=guess.reading_id)
    assert journal.action == "superseded"
    assert (journal.before, journal.after) == (Decimal(130), Decimal(118))
    assert metered.take(0, month(1), 140, method="estimated").outcome == "known"


def test_a_meter_that_was_to_be_read_again_is_settled_by_the_next_reading(
    metered: Metered,
) -> None:
    metered.take_months(0, steady(100, 20, 6))
    odd = metered.take(0, month(7), 900)
    assert odd.reading_id is not None
    ask_reread(actor=metered.company.agent, now=NOW, reading_id=odd.reading_id, why="照片模糊")
    again = metered.take(0, month(7), 246)
    assert again.state == "valid"
    assert state_of(odd).superseded_by_id == again.reading_id


def test_neighbours_are_those_of_the_route() -> None:
    metered = make_metered(7)
    for which in range(7):
        metered.take_months(which, steady(100, 20, 3))
    for which in range(1, 7):
        metered.take(which, month(4), 100 + 61 + 22)
    Check.objects.filter(key__in=["high", "spike"]).delete()
    found = metered.take(0, month(4), 100 + 61 + 150)
    assert rules_in(found) == {"neighbours"}
    assert found.state == "valid"


def test_periods_of_a_meter_sum_to_its_total(metered: Metered) -> None:
    total = metered.registers[0]
    for period in ("day", "night"):
        Register.objects.create(
            installation_id=total.installation_id,
            service_point_id=total.service_point_id,
            organisation_id=total.organisation_id,
            service="water",
            kind="period",
            period=period,
            digits=5,
            unit="m³",
            created_at=NOW,
        )

    def take(when: int, day: int, night: int, whole: int) -> list[str]:
        meter = metered.points[0].meter_number
        readings = [
            NewReading(f"t{when}", str(whole), month(when), meter),
            NewReading(f"d{when}", str(day), month(when), meter, kind="period", period="day"),
            NewReading(f"n{when}", str(night), month(when), meter, kind="period", period="night"),
        ]
        found = take_readings(
            actor=metered.company.agent, now=NOW, source="remote", readings=readings
        )
        return [",".join(sorted(rules_in(each))) for each in found]

    assert take(0, 0, 0, 0) == ["", "", ""]
    assert take(1, 60, 40, 100) == ["", "", ""]
    assert take(2, 120, 80, 240) == ["sum", "", ""]


def test_the_number_on_the_face_must_be_that_of_the_meter_that_hangs_there(
    metered: Metered,
) -> None:
    def take(day: int, seen: str) -> set[str]:
        given = NewReading(
            f"r{day}", str(100 + day), month(day), seen, register_id=metered.registers[0].pk
        )
        agent = metered.company.agent
        found = take_readings(actor=agent, now=NOW, source="phone", readings=[given])[0]
        assert found.outcome == "taken"
        return rules_in(found)

    assert take(0, "") == set()
    assert take(1, metered.points[0].meter_number.replace("-", " ")) == set()
    assert take(2, metered.points[1].meter_number) == {"meter"}


def test_only_units_of_the_right_are_read(metered: Metered) -> None:
    given = [NewReading("x", "5", month(0), meter_number=metered.points[0].meter_number)]
    outsider = metered.company.outsider
    found = take_readings(actor=outsider, now=NOW, source="test", readings=given)
    assert (found[0].outcome, found[0].findings[0].seen["code"]) == ("refused", "unknown")
    bare = type(outsider)(staff_id=outsider.staff_id, name="", organisation_id=1)
    with pytest.raises(Forbidden):
        take_readings(actor=bare, now=NOW, source="test", readings=given)


def test_a_dry_run_writes_nothing_and_says_the_same(metered: Metered) -> None:
    readings = [
        NewReading(f"k{place}", raw, month(place), metered.points[0].meter_number)
        for place, raw in enumerate(["100", "120", "x", "140", "900"])
    ]
    agent = metered.company.agent
    dry = foresee_readings(actor=agent, now=NOW, source="file", readings=readings)
    assert not Reading.objects.exists()
    wet = take_readings(actor=agent, now=NOW, source="file", readings=readings)
    assert [(d.outcome, d.state, d.findings) for d in dry] == [
        (w.outcome, w.state, w.findings) for w in wet
    ]


def test_a_batch_is_one_event_and_costs_the_same_for_one_and_for_many(metered: Metered) -> None:
    def statements(batch: int, count: int) -> int:
        readings = [
            NewReading(
                f"{batch}:{n}", str(100 + 10 * n + n % 3), month(n), metered.points[0].meter_number
            )
            for n in range(count)
        ]
        with CaptureQueriesContext(
            connection,
        ) as seen:
            take_readings(
                actor=metered.company.agent, now=NOW, source=f"b{batch}", readings=readings
            )
        return len(seen)

    take = statements(0, 1)
    Reading.objects.all().delete()
    before = Event.objects.filter(name="metering.readings_taken").count()
    assert statements(1, 20) == take
    assert Event.objects.filter(name="metering.readings_taken").count() == before + 1
