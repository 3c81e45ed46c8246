"""Bills by telephone: a caller hears a year of them by keys alone; an agent explains one that has
more than doubled without leaving the call."""

import re
from typing import Final

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import Locator, Page, expect

from qiao.billing import operations as ops
from qiao.billing.models import Bill, Tariff
from qiao.billing.operations.running import run_bills
from qiao.billing.tests.lives import pay
from qiao.core.actor import Actor
from qiao.customers.models import Account
from qiao.customers.operations import NewMeter, exchange_meter
from qiao.metering.operations import NewReading, ensure_registers, take_readings
from qiao.staff.models import Staff
from qiao.staff.queries import actor_for
from tests.journeys.exchanges import Exchange
from tests.journeys.site import CUSTOMER, PHONE_NUMBER, Site
from tests.journeys.test_month_of_bills import ACCOUNT, METER, first_of
from tests.journeys.test_voice_menus import open_line, played

pytestmark = pytest.mark.browser
MONTHS: Final = 14
USED: Final = 12
MUCH: Final = 33  # in the last month
PROOF: Final = PHONE_NUMBER[-4:]
DIGITS: Final = "零一二三四五六七八九"


def two_years_of_bills() -> list[Bill]:
    """Bills of an account, each month for the same use, and for much more in the last one; the
    latest first."""
    staff = Staff.objects.get(name="郑岩")
    actor = actor_for(staff, day=timezone.localdate())
    account = Account.objects.select_related("service_point").get(number=ACCOUNT)
    assert account.service_point_id is not None
    with transaction.atomic():
        _read(actor, account.service_point_id)
        tariff = Tariff.objects.get(pack="water", key="household")
        new = ops.NewAccount(
            account.pk, account.organisation_id, "CNY", first_of(MONTHS), tariff.pk, months=1
        )
        ops.open_billing([new], now=timezone.now())
        for months_ago in reversed(range(MONTHS)):
            until = first_of(months_ago)
            run_bills(
                account_ids=[account.pk], until=until, issued_date=until, due_days=20,
                actor=actor, now=timezone.now(), tell=False,
            )  # fmt: skip
    bills = list(Bill.objects.filter(account=account.pk).order_by("-end_date"))
    assert len(bills) == MONTHS, [b.end_date for b in bills]
    return bills


def _read(actor: Actor, point: int) -> None:
    now = timezone.now()
    exchange_meter(
        actor=actor, now=now, service_point_id=point, day=first_of(MONTHS), meter=NewMeter(METER)
    )
    ensure_registers(now=now, service_point_ids=[point])
    values = [100 + USED * n for n in range(MONTHS)]
    values.append(values[-1] + MUCH)
    readings = [
        NewReading(f"r{n}", str(value), first_of(MONTHS - n), meter_number=METER)
        for n, value in enumerate(values)
    ]
    for each in readings:  # month by month, as they were read
        take_readings(actor=actor, now=now, source="journey", readings=[each])


def paid_but_the_last_two(bills: list[Bill]) -> None:
    for bill in bills[2:]:
        pay(bill.account_id, bill.total_minor, f"J{bill.pk}", named=(bill.pk,))


def spoken(minor: int) -> str:
    """An amount below a thousand as it is said, by hand."""
    yuan, fen = divmod(minor, 100)
    hundreds, tens, ones = yuan // 100, yuan // 10 % 10, yuan % 10
    words = f"{DIGITS[hundreds]}百" if hundreds else ""
    if tens:
        words += f"{DIGITS[tens]}十"
    elif hundreds and ones:
        words += "零"
    words += (DIGITS[ones] if ones else "") + "元"
    words += f"{DIGITS[fen // 10]}角" if fen // 10 else ""
    return words + (f"{DIGITS[fen % 10]}分" if fen % 10 else "")


def told(bill: Bill, *, is_paid: bool) -> str:
    """A bill as a caller hears it."""
    day = bill.start_date
    month = ("", "十")[day.month // 10] + ("" if day.month == 10 else DIGITS[day.month % 10])
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    assert bill.usage is not None
    used = {USED: "十二", MUCH: "三十三"}[int(bill.usage)]
    state = "已缴清" if is_paid else "尚未缴费"
    return f"{year}年{month}月账单，用水{used}立方米金额{spoken(bill.total_minor)}，{state}。"


def said(page: Page) -> Locator:
    return page.locator(".q-said")


def hears(page: Page, words: str) -> None:
    """The words without the pauses between pieces."""
    pieces = r"\s*".join(re.escape(each) for each in words)
    expect(said(page)).to_have_text(re.compile(rf"^\s*{pieces}\s*$"))


def press(page: Page, keys: str) -> None:
    """One key after the other, as fast as the mouse goes."""
    for key in keys:
        page.get_by_role("button", name=key, exact=True).click()


def test_a_caller_hears_twelve_bills_by_keys(site: Site) -> None:
    bills = two_years_of_bills()
    with transaction.atomic():
        paid_but_the_last_two(bills)
    open_line()
    with played():
        page = site.sign_in("郑岩")
        page.goto(f"{site.address}/calls/phone/")
        page.fill("[name=caller]", "13900001111")  # of whom nothing is known
        page.get_by_role("button", name="Call", exact=True).click()
        expect(said(page)).to_contain_text("供水服务热线")
        for keys, answer in (
            ("8", "请输入户号"), (f"{ACCOUNT}#", "最后四位"), (PROOF, "最近十二期账单请按2"),
            ("2", "最近共有十二期账单，从最近一期开始。"),
        ):  # fmt: skip
            press(page, keys)
            expect(said(page)).to_contain_text(answer)
        for place, bill in enumerate(bills[:12]):
            press(page, "#")
            hears(page, told(bill, is_paid=place > 1))
        press(page, "#")
        expect(said(page)).to_contain_text("查询当前应缴金额请按1")
        page.get_by_role("button", name="Hang up").click()
        expect(page.get_by_role("link", name="Call again")).to_be_visible()


def test_an_agent_explains_a_bill_that_more_than_doubled_without_leaving_the_call(
    site: Site, exchange: Exchange
) -> None:
    bills = two_years_of_bills()
    page = site.sign_in("林晓岚")
    page.keyboard.press("Alt+s")
    expect(page.locator('#q-standing [data-s="ready"]')).to_be_visible()
    exchange.call(PHONE_NUMBER)
    page.locator("[data-accept]").click()
    expect(page.locator("#contact-head")).to_contain_text(CUSTOMER)
    latest, last_year = bills[0], bills[12]
    expect(page.locator(".bl-money")).to_contain_text("last 12 bills")
    page.get_by_text("Why this bill").click()
    reasons = page.locator(".bl-reasons")
    higher = (latest.total_minor - last_year.total_minor) / 100
    expect(reasons).to_contain_text(f"Higher than a year ago by CNY {higher:.2f}")
    expect(reasons).to_contain_text("more used a day")
    expect(reasons).not_to_contain_text("household")  # nothing of it has changed
    expect(reasons).to_contain_text(f"{last_year.start_date:%Y-%m}")
    expect(page.locator("#q-calltools")).to_be_visible()  # the talk goes on, on the same page
    expect(page.locator(".q-brief")).to_be_hidden()
    owed = page.locator(".bl-money b.num").first.inner_text()
    page.set_viewport_size({"width": 390, "height": 844})
    brief = page.locator(".q-brief")
    expect(brief).to_contain_text(owed)  # there is no room for the rest: one press away
    brief.click()
    expect(page.locator("#aside.open .bl-money")).to_be_visible()
