"""What people decide about readings, what bills lock, what is estimated and how it is settled."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, connection, transaction

from qiao.core.actor import Actor, Forbidden
from qiao.core.personal import Erasing, Person
from qiao.core.rules.text import BadText
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import AccountParty, MeterInstallation
from qiao.customers.operations import NewMeter, exchange_meter, undo_exchange
from qiao.metering.models import Reading, ReadingChange, Register
from qiao.metering.operations import (
    BadValue,
    DayBilled,
    NotUsable,
    NotVisible,
    ReadingLocked,
    StillBackwards,
    accept_reading,
    adjust_usage,
    correct_reading,
    edit_reading,
    estimate_missing,
    mark_billed,
    set_multiplier,
    unmark_billed,
)
from qiao.metering.personal import collect, erase
from qiao.metering.queries import UsageSegment, held_up, usage_until
from qiao.metering.tests.cast import NOW, Metered, make_metered, month, state_of, steady

pytestmark = pytest.mark.django_db


@pytest.fixture
def metered() -> Metered:
    return make_metered()


@pytest.fixture
def agent(metered: Metered) -> Actor:
    return metered.company.agent


def used(metered: Metered, since: date, until: date, which: int = 0) -> list[UsageSegment]:
    point = metered.points[which].pk
    return usage_until(service_point_ids=[point], since={point: since}, until=until)


def bill(metered: Metered, number: str, since: date, until: date) -> Decimal:
    """Bill a point as billing does: what its readings come to."""
    found = used(metered, since, until)
    ids = {pk for each in found for pk in (each.start_reading_id, each.end_reading_id)}
    mark_billed(bill_number=number, reading_ids=ids, now=NOW)
    return sum((each.usage for each in found), Decimal(0))


def amounts(found: list[UsageSegment]) -> list[tuple[str, bool, bool]]:
    return [(f"{each.usage:f}", each.estimated, each.is_correction) for each in found]


def test_use_between_readings_is_what_billing_gets(metered: Metered) -> None:
    ids = metered.take_months(0, [100, 120, 145])
    found = used(metered, month(0), month(2))
    assert amounts(found) == [("20", False, False), ("25", False, False)]
    first = found[0]
    assert (first.start_reading_id, first.end_reading_id) == (ids[0], ids[1])
    assert (first.start_date, first.end_date, first.days) == (month(0), month(1), 31)
    assert (first.register_kind, first.unit, first.multiplier) == ("total", "m³", Decimal(1))
    assert used(metered, month(1), month(2)) == found[1:]
    point = metered.points[0].pk
    assert usage_until(service_point_ids=[point], since={}, until=month(2)) == found


def test_many_points_cost_as_many_statements_as_one(
    metered: Metered, django_assert_num_queries: object
) -> None:
    for which in range(2):
        metered.take_months(which, steady(100, 20, 4))
    ids = [point.pk for point in metered.points]
    since = dict.fromkeys(ids, month(0))
    for asked in (ids[:1], ids):
        with django_assert_num_queries(4):  # type: ignore[operator]
            found = usage_until(service_point_ids=asked, since=since, until=month(4))
        assert len(found) == 4 * len(asked)


def test_an_exception_is_accepted_or_changed_with_the_reason_kept(
    metered: Metered, agent: Actor
) -> None:
    metered.take_months(0, steady(100, 20, 6))
    leak = state_of(metered.take(0, month(7), 900))
    with pytest.raises(BadText):
        accept_reading(actor=agent, now=NOW, reading_id=leak.pk, why=" ")
    accept_reading(actor=agent, now=NOW, reading_id=leak.pk, why="现场核实，表后漏水")
    leak.refresh_from_db()
    assert leak.state == "final"
    edit_reading(actor=agent, now=NOW, reading_id=leak.pk, value="290", why="看错一位")
    leak.refresh_from_db()
    assert (leak.state, leak.value, leak.raw) == ("final", Decimal(290), "900")
    journal = list(ReadingChange.objects.filter(reading=leak).order_by("id"))
    assert [(each.action, each.before, each.after) for each in journal] == [
        ("accepted", Decimal(900), Decimal(900)),
        ("edited", Decimal(900), Decimal(290)),
    ]
    assert journal[1].by_id == agent.staff_id


def test_a_register_that_went_back_is_accepted_only_as_a_roll_over(
    metered: Metered, agent: Actor
) -> None:
    metered.take_months(0, [99_990, 99_991, 99_992])
    back = state_of(metered.take(0, month(3), 400))
    assert back.state == "exception"
    with pytest.raises(StillBackwards):
        accept_reading(actor=agent, now=NOW, reading_id=back.pk, why="核实")
    accept_reading(actor=agent, now=NOW, reading_id=back.pk, why="核实", is_rolled=True)
    assert amounts(used(metered, month(2), month(3))) == [("408", False, False)]
    with pytest.raises(BadValue):
        edit_reading(actor=agent, now=NOW, reading_id=back.pk, value="1e3", why="核实")


def test_accepting_a_second_value_replaces_the_first(metered: Metered, agent: Actor) -> None:
    first, second = metered.take(0, month(0), 100), metered.take(0, month(0), 101)
    accept_reading(actor=agent, now=NOW, reading_id=state_of(second).pk, why="复抄为准")
    assert state_of(first).superseded_by_id == second.reading_id
    with pytest.raises(ReadingLocked):
        accept_reading(actor=agent, now=NOW, reading_id=state_of(first).pk, why="复抄为准")


def test_a_billed_reading_is_locked_whoever_tries(metered: Metered, agent: Actor) -> None:
    ids = metered.take_months(0, [100, 120])
    assert bill(metered, "ZD1", month(0), month(1)) == 20
    assert {state for (state,) in Reading.objects.values_list("state")} == {"billed"}
    assert bill(metered, "ZD0", month(0), month(1)) == 20  # again: nothing is locked twice
    assert set(Reading.objects.values_list("bill_number", flat=True)) == {"ZD1"}
    with pytest.raises(ReadingLocked):
        edit_reading(actor=agent, now=NOW, reading_id=ids[1], value="119", why="看错")
    for statement in (
        "UPDATE metering_reading SET value = 119 WHERE id = %s",
        "UPDATE metering_reading SET state = 'exception', bill_number = '' WHERE id = %s",
        "UPDATE metering_reading SET bill_number = 'ZD2' WHERE id = %s",
        "DELETE FROM metering_reading WHERE id = %s",
    ):
        with (
            pytest.raises(IntegrityError, match="was billed"),
            transaction.atomic(),
            connection.cursor() as cursor,
        ):
            cursor.execute(statement, [ids[1]])
    assert unmark_billed(bill_number="ZD1", now=NOW, actor=agent) == 2
    edit_reading(actor=agent, now=NOW, reading_id=ids[1], value="119", why="看错")
    actions = ReadingChange.objects.filter(reading=ids[1]).order_by("id")
    assert list(actions.values_list("action", "why")) == [
        ("billed", "ZD1"), ("unbilled", "ZD1"), ("edited", "看错"),
    ]  # fmt: skip


def test_words_that_name_a_person_are_erased_beside_billed_readings_too(
    metered: Metered,
) -> None:
    ids = metered.take_months(0, [100, 120])
    Reading.objects.filter(pk=ids[1]).update(reason="陈慧敏 自报")
    bill(metered, "ZD1", month(0), month(1))
    party = AccountParty.objects.get(account__service_point=metered.points[0])
    person = Person((party.customer_id,), words=("陈慧敏",))
    held = collect(person)[0]
    assert [str(row["value"]) for row in held.rows] == ["100", "120"]
    erasing = Erasing(0, NOW)
    erase(person, erasing)
    assert erasing.counts == {"metering.readings": 1}
    reading = Reading.objects.get(pk=ids[1])
    assert (reading.state, reading.reason, reading.value) == ("billed", "–", Decimal(120))


def test_a_bill_rests_on_no_reading_that_waits(metered: Metered) -> None:
    metered.take(0, month(0), 100)
    waits = metered.take(0, month(0), 101)
    assert waits.reading_id is not None
    with pytest.raises(NotUsable):
        mark_billed(bill_number="ZD1", reading_ids=[waits.reading_id], now=NOW)
    with pytest.raises(NotUsable):
        mark_billed(bill_number="ZD1", reading_ids=[0], now=NOW)


def test_a_billed_reading_is_corrected_by_the_next_bill(metered: Metered, agent: Actor) -> None:
    ids = metered.take_months(0, [100, 150])
    assert bill(metered, "ZD1", month(0), month(1)) == 50
    correct_reading(actor=agent, now=NOW, reading_id=ids[1], value="130", why="看错一位")
    metered.take(0, month(2), 160)
    found = used(metered, month(1), month(2))
    assert amounts(found) == [("-20", False, True), ("30", False, False)]
    assert bill(metered, "ZD2", month(1), month(2)) == 10
    metered.take(0, month(3), 170)
    assert bill(metered, "ZD3", month(2), month(3)) == 10


def test_an_estimate_is_billed_and_the_next_reading_settles_it_by_days(
    metered: Metered, agent: Actor
) -> None:
    metered.take_months(0, [100, 131])
    assert bill(metered, "ZD1", month(0), month(1)) == 31
    point = metered.points[0].pk
    made = estimate_missing(actor=agent, now=NOW, service_point_ids=[point], day=month(2))
    guess = Reading.objects.get(pk=made[0])
    assert (guess.method, guess.basis, guess.value) == ("estimated", "recent", Decimal(159))
    assert estimate_missing(actor=agent, now=NOW, service_point_ids=[point], day=month(2)) == []
    assert amounts(used(metered, month(1), month(2))) == [("28", True, False)]
    assert bill(metered, "ZD2", month(1), month(2)) == 28
    metered.take(0, month(3), 131 + 59)  # a unit a day: three too few were estimated, none
    assert amounts(used(metered, month(2), month(3))) == [("31", False, False)]
    assert bill(metered, "ZD3", month(2), month(3)) == 31


def test_what_was_estimated_too_much_comes_back(metered: Metered, agent: Actor) -> None:
    metered.take_months(0, [100, 131])
    bill(metered, "ZD1", month(0), month(1))
    point = metered.points[0].pk
    estimate_missing(actor=agent, now=NOW, service_point_ids=[point], day=month(2))
    bill(metered, "ZD2", month(1), month(2))
    metered.take(0, month(3), 140)
    found = used(metered, month(2), month(3))
    assert [each.is_correction for each in found] == [True, False]
    assert found[0].usage < 0
    assert bill(metered, "ZD3", month(2), month(3)) == 140 - 131 - 28
    assert held_up(service_point_ids=[point], since={point: month(3)}, until=month(3)) == []


def test_a_new_meter_is_estimated_as_its_class(metered: Metered, agent: Actor) -> None:
    metered.take_months(0, [100, 131, 159])
    metered.take(1, month(2), 0)
    made = estimate_missing(
        actor=agent, now=NOW, service_point_ids=[metered.points[1].pk], day=month(3)
    )
    guess = Reading.objects.get(pk=made[0])
    assert (guess.basis, guess.value) == ("class", Decimal(31))


def test_a_swap_amid_a_cycle_gives_two_segments(metered: Metered, agent: Actor) -> None:
    metered.take_months(0, [100, 120])
    point = metered.points[0]
    swapped = month(1) + timedelta(days=10)
    hung = exchange_meter(
        actor=agent, now=NOW, service_point_id=point.pk, day=swapped,
        meter=NewMeter("W-99000001", "DN15", opening_reading=Decimal(3)),
        closing_reading=Decimal("127.8"), reason="到期轮换",
    )  # fmt: skip
    run_deliveries()
    point.refresh_from_db()
    metered.take(0, month(2), 18)
    found = used(metered, month(1), month(2))
    assert [(each.start_date, each.end_date, each.usage) for each in found] == [
        (month(1), swapped, Decimal(7)), (swapped, month(2), Decimal(15)),
    ]  # fmt: skip
    assert held_up(
        service_point_ids=[point.pk], since={point.pk: month(1)}, until=month(2)
    ) == []  # fmt: skip
    undo_exchange(actor=agent, now=NOW, installation_id=hung.pk)
    run_deliveries()
    assert not MeterInstallation.objects.filter(pk=hung.pk).exists()
    assert Register.objects.get(installation_id=hung.pk).removed_at is not None
    codes = held_up(service_point_ids=[point.pk], since={point.pk: month(1)}, until=month(2))
    assert [(each.code, each.day) for each in codes] == [("exception", swapped)]
    assert used(metered, month(1), month(2)) == []


def test_a_multiplier_and_an_adjustment_hold_from_their_day_and_never_in_billed_days(
    metered: Metered, agent: Actor
) -> None:
    metered.take_months(0, [100, 131, 159])
    pk = metered.registers[0].pk
    bill(metered, "ZD1", month(0), month(1))
    for day in (month(0), month(1) - timedelta(days=1)):
        with pytest.raises(DayBilled):
            set_multiplier(
                actor=agent, now=NOW, register_id=pk, day=day, factor=Decimal(2), source="换互感器"
            )
        with pytest.raises(DayBilled):
            adjust_usage(
                actor=agent, now=NOW, register_id=pk, day=day, amount=Decimal(-5), why="漏水减免"
            )
    middle = month(1) + timedelta(days=14)
    set_multiplier(
        actor=agent, now=NOW, register_id=pk, day=middle, factor=Decimal(2), source="换互感器"
    )
    adjust_usage(
        actor=agent, now=NOW, register_id=pk, day=month(1), amount=Decimal("-4.5"), why="漏水减免"
    )
    found = used(metered, month(1), month(2))
    assert [each.usage for each in found] == [Decimal("9.5"), Decimal(28)]


def test_what_keeps_a_point_from_being_billed_is_told(metered: Metered) -> None:
    metered.take_months(0, steady(100, 20, 6))
    metered.take(0, month(7), 900)
    ids = [point.pk for point in metered.points]
    found = held_up(service_point_ids=[*ids, 0], since={}, until=month(7))
    assert {(each.service_point_id, each.code) for each in found} == {
        (0, "no_register"), (ids[0], "exception"), (ids[1], "no_start"),
    }  # fmt: skip
    late = held_up(service_point_ids=ids[:1], since={ids[0]: month(6)}, until=month(6))
    assert late == []


def test_only_people_of_the_unit_with_the_right_decide(metered: Metered, agent: Actor) -> None:
    metered.take(0, month(0), 100)
    waits = state_of(metered.take(0, month(0), 101))
    with pytest.raises(NotVisible):
        accept_reading(
            actor=metered.company.outsider, now=NOW, reading_id=waits.pk, why="复抄为准"
        )
    looks = Actor(
        agent.staff_id, agent.name, agent.organisation_id,
        grants={"metering.view": agent.organisations("metering.view")},
    )  # fmt: skip
    with pytest.raises(Forbidden):
        accept_reading(actor=looks, now=NOW, reading_id=waits.pk, why="复抄为准")
