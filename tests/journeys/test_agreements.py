"""What is agreed of an account's bills: equal instalments, one document for many accounts, who
pays; and that document paid by its number at the counter."""

from datetime import date, timedelta
from decimal import Decimal
from typing import Final

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.billing import operations as ops
from qiao.billing.models import Bill, BudgetPlan, Payment, SummaryBill, Tariff
from qiao.billing.operations.summaries import collect_bills
from qiao.billing.queries.standings import open_of
from qiao.billing.rules.tariffs.planning import Use
from qiao.core.rules.months import months_after
from qiao.core.rules.periods import Period
from qiao.customers.models import Account, AccountParty
from qiao.customers.operations import register_customer
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import CUSTOMER, Site, see
from tests.journeys.test_counter import confirm, open_drawer

pytestmark = pytest.mark.browser
CLERK, LEAD, OFFICE = "郑岩", "沈国良", "临江民政局"
ACCOUNT: Final = "30114408217"


def a_bill(account: Account, start: date, use: int) -> Bill:
    """A bill of a month, issued today."""
    today = timezone.localdate()
    period = Period(start, months_after(start, 1))
    new = ops.NewBill(
        account.pk, period, (Use(period, {"usage": Decimal(use)}),), today,
        today + timedelta(days=20),
    )  # fmt: skip
    with transaction.atomic():
        (bill_id,) = ops.issue_bills([new], actor=None, now=timezone.now(), tell=False)
    return Bill.objects.get(pk=bill_id)


def billed_for_a_year(start: date) -> Account:
    """Twelve months of bills, all of them paid; and somebody who will pay for others."""
    account = Account.objects.get(number=ACCOUNT)
    now = timezone.now()
    with transaction.atomic():
        tariff = Tariff.objects.get(pack="water", key="household")
        ops.open_billing(
            [ops.NewAccount(account.pk, account.organisation_id, "CNY", start, tariff.pk)],
            now=now,
        )
        register_customer(
            actor=actor_for(Staff.objects.get(number="1027"), day=timezone.localdate()),
            now=now, organisation_id=account.organisation_id, name=OFFICE, kind="organisation",
        )  # fmt: skip
    for month in range(12):
        bill = a_bill(account, months_after(start, month), 10 + month % 3)
        with transaction.atomic():
            ops.take_payment(
                payment=ops.NewPayment(
                    account.pk, bill.total_minor, "CNY", Payment.Channel.BANK,
                    Payment.Means.TRANSFER, f"B{month}", now, timezone.localdate(),
                ),
                actor=None,
                now=now,
            )  # fmt: skip
    return account


def ask_instalments(page: Page) -> None:
    """The year ahead is looked at, with another amount too, before it begins."""
    page.get_by_role("link", name="Ask equal instalments").click()
    see(page, "By its own bills of the last twelve months")
    expect(page.locator("#bl-ahead-rows tbody tr")).to_have_count(12)
    page.fill("#id_minor", "88")
    expect(page.locator("#bl-ahead-rows tbody tr").first).to_contain_text("CNY 88.00")
    page.locator("[data-primary]").click()
    see(page, "Equal instalments of CNY 88.00 a bill")
    assert BudgetPlan.objects.get().instalment_minor == 8_800


def collect(page: Page) -> None:
    page.get_by_role("link", name="Collect them").click()
    confirm(page)
    see(page, f"All bills of {CUSTOMER} come as one document a day")


def pay_the_summary(page: Page, site: Site, summary: SummaryBill, bill: Bill) -> None:
    """Found by its number like a bill; its payment is the account's."""
    open_drawer(page, site, Organisation.objects.get(code="lake"))
    see(page, "Payments and count")
    page.goto(f"{site.address}/counter/")
    page.locator("[name=q]").focus()
    page.keyboard.type(summary.number)
    page.keyboard.press("Enter")
    see(page, f"Payment for {summary.number}")
    page.select_option("[name=means]", "card")
    page.locator("form .btn-primary").click()
    see(page, "shared out over the bills")
    assert open_of(bill) == 0
    see(page, Payment.objects.latest("pk").number)


def let_the_office_pay(page: Page, site: Site, account: Account) -> None:
    page.goto(f"{site.address}/bills/account/{account.pk}/")
    page.get_by_role("link", name="Who pays").click()
    page.fill("dialog[open] #pick-q", OFFICE)
    expect(page.locator("dialog[open] [name=person]")).to_be_checked()
    page.locator("dialog[open] .btn-primary").click()
    see(page, f"{OFFICE} pays since")
    party = AccountParty.objects.get(account=account, role="payer")
    page.goto(f"{site.address}/customers/{party.customer_id}/?topic=customer.accounts")
    see(page, f"Pays for {CUSTOMER} since")


def test_what_is_agreed_of_an_accounts_bills(site: Site) -> None:
    start = months_after(timezone.localdate().replace(day=1), -13)
    account = billed_for_a_year(start)
    page = site.sign_in(CLERK)
    page.goto(f"{site.address}/bills/account/{account.pk}/")
    ask_instalments(page)
    collect(page)
    bill = a_bill(account, months_after(start, 12), 11)
    assert bill.asked == 8_800
    with transaction.atomic():
        (summary_id,) = collect_bills(bill_ids=[bill.pk], now=timezone.now())
    summary = SummaryBill.objects.get(pk=summary_id)
    page.goto(f"{site.address}/bills/summaries/{summary_id}/")
    see(page, "CNY 88.00")
    pay_the_summary(site.sign_in(LEAD), site, summary, bill)
    let_the_office_pay(page, site, account)
