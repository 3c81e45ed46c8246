"""A counter for tests: somebody signed in opens a drawer; forms are as their pages show them."""

import re
from html import unescape
from typing import Any

from django.test import Client
from django.urls import reverse

from qiao.billing.models import CashierShift, Payment
from qiao.staff.models import Staff

_HIDDEN = re.compile(r'name="(key|seen)" value="([^"]*)"')


def at(staff: Staff, language: str = "en") -> Client:
    """A browser of somebody."""
    client = Client(headers={"accept-language": language})
    client.force_login(staff)
    return client


def text_of(response: Any) -> str:
    """What a page says, without its marks."""
    plain = re.sub(r"<[^>]+>", " ", unescape(response.content.decode()))
    return re.sub(r"\s+", " ", plain)


def open_drawer(client: Client, unit: int, amount: str = "200.00") -> CashierShift:
    """Open a drawer by the page."""
    client.post(reverse("billing:drawers"), {"unit": unit, "float": amount})
    return CashierShift.objects.latest("pk")


def form_of(client: Client, account_id: int) -> dict[str, Any]:
    """The form of an account as it is shown: all bills are chosen, and it is cash."""
    page = client.get(reverse("billing:counter_account", args=[account_id])).content.decode()
    bills = re.findall(r'name="bills" value="(\d+)"[^>]* checked', page)
    return {**dict(_HIDDEN.findall(page)), "bills": bills, "means": "cash"}


def send(client: Client, account_id: int, form: dict[str, Any], **more: Any) -> Any:
    """Send a form."""
    return client.post(reverse("billing:counter_account", args=[account_id]), form | more)


def take(client: Client, account_id: int, **more: Any) -> Payment:
    """Take a payment by the page."""
    response = send(client, account_id, form_of(client, account_id), **more)
    assert response.status_code == 302, text_of(response)
    return Payment.objects.latest("pk")
