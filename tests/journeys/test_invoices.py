"""A clerk asks for an invoice; a program of the provider hears of it, refuses it, and issues it
when it is asked for again."""

from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.api import operations, tasks
from qiao.api.models import Delivery
from qiao.api.tests.programs import make_key
from qiao.api.tests.receivers import Receiver, receiver
from qiao.billing.models import Bill, Invoice
from qiao.billing.tests.invoicing import CREDIT_CODE
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import Site, see
from tests.journeys.test_counter import bill, confirm

pytestmark = pytest.mark.browser
LEAD, TITLE = "沈国良", "临江造纸厂"
NUMBER, FILE = "26332000000000000017", "https://invoices.example/17.pdf"
EVENTS = ("billing.invoices_wanted", "billing.invoice_issued")


@pytest.fixture
def private(settings: Any) -> None:
    """The provider is on this machine."""
    settings.QIAO_WEBHOOKS_PRIVATE = True


class Provider:
    """A program that hears of invoices and tells what became of them."""

    def __init__(self, site: Site, there: Receiver, unit_id: int) -> None:
        self.site, self.page, self.there, self.told = site, site.visitor(), there, 0
        actor = actor_for(Staff.objects.get(number="9001"), day=timezone.localdate())
        with transaction.atomic():
            self.key = make_key(
                actor, scopes=["invoices:read", "invoices:tell"], organisation_id=unit_id
            )
            operations.add_endpoint(
                actor=actor, now=timezone.now(), organisation_id=unit_id,
                name="Provider", url=there.url, event_types=EVENTS,
            )  # fmt: skip

    def hears(self) -> dict[str, Any]:
        """The last message, once all that wait are sent; with what it is about."""
        self.site.work()
        for pk in Delivery.objects.filter(state="waiting").values_list("pk", flat=True):
            tasks.send.func(delivery_id=pk)
        told: dict[str, Any] = self.there.messages[-1].data()
        assert told["type"] == "billing.invoices_wanted"
        (invoice_id,) = told["data"]["invoice_ids"]
        return self.call(f"/invoices/{invoice_id}")

    def call(self, path: str, body: Any = None) -> dict[str, Any]:
        """An answer of the programming interface."""
        self.told += 1
        heads = {
            "Authorization": f"Bearer {self.key}",
            "Idempotency-Key": f"provider-{self.told:04}",
        }
        answer = self.page.request.fetch(
            f"{self.site.address}/api/v1{path}", method="POST" if body else "GET", headers=heads,
            data=body,
        )  # fmt: skip
        assert answer.ok, answer.text()
        found: dict[str, Any] = answer.json()
        return found


def ask(page: Page) -> None:
    """A number that is mistyped is told before anything is asked for."""
    page.locator("#bl-invoice").get_by_role("link", name="Invoice").click()
    page.get_by_label("Title of the invoice").fill(TITLE)
    page.get_by_label("Taxpayer number").fill(CREDIT_CODE[:-1] + "0")
    page.locator("dialog[open] [data-primary]").click()
    see(page, "no social credit code")
    page.get_by_label("Taxpayer number").fill(CREDIT_CODE)
    confirm(page)
    see(page, "The invoice is asked for")


def ask_again(page: Page, site: Site) -> None:
    """Where the list shows what was refused."""
    page.goto(f"{site.address}/bills/invoices/")
    page.get_by_role("link", name="Refused 1").click()
    see(page, "抬头有误")
    page.locator("input[name=invoice]").check()
    page.get_by_role("button", name="Ask again").click()
    see(page, "1 invoice is asked for again.")


@pytest.mark.usefixtures("private")
def test_an_invoice_is_asked_for_refused_asked_for_again_and_issued(site: Site) -> None:
    bill(timezone.localdate())
    found = Bill.objects.get()
    page = site.sign_in(LEAD)
    address = f"{site.address}/bills/{found.pk}/"
    with receiver() as there:
        provider = Provider(site, there, found.organisation_id)
        page.goto(address)
        ask(page)
        wanted = provider.hears()
        assert (wanted["title"], wanted["tax_number"]) == (TITLE, CREDIT_CODE)
        place = f"/invoices/{wanted['invoice_id']}"
        provider.call(f"{place}/refused", {"reason": "抬头有误"})
        page.goto(address)
        see(page, "抬头有误")
        ask_again(page, site)
        again = provider.hears()
        assert again["number"] != wanted["number"]
        issued = {
            "invoice_number": NUMBER,
            "issued_date": timezone.localdate().isoformat(),
            "url": FILE,
        }
        provider.call(f"/invoices/{again['invoice_id']}/issued", issued)
    page.goto(address)
    see(page, NUMBER)
    expect(page.get_by_role("link", name="Open the file")).to_have_attribute("href", FILE)
    states = Invoice.objects.order_by("pk").values_list("state", flat=True)
    assert list(states) == ["cancelled", "issued"]
