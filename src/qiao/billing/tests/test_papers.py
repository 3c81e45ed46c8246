"""Bills on paper: what stands there is what the ledger says, in every language."""

import io
from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.translation import override
from pypdf import PdfReader
from pytest_django.fixtures import Settings

from qiao.billing import operations as ops
from qiao.billing.models import Bill, Entry
from qiao.billing.operations.running import run_bills
from qiao.billing.paper import bill_pages, bills_pdf
from qiao.billing.queries.bill_facts import balances_of, past_bills
from qiao.billing.queries.papers import bill_papers
from qiao.billing.rules.bills.bars import shares_of
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.showing import money
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_free_tariff,
    a_tariff,
    an_account,
    issue,
    pay,
    say_terms,
)
from qiao.billing.tests.reading_papers import paper_of, plain, printed, text_of
from qiao.core.rules.money import to_decimal
from qiao.customers.models import Customer
from qiao.customers.tests.factories import make_account, make_customer, make_service_point
from qiao.metering.operations import NewReading, ensure_registers, take_readings
from qiao.staff.operations import set_contact
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
LANGUAGES = ("en", "zh-hans", "zh-hant")
HOSTILE = '#panic("x") *bold* $x$ `raw` [a] \\ "q" <b> @ref // /* 😀'


def _year(company: Company) -> list[Bill]:
    """Fourteen bills of an account, of which the last but one was paid late and in part."""
    account = an_account(company)
    bills = []
    for month in range(14):
        (bill,) = issue(a_bill(account, month, "4" if month < 13 else "25"))
        bills.append(bill)
        if month < 12:
            pay(account, bill.total_minor)
    pay(account, 500)
    return bills


@pytest.mark.parametrize("language", LANGUAGES)
def test_a_paper_says_every_amount_in_each_language(company: Company, language: str) -> None:
    bill = _year(company)[-1]
    text = printed(bill, language)
    with override(language):
        amounts = [money(bill.total_minor, "CNY")]
        amounts += [
            money(line.minor, "CNY") for line in bill.lines.all() if line.adds or line.minor
        ]
    for amount in amounts:
        assert plain(amount) in text
    assert bill.number in text
    assert {"en": "Waterbill", "zh-hans": "水费账单", "zh-hant": "水費帳單"}[language] in text
    assert {"en": "Higherthanayearagoby", "zh-hans": "比去年同期多", "zh-hant": "比去年同期多"}[
        language
    ] in text


def test_what_is_to_be_paid_is_what_the_ledger_says(company: Company) -> None:
    bills = _year(company)
    balances = balances_of(bills)
    for bill in bills:
        entries = Entry.objects.filter(
            account=bill.account_id, ledger__in=[Ledger.RECEIVABLE, Ledger.PREPAID]
        )
        own = entries.get(bill=bill, posting__event="bill_issued", owner="company").posting_id
        stood = sum(entries.filter(posting__lte=own).values_list("minor", flat=True))
        assert balances[bill.pk].due == stood
        assert balances[bill.pk].billed == bill.total_minor
    last, before = balances[bills[-1].pk], balances[bills[-2].pk]
    assert (last.before, last.paid, last.other) == (before.due, 0, 0)
    second = balances[bills[1].pk]
    assert (second.before, second.paid) == (bills[0].total_minor, -bills[0].total_minor)
    assert second.due == bills[1].total_minor
    paper = paper_of(bills[-1])
    assert [row.amount for row in paper.balance] == [
        money(last.before, "CNY"), money(0, "CNY"), money(last.billed, "CNY"),
        money(last.due, "CNY"),
    ]  # fmt: skip
    assert paper.due_amount == money(last.due, "CNY")
    assert [bar.now for bar in paper.bars] == [False] * 11 + [True]
    assert paper.bars[-1].share == 1.0


def test_a_payment_between_two_bills_and_one_ahead_are_told(company: Company) -> None:
    account = an_account(company)
    (first,) = issue(a_bill(account, 0, "4"))
    pay(account, first.total_minor + 100_000)
    (second,) = issue(a_bill(account, 1, "4"))
    balance = balances_of([second])[second.pk]
    assert balance.paid == -(first.total_minor + 100_000)
    assert balance.due == second.total_minor - 100_000
    paper = paper_of(second)
    assert paper.due_amount == money(0, "CNY")
    assert money(100_000 - second.total_minor, "CNY") in paper.due_words
    assert paper.balance[-1].amount == "−" + money(100_000 - second.total_minor, "CNY")


def test_a_paper_stays_what_it_was_whatever_is_paid_later(company: Company) -> None:
    account = an_account(company)
    (bill,) = issue(a_bill(account, 0, "4"))
    before = paper_of(bill)
    pay(account, bill.total_minor)
    issue(a_bill(account, 1, "9"))
    assert paper_of(bill) == before


def test_a_bill_of_nothing_has_a_paper_too(company: Company) -> None:
    account = an_account(company)
    (bill,) = issue(a_bill(account, 0, "4"))
    pay(account, bill.total_minor)
    say_terms(account, date(2025, 12, 1), tariff=a_free_tariff())
    (empty,) = issue(a_bill(account, 1, "0"))
    balance = balances_of([empty])[empty.pk]
    assert (balance.before, balance.paid) == (bill.total_minor, -bill.total_minor)
    assert (balance.billed, balance.due) == (0, 0)
    assert "Nothingtopay" in printed(empty)


def test_readings_stand_there_with_those_that_were_estimated(company: Company) -> None:
    point = make_service_point(company.agent)
    account = make_account(company.agent, service_point=point)
    ensure_registers(now=NOW, service_point_ids=[point.pk])
    take_readings(
        actor=company.agent,
        now=NOW,
        source="test",
        readings=[
            NewReading(
                f"{point.pk}:{day}", value, day, meter_number=point.meter_number, method=how
            )
            for day, value, how in (
                (date(2026, 8, 1), "1203", "actual"),
                (date(2026, 9, 1), "1212", "actual"),
                (date(2026, 10, 1), "1245", "estimated"),
            )
        ],
    )
    ops.open_billing(
        [
            ops.NewAccount(
                account.pk, company.lake.pk, "CNY", date(2026, 8, 1), a_tariff().pk,
                numbers={"people": Decimal(4)},
            )
        ],
        now=NOW,
    )  # fmt: skip
    until = date(2026, 10, 1)
    result = run_bills(
        account_ids=[account.pk], until=until, issued_date=until, due_days=20, actor=None, now=NOW
    )
    (bill,) = Bill.objects.filter(pk__in=result.bill_ids)
    (reading,) = paper_of(bill).readings
    assert (reading.meter, reading.start_day, reading.end_day) == (
        point.meter_number, "2026-08-01", "2026-10-01",
    )  # fmt: skip
    assert (reading.start, reading.end, reading.used) == ("1,203", "1,245 estimated", "42 m³")
    assert "1,245estimated" in printed(bill)
    assert "估" in printed(bill, "zh-hans")


def test_names_and_addresses_that_look_like_code_are_text(company: Company) -> None:
    owner = make_customer(company.agent, name=HOSTILE)
    (bill,) = issue(a_bill(an_account(company, owner=owner), 0, "4"))
    content = bills_pdf([paper_of(bill)])
    assert '#panic("x")*bold*$x$`raw`[a]' in text_of(content)
    assert len(PdfReader(io.BytesIO(content)).pages) == 1


def test_endless_names_and_addresses_neither_break_the_page_nor_leave_it(
    company: Company,
) -> None:
    (bill,) = issue(a_bill(an_account(company), 0, "4"))
    paper = replace(paper_of(bill), name="A" * 400, address="翠湖花园" * 60)
    reader = PdfReader(io.BytesIO(bills_pdf([paper])))
    assert len(reader.pages) == 1
    width = float(reader.pages[0].mediabox.width)
    places: list[float] = []
    reader.pages[0].extract_text(
        visitor_text=lambda text, _cm, tm, _font, _size: places.append(tm[4]) if text else None
    )
    assert max(places) < width
    assert plain(money(bill.total_minor, "CNY")) in text_of(bills_pdf([paper]))


def test_a_bill_taken_back_is_marked_across_every_page(company: Company) -> None:
    account = an_account(company)
    (wrong,) = issue(a_bill(account, 0, "100"))
    ops.reverse_bill(
        bill_id=wrong.pk, day=date(2026, 11, 22), reason="a secret", actor=None, now=NOW
    )
    wrong.refresh_from_db()
    (right,) = issue(replace(a_bill(account, 0, "10"), before_id=wrong.pk))
    paper = paper_of(wrong)
    lines = tuple(paper.parts[0].lines) * 30
    long = replace(paper, parts=(replace(paper.parts[0], lines=lines),))
    pages = PdfReader(io.BytesIO(bills_pdf([long]))).pages
    assert len(pages) > 1
    assert all("Void" in page.extract_text() for page in pages)
    text = printed(wrong)
    assert right.number in text
    assert "secret" not in text
    assert "Void" not in printed(right)
    assert "已作废" in printed(wrong, "zh-hans")


def test_many_bills_are_read_in_as_many_statements_as_one(company: Company) -> None:
    tariff = a_tariff()
    bills = issue(*(a_bill(an_account(company, tariff), 0, str(n)) for n in range(1, 9)))
    bill_papers(bills[:1], language="en")
    with CaptureQueriesContext(
        connection,
    ) as one:
        bill_papers(bills[:1], language="en")
    with CaptureQueriesContext(connection) as many:
        papers = bill_papers(bills, language="en")
    assert len(many) == len(one)
    assert [paper.number for paper in papers] == [bill.number for bill in bills]
    pages = PdfReader(io.BytesIO(bills_pdf(papers))).pages
    assert len(pages) == len(bills)
    assert all("1 / 1" in page.extract_text() for page in pages)


def test_each_is_in_its_customers_language(company: Company) -> None:
    english = make_customer(company.agent, name="Ann Lee")
    Customer.objects.filter(pk=english.pk).update(language="en")
    tariff = a_tariff()
    bills = issue(
        a_bill(an_account(company, tariff, owner=english), 0, "4"),
        a_bill(an_account(company, tariff), 0, "4"),
    )
    assert [paper.language for paper in bill_papers(bills)] == ["en", "zh-Hans"]


def test_the_issuer_is_told_with_address_and_telephone(company: Company) -> None:
    set_contact(
        actor=company.chief, unit_id=company.company.pk, phone="96390", address="滨江大道 88 号"
    )
    set_contact(actor=company.chief, unit_id=company.lake.pk, phone="0571-1", address="")
    (bill,) = issue(a_bill(an_account(company), 0, "4"))
    paper = paper_of(bill)
    assert paper.house.name == "临江水务"
    assert paper.house.contact == ("滨湖分公司", "滨江大道 88 号", "0571-1")
    assert "0571-1" in printed(bill)


def test_the_square_code_leads_to_the_bill_or_says_what_is_set(
    company: Company, settings: Settings
) -> None:
    (bill,) = issue(a_bill(an_account(company), 0, "4"))
    settings.CSRF_TRUSTED_ORIGINS = []
    assert paper_of(bill).qr == ""
    settings.CSRF_TRUSTED_ORIGINS = ["https://qiao.example"]
    assert paper_of(bill).qr.startswith(f"https://qiao.example/b/{bill.pk}-")
    settings.QIAO_BILL_QR = "https://pay.example/{account}?bill={bill}&sum={amount}"
    paper = paper_of(bill)
    assert paper.qr.endswith(f"?bill={bill.number}&sum={to_decimal(bill.total_minor, 'CNY')}")
    assert bill_pages(paper)[0].startswith(b"\x89PNG")


def test_bars_are_shares_of_the_highest() -> None:
    assert shares_of([Decimal(5), Decimal(10), Decimal(-3)]) == [0.5, 1.0, 0.0]
    assert shares_of([Decimal(0), Decimal(0)]) == [0.0, 0.0]


def test_the_last_twelve_bills_stand_in_order_without_those_taken_back(company: Company) -> None:
    bills = _year(company)
    ops.reverse_bill(bill_id=bills[-1].pk, day=date(2027, 1, 2), reason="x", actor=None, now=NOW)
    found = past_bills([bills[-1], bills[5]])
    assert [each.bill_id for each in found[bills[-1].pk]] == [b.pk for b in bills[2:]]
    assert [each.bill_id for each in found[bills[5].pk]] == [b.pk for b in bills[:6]]
