"""Summary bills: one document a day for a customer's accounts, paid by its number."""

import io
from dataclasses import replace
from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from pypdf import PdfReader

from qiao.billing import operations as ops
from qiao.billing.models import (
    Bill,
    Collecting,
    Payment,
    SummaryBill,
    SummaryLine,
    SummaryPart,
    SummaryPayment,
)
from qiao.billing.operations.budget import start_budget
from qiao.billing.operations.summaries import (
    CollectsAlready,
    NewSummaryPayment,
    NotCollected,
    NothingCollected,
    SummaryAtCounter,
    collect_bills,
    pay_summary,
    pay_summary_at_counter,
    start_collecting,
    stop_collecting,
)
from qiao.billing.paper import summary_pdf
from qiao.billing.queries.late_fees import accrued, rate_key
from qiao.billing.queries.standings import open_of
from qiao.billing.queries.summaries import (
    SummaryMissing,
    list_summaries,
    open_bills,
    seen_of,
    summary_for,
)
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.showing import money
from qiao.billing.showing_summaries import summary_paper
from qiao.billing.tests.lives import (
    NOW,
    a_bill,
    a_tariff,
    an_account,
    audit,
    balance,
    issue,
    standing,
)
from qiao.billing.tests.reading_papers import plain, text_of
from qiao.core import settings
from qiao.core.actor import Forbidden
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import Customer
from qiao.customers.operations import merge_customers
from qiao.customers.operations.payers import let_pay
from qiao.customers.tests.factories import make_customer
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
DAY = date(2026, 11, 22)


@pytest.fixture
def accounts(company: Company, school: Customer) -> list[int]:
    """Their accounts."""
    tariff = a_tariff()
    return [an_account(company, tariff, owner=school) for _ in range(3)]


def _collect(accounts: list[int], month: int = 0) -> tuple[SummaryBill, list[Bill]]:
    bills = issue(*(a_bill(pk, month, str(7 + n), day=DAY) for n, pk in enumerate(accounts)))
    (summary_id,) = collect_bills(bill_ids=[bill.pk for bill in bills], now=NOW)
    return SummaryBill.objects.get(pk=summary_id), bills


def _pay(summary: SummaryBill, minor: int, reference: str = "B-1") -> SummaryPayment:
    return pay_summary(
        payment=NewSummaryPayment(
            summary.pk, minor, Payment.Channel.BANK, Payment.Means.TRANSFER, reference, NOW, DAY
        ),
        actor=None,
        now=NOW,
    )


def test_the_bills_of_a_day_come_as_one_document(company: Company, accounts: list[int]) -> None:
    summary, bills = _collect(accounts)
    again = collect_bills(bill_ids=[bill.pk for bill in bills], now=NOW)
    assert again == [summary.pk]
    assert SummaryLine.objects.count() == 3
    found = summary_for(actor=company.agent, summary_id=summary.pk)
    assert [each.bill_id for each in found.bills] == [
        bill.pk for bill in sorted(bills, key=lambda b: b.account.account.number)
    ]
    assert found.minor == found.open_minor == sum(bill.total_minor for bill in bills)
    late = an_account(company, owner=Customer.objects.get(pk=summary.customer_id))
    more = issue(a_bill(late, 0, "5", day=DAY))
    assert collect_bills(bill_ids=[more[0].pk], now=NOW) == [summary.pk]
    other_day = issue(a_bill(late, 1, "5", day=DAY + timedelta(days=1)))
    assert collect_bills(bill_ids=[other_day[0].pk], now=NOW) != [summary.pk]
    assert not audit()


def test_a_worker_collects_what_was_issued(company: Company, accounts: list[int]) -> None:
    issue(*(a_bill(pk, 0, "7", day=DAY) for pk in accounts))
    run_deliveries()
    assert SummaryLine.objects.count() == 3
    assert company.lake.pk == SummaryBill.objects.get().organisation_id


def test_others_bills_and_those_of_other_days_are_not_collected(
    company: Company, school: Customer, accounts: list[int]
) -> None:
    stranger = issue(a_bill(an_account(company), 0, "7", day=DAY))
    early = issue(a_bill(accounts[0], 0, "7", day=date(2026, 11, 1)))
    assert collect_bills(bill_ids=[stranger[0].pk, early[0].pk], now=NOW) == []
    found = Collecting.objects.get(customer=school)
    stop_collecting(collecting_id=found.pk, actor=company.agent, now=NOW)
    after = issue(a_bill(accounts[1], 0, "7", day=DAY))
    assert collect_bills(bill_ids=[after[0].pk], now=NOW) == []
    with pytest.raises(NotCollected):
        stop_collecting(collecting_id=found.pk, actor=company.agent, now=NOW)


def test_bills_that_go_to_a_payer_are_the_payers(
    company: Company, school: Customer, accounts: list[int]
) -> None:
    tenant = make_customer(company.agent, name="教工宿舍")
    dormitory = an_account(company, owner=tenant)
    let_pay(
        actor=company.agent, now=NOW, account_id=dormitory, customer_id=school.pk, from_date=DAY
    )
    summary, bills = _collect([*accounts, dormitory])
    assert summary.customer_id == school.pk
    assert SummaryLine.objects.filter(summary=summary).count() == len(bills) == 4


def test_a_customer_who_was_merged_is_collected_as_who_stands_for_them(
    company: Company, school: Customer, accounts: list[int]
) -> None:
    other = make_customer(company.agent, name="临江一中", kind="organisation")
    merge_customers(
        actor=company.agent, now=NOW, customer_id=other.pk, merged_id=school.pk, reason="same"
    )
    summary, _bills = _collect(accounts)
    assert summary.customer_id == other.pk
    with pytest.raises(CollectsAlready):
        start_collecting(
            customer_id=other.pk, organisation_id=company.lake.pk, actor=company.agent, now=NOW
        )


def test_a_payment_of_all_pays_each_bill_exactly(company: Company, accounts: list[int]) -> None:
    settings.put(
        rate_key("water", "household"), 10, valid_from=date(2020, 1, 1), source="contract",
        actor=None, now=NOW,
    )  # fmt: skip
    summary, bills = _collect(accounts)
    owed = sum(each.minor for each in open_bills(summary.pk, day=DAY))
    whole = _pay(summary, owed)
    assert sum(whole.parts.values_list("payment__minor", flat=True)) == owed
    assert [open_of(bill) for bill in bills] == [0, 0, 0]
    assert all(not standing(pk, Ledger.PREPAID) for pk in accounts)
    assert _pay(summary, owed).pk == whole.pk
    assert SummaryPayment.objects.count() == 1
    with pytest.raises(ops.PaidOtherwise):
        _pay(summary, owed + 1)
    assert not audit()
    assert company.lake.pk == summary.organisation_id


def test_late_fees_are_paid_with_it(company: Company, accounts: list[int]) -> None:
    settings.put(
        rate_key("water", "household"), 10, valid_from=date(2020, 1, 1), source="contract",
        actor=None, now=NOW,
    )  # fmt: skip
    summary, bills = _collect(accounts)
    late = bills[0].due_date + timedelta(days=30)
    owed = sum(each.minor for each in open_bills(summary.pk, day=late))
    assert owed > sum(bill.total_minor for bill in bills)
    pay_summary(
        payment=NewSummaryPayment(
            summary.pk, owed, Payment.Channel.BANK, Payment.Means.TRANSFER, "L", NOW, late
        ),
        actor=None,
        now=NOW,
    )
    assert [open_of(bill) for bill in bills] == [0, 0, 0]
    assert not any(each.minor for each in accrued(accounts, day=late))
    assert company.lake.pk == summary.organisation_id


def test_a_part_pays_what_is_due_first_and_more_is_paid_ahead(
    company: Company, accounts: list[int]
) -> None:
    summary, bills = _collect(accounts)
    first = min(bills, key=lambda bill: bill.account.account.number)
    _pay(summary, first.total_minor + 10)
    assert open_of(first) == 0
    total = sum(bill.total_minor for bill in bills)
    assert sum(open_of(bill) for bill in bills) == total - first.total_minor - 10
    _pay(summary, total, "B-2")
    assert sum(balance(pk) for pk in accounts) == -(first.total_minor + 10)
    assert not any(open_of(bill) for bill in bills)
    assert company.lake.pk == summary.organisation_id


def test_one_part_is_taken_back_alone(company: Company, accounts: list[int]) -> None:
    summary, bills = _collect(accounts)
    whole = _pay(summary, sum(bill.total_minor for bill in bills))
    part = SummaryPart.objects.filter(whole=whole).order_by("pk")[0]
    ops.take_back_payment(
        payment_id=part.payment_id, day=DAY, reason="bounced", actor=None, now=NOW
    )
    assert sum(open_of(bill) for bill in bills) == part.payment.minor
    assert company.lake.pk == summary.organisation_id


def test_a_bill_that_was_taken_back_counts_no_more(company: Company, accounts: list[int]) -> None:
    summary, bills = _collect(accounts)
    ops.reverse_bill(bill_id=bills[0].pk, day=DAY, reason="misread", actor=None, now=NOW)
    found = summary_for(actor=company.agent, summary_id=summary.pk)
    assert len(found.holding) == 2
    assert found.minor == sum(bill.total_minor for bill in bills[1:])
    for bill in bills[1:]:
        ops.reverse_bill(bill_id=bill.pk, day=DAY, reason="misread", actor=None, now=NOW)
    with pytest.raises(NothingCollected):
        _pay(summary, 100)
    for wrong in (0, -5):
        with pytest.raises(ops.BadAmount):
            _pay(summary, wrong)


def test_instalments_are_what_a_summary_asks(company: Company, accounts: list[int]) -> None:
    start_budget(account_id=accounts[0], minor=9_000, actor=company.agent, now=NOW)
    summary, bills = _collect(accounts)
    found = summary_for(actor=company.agent, summary_id=summary.pk)
    assert found.minor == 9_000 + sum(bill.total_minor for bill in bills[1:])
    paper = summary_paper(found, address="x")
    assert any("Equal instalment" in row.note for row in paper.rows)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_the_paper_has_a_line_a_bill_and_the_total(
    company: Company, accounts: list[int], language: str
) -> None:
    summary, bills = _collect(accounts)
    found = summary_for(actor=company.agent, summary_id=summary.pk)
    with override(language):
        paper = summary_paper(found, address="滨江大道 88 号")
        amounts = [money(bill.total_minor, "CNY") for bill in bills]
        amounts.append(money(sum(bill.total_minor for bill in bills), "CNY"))
    text = text_of(summary_pdf(paper))
    assert all(plain(amount) in text for amount in amounts)
    assert all(bill.number in text for bill in bills)
    assert summary.number in text
    assert {"en": "Summarybill", "zh-hans": "合并账单", "zh-hant": "合併帳單"}[language] in text


def test_a_long_summary_goes_on_over_pages(company: Company, accounts: list[int]) -> None:
    summary, _bills = _collect(accounts)
    found = summary_for(actor=company.agent, summary_id=summary.pk)
    paper = summary_paper(found, address="滨江大道 88 号")
    long = replace(paper, rows=paper.rows * 40)
    assert len(PdfReader(io.BytesIO(summary_pdf(long))).pages) > 2


def test_whoever_does_not_see_the_unit_sees_no_summary(
    company: Company, accounts: list[int], school: Customer
) -> None:
    summary, _bills = _collect(accounts)
    with pytest.raises(SummaryMissing):
        summary_for(actor=company.outsider, summary_id=summary.pk)
    assert not list_summaries(actor=company.outsider).rows
    with pytest.raises(Forbidden):
        start_collecting(
            customer_id=school.pk, organisation_id=company.lake.pk, actor=company.outsider,
            now=NOW,
        )  # fmt: skip


def test_it_is_found_and_paid_at_the_counter(company: Company, accounts: list[int]) -> None:
    summary, bills = _collect(accounts)
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    for text in (summary.number, bills[0].number, bills[0].account.account.number):
        page = client.get(reverse("billing:summaries"), {"q": text}).content.decode()
        assert summary.number in page
    own = client.get(reverse("billing:summary", args=[summary.pk])).content.decode()
    assert all(bill.number in own for bill in bills)
    assert (
        summary.number in client.get(reverse("billing:bill", args=[bills[0].pk])).content.decode()
    )
    url = reverse("billing:summary_pay", args=[summary.pk])
    found = client.get(reverse("billing:counter"), {"q": summary.number, "pick": "1"})
    assert found.headers["Location"] == url
    told = {"means": "card", "key": "k1", "seen": seen_of(summary.pk, day=DAY)}
    assert client.post(url, told).status_code == 422, "there is no drawer"
    shift = ops.open_shift(
        organisation_id=company.lake.pk, currency="CNY", float_minor=0, day=DAY,
        actor=company.agent, now=NOW,
    )  # fmt: skip
    stale = client.post(url, told | {"seen": "x"})
    assert stale.status_code == 422
    assert told["seen"] in stale.content.decode(), "how it stands now is what is sent next"
    assert client.post(url, told).status_code == 302
    assert [open_of(bill) for bill in bills] == [0, 0, 0]
    assert client.post(url, told).status_code == 302, "the same form takes once"
    assert Payment.objects.filter(shift=shift).count() == 3
    paid = client.get(reverse("billing:summary", args=[summary.pk])).content.decode()
    assert all(each.number in paid for each in Payment.objects.all())
    pdf = client.post(reverse("billing:summary_paper", args=[summary.pk]), {"language": "en"})
    assert pdf.status_code == 200
    with pytest.raises(Forbidden):
        pay_summary_at_counter(
            payment=SummaryAtCounter(summary.pk, 5, Payment.Means.CARD, "k2", "x"),
            actor=company.outsider,
            now=NOW,
        )


def test_an_accounts_page_begins_and_stops_collecting(company: Company) -> None:
    owner = make_customer(company.agent, name="连锁便利店", kind="organisation")
    account = an_account(company, owner=owner)
    client = Client(headers={"accept-language": "en"})
    client.force_login(company.agent_staff, backend="qiao.staff.signin.StaffBackend")
    page = reverse("billing:account", args=[account])
    url = reverse("billing:collect", args=[account])
    assert url in client.get(page).content.decode()
    assert client.get(url).status_code == 200
    assert client.post(url, {"unit": company.lake.pk}).status_code == 302
    assert client.post(url, {"unit": company.lake.pk}).status_code == 422
    found = Collecting.objects.get(customer=owner)
    stop = reverse("billing:collect_stop", args=[found.pk])
    assert stop in client.get(page).content.decode()
    assert client.get(stop).status_code == 200
    assert client.post(stop).status_code == 302
    assert client.post(stop).status_code == 404
    found.refresh_from_db()
    assert found.until is not None
