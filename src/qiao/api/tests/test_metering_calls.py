"""Readings as a head-end sends them, and bills as an accounting system reads them."""

from datetime import date
from decimal import Decimal
from pathlib import Path

import pytest
from django.db import connection

from qiao.api.tests.programs import Program, make_key
from qiao.billing import operations as billing
from qiao.billing.models import Bill
from qiao.billing.operations.budget import start_budget
from qiao.billing.operations.summaries import collect_bills, start_collecting
from qiao.billing.tests.lives import a_bill, an_account, issue
from qiao.customers.operations.payers import let_pay
from qiao.customers.tests.factories import NOW, make_account, make_customer, make_service_point
from qiao.metering.models import Reading
from qiao.metering.operations import ensure_registers
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
AT = "2026-11-01T09:00:00+08:00"


@pytest.fixture
def company() -> Company:
    return make_company()


def reading(key: str, meter: str, value: str, at: str = AT, **more: str) -> dict[str, str]:
    return {"key": key, "meter_number": meter, "value": value, "read_at": at, **more}


def a_meter(company: Company) -> str:
    point = make_service_point(company.agent)
    make_account(company.agent, service_point=point)
    ensure_registers(now=NOW, service_point_ids=[point.pk])
    return str(point.meter_number)


def test_readings_are_taken_once_and_those_that_cannot_be_say_why(company: Company) -> None:
    meter = a_meter(company)
    program = Program(make_key(company.agent, scopes=["readings:write"]))
    body = {
        "readings": [
            reading("a", meter, "120"),
            reading("b", "W-nobody", "3"),
            reading("c", meter, "1e5", "2026-11-02T09:00:00+08:00"),
        ]
    }
    told = program.post("/readings", body).json()
    assert (told["taken"], told["known"], told["refused"]) == (1, 0, 2)
    assert [each["outcome"] for each in told["items"]] == ["taken", "refused", "refused"]
    assert told["items"][1]["findings"][0]["rule"] == "meter"
    assert told["items"][2]["findings"][0]["seen"]["code"] == "number"
    row = Reading.objects.get()
    assert row.pk == told["items"][0]["reading_id"]
    assert (row.value, row.method) == (Decimal(120), "remote")
    again = program.post("/readings", {"readings": body["readings"][:1]}).json()
    assert (again["known"], again["items"][0]["reading_id"]) == (1, row.pk)
    other = Program(make_key(company.outsider, scopes=["readings:write"]))
    lost = other.post("/readings", {"readings": [reading("x", meter, "130")]}).json()
    assert (lost["refused"], lost["items"][0]["findings"][0]["rule"]) == (1, "meter")
    assert Reading.objects.count() == 1


def test_a_batch_that_does_not_fit_its_description_takes_nothing_in(company: Company) -> None:
    meter = a_meter(company)
    program = Program(make_key(company.agent, scopes=["readings:write"]))
    for wrong in (
        [],
        [reading("a", meter, "1", "yesterday")],
        [reading("a", meter, "1") | {"kind": "x"}],
        [reading(str(n), meter, "1") for n in range(1_001)],
    ):
        assert program.post("/readings", {"readings": wrong}).status_code == 422
    reader = Program(make_key(company.agent, scopes=["bills:read"]))
    body = {"readings": [reading("a", meter, "1")]}
    assert reader.post("/readings", body).status_code == 403
    assert not Reading.objects.exists()


def test_bills_are_listed_narrowed_and_read_with_their_lines(company: Company) -> None:
    pk = an_account(company)
    bills = [issue(a_bill(pk, month, "7"))[0] for month in range(3)]
    program = Program(make_key(company.agent, scopes=["bills:read"]))
    seen, after = [], ""
    while after is not None:
        page = program.get("/bills", limit=2, after=after).json()
        seen += [each["number"] for each in page["items"]]
        after = page["next"]
    assert seen == [bill.number for bill in reversed(bills)]
    assert program.get("/bills", number=bills[0].number.lower()).json()["items"][0]["minor"] == (
        bills[0].total_minor
    )
    owed = program.get("/bills", age="all").json()["items"]
    assert sum(each["owed_minor"] for each in owed) == sum(bill.total_minor for bill in bills)
    told = program.get(f"/bills/{bills[0].pk}").json()
    assert sum(line["minor"] for line in told["lines"] if line["adds"]) == told["minor"]
    billing.reverse_bill(
        bill_id=bills[-1].pk, day=date(2026, 11, 22), reason="misread", actor=None, now=NOW
    )
    assert program.get("/bills", state="reversed").json()["items"][0]["bill_id"] == bills[-1].pk
    assert program.get("/bills", state="x").status_code == 422
    stranger = Program(make_key(company.outsider, scopes=["bills:read"]))
    assert stranger.get("/bills").json()["items"] == []
    assert stranger.get(f"/bills/{bills[0].pk}").status_code == 404
    assert Bill.objects.count() == 3


def test_an_instalment_a_payer_and_a_summary_are_told_beside_the_bill(company: Company) -> None:
    school = make_customer(company.agent, name="临江一中", kind="organisation")
    accounts = [an_account(company) for _ in range(2)]
    start_budget(account_id=accounts[0], minor=9_000, actor=company.agent, now=NOW)
    start_collecting(
        customer_id=school.pk, organisation_id=company.lake.pk, actor=company.agent, now=NOW
    )
    day = date(2026, 11, 22)
    for pk in accounts:
        let_pay(actor=company.agent, now=NOW, account_id=pk, customer_id=school.pk, from_date=day)
    bills = issue(*(a_bill(pk, 0, "7", day=day) for pk in accounts))
    (summary_id,) = collect_bills(bill_ids=[bill.pk for bill in bills], now=NOW)
    program = Program(make_key(company.agent, scopes=["bills:read"]))
    told = [program.get(f"/bills/{bill.pk}").json() for bill in bills]
    assert [each["asked_minor"] for each in told] == [9_000, bills[1].total_minor]
    assert all(each["owed_minor"] == each["asked_minor"] for each in told)
    assert [each["budget_minor"] for each in told] == [bills[0].total_minor - 9_000, None]
    assert {each["summary_id"] for each in told} == {summary_id}
    assert {(each["addressee_id"], each["is_paid_by_other"]) for each in told} == {
        (school.pk, True)
    }
    _asked_on_account(program, accounts, bills[0])
    (row,) = program.get("/summaries", number=bills[1].number).json()["items"]
    whole = 9_000 + bills[1].total_minor
    assert (row["summary_id"], row["minor"], row["owed_minor"]) == (summary_id, whole, whole)
    shown = program.get(f"/summaries/{summary_id}").json()
    assert shown["number"] == told[0]["summary_number"]
    assert sorted(each["bill_id"] for each in shown["bills"]) == [bill.pk for bill in bills]
    stranger = Program(make_key(company.outsider, scopes=["bills:read"]))
    assert stranger.get("/summaries").json()["items"] == []
    assert stranger.get(f"/summaries/{summary_id}").status_code == 404


def _asked_on_account(program: Program, accounts: list[int], bill: Bill) -> None:
    money = program.get(f"/accounts/{accounts[0]}/money").json()
    assert (money["owed"], money["due_date"]) == (9_000, bill.due_date.isoformat())
    assert money["instalments"] == {
        "asked": 9_000, "balance": bill.total_minor - 9_000, "until_date": "2026-11-01",
        "ends": False,
    }  # fmt: skip
    payer_id = money["payer"]["customer_id"]
    assert money["payer"] == {
        "customer_id": payer_id, "since": "2026-11-22", "until": None, "owed": 9_000,
    }  # fmt: skip
    assert (money["bills"][0]["number"], money["bills"][0]["asked"]) == (bill.number, 9_000)
    plain = program.get(f"/accounts/{accounts[1]}/money").json()
    assert plain["instalments"] is None


def test_intervals_are_taken_once_and_wrong_ones_say_why(company: Company, media: Path) -> None:
    meter = a_meter(company)
    program = Program(make_key(company.agent, scopes=["readings:write"]))
    told = [
        {"meter_number": meter, "start": f"2026-11-01T{hour:02}:00:00+08:00", "value": "0.5"}
        for hour in range(3)
    ]
    body = {"key": "k1", "intervals": [*told, told[0] | {"meter_number": "W-nobody"}]}
    found = program.post("/intervals", body).json()
    assert (found["taken"], found["refused"]) == (3, 1)
    assert found["items"] == [{"place": 4, "field": "meter", "code": "meter"}]
    again = program.post("/intervals", body).json()
    assert again["load_id"] == found["load_id"]
    with connection.cursor() as cursor:
        cursor.execute("SELECT used, bit_count(slots) FROM metering_dayuse")
        assert cursor.fetchall() == [(Decimal("1.5"), 3)]
    for wrong in ({"value": ""}, {"minutes": 7}, {"start": "soon"}):
        bad = {"key": "k2", "intervals": [told[0] | wrong]}
        assert program.post("/intervals", bad).status_code == 422
    reader = Program(make_key(company.agent, scopes=["bills:read"]))
    assert reader.post("/intervals", body).status_code == 403
