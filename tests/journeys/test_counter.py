"""A day at the counter: a drawer opened, cash taken, given back, counted; the day closed."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.billing import operations as ops
from qiao.billing.models import CashierShift, ClosedDay, Payment, Tariff
from qiao.billing.rules.tariffs.planning import Use
from qiao.core.rules.periods import Period
from qiao.customers.models import Account
from qiao.staff.models import Organisation
from tests.journeys.site import Site, see

pytestmark = pytest.mark.browser
LEAD = "沈国良"
ACCOUNT = "30114408217"


def bill(today: date) -> int:
    """The account is billed for the month before; what it owes, in fen."""
    account = Account.objects.get(number=ACCOUNT)
    period = Period(today - timedelta(days=31), today - timedelta(days=1))
    with transaction.atomic():
        ops.open_billing(
            [
                ops.NewAccount(
                    account_id=account.pk,
                    organisation_id=account.organisation_id,
                    currency="CNY",
                    since=period.start,
                    tariff_id=Tariff.objects.get(pack="water", key="household").pk,
                )
            ],
            now=timezone.now(),
        )
        new = ops.NewBill(
            account_id=account.pk,
            period=period,
            uses=(Use(period, {"usage": Decimal(12)}),),
            issued_date=today,
            due_date=today + timedelta(days=20),
        )
        rated = ops.issue_bills([new], actor=None, now=timezone.now())
    assert len(rated) == 1
    return 12 * 315  # 2.00 water, 0.20 fund, 0.95 sewage a cubic metre


def confirm(page: Page) -> None:
    page.locator("dialog[open] [data-primary]").click()
    expect(page.locator("dialog[open]")).to_have_count(0)


def take(page: Page, owed: int) -> Payment:
    """By the keyboard alone: find, type what was handed over, take; the change is told."""
    page.locator("[name=q]").focus()
    page.keyboard.type(ACCOUNT)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", name="陈慧敏")).to_be_visible()
    expect(page.locator("#pay-received")).to_be_focused()
    page.keyboard.type("50")
    expect(page.locator("#ct-sum")).to_contain_text(f"CNY {(5_000 - owed) / 100:.2f}")
    page.keyboard.press("Enter")
    see(page, f"Change to give back: CNY {(5_000 - owed) / 100:.2f}")
    return Payment.objects.latest("pk")


def open_drawer(page: Page, site: Site, unit: Organisation) -> None:
    page.goto(f"{site.address}/counter/")
    page.select_option("#dr-unit", str(unit.pk))
    page.fill("#dr-float", "200")
    page.keyboard.press("Enter")


def look_at_the_receipt(page: Page, payment: Payment) -> None:
    """The paper alone is printed."""
    paper = page.locator("article")
    expect(paper).to_contain_text(payment.number)
    expect(paper).to_contain_text("Still owed after this payment")
    page.emulate_media(media="print")
    expect(paper).to_be_visible()
    expect(page.locator(".q-rail")).to_be_hidden()
    expect(page.locator("[data-print]")).to_be_hidden()
    page.emulate_media(media="screen")


def give_back(page: Page, site: Site, payment: Payment) -> None:
    page.goto(f"{site.address}/counter/payments/{payment.pk}/")
    page.get_by_role("link", name="Take back").click()
    page.fill("dialog[open] [name=reason]", "wrong account")
    confirm(page)
    expect(page.locator("article .stamp")).to_have_text("Taken back")
    see(page, "wrong account")


def count(page: Page) -> None:
    page.get_by_role("link", name="My drawer").click()
    expect(page.locator(".q-strip")).to_contain_text("CNY 200.00")
    page.get_by_role("link", name="Count the drawer").click()
    page.fill("dialog[open] [name=counted]", "199.50")
    confirm(page)
    see(page, "CNY -0.50: less than should lie in it; it is booked.")
    assert CashierShift.objects.get().counted_minor == 19_950


def close_day(page: Page, site: Site, unit: Organisation) -> None:
    page.goto(f"{site.address}/counter/days/?unit={unit.pk}")
    see(page, "debits are credits")
    page.get_by_role("link", name="Close the day").click()
    see(page, "This cannot be undone.")
    assert not ClosedDay.objects.exists()
    confirm(page)
    see(page, "nothing is booked into this day any more")
    assert ClosedDay.objects.get().organisation_id == unit.pk


def test_a_day_at_the_counter(site: Site) -> None:
    unit = Organisation.objects.get(code="lake")
    owed = bill(timezone.localdate())
    page = site.sign_in(LEAD)
    open_drawer(page, site, unit)
    see(page, "Payments and count")
    payment = take(page, owed)
    look_at_the_receipt(page, payment)
    page.go_back()
    page.reload()
    see(page, "Nothing is owed")
    give_back(page, site, payment)
    count(page)
    close_day(page, site, unit)
    open_drawer(page, site, unit)
    see(page, "is closed: nothing is booked into it any more.")
