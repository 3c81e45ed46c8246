"""Bills as other systems list them: our own, taken over, and those that feeds tell."""

from typing import Any

import pytest

from qiao.api.tests.programs import Program, make_key
from qiao.billing.models import Bill
from qiao.billing.tests.balances import number_of, take_over
from qiao.billing.tests.feeding import a_feed, bill, send
from qiao.billing.tests.feeding import number_of as a_number
from qiao.billing.tests.lives import a_bill, an_account, issue
from qiao.staff.tests.cast import Company, make_company


@pytest.fixture
def company(db: None, media: Any) -> Company:
    """Two branches with their people; files are kept in a folder of the test."""
    del db, media
    return make_company()


def test_bills_of_this_system_and_on_request_of_others(company: Company) -> None:
    account = an_account(company)
    (own,) = issue(a_bill(account, 0, "4"))
    take_over(company, f"{number_of(account)},OLD-7,2026-03-20,30.00,,,")
    old = Bill.objects.get(number="OLD-7")
    feed, theirs = a_feed(company), a_number(company)
    send(company, feed, "d1", {"bills": [bill("B1", theirs, "80.00")]})
    program = Program(make_key(company.agent, scopes=["bills:read"]))
    here = {each["number"]: each for each in program.get("/bills").json()["items"]}
    assert set(here) == {own.number, "OLD-7"}
    assert (here[own.number]["is_taken_over"], here[own.number]["billed_by"]) == (False, None)
    told = here["OLD-7"]
    assert (told["bill_id"], told["is_taken_over"], told["owed_minor"]) == (old.pk, True, 3000)
    every = {
        each["number"]: each for each in program.get("/bills", billed_by="all").json()["items"]
    }
    assert set(every) == {own.number, "OLD-7", "B1"}
    fed = every["B1"]
    assert (fed["bill_id"], fed["billed_by"], fed["minor"]) == (None, "SAP", 8000)
    assert fed["as_of"] is not None
    assert program.get("/bills", billed_by="x").status_code == 422
    one = program.get(f"/bills/{old.pk}").json()
    assert [(each["charge"], each["minor"]) for each in one["lines"]] == [("arrears", 3000)]
