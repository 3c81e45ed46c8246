"""Another billing system delivers through the programs' door, once, and money is read there."""

import json

import pytest

from qiao.api.tests.programs import Program, make_key
from qiao.billing.operations import feeds
from qiao.core.tests.deliveries import run_background
from qiao.customers.tests.factories import NOW, make_account
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_a_program_delivers_once_and_reads_what_stands(company: Company) -> None:
    new = feeds.NewFeed(company.lake.pk, "sap", "SAP", "CNY")
    feeds.add_feed(new, actor=company.agent, now=NOW)
    account = make_account(company.agent)
    program = Program(make_key(company.agent, scopes=["feeds:write", "bills:read"]))
    body = {
        "number": "D1",
        "as_of": "2026-11-30T06:00:00+08:00",
        "totals": {"bills": {"count": 1, "minor": 8000}, "payments": {"count": 1, "minor": 2000}},
        "bills": [
            {
                "number": "B1", "account": account.number, "from_date": "2026-10-01",
                "until_date": "2026-11-01", "issued_date": "2026-11-01",
                "due_date": "2026-11-20", "amount": "80.00", "usage": "20", "unit": "m3",
                "items": [{"name": "Water", "amount": "80.00"}],
            }
        ],
        "payments": [
            {
                "number": "P1", "account": account.number, "paid_at": "2026-11-10T09:00:00+08:00",
                "amount": "20.00", "bills": ["B1"], "way": "wechat",
            }
        ],
    }  # fmt: skip
    first = program.post("/feeds/sap/deliveries", body)
    assert first.status_code == 201, first.content
    assert first.json()["state"] == "running"
    run_background()
    found = program.get(f"/deliveries/{first.json()['delivery_id']}").json()
    assert (found["state"], found["is_whole"], found["refused_count"]) == ("done", True, 0)
    again = program.post("/feeds/sap/deliveries", body)
    assert again.json()["delivery_id"] == found["delivery_id"]
    other = json.loads(json.dumps(body))
    other["bills"][0]["amount"] = "81.00"
    refused = program.post("/feeds/sap/deliveries", other)
    assert refused.status_code == 409
    assert refused.json()["existing_id"] == found["delivery_id"]
    unstated = program.post("/feeds/sap/deliveries", body | {"number": "D2", "totals": {}})
    assert unstated.status_code == 409
    assert program.post("/feeds/none/deliveries", body).status_code == 404
    money = program.get(f"/accounts/{account.pk}/money").json()
    assert (money["owed"], money["ahead"], money["told_by"]) == (6_000, 0, "SAP")
    assert money["as_of"].startswith("2026-1")
    assert [each["open"] for each in money["bills"]] == [6_000]
    outside = Program(make_key(company.outsider, scopes=["feeds:write", "bills:read"]))
    assert outside.get(f"/accounts/{account.pk}/money").status_code == 404
    assert outside.get(f"/deliveries/{found['delivery_id']}").status_code == 404
    unscoped = Program(make_key(company.agent, scopes=["bills:read"]))
    assert unscoped.post("/feeds/sap/deliveries", body).status_code == 403
