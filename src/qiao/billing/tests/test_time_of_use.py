"""Meters that count the hours apart, and the demand: what they say reaches the tariff."""

from collections.abc import Mapping
from datetime import date
from decimal import Decimal

from django.utils import timezone

from qiao.billing import operations as ops
from qiao.billing.models import Bill, Tariff
from qiao.billing.operations.running import READ_APART, reckon_bills, run_bills
from qiao.billing.tests.lives import NOW, assert_reckons_again, audit
from qiao.core.actor import Actor
from qiao.customers.tests.factories import make_account, make_service_point
from qiao.metering.models import Register
from qiao.metering.operations import NewReading, ensure_registers, take_readings
from qiao.staff.tests.cast import Company

SINCE, MIDDLE, UNTIL = date(2026, 6, 1), date(2026, 7, 1), date(2026, 8, 1)
TOTAL, DEMAND = ("total", ""), ("demand", "")
PEAK, FLAT, VALLEY = ("period", "peak"), ("period", "flat"), ("period", "valley")
Values = Mapping[tuple[str, str], Mapping[date, str]]
READ: Values = {
    TOTAL: {SINCE: "1000", UNTIL: "2000"},
    PEAK: {SINCE: "400", UNTIL: "700"},
    FLAT: {SINCE: "400", UNTIL: "900"},
    VALLEY: {SINCE: "200", UNTIL: "400"},
}


def a_business(
    actor: Actor, values: Values, key: str = "business", **numbers: int
) -> tuple[int, int]:
    """An account whose meter hangs behind transformers, read as told: its id and its point's."""
    point = make_service_point(actor, service="power", meter_size="3×5A")
    account = make_account(actor, service="power", service_point=point)
    ensure_registers(now=NOW, service_point_ids=[point.pk])
    if DEMAND in values:
        first = Register.objects.get(service_point=point, kind="total")
        Register.objects.create(
            installation_id=first.installation_id, service_point=point,
            organisation_id=first.organisation_id, service="power", kind="demand", digits=4,
            decimals=2, unit="kW", created_at=NOW,
        )  # fmt: skip
    read(actor, point.meter_number, values)
    ops.open_billing(
        [
            ops.NewAccount(
                account.pk, actor.organisation_id, "CNY", SINCE,
                Tariff.objects.get(pack="power", key=key).pk,
                numbers={name: Decimal(number) for name, number in numbers.items()}, months=2,
            )
        ],
        now=NOW,
    )  # fmt: skip
    return account.pk, point.pk


def read(actor: Actor, meter: str, values: Values) -> None:
    readings = [
        NewReading(f"{meter}:{kind}{period}:{day}", value, day, meter_number=meter, kind=kind,
                   period=period)
        for (kind, period), own in values.items()
        for day, value in own.items()
    ]  # fmt: skip
    taken = take_readings(actor=actor, now=timezone.now(), source="test", readings=readings)
    assert {each.state for each in taken} == {"valid"}, taken


def run(account: int) -> Bill | str:
    done = run_bills(
        account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20, actor=None, now=NOW
    )
    return Bill.objects.get(pk=done.bills[account]) if done.bills else done.held[account]


def test_the_hours_are_billed_at_their_prices(company: Company) -> None:
    account, _point = a_business(company.agent, READ)
    bill = run(account)
    assert isinstance(bill, Bill)
    # 300 at 1.05, 500 at 0.68, 200 at 0.32; state funds 1,000 at 0.03.
    assert bill.total_minor == 315_00 + 340_00 + 64_00 + 30_00
    assert bill.usage == Decimal(1000)
    quantities = dict(bill.lines.values_list("charge", "quantity"))
    hours = {name: quantities[name] for name in ("peak", "flat", "valley")}
    assert hours == {"peak": Decimal(300), "flat": Decimal(500), "valley": Decimal(200)}
    assert_reckons_again([account])
    assert not audit()


def test_a_meter_whose_registers_were_read_apart_is_held_up(company: Company) -> None:
    late = {**READ, PEAK: {SINCE: "400", MIDDLE: "520"}}
    never = {**READ, VALLEY: {SINCE: "200"}}
    for values in (late, never):
        account, _point = a_business(company.agent, values)
        assert run(account) == READ_APART


def test_the_highest_demand_is_billed_once_for_all_months(company: Company) -> None:
    values = {**READ, DEMAND: {SINCE: "60", MIDDLE: "95", UNTIL: "80"}}
    account, _point = a_business(company.agent, values, "two_part", capacity_kva=100)
    found = reckon_bills(account_ids=[account], until=UNTIL, issued_date=UNTIL, due_days=20)
    (rated,) = found.rated
    assert rated.bill.numbers == {"demand_kw": Decimal(95)}
    assert all(terms.numbers["demand_kw"] == 95 for terms in rated.facts.terms)
    bill = run(account)
    assert isinstance(bill, Bill)
    assert bill.facts["terms"][0][-1]["demand_kw"] == "95"
    assert_reckons_again([account])
