"""Versions: what was read already is not sent again, and what changed meanwhile is not lost."""

import pytest

from qiao.api.tests.programs import Program, make_key
from qiao.customers.models import Customer
from qiao.customers.operations import add_phone, change_name
from qiao.customers.tests.factories import NOW, make_customer
from qiao.staff.tests.cast import Company, make_company

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def program(company: Company) -> Program:
    return Program(make_key(company.agent))


def read(program: Program, customer: Customer, **heads: str) -> tuple[int, str, bytes]:
    response = program.client.get(
        f"/api/v1/customers/{customer.pk}", headers={**program.heads, **heads}
    )
    return response.status_code, response["ETag"], response.content


def test_what_a_program_has_already_is_not_sent_again(company: Company, program: Program) -> None:
    customer = make_customer(company.agent, phones=["13805712264"])
    status, tag, body = read(program, customer)
    assert (status, tag[0], tag[-1]) == (200, '"', '"')
    for known in (tag, f"W/{tag}", f'"other", {tag}', "*"):
        assert read(program, customer, **{"If-None-Match": known}) == (304, tag, b"")
    assert read(program, customer, **{"If-None-Match": '"other"'}) == (200, tag, body)
    add_phone(actor=company.agent, now=NOW, customer_id=customer.pk, number="13805712299")
    status, newer, _body = read(program, customer, **{"If-None-Match": tag})
    assert status == 200, "a number more is another version"
    assert newer != tag


def test_a_version_is_of_what_the_key_sees(company: Company, program: Program) -> None:
    customer = make_customer(company.agent, phones=["13805712264"])
    masked = Program(make_key(company.agent, scopes=["customers:read"]))
    assert read(program, customer)[1] != read(masked, customer)[1]
    head = program.client.head(f"/api/v1/customers/{customer.pk}", headers=program.heads)
    assert head["ETag"] == read(program, customer)[1]
    assert head["Cache-Control"] == "private, no-cache"
    listed = program.get("/customers")
    assert not listed.has_header("ETag")
    assert listed["Cache-Control"] == "no-store"


def test_a_change_of_what_was_changed_meanwhile_is_refused(
    company: Company, program: Program
) -> None:
    customer = make_customer(company.agent, name="陈慧敏")
    path = f"/customers/{customer.pk}"
    _status, tag, _body = read(program, customer)
    change_name(actor=company.agent, now=NOW, customer_id=customer.pk, name="陈慧明")
    heads = {"If-Match": tag, "Idempotency-Key": "order-4711"}
    refused = program.post(path, {"name": "陈敏"}, method="patch", **heads)
    assert refused.status_code == 412
    assert refused["Content-Type"] == "application/problem+json"
    assert refused.json()["type"].endswith("#problem-changed")
    customer.refresh_from_db()
    assert customer.name == "陈慧明"
    tag = refused["ETag"]
    assert tag == read(program, customer)[1], "the refusal tells the version that is there"
    heads["If-Match"] = f'"old", {tag}'
    done = program.post(path, {"name": "陈敏"}, method="patch", **heads)
    assert done.status_code == 200, "the key of the refused change is free"
    assert done["ETag"] == read(program, customer)[1] != tag
    again = program.post(path, {"name": "陈敏"}, method="patch", **heads)
    assert again["Idempotency-Replayed"] == "true", "a repeated change is no other change"
    assert again["ETag"] == done["ETag"]


def test_tags_have_a_version_of_their_own(company: Company, program: Program) -> None:
    customer = make_customer(company.agent)
    path = f"/customers/{customer.pk}/tags"
    tag = program.get(path)["ETag"]
    assert program.post(path, {"add": []}, method="patch", **{"If-Match": tag}).status_code == 200
    refused = program.post(path, {"add": []}, method="patch", **{"If-Match": '"other"'})
    assert refused.status_code == 412


def test_every_change_in_place_knows_of_versions(program: Program) -> None:
    paths = program.get("/openapi.json").json()["paths"]
    patches = [path for path, methods in paths.items() if "patch" in methods]
    assert len(patches) >= 2
    for path in patches:
        assert "412" in paths[path]["patch"]["responses"], path
        assert "304" in paths[path]["get"]["responses"], path


@pytest.mark.parametrize(
    ("header", "status"), [("*", 200), ("", 412), ('W/"x"', 412), ("x", 412), ('"', 412)]
)
def test_a_header_that_names_no_version_matches_nothing_but_a_star(
    company: Company, program: Program, header: str, status: int
) -> None:
    customer = make_customer(company.agent)
    path = f"/customers/{customer.pk}"
    heads = {"If-Match": header}
    assert program.post(path, {"name": "王"}, method="patch", **heads).status_code == status


def test_the_description_tells_of_versions(program: Program) -> None:
    paths = program.get("/openapi.json").json()["paths"]
    read_one = paths["/api/v1/customers/{customer_id}"]["get"]
    change = paths["/api/v1/customers/{customer_id}"]["patch"]
    assert "304" in read_one["responses"]
    assert "ETag" in read_one["responses"]["200"]["headers"]
    assert "412" in change["responses"]
    assert "If-Match" in {each["name"] for each in change["parameters"]}
