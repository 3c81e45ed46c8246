"""An administrator lets another system in; it calls, and hears back, signed."""

import os
import subprocess
import sys
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from qiao.api import tasks
from qiao.api.models import Delivery
from qiao.api.tests.receivers import receiver
from tests.journeys.site import Site, see

pytestmark = pytest.mark.browser
OTHER_SYSTEM = """
import json, os, sys, urllib.error, urllib.request
request = urllib.request.Request(
    os.environ["QIAO"] + "/api/v1/customers",
    json.dumps({"name": sys.argv[1]}).encode(),
    {"Authorization": "Bearer " + os.environ["KEY"], "Content-Type": "application/json",
     "Idempotency-Key": "order-" + sys.argv[2]},
)
try:
    with urllib.request.urlopen(request) as answer:
        print(answer.status, json.load(answer)["customer_id"])
except urllib.error.HTTPError as refusal:
    print(refusal.code, json.load(refusal)["type"])
"""


@pytest.fixture
def private(settings: Any) -> None:
    """The receiver is on this machine."""
    settings.QIAO_WEBHOOKS_PRIVATE = True


def _call(site: Site, key: str, name: str, order: str) -> str:
    done = subprocess.run(
        [sys.executable, "-c", OTHER_SYSTEM, name, order],
        env=os.environ | {"QIAO": site.address, "KEY": key},
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    return done.stdout.strip()


def _make_key(page: Page) -> str:
    page.get_by_role("link", name="Programs").first.click()
    page.get_by_role("link", name="New key").first.click()
    page.get_by_label("Program").first.fill("Cashier")
    page.get_by_label("Register and change customers").check()
    page.get_by_label("Find and read customers").check()
    page.get_by_role("button", name="Make the key").click()
    see(page, "It is shown only now")
    return page.locator("#secret").inner_text()


def _add_endpoint(page: Page, url: str) -> str:
    page.get_by_role("navigation", name="Programs").get_by_role("link", name="Webhooks").click()
    page.get_by_role("link", name="New endpoint").first.click()
    page.get_by_role("textbox", name="Receiver").fill("Billing")
    page.get_by_role("textbox", name="Address").fill(url)
    page.get_by_label("A customer is held for the first time").check()
    page.get_by_role("button", name="Add the endpoint").click()
    see(page, "It is shown only now")
    return page.locator("#secret").inner_text()


@pytest.mark.usefixtures("private")
def test_another_system_calls_with_its_key_and_hears_of_what_happened(site: Site) -> None:
    page = site.sign_in("郑岩")
    key = _make_key(page)
    assert key.startswith("qiao_")
    page.goto(f"{site.address}/api-keys/")
    assert key not in page.content()

    with receiver() as there:
        secret = _add_endpoint(page, there.url)
        first = _call(site, key, "王小明", "4711")
        assert first.startswith("201 ")
        assert _call(site, key, "王小明", "4711") == first
        assert (
            _call(site, key, "李小明", "4711")
            == "422 /api/reference/#problem-idempotency-key-reused"
        )
        site.work()
        for pk in Delivery.objects.values_list("pk", flat=True):
            tasks.send.func(delivery_id=pk)
        (message,) = there.messages
    assert message.is_signed_with(secret)
    assert message.data()["data"] == {"customer_id": int(first.split()[1])}

    _look(page, site, message.heads["webhook-id"])
    _revoke(page, site)
    assert _call(site, key, "张小明", "4712").startswith("401 ")


def _look(page: Page, site: Site, message_id: str) -> None:
    page.goto(f"{site.address}/webhooks/")
    page.locator("table a").first.click()
    expect(page.locator("table").get_by_text("Delivered").first).to_be_visible()
    page.locator("table a").first.click()
    see(page, message_id)
    page.goto(f"{site.address}/services/")
    row = page.get_by_role("row", name="Register a customer")
    expect(row).to_contain_text("Cashier")
    expect(row).to_contain_text("3")


def _revoke(page: Page, site: Site) -> None:
    page.goto(f"{site.address}/api-keys/")
    page.locator("table a").first.click()
    page.get_by_role("button", name="Revoke").first.click()
    page.locator("#revoke").get_by_role("button", name="Revoke").click()
    see(page, "The key opens nothing any more")
