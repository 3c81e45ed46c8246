"""Bills on screens: the panel beside a customer, a bill with its reasons, an account's list."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override

from qiao.billing.models import Bill, Payment
from qiao.billing.queries.panels import account_money, bill_chart, money_of, owed_in_words
from qiao.billing.queries.why import why
from qiao.billing.showing import money
from qiao.billing.tests.lives import NOW, a_bill, a_tariff, an_account, issue, pay
from qiao.core.panels import load_panels
from qiao.core.timeline import load_timeline
from qiao.customers.models import AccountParty
from qiao.customers.tests.factories import make_customer
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

BACKEND = "qiao.staff.signin.StaffBackend"


def _browser(staff: Staff) -> Client:
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend=BACKEND)
    return client


@pytest.fixture
def account(company: Company) -> int:
    """Fourteen months of bills, the last two not paid; the last has more days and more use."""
    pk = an_account(company)
    for month in range(13):
        (bill,) = issue(a_bill(pk, month, "4"))
        if month < 12:
            pay(pk, bill.total_minor)
    issue(a_bill(pk, 13, "25"))
    return pk


def test_a_bill_says_why_it_is_higher_than_a_year_ago(account: int) -> None:
    bill = Bill.objects.filter(account=account).latest("end_date")
    with override("en"):
        found = why(bill)
    assert found is not None
    assert found.is_a_year_ago
    assert found.other.start_date.year == bill.start_date.year - 1
    assert found.minor == bill.total_minor - found.other.total_minor
    assert found.sentence.startswith("Higher than a year ago by CNY ")
    assert "more used a day +CNY" in found.sentence
    assert "other prices +CNY" in found.sentence
    with override("zh-hans"):
        chinese = why(bill)
    assert chinese is not None
    assert chinese.sentence.startswith("比去年同期多 ")
    assert "日均用量增加 +" in chinese.sentence


def test_a_first_bill_has_nothing_to_be_compared_with(company: Company) -> None:
    (bill,) = issue(a_bill(an_account(company), 0, "4"))
    assert why(bill) is None
    (second,) = issue(a_bill(bill.account_id, 1, "4"))
    found = why(second)
    assert found is not None
    assert not found.is_a_year_ago


def test_the_panel_shows_what_is_owed_and_twelve_bills(company: Company, account: int) -> None:
    party = AccountParty.objects.get(account=account, role="owner")
    panels = {
        panel.key: data
        for panel, data in load_panels(company.agent, "customer", party.customer_id, NOW)
    }
    (row,) = panels["billing.money"]
    shown, chart = account_money(row), bill_chart(row)
    last, before = Bill.objects.filter(account=account).order_by("-end_date")[:2]
    assert chart is not None
    assert len(chart["labels"]) == len(shown.bars) == 12
    assert [bar.unpaid > 0 for bar in shown.bars] == [False] * 10 + [True] * 2
    paid, unpaid, _used = chart["series"]
    assert [point["value"] for point in unpaid["data"]][-2:] == [
        before.total_minor / 100, last.total_minor / 100
    ]  # fmt: skip
    assert [point["value"] for point in paid["data"]][-2:] == [0, 0]
    assert shown.latest == reverse("billing:bill", args=[last.pk])
    assert shown.why == reverse("billing:why", args=[last.pk])
    assert (shown.told, shown.differs) == ("", "")
    hidden = load_panels(company.outsider, "customer", party.customer_id, NOW)
    assert "billing.money" not in {panel.key for panel, _data in hidden}


def test_the_strip_says_what_is_owed_in_all(company: Company, account: int) -> None:
    party = AccountParty.objects.get(account=account, role="owner")
    last, before = Bill.objects.filter(account=account).order_by("-end_date")[:2]
    strip = load_panels(company.agent, "strip", party.customer_id, NOW)
    data = next(data for panel, data in strip if panel.key == "billing.owed")
    assert data["owed"] == last.total_minor + before.total_minor
    with override("en"):
        amount, note, tone = owed_in_words(data)
        assert amount == money(data["owed"], "CNY")
    assert (tone, "due on" in note or "overdue" in note) == (
        "bad" if data["late"] else "warn",
        True,
    )
    hidden = load_panels(company.outsider, "strip", party.customer_id, NOW)
    assert "billing.owed" not in {panel.key for panel, _data in hidden}


def test_all_accounts_count_and_those_that_owe_most_are_shown(company: Company) -> None:
    owner = make_customer(company.agent, name="临江一中", kind="organisation")
    tariff = a_tariff()
    accounts = [an_account(company, tariff, owner=owner) for _ in range(8)]
    bills = issue(*(a_bill(pk, 0, str(3 + n)) for n, pk in enumerate(accounts)))
    strip = load_panels(company.agent, "strip", owner.pk, NOW)
    data = next(data for panel, data in strip if panel.key == "billing.owed")
    assert data["owed"] == sum(bill.total_minor for bill in bills)
    panels = load_panels(company.agent, "customer", owner.pk, NOW)
    (rows,) = [data for panel, data in panels if panel.key == "billing.money"]
    most = sorted(bills, key=lambda bill: -bill.total_minor)[:6]
    assert [row["account"] for row in rows] == [bill.account_id for bill in most]


def test_the_day_of_the_last_payment_is_that_of_the_house(company: Company, account: int) -> None:
    late = datetime(2026, 11, 30, 22, 0, tzinfo=UTC)  # the next morning where the house stands
    pay(account, 100, received_at=late)
    row = money_of(actor=company.agent, account_id=account, now=NOW + timedelta(days=30))
    assert row
    assert account_money(row).paid_how.startswith("2026-12-01")


def test_a_bill_that_is_late_is_told_with_its_days(company: Company, account: int) -> None:
    last = Bill.objects.filter(account=account).latest("end_date")
    later = datetime.combine(last.due_date + timedelta(days=9), time(4), UTC)
    with override("en"):
        row = money_of(actor=company.agent, account_id=account, now=later)
        assert row is not None
        shown = account_money(row)
    assert shown.tone == "bad"
    assert "overdue for" in shown.note
    assert money_of(actor=company.outsider, account_id=account, now=later) is None


def test_the_page_of_a_bill_shows_lines_reasons_and_payments(
    company: Company, account: int
) -> None:
    first = Bill.objects.filter(account=account).earliest("end_date")
    client = _browser(company.agent_staff)
    page = client.get(reverse("billing:bill", args=[first.pk])).content.decode()
    assert first.number in page
    assert "Paid: Bank" in page
    assert "There is no bill to compare it with" in page
    last = Bill.objects.filter(account=account).latest("end_date")
    page = client.get(reverse("billing:bill", args=[last.pk])).content.decode()
    assert "Higher than a year ago by" in page
    assert "still owed" in page
    told = client.get(reverse("billing:why", args=[last.pk])).content.decode()
    assert "Higher than a year ago by" in told
    outsider = _browser(company.outsider_staff)
    assert outsider.get(reverse("billing:why", args=[last.pk])).status_code == 404
    assert outsider.get(reverse("billing:bill", args=[last.pk])).status_code == 404
    assert outsider.get(reverse("billing:account", args=[account])).status_code == 404


def test_an_account_lists_bills_page_by_page(company: Company, account: int) -> None:
    client = _browser(company.agent_staff)
    url = reverse("billing:account", args=[account])
    page = client.get(url).content.decode()
    bills = Bill.objects.filter(account=account).order_by("-end_date")
    assert all(bill.number in page for bill in bills)
    earlier = client.get(url, {"before": bills[3].end_date.isoformat()}).content.decode()
    assert bills[3].number not in earlier
    assert bills[4].number in earlier


def test_a_payment_stands_in_the_timeline_in_the_readers_words(
    company: Company, account: int
) -> None:
    party = AccountParty.objects.filter(account=account).first()
    assert party is not None
    payment = Payment.objects.filter(account=account).latest("pk")
    for language, said in (("en", "CNY {} paid"), ("zh-hans", "缴费 {} 元")):
        with override(language):
            page = load_timeline(company.agent, party.customer_id, NOW, only="billing")
        amount = f"{payment.minor / 100:.2f}"
        assert page.entries[0].title == said.format(amount)
