"""Pages of programs' access: what is shown once, what a form refuses, what is counted."""

import re
import uuid
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiao.api import operations
from qiao.api.models import ApiKey, Delivery, Endpoint
from qiao.api.tests.programs import Program, make_key
from qiao.api.views.v1 import SERVICES
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company, person

pytestmark = pytest.mark.django_db
BACKEND = "qiao.staff.signin.StaffBackend"


@pytest.fixture
def company(settings: Any) -> Company:
    settings.QIAO_WEBHOOKS_PRIVATE = False
    return make_company()


def _browser(staff: Staff) -> Client:
    client = Client(headers={"Accept-Language": "en"})
    client.force_login(staff, backend=BACKEND)
    return client


@pytest.fixture
def browser(company: Company) -> Client:
    return _browser(company.agent_staff)


def _key_form(company: Company, **changes: Any) -> dict[str, Any]:
    form = {
        "name": "Cashier",
        "organisation": company.lake.pk,
        "calls_a_minute": 60,
        "days": "30",
        "scopes": ["customers:read"],
        "once": str(uuid.uuid4()),
    }
    return form | changes


def _secret_of(page: str) -> str:
    found = re.search(r'id="secret">([^<]+)<', page)
    return found[1] if found else ""


def test_a_new_key_is_shown_once_and_works(browser: Client, company: Company) -> None:
    form = _key_form(company)
    page = browser.post("/api-keys/new/", form).content.decode()
    secret = _secret_of(page)
    assert Program(secret).get("/me").json()["scopes"] == ["customers:read"]
    assert f'data-copy="{secret}"' in page
    key = ApiKey.objects.get()
    for path in ("/api-keys/", f"/api-keys/{key.pk}/"):
        assert secret not in browser.get(path).content.decode()


def test_a_form_sent_twice_makes_one_key(browser: Client, company: Company) -> None:
    form = _key_form(company)
    browser.post("/api-keys/new/", form)
    assert browser.post("/api-keys/new/", form).status_code == 302
    assert ApiKey.objects.count() == 1


REFUSED = [
    ({"name": ""}, "name"),
    ({"scopes": []}, "scopes"),
    ({"scopes": ["everything"]}, "scopes"),
    ({"ranges": "10.0.0.0/40"}, "ranges"),
    ({"calls_a_minute": 0}, "calls_a_minute"),
    ({"organisation": 999_999}, "organisation"),
]


@pytest.mark.parametrize(("changes", "field"), REFUSED)
def test_a_form_that_does_not_fit_is_told_beside_its_field(
    browser: Client, company: Company, changes: dict[str, Any], field: str
) -> None:
    response = browser.post("/api-keys/new/", _key_form(company, **changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors
    assert ApiKey.objects.count() == 0


def test_who_holds_less_gives_less(company: Company) -> None:
    held = ("api.manage", "customers.view")
    clerk = person(number="7001", name="钱", branch=company.lake, permissions=held)
    form = _key_form(company, scopes=["customers:read", "cases:write"])
    response = _browser(clerk).post("/api-keys/new/", form)
    assert response.status_code == 422
    assert "scopes" in response.context["form"].errors


def test_a_page_of_a_key_tells_what_it_called(browser: Client, company: Company) -> None:
    program = Program(make_key(company.agent, scopes=["customers:read"]))
    program.get("/customers")
    program.get("/staff")
    page = browser.get(f"/api-keys/{ApiKey.objects.get().pk}/").content.decode()
    assert "listCustomers" in page
    assert "List colleagues" in page


def test_the_catalogue_tells_every_service_and_who_may_call_it(
    browser: Client, company: Company
) -> None:
    Program(make_key(company.agent, scopes=["customers:read"], name="Website")).get("/customers")
    page = browser.get("/services/").content.decode()
    assert page.count('<code class="xs">/api/v1/') == len(SERVICES)
    assert "Website" in page
    assert "customers.customer_registered" in page


def test_the_reference_is_open_to_integrators_without_an_account(company: Company) -> None:
    client = Client(headers={"Accept-Language": "en"})
    page = client.get("/api/reference/").content.decode()
    assert "registerCustomer" in page
    assert "problem-too-many" in page
    told = client.get("/api/v1/openapi.json").json()
    assert told["openapi"].startswith("3.1")
    assert sum(len(methods) for methods in told["paths"].values()) == len(SERVICES)


def _endpoint_form(company: Company, **changes: Any) -> dict[str, Any]:
    form = {
        "name": "Billing",
        "url": "https://example.com/hook",
        "organisation": company.lake.pk,
        "event_types": ["cases.case_opened"],
        "once": str(uuid.uuid4()),
    }
    return form | changes


def test_a_new_endpoint_shows_its_secret_once(browser: Client, company: Company) -> None:
    page = browser.post("/webhooks/new/", _endpoint_form(company)).content.decode()
    secret = _secret_of(page)
    assert secret.startswith("whsec_")
    endpoint = Endpoint.objects.get()
    assert secret not in browser.get(f"/webhooks/{endpoint.pk}/").content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"url": "http://example.com/"}, "url"), ({"event_types": []}, "event_types")],
)
def test_an_endpoint_that_does_not_fit_is_told_beside_its_field(
    browser: Client, company: Company, changes: dict[str, Any], field: str
) -> None:
    response = browser.post("/webhooks/new/", _endpoint_form(company, **changes))
    assert response.status_code == 422
    assert field in response.context["form"].errors


def test_a_message_tells_every_attempt_and_may_be_sent_again(
    browser: Client, company: Company
) -> None:
    now = timezone.now()
    endpoint, _secret = operations.add_endpoint(
        actor=company.agent, now=now, organisation_id=company.lake.pk, name="Billing",
        url="https://example.com/hook", event_types=["cases.case_opened"],
    )  # fmt: skip
    delivery = operations.send_test(actor=company.agent, now=now, endpoint_id=endpoint.pk)
    outcome = operations.Outcome(41, status=503, answer="<b>restarting</b>")
    for _ in range(2):
        operations.keep_attempt(delivery_id=delivery.pk, outcome=outcome, now=now)
    page = browser.get(f"/webhooks/messages/{delivery.pk}/").content.decode()
    assert page.count("&lt;b&gt;restarting") == 2
    Delivery.objects.update(state="failed", finished_at=now, next_at=None)
    browser.post(f"/webhooks/messages/{delivery.pk}/resend/")
    delivery.refresh_from_db()
    assert delivery.state == "waiting"


def test_the_list_of_keys_asks_as_often_for_one_as_for_thirty(
    browser: Client, company: Company, django_assert_max_num_queries: Any
) -> None:
    make_key(company.agent)
    with django_assert_max_num_queries(20) as one:
        browser.get("/api-keys/")
    for _ in range(29):
        make_key(company.agent)
    with django_assert_max_num_queries(len(one)):
        browser.get("/api-keys/")


def test_another_secret_waits_until_the_former_one_has_signed_its_time(
    browser: Client, company: Company
) -> None:
    endpoint, _secret = operations.add_endpoint(
        actor=company.agent, now=timezone.now(), organisation_id=company.lake.pk, name="Billing",
        url="https://billing.example/", event_types=["customers.phone_added"],
    )  # fmt: skip
    page, address = f"/webhooks/{endpoint.pk}/", f"/webhooks/{endpoint.pk}/secret/"
    assert 'data-dialog="#rotate"' in browser.get(page).content.decode()
    first = browser.post(address, {"overlap": "24", "once": str(uuid.uuid4())})
    assert _secret_of(first.content.decode())
    shown = browser.get(page).content.decode()
    assert "all that were known stop at once" in shown
    assert 'value="24"' not in shown, "only the end of all is offered"
    kept = Endpoint.objects.get()
    refused = browser.post(address, {"overlap": "24", "once": str(uuid.uuid4())}, follow=True)
    assert "The former secret signs until" in refused.content.decode()
    assert bytes(Endpoint.objects.get().secret) == bytes(kept.secret)
    browser.post(address, {"overlap": "0", "once": str(uuid.uuid4())})
    assert bytes(Endpoint.objects.get().secret) != bytes(kept.secret)
