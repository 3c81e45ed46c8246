"""A clerk's month: readings come as a file, one is decided on; bills are run, looked at, issued
and paid at the counter; the day is closed."""

from datetime import date
from pathlib import Path
from typing import Final

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Page, expect

from qiao.billing import operations as ops
from qiao.billing.models import Bill, ClosedDay, Payment, Tariff
from qiao.billing.operations.running import run_bills
from qiao.core.actor import Actor
from qiao.customers.models import Account
from qiao.customers.operations import NewMeter, exchange_meter
from qiao.metering.operations import NewReading, ensure_registers, take_readings
from qiao.staff.models import Organisation, Staff
from qiao.staff.queries import actor_for
from tests.journeys.site import Site, see
from tests.journeys.test_counter import confirm, open_drawer
from tests.journeys.test_imports import worker

pytestmark = pytest.mark.browser
CLERK, LEAD = "郑岩", "沈国良"
ACCOUNT: Final = "30114408217"
METER: Final = "W-40000017"


def first_of(months_ago: int) -> date:
    """The first day of a month that is over."""
    today = timezone.localdate()
    month = today.year * 12 + today.month - 1 - months_ago
    return date(month // 12, month % 12 + 1, 1)


def billed_before(actor: Actor) -> None:
    """The account's meter was read and its bills of four months were issued and paid."""
    account = Account.objects.select_related("service_point").get(number=ACCOUNT)
    point = account.service_point
    assert point is not None
    now = timezone.now()
    with transaction.atomic():
        exchange_meter(
            actor=actor, now=now, service_point_id=point.pk, day=first_of(6),
            meter=NewMeter(METER),
        )  # fmt: skip
        ensure_registers(now=now, service_point_ids=[point.pk])
        days = [first_of(n) for n in (6, 4, 2)]
        take_readings(
            actor=actor,
            now=now,
            source="journey",
            readings=[
                NewReading(f"r{n}", str(100 + 20 * n), day, meter_number=METER)
                for n, day in enumerate(days)
            ],
        )
        tariff = Tariff.objects.get(pack="water", key="household")
        ops.open_billing(
            [
                ops.NewAccount(
                    account.pk, account.organisation_id, "CNY", days[0], tariff.pk, months=2
                )
            ],
            now=now,
        )
        for until in days[1:]:
            run_bills(
                account_ids=[account.pk], until=until, issued_date=until, due_days=20,
                actor=actor, now=now, tell=False,
            )  # fmt: skip


def take_the_file_in(site: Site, page: Page, path: Path) -> None:
    page.goto(f"{site.address}/readings/files/new/")
    page.set_input_files("input[type=file]", path)
    page.click("form[enctype] [data-primary]")
    page.get_by_role("button", name="Take them in").click(timeout=60_000)
    expect(page.locator(".q-strip a")).to_be_visible(timeout=60_000)


def decide(site: Site, page: Page) -> None:
    """What a check stopped was seen on a photograph: it stands."""
    page.goto(f"{site.address}/readings/")
    page.locator("tbody a").first.click()
    page.fill("[name=why]", "seen on the photograph")
    page.get_by_role("button", name="It stands").click()
    see(page, "The decision is kept.")


def run_and_issue(site: Site, page: Page) -> None:
    page.goto(f"{site.address}/bills/runs/")
    see(page, "1 account is due today")
    page.get_by_role("link", name="New run of bills").first.click()
    expect(page.locator("[name=until]")).to_have_value(first_of(0).isoformat())
    page.click("[data-primary]")
    see(page, "Much more than usual")
    page.get_by_role("button", name="Release all that wait").click()
    see(page, "1 bill is released.")
    page.get_by_role("link", name="Issue 1 bill").click()
    confirm(page)
    page.get_by_role("link", name="Issued").click(timeout=60_000)
    bill = Bill.objects.latest("end_date")
    expect(page.locator(f'a[href="/bills/{bill.pk}/"]')).to_be_visible()


def pay_and_close(site: Site, page: Page, unit: Organisation) -> None:
    open_drawer(page, site, unit)
    page.locator("[name=q]").fill(ACCOUNT)
    page.keyboard.press("Enter")
    see(page, "陈慧敏")
    page.get_by_role("button", name="Take the payment").click()
    see(page, "Still owed after this payment")
    payment = Payment.objects.latest("pk")
    assert payment.minor == sum(Bill.objects.values_list("total_minor", flat=True))
    page.get_by_role("link", name="My drawer").click()
    page.get_by_role("link", name="Count the drawer").click()
    page.fill("dialog[open] [name=counted]", f"{200 + payment.minor / 100:.2f}")
    confirm(page)
    page.goto(f"{site.address}/counter/days/?unit={unit.pk}")
    page.get_by_role("link", name="Close the day").click()
    confirm(page)
    see(page, "nothing is booked into this day any more")
    assert ClosedDay.objects.get().organisation_id == unit.pk


def test_a_month_of_bills(site: Site, own_database: str, tmp_path: Path) -> None:
    unit = Organisation.objects.get(code="lake")
    billed_before(actor_for(Staff.objects.get(number="9001"), day=timezone.localdate()))
    file = tmp_path / "readings.csv"
    file.write_text(f"表号,抄表日期,本期示数\n{METER},{first_of(0)},380\n", encoding="utf-8")
    with worker(own_database, tmp_path / "media", tmp_path / "worker.log"):
        page = site.sign_in(CLERK)
        take_the_file_in(site, page, file)
        decide(site, page)
        run_and_issue(site, page)
    assert Bill.objects.latest("end_date").usage == 240
    pay_and_close(site, site.sign_in(LEAD), unit)
