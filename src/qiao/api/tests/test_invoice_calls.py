"""A provider's connector: it hears of invoices that are wanted, reads them, and tells back."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.utils import timezone

from qiao.api import operations, tasks
from qiao.api.models import Delivery
from qiao.api.tests.programs import Program, make_key
from qiao.api.tests.receivers import Receiver, receiver
from qiao.billing import operations as ops
from qiao.billing.models import Bill, Invoice
from qiao.billing.tests.invoicing import CREDIT_CODE, DAY, a_billed_account, lives
from qiao.core.tests.deliveries import run_deliveries
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db
BUYER = {"title": "临江造纸厂", "tax_number": CREDIT_CODE, "email": "mill@example.com"}
ISSUED = {"invoice_number": "26332000000000000017", "issued_date": "2026-11-22"}
EVENTS = ["billing.invoices_wanted", "billing.invoice_issued", "billing.invoices_cancelled"]


@pytest.fixture
def company(settings: Any) -> Company:
    settings.QIAO_WEBHOOKS_PRIVATE = True
    return make_company()


@pytest.fixture
def bill(company: Company) -> Bill:
    return a_billed_account(company)[1][0]


def _program(company: Company, *scopes: str) -> Program:
    return Program(make_key(company.agent, scopes=[f"invoices:{each}" for each in scopes]))


@pytest.fixture
def there(company: Company) -> Iterator[Receiver]:
    """A provider that is told of invoices."""
    with receiver() as here:
        operations.add_endpoint(
            actor=company.agent,
            now=timezone.now(),
            organisation_id=company.lake.pk,
            name="Provider",
            url=here.url,
            event_types=EVENTS,
        )
        yield here


def _heard(there: Receiver) -> dict[str, Any]:
    """The last message, once all are sent."""
    run_deliveries()
    for pk in Delivery.objects.filter(state="waiting").values_list("pk", flat=True):
        tasks.send.func(delivery_id=pk)
    told: dict[str, Any] = there.messages[-1].data()
    return told


def test_a_connector_hears_reads_and_tells_back(
    company: Company, bill: Bill, there: Receiver
) -> None:
    portal, connector = _program(company, "ask"), _program(company, "read", "tell")
    asked = portal.post(f"/bills/{bill.pk}/invoice", BUYER)
    assert asked.status_code == 201, asked.content
    heard = _heard(there)
    assert heard["type"] == "billing.invoices_wanted"
    (wanted,) = heard["data"]["invoice_ids"]
    listed = connector.get("/invoices", state="wanted").json()
    assert [each["invoice_id"] for each in listed["items"]] == [wanted]
    found = connector.get(f"/invoices/{wanted}").json()
    assert (found["title"], found["tax_number"]) == (BUYER["title"], CREDIT_CODE)
    assert sum(line["minor"] for line in found["lines"]) == found["minor"]
    assert sum(line["tax_minor"] for line in found["lines"]) == found["tax_minor"] > 0
    told = connector.post(f"/invoices/{wanted}/issued", ISSUED)
    assert told.status_code == 201, told.content
    assert told.json()["state"] == "issued"
    assert _heard(there)["data"]["number"] == ISSUED["invoice_number"]


def test_a_connector_hears_of_red_ones_and_of_what_is_given_up(
    company: Company, bill: Bill, there: Receiver
) -> None:
    program = _program(company, "ask", "read", "tell")
    other = a_billed_account(company)[1][0]
    for each in (bill, other):
        assert program.post(f"/bills/{each.pk}/invoice", BUYER).status_code == 201
    blue = Invoice.objects.get(bill=bill)
    assert program.post(f"/invoices/{blue.pk}/issued", ISSUED).status_code == 201
    for each in (bill, other):
        _heard(there)
        ops.reverse_bill(
            bill_id=each.pk, day=DAY, reason="misread", actor=None, now=timezone.now()
        )
    assert _heard(there)["type"] == "billing.invoices_cancelled"
    wanted = program.get("/invoices", state="wanted").json()["items"]
    (red,) = (each["invoice_id"] for each in wanted)
    shown = program.get(f"/invoices/{red}").json()
    assert (shown["kind"], shown["minor"]) == ("red", -blue.minor)
    assert shown["original"]["invoice_number"] == ISSUED["invoice_number"]
    assert sum(line["minor"] for line in shown["lines"]) == shown["minor"]
    number = {"invoice_number": "26332000000000000018"}
    assert program.post(f"/invoices/{red}/issued", ISSUED | number).status_code == 201
    assert lives(bill) == [("blue", "issued", False), ("red", "issued", True)]
    assert lives(other) == [("blue", "cancelled", False)]


def test_what_is_told_twice_or_otherwise(company: Company, bill: Bill) -> None:
    program = _program(company, "ask", "read", "tell")
    made = program.post(f"/bills/{bill.pk}/invoice", BUYER).json()
    again = program.post(f"/bills/{bill.pk}/invoice", BUYER)
    assert again.json()["invoice_id"] == made["invoice_id"]
    assert again.headers["Location"] == f"/api/v1/invoices/{made['invoice_id']}"
    another = program.post(f"/bills/{bill.pk}/invoice", BUYER | {"title": "另一家"})
    assert another.status_code == 409
    assert another.json()["existing_id"] == made["invoice_id"]
    place = f"/invoices/{made['invoice_id']}"
    first = program.post(f"{place}/issued", ISSUED)
    assert program.post(f"{place}/issued", ISSUED).json() == first.json()
    otherwise = program.post(f"{place}/issued", ISSUED | {"issued_date": "2026-11-21"})
    assert otherwise.status_code == 409
    assert otherwise.json()["invoice_number"] == ISSUED["invoice_number"]
    assert otherwise.json()["issued_date"] == ISSUED["issued_date"]
    refused = program.post(f"{place}/refused", {"reason": "x"})
    assert refused.status_code == 409
    assert refused.json()["invoice_number"] == ISSUED["invoice_number"]


def test_a_refusal_is_told_and_asked_for_anew(company: Company, bill: Bill) -> None:
    program = _program(company, "ask", "read", "tell")
    made = program.post(f"/bills/{bill.pk}/invoice", BUYER).json()
    place = f"/invoices/{made['invoice_id']}"
    said = program.post(f"{place}/refused", {"reason": "税号与名称不一致"})
    assert (said.status_code, said.json()["state"]) == (201, "refused")
    assert said.json()["refusal"] == "税号与名称不一致"
    anew = program.post(f"/bills/{bill.pk}/invoice", BUYER | {"title": "临江造纸"})
    assert anew.json()["invoice_id"] != made["invoice_id"]
    assert anew.json()["number"] != made["number"]


@pytest.mark.parametrize(
    ("change", "status", "field"),
    [
        ({"tax_number": CREDIT_CODE[:-1] + "I"}, 409, "tax_number"),
        ({"tax_number": "12"}, 409, "tax_number"),
        ({"email": "mill"}, 409, "email"),
        ({"title": ""}, 422, "title"),
        ({"title": "\u200b"}, 409, "title"),
    ],
)
def test_a_buyer_that_does_not_fit_names_its_field(
    company: Company, bill: Bill, change: dict[str, str], status: int, field: str
) -> None:
    program = _program(company, "ask")
    answer = program.post(f"/bills/{bill.pk}/invoice", BUYER | change)
    assert answer.status_code == status, answer.content
    assert [error["field"] for error in answer.json()["errors"]] == [field]
    assert not Invoice.objects.exists()


def test_numbers_and_addresses_that_do_not_fit_name_their_field(
    company: Company, bill: Bill
) -> None:
    program = _program(company, "ask", "tell", "read")
    made = program.post(f"/bills/{bill.pk}/invoice", BUYER).json()
    place = f"/invoices/{made['invoice_id']}/issued"
    for change, status, field in (
        ({"invoice_number": "12"}, 422, "invoice_number"),
        ({"issued_date": "2999-01-01"}, 409, "issued_date"),
        ({"url": "http://invoices.example/17.pdf"}, 409, "url"),
    ):
        answer = program.post(place, ISSUED | change)
        assert answer.status_code == status, answer.content
        assert [error["field"] for error in answer.json()["errors"]] == [field]
    other = a_billed_account(company)[1][0]
    second = program.post(f"/bills/{other.pk}/invoice", BUYER).json()
    assert program.post(place, ISSUED).status_code == 201
    taken = program.post(f"/invoices/{second['invoice_id']}/issued", ISSUED)
    assert taken.status_code == 409
    assert taken.json()["existing_id"] == made["invoice_id"]


def test_scopes_and_units_are_kept_apart(company: Company, bill: Bill) -> None:
    made = _program(company, "ask").post(f"/bills/{bill.pk}/invoice", BUYER).json()
    place = f"/invoices/{made['invoice_id']}"
    assert _program(company, "ask").get(place).status_code == 403
    assert _program(company, "read").post(f"{place}/issued", ISSUED).status_code == 403
    outside = Program(make_key(company.outsider, scopes=["invoices:read", "invoices:tell"]))
    assert outside.get(place).status_code == 404
    assert outside.post(f"{place}/issued", ISSUED).status_code == 404
    assert outside.post(f"{place}/refused", {"reason": "x"}).status_code == 404
    assert outside.get("/invoices").json()["items"] == []
    asks = Program(make_key(company.outsider, scopes=["invoices:ask"]))
    assert asks.post(f"/bills/{bill.pk}/invoice", BUYER).status_code == 404


def test_a_list_goes_on_page_by_page(company: Company) -> None:
    _account, bills = a_billed_account(company, "17", "21", "9")
    program = _program(company, "ask", "read")
    for bill in bills:
        program.post(f"/bills/{bill.pk}/invoice", BUYER)
    found, after = list[int](), ""
    while after is not None:
        page = program.get("/invoices", limit=2, after=after, state="wanted").json()
        found += [each["bill_id"] for each in page["items"]]
        after = page["next"]
    assert found == [bill.pk for bill in reversed(bills)]
    assert program.get("/invoices", after="x").status_code == 404
    by_number = program.get("/invoices", number=bills[1].number).json()["items"]
    assert [each["bill_id"] for each in by_number] == [bills[1].pk]
