"""An administrator changes the price of water from the first of next month, another person agrees;
a bill across the day has both prices, line by line."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.billing import operations as ops
from qiao.billing.models import Tariff, TariffDraft, TariffVersion
from qiao.billing.rules.tariffs.planning import Use
from qiao.core.rules.periods import Period
from qiao.customers.models import Account
from tests.journeys.site import Site, see

pytestmark = pytest.mark.browser
ACCOUNT = "30114408217"
SOURCE = "发改价格〔2026〕12号"
HALF = timedelta(days=15)


def first_of_next_month() -> date:
    today = timezone.localdate()
    return date(today.year + today.month // 12, today.month % 12 + 1, 1)


def field(page: Page, label: str) -> None:
    """The field of a number by what it is called."""
    expect(page.get_by_label(label, exact=True)).to_have_count(1)


def enter(page: Page, label: str, value: str) -> None:
    field(page, label)
    page.get_by_label(label, exact=True).fill(value)


def draft(page: Page, site: Site, tariff: Tariff, day: date) -> TariffDraft:
    """Begin from the price list; a slip of the pen is told at its row and field."""
    page.goto(f"{site.address}/tariffs/{tariff.pk}/")
    page.get_by_role("link", name="Change the prices").click()
    expect(page.get_by_label("Change from")).to_have_value(day.isoformat())
    page.get_by_role("button", name="Begin").click()
    see(page, "Name the document by which the prices hold.")
    page.fill("#ab-source", SOURCE)
    enter(page, "Water · tier 1 · price", "2,2o")
    page.get_by_role("button", name="Save", exact=True).click()
    see(page, "This is no number. Write it as 2.85.")
    expect(page.get_by_label("Water · tier 1 · price", exact=True)).to_have_value("2,2o")
    for tier, price in (("1", "2.20"), ("2", "3.30"), ("3", "6.60")):
        enter(page, f"Water · tier {tier} · price", price)
    page.get_by_role("button", name="Save", exact=True).click()
    see(page, "was 2.00 · +10 %")
    return TariffDraft.objects.get(tariff=tariff)


def try_it(page: Page, day: date) -> None:
    """The example follows what is typed; the bill across the day has a part for each price."""
    page.get_by_role("link", name="Try out").click()
    page.fill("#ex-usage", "40")
    beside = page.locator("section[aria-labelledby=tf-beside]")
    expect(beside).to_contain_text("CNY 80.00")
    expect(beside).to_contain_text("CNY 88.00")
    expect(beside).to_contain_text("+CNY 8.00")
    across = page.locator("section[aria-labelledby=tf-across]")
    expect(across).to_contain_text(day.isoformat())
    expect(across.locator(".tf-part")).to_have_count(2)


def ask(page: Page) -> None:
    page.get_by_role("link", name="Numbers").click()
    page.get_by_role("button", name="Ask for agreement").click()
    see(page, "Asked. It is published when a second person has agreed.")
    expect(page.get_by_label("Water · tier 1 · price", exact=True)).to_be_disabled()


def agree(site: Site) -> None:
    """The second person sees each number before and after."""
    second = site.sign_in("唐慧")
    second.goto(f"{site.address}/administration/decisions/")
    second.locator("tr", has_text="Other prices from a day on").locator("a").first.click()
    see(second, "Water · tier 1 · price")
    see(second, SOURCE)
    second.click("form [name=word][value=agree]")
    see(second, "Agreed to and carried out")


def bill(tariff: Tariff, day: date) -> int:
    """A bill of thirty days, half of them before the day, 30 m³; its id. The account has the whole
    of its year's tiers, and used nothing before."""
    account = Account.objects.get(number=ACCOUNT)
    begins, until = day - HALF, day + HALF
    since = date(begins.year, 1, 1)
    with transaction.atomic():
        ops.open_billing(
            [
                ops.NewAccount(
                    account_id=account.pk,
                    organisation_id=account.organisation_id,
                    currency="CNY",
                    since=since,
                    tariff_id=tariff.pk,
                )
            ],
            now=timezone.now(),
        )
        for period, used in ((Period(since, begins), 0), (Period(begins, until), 30)):
            new = ops.NewBill(
                account_id=account.pk,
                period=period,
                uses=(Use(period, {"usage": Decimal(used)}),),
                issued_date=until,
                due_date=until + timedelta(days=20),
            )
            (bill_id,) = ops.issue_bills([new], actor=None, now=timezone.now())
    return bill_id


def test_a_price_is_changed_by_two_people_and_bills_follow_it(site: Site) -> None:
    tariff = Tariff.objects.get(pack="water", key="household")
    day = first_of_next_month()
    page = site.sign_in("郑岩")
    mine = draft(page, site, tariff, day)
    try_it(page, day)
    ask(page)
    assert not TariffVersion.objects.filter(valid_from=day).exists()

    agree(site)
    page.goto(f"{site.address}/tariffs/{tariff.pk}/")
    versions = page.locator("section[aria-labelledby=bl-versions] tbody tr")
    expect(versions.nth(0)).to_contain_text(day.isoformat())
    expect(versions.nth(0)).to_contain_text("郑岩, agreed by 唐慧")
    expect(versions.nth(0)).to_contain_text("planned")
    expect(versions.nth(1)).to_contain_text(day.isoformat())
    see(page, f"holds from 2026-01-01 until {day.isoformat()}")
    mine.refresh_from_db()
    assert mine.state == "published"

    # 15 m³ at 2.00 and 15 at 2.20, all of it within the first tier; fund 0.20, sewage 0.95.
    page.goto(f"{site.address}/bills/{bill(tariff, day)}/")
    old, new = (page.locator(f"section[aria-labelledby=bl-part-{n}]") for n in (1, 2))
    for part, price, water, tax in (
        (old, "2.00", "30.00", "0.87"),
        (new, "2.20", "33.00", "0.96"),
    ):
        expect(part).to_contain_text(f"15 × {price}")
        for amount in (water, "3.00", "14.25", tax):
            expect(part).to_contain_text(f"CNY {amount}")
    expect(page.locator("h1")).to_contain_text("CNY 97.50")
