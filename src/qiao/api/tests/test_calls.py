"""The door: keys, scopes, allowances, errors, and writes that happen once."""

from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from qiao.api.models import ApiKey, KeySecret, Usage
from qiao.api.operations import MoreThanOwn, revoke_key, rotate_key
from qiao.api.tests.programs import Program, make_key
from qiao.core.wire import BODY_BYTES
from qiao.customers.models import Customer, CustomerPhone
from qiao.customers.operations.tags import create_tag
from qiao.customers.tests.factories import make_customer
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import TODAY, Company, make_company, person

pytestmark = pytest.mark.django_db


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def program(company: Company) -> Program:
    return Program(make_key(company.agent))


def test_a_key_reads_what_its_unit_may_see_and_nothing_next_door(company: Company) -> None:
    ours = make_customer(company.agent, name="陈慧敏", phones=["13805712264"])
    theirs = make_customer(company.outsider, name="何远山")
    program = Program(make_key(company.agent))
    listed = program.get("/customers").json()
    assert [each["customer_id"] for each in listed["items"]] == [ours.pk]
    assert listed["next"] is None
    assert program.get(f"/customers/{theirs.pk}").status_code == 404
    assert program.get("/customers", q="何远山").json()["items"] == []


def test_a_telephone_number_is_masked_without_the_scope_for_it(company: Company) -> None:
    ours = make_customer(company.agent, phones=["13805712264"])
    path = f"/customers/{ours.pk}"
    plain = Program(make_key(company.agent, scopes=["customers:read"])).get(path).json()
    scopes = ["customers:read", "customers:contact"]
    clear = Program(make_key(company.agent, scopes=scopes)).get(path).json()
    assert "0571" not in plain["phones"][0]["number"]
    assert plain["phones"][0]["is_masked"]
    assert clear["phones"][0]["number"] == "+8613805712264"


def test_without_a_valid_key_nothing_is_told(company: Company) -> None:
    key = make_key(company.agent)
    for wrong in ("", "qiao_x", key[:-1], key[:-1] + ("A" if key[-1] != "A" else "B"), key + "x"):
        response = Program(wrong).get("/customers")
        assert response.status_code == 401
        assert response["WWW-Authenticate"].startswith("Bearer")
        assert response["Content-Type"] == "application/problem+json"
    assert Usage.objects.count() == 0


def test_a_key_without_the_scope_is_refused_by_name(company: Company) -> None:
    response = Program(make_key(company.agent, scopes=["staff:read"])).get("/customers")
    assert response.status_code == 403
    assert response.json()["scope"] == "customers:read"


def test_a_revoked_an_expired_and_a_foreign_key_open_nothing(company: Company) -> None:
    now = timezone.now()
    revoked = make_key(company.agent)
    key = ApiKey.objects.get()
    revoke_key(actor=company.agent, now=now, key_id=key.pk)
    expired = make_key(
        company.agent, now=now - timedelta(days=2), expires_at=now - timedelta(seconds=1)
    )
    ranged = make_key(company.agent, ranges=["10.1.0.0/16"])
    assert Program(revoked).get("/me").status_code == 401
    assert Program(expired).get("/me").status_code == 401
    assert Program(ranged, address="10.2.0.1").get("/me").status_code == 401
    assert Program(ranged, address="10.1.7.1").get("/me").status_code == 200
    assert Program(ranged, address="::ffff:10.1.7.1").get("/me").status_code == 200


def test_after_a_rotation_both_secrets_work_until_the_overlap_is_over(company: Company) -> None:
    now = timezone.now()
    first = make_key(company.agent, now=now - timedelta(days=1))
    key = ApiKey.objects.get()
    about: dict[str, Any] = {"actor": company.agent, "key_id": key.pk}
    second = rotate_key(**about, now=now, overlap=timedelta(hours=24)).secret.text
    assert [Program(each).get("/me").status_code for each in (first, second)] == [200, 200]
    third = rotate_key(**about, now=now, overlap=timedelta(0)).secret.text
    answers = [Program(each).get("/me").status_code for each in (first, second, third)]
    assert answers == [401, 401, 200]


def test_only_the_digest_of_a_secret_is_kept(company: Company) -> None:
    text = make_key(company.agent)
    secret = text.rpartition("_")[2] if text.count("_") == 2 else text.split("_", 2)[2]
    kept = KeySecret.objects.get()
    assert len(bytes(kept.digest)) == 32
    assert secret.encode() not in bytes(kept.digest)


def test_nobody_gives_a_program_more_than_they_hold(company: Company) -> None:
    clerk = person(
        number="7001", name="钱", branch=company.lake, permissions=("api.manage", "customers.view")
    )
    actor = actor_for(clerk, day=TODAY)
    make_key(actor, scopes=["customers:read"])
    with pytest.raises(MoreThanOwn):
        make_key(actor, scopes=["customers:read", "cases:write"])


def test_nobody_can_sign_in_as_a_program(company: Company) -> None:
    make_key(company.agent)
    account = ApiKey.objects.get().account
    assert not account.is_active
    assert not account.has_usable_password()
    assert Staff.objects.filter(pk=account.pk, is_active=True).count() == 0


def test_the_call_above_the_allowance_is_told_when_to_come_back(company: Company) -> None:
    program = Program(make_key(company.agent, calls_a_minute=3))
    answers = [program.get("/me") for _ in range(4)]
    assert [each.status_code for each in answers] == [200, 200, 200, 429]
    assert [each["RateLimit"].split(";")[1] for each in answers] == ["r=2", "r=1", "r=0", "r=0"]
    assert answers[3]["RateLimit-Policy"] == '"key";q=3;w=60'
    assert 1 <= int(answers[3]["Retry-After"]) <= 20


def test_calls_are_counted_by_key_day_and_operation(company: Company) -> None:
    program = Program(make_key(company.agent, scopes=["customers:read"]))
    for path in ("/customers", "/customers", "/customers/999999", "/staff"):
        program.get(path)
    kept = {u.operation: (u.calls, u.refused, sum(u.times)) for u in Usage.objects.all()}
    assert kept == {"listCustomers": (2, 0, 2), "getCustomer": (1, 1, 1), "listStaff": (1, 1, 1)}


def test_a_program_acts_under_its_own_name(company: Company, program: Program) -> None:
    made = program.post("/customers", {"name": "王小明", "phones": [{"number": "13805712264"}]})
    assert made.status_code == 201, made.json()
    assert made["Location"] == f"/api/v1/customers/{made.json()['customer_id']}"
    customer = Customer.objects.get(pk=made.json()["customer_id"])
    assert customer.created_by_id == ApiKey.objects.get().account_id


def test_the_same_write_twice_happens_once_and_is_answered_alike(program: Program) -> None:
    body = {"name": "王小明"}
    heads = {"Idempotency-Key": "order-4711"}
    first = program.post("/customers", body, **heads)
    again = program.post("/customers", body, **heads)
    assert (first.status_code, again.status_code) == (201, 201)
    assert first.content == again.content
    assert first["Location"] == again["Location"]
    assert again["Idempotency-Replayed"] == "true"
    assert Customer.objects.count() == 1


def test_the_same_key_for_another_write_is_refused(program: Program) -> None:
    heads = {"Idempotency-Key": "order-4711"}
    program.post("/customers", {"name": "王小明"}, **heads)
    other = program.post("/customers", {"name": "李小明"}, **heads)
    assert other.status_code == 422
    assert other.json()["type"].endswith("idempotency-key-reused")
    assert Customer.objects.count() == 1


def test_the_query_and_the_version_belong_to_a_write(program: Program) -> None:
    heads = {"Idempotency-Key": "order-4711"}
    body = {"name": "王小明"}
    made = program.post("/customers?source=counter", body, **heads)
    assert made.status_code == 201
    same = program.post("/customers?source=counter", body, **heads)
    assert same["Idempotency-Replayed"] == "true"
    for path, more in (
        ("/customers?source=web", {}),
        ("/customers", {}),
        ("/customers?source=counter", {"If-Match": '"another"'}),
    ):
        other = program.post(path, body, **heads, **more)
        assert other.status_code == 422
        assert other.json()["type"].endswith("idempotency-key-reused")


def test_a_refused_write_leaves_its_key_free(program: Program) -> None:
    heads = {"Idempotency-Key": "order-4711"}
    bad = {"name": "王小明", "phones": [{"number": "12345678901234"}]}
    assert program.post("/customers", bad, **heads).status_code == 409
    assert Customer.objects.count() == 0
    assert program.post("/customers", {"name": "王小明"}, **heads).status_code == 201


@pytest.mark.parametrize(("given", "status"), [("", 400), ("short", 400), ("a b c d e f g", 400)])
def test_a_write_needs_a_well_formed_idempotency_key(
    program: Program, given: str, status: int
) -> None:
    response = program.post("/customers", {"name": "王小明"}, **{"Idempotency-Key": given})
    assert response.status_code == status


def test_keys_of_two_programs_do_not_meet(company: Company) -> None:
    heads = {"Idempotency-Key": "order-4711"}
    for _ in range(2):
        program = Program(make_key(company.agent))
        assert program.post("/customers", {"name": "王小明"}, **heads).status_code == 201
    assert Customer.objects.count() == 2


REFUSED = [
    ({"name": 7}, "name"),
    ({"name": ""}, "name"),
    ({"name": "x" * 121}, "name"),
    ({"nam": "x"}, "name"),
    ({"name": "x", "colour": "red"}, "colour"),
    ({"name": "x", "kind": "robot"}, "kind"),
    ({"name": "x", "phones": [{"label": "a"}]}, "phones.0.number"),
    ({"name": "x", "organisation_id": "1"}, "organisation_id"),
    ([], ""),
]


@pytest.mark.parametrize(("body", "field"), REFUSED)
def test_a_body_that_does_not_fit_is_told_by_field(
    program: Program, body: object, field: str
) -> None:
    response = program.post("/customers", body)
    assert response.status_code == 422
    assert field in {error["field"] for error in response.json()["errors"]}
    assert Customer.objects.count() == 0


UNREADABLE = [b"{", b"\xff", b'{"name": NaN}', b"[" * 100_000, b'{"name": ' + b"9" * 9_000 + b"}"]


@pytest.mark.parametrize("body", UNREADABLE)
def test_a_body_that_is_no_json_is_told_so(program: Program, body: bytes) -> None:
    response = program.post("/customers", body)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("text", ["a\0b", "a\ud800b", "a\x07b"])
def test_text_that_cannot_be_stored_is_refused_by_field(program: Program, text: str) -> None:
    response = program.post("/customers", {"name": text})
    assert response.status_code in {409, 422}
    assert response.json()["errors"][0]["field"] == "name"


def test_what_is_too_large_or_no_json_is_refused_at_the_door(program: Program) -> None:
    assert program.post("/customers", {"name": "x" * BODY_BYTES}).status_code == 413
    form = program.client.post("/api/v1/customers", {"name": "x"}, headers=program.heads)
    assert form.status_code == 415
    assert Customer.objects.count() == 0


def test_every_refusal_is_a_problem_in_the_language_asked_for(company: Company) -> None:
    key = make_key(company.agent)
    english = Program(key).get("/customers/999").json()
    chinese = Program(key, language="zh-CN").get("/customers/999")
    assert english["title"] == "Nothing there, or nothing this key may see"
    assert chinese.json()["title"] != english["title"]
    assert chinese["Content-Language"] == "zh-hans"


def test_other_methods_and_addresses_are_problems_too(program: Program) -> None:
    wrong = program.client.delete("/api/v1/customers", headers=program.heads)
    assert (wrong.status_code, wrong["Content-Type"]) == (405, "application/problem+json")
    assert set(wrong["Allow"].split(", ")) == {"GET", "POST"}
    nowhere = program.get("/nowhere")
    assert (nowhere.status_code, nowhere["Content-Type"]) == (404, "application/problem+json")
    nul = program.client.get("/api/v1/customers?q=%00", headers=program.heads)
    assert (nul.status_code, nul["Content-Type"]) == (400, "application/problem+json")
    head = program.client.head("/api/v1/me", headers=program.heads)
    assert (head.status_code, head.content) == (200, b"")


def test_pages_follow_each_other_and_a_made_up_cursor_leads_nowhere(company: Company) -> None:
    for n in range(5):
        make_customer(company.agent, name=f"顾客{n}")
    program, seen, after = Program(make_key(company.agent)), [], ""
    while True:
        page = program.get("/customers", limit=2, after=after).json()
        seen += [each["customer_id"] for each in page["items"]]
        if page["next"] is None:
            break
        after = page["next"]
    assert len(seen) == len(set(seen)) == 5
    assert seen == sorted(seen, reverse=True)
    assert program.get("/customers", after="made-up").status_code == 404
    assert program.get("/staff", after=after).status_code == 404
    assert program.get("/customers", limit=0).status_code == 422


def test_a_change_and_a_number_reach_the_customer(company: Company, program: Program) -> None:
    customer = make_customer(company.agent, name="陈慧敏")
    path = f"/customers/{customer.pk}"
    changed = program.post(path, {"name": "陈慧明", "flags": ["infant"]}, method="patch")
    assert changed.status_code == 200, changed.json()
    assert (changed.json()["name"], changed.json()["flags"]) == ("陈慧明", ["infant"])
    added = program.post(f"{path}/phones", {"number": "138 0571 2264"})
    assert added.status_code == 201
    known = program.post(f"{path}/phones", {"number": "138-0571-2264"})
    assert known.status_code == 409
    assert CustomerPhone.objects.filter(customer=customer).count() == 1


def test_a_program_gives_and_takes_tags_and_lists_who_carries_one(company: Company) -> None:
    tag = create_tag(actor=company.chief, now=timezone.now(), name="出租房", group="服务提示")
    ours = make_customer(company.agent, name="陈慧敏")
    program = Program(make_key(company.agent))
    assert program.get("/tags").json()["items"] == [
        {"tag_id": tag.pk, "name": "出租房", "group": "服务提示", "about": ""}
    ]
    path = f"/customers/{ours.pk}/tags"
    given = program.post(path, {"add": [tag.pk]}, method="patch")
    assert [each["name"] for each in given.json()["items"]] == ["出租房"]
    assert program.get(f"/customers/{ours.pk}").json()["tags"] == ["出租房"]
    listed = program.get("/customers", tag=tag.pk).json()["items"]
    assert [each["customer_id"] for each in listed] == [ours.pk]
    assert program.get("/customers", tag=tag.pk + 99).status_code == 404
    unknown = program.post(path, {"add": [tag.pk + 99]}, method="patch")
    assert (unknown.status_code, unknown.json()["errors"][0]["field"]) == (409, "add")
    program.post(path, {"remove": [tag.pk]}, method="patch")
    assert program.get(path).json()["items"] == []
