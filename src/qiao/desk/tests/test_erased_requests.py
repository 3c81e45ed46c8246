"""Requests to a second person about somebody who was erased: withdrawn, and readable as such."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from qiao.core import approvals, corrections
from qiao.core.models import Approval
from qiao.core.transactions import acting
from qiao.customers.models import Customer, Protection
from qiao.customers.operations import claim_protection, end_protection
from qiao.customers.operations.erasing import decide_erasure, request_erasure, run_erasure
from qiao.customers.operations.protecting import end_agreed, keep_refused
from qiao.customers.operations.refusals import WrongState
from qiao.customers.tests.factories import make_account, make_customer
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company, make_company

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("media")]
LIST = "/administration/decisions/?state=all"


@pytest.fixture
def company() -> Company:
    return make_company()


@pytest.fixture
def browser_of() -> Callable[[Staff], Client]:
    def signed_in(staff: Staff) -> Client:
        client = Client()
        client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
        return client

    return signed_in


def erase(company: Company, customer: Customer) -> None:
    now = timezone.now()
    asked = request_erasure(
        actor=company.agent, now=now, customer_id=customer.pk, basis="request", reason="来函"
    )
    decide_erasure(actor=company.colleague, now=now, erasure_id=asked.pk, approve=True)
    run_erasure(erasure_id=asked.pk, now=now)


def asked_to_end(company: Company, customer: Customer) -> Approval:
    told: dict[str, Any] = {"actor": company.agent, "now": timezone.now()}
    made = claim_protection(customer_id=customer.pk, kind="life_support", **told)
    asked = end_protection(protection_id=made.pk, reason="设备已归还", **told)
    assert asked is not None
    return asked


def asked_to_correct(company: Company, key: str, number: str, **values: str) -> Approval:
    kind = corrections.correction(key)
    record = corrections.find_record(kind=kind, number=number, actor=company.agent)
    return corrections.request_correction(
        kind=kind, record=record, values=values, reason="笔误", evidence="",
        actor=company.agent, now=timezone.now(),
    )  # fmt: skip


def test_every_request_about_the_erased_is_withdrawn_and_the_pages_say_so(
    company: Company, browser_of: Callable[[Staff], Client]
) -> None:
    now = timezone.now()
    customer, other = make_customer(company.agent, name="欧阳慧敏"), make_customer(company.agent)
    account = make_account(company.agent, owner=customer)
    requests = [
        asked_to_end(company, customer),
        asked_to_correct(company, "customers.customer", customer.number, name="欧阳惠敏"),
        asked_to_correct(company, "customers.account", account.number, use="public"),
        asked_to_correct(company, "customers.premises", account.number, room="909"),
    ]
    kept = asked_to_correct(company, "customers.customer", other.number, name="王伟")
    party = account.parties.get()
    party.period = type(party.period)(party.period.lower, now.date() - timedelta(days=1))
    party.save()
    erase(company, customer)
    browser = browser_of(company.colleague_staff)
    for asked in requests:
        asked.refresh_from_db()
        assert (asked.state, asked.reason, asked.payload) == ("withdrawn", "–", {})
        assert asked.decided_by_id == company.colleague.staff_id
        page = browser.get(f"/administration/decisions/{asked.pk}/")
        assert page.status_code == 200
        assert "已撤回" in page.content.decode()
        late = browser.post(f"/administration/decisions/{asked.pk}/", {"word": "agree"})
        assert late.status_code == 422
    kept.refresh_from_db()
    assert kept.state == "pending"
    assert browser.get(LIST).status_code == 200
    assert browser.get("/administration/corrections/").status_code == 200
    assert browser.post("/administration/corrections/export/", {"form": "csv"}).status_code == 200


def test_a_request_that_only_names_somebody_loses_the_words_and_can_be_decided(
    company: Company, browser_of: Callable[[Staff], Client]
) -> None:
    customer, other = make_customer(company.agent, name="欧阳慧敏"), make_customer(company.agent)
    asked = asked_to_correct(company, "customers.customer", other.number, name="王伟")
    Approval.objects.filter(pk=asked.pk).update(reason="欧阳慧敏 来电告知")
    erase(company, customer)
    asked.refresh_from_db()
    assert (asked.state, asked.reason) == ("pending", "–")
    address = f"/administration/decisions/{asked.pk}/"
    answer = browser_of(company.colleague_staff).post(address, {"word": "agree", "note": "已核"})
    assert answer.status_code == 302
    other.refresh_from_db()
    assert other.name == "王伟"


def test_a_request_whose_protection_is_gone_is_refused_or_told_that_it_is_over(
    company: Company, browser_of: Callable[[Staff], Client]
) -> None:
    asked = asked_to_end(company, make_customer(company.agent))
    row = Protection.objects.get(pk=asked.subject_id)
    row.steps.all().delete()
    row.delete()
    now = timezone.now()
    told: dict[str, Any] = {"actor": company.colleague, "now": now}
    with acting(company.colleague):
        decided = approvals.decide(approval_id=asked.pk, approve=False, note="", **told)
        keep_refused(approval=decided, **told)
        with pytest.raises(WrongState):
            end_agreed(approval=decided, **told)
    Approval.objects.filter(pk=asked.pk).update(
        state="pending", decided_at=None, decided_by_id=None
    )
    browser = browser_of(company.colleague_staff)
    address = f"/administration/decisions/{asked.pk}/"
    assert browser.post(address, {"word": "agree"}).status_code == 422
    assert browser.post(address, {"word": "refuse"}).status_code == 302
    asked.refresh_from_db()
    assert asked.state == "refused"
