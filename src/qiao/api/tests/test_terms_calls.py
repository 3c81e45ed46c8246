"""A program says how accounts are billed, once, and reads it."""

import pytest

from qiao.api.tests.programs import Program, make_key
from qiao.billing.models import Tariff
from qiao.billing.tests.lives import a_billed_year
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


def test_a_program_begins_changes_and_ends(company: Company) -> None:
    tariff = Tariff.objects.get(pack="water", key="household").pk
    account = make_account(company.agent).pk
    program = Program(make_key(company.agent, scopes=["terms:write", "bills:read"]))
    assert program.get(f"/accounts/{account}/terms").status_code == 404
    body = {
        "tariff_id": tariff, "since": "2026-11-01", "reason": "contract", "months": 2,
        "given": [{"name": "people", "value": "5"}],
    }  # fmt: skip
    begun = program.post(f"/accounts/{account}/billing", body)
    assert begun.status_code == 201, begun.content
    assert (begun.json()["months"], begun.json()["billed_until"]) == (2, "2026-11-01")
    assert program.post(f"/accounts/{account}/billing", body).status_code == 409
    change = {"tariff_id": tariff, "since": "2026-12-01", "given": [], "reason": "moved out"}
    changed = program.post(f"/accounts/{account}/terms", change).json()
    assert [(each["since"], each["given"]) for each in changed["terms"]] == [
        ("2026-12-01", {}),
        ("2026-11-01", {"people": "5"}),
    ]
    same = program.post(f"/accounts/{account}/terms", change)
    assert same.status_code == 409
    ended = program.post(
        f"/accounts/{account}/billing/end", {"until": "2027-01-01", "reason": "torn down"}
    )
    assert ended.json()["closed_date"] == "2027-01-01"
    assert program.get(f"/accounts/{account}/terms").json()["terms"][0]["until"] == "2027-01-01"


def test_what_is_wrong_is_told_by_its_field(company: Company) -> None:
    tariff = Tariff.objects.get(pack="water", key="household").pk
    account = a_billed_year(company)
    program = Program(make_key(company.agent, scopes=["terms:write", "bills:read"]))
    body = {"tariff_id": tariff, "since": "2026-12-01", "reason": "x"}
    wrong = program.post(
        f"/accounts/{account}/terms",
        body | {"given": [{"name": "people", "value": "100"}, {"name": "size", "value": "15"}]},
    )
    assert wrong.status_code == 422
    assert {(each["field"], each["expected"]) for each in wrong.json()["errors"]} == {
        ("given.people", "99"),
        ("given.size", ""),
    }
    twice = [{"name": "people", "value": "5"}, {"name": "people", "value": "6"}]
    both = program.post(f"/accounts/{account}/terms", body | {"given": twice})
    assert (both.status_code, both.json()["errors"][0]["field"]) == (409, "given")
    nobody = program.post(f"/accounts/{make_account(company.agent).pk}/terms", body)
    assert nobody.status_code == 404
    early = program.post(f"/accounts/{account}/terms", body | {"since": "2026-01-01"})
    assert (early.status_code, early.json()["errors"][0]["field"]) == (409, "since")
    outside = Program(make_key(company.outsider, scopes=["terms:write", "bills:read"]))
    assert outside.post(f"/accounts/{account}/terms", body).status_code in (403, 404)
    reader = Program(make_key(company.agent, scopes=["bills:read"]))
    assert reader.post(f"/accounts/{account}/terms", body).status_code == 403
