"""Whoever has bills collected hears of the summary, once, and not of the bills in it."""

from datetime import date, timedelta

import pytest
from django.utils.translation import override

from qiao.billing import operations as ops
from qiao.billing.models import Bill, SummaryBill
from qiao.billing.operations.summaries import collect_bills
from qiao.billing.operations.telling import tell_bills
from qiao.billing.operations.telling_summaries import QUIET, tell_summaries
from qiao.billing.operations.telling_ways import STALE, WISH
from qiao.billing.paper.enclosed import enclosed_summary
from qiao.billing.showing import money
from qiao.billing.tests.lives import NOW, a_bill, a_tariff, an_account, issue
from qiao.billing.tests.reading_papers import plain, text_of
from qiao.core import settings
from qiao.core.tests.deliveries import run_deliveries
from qiao.customers.models import Customer
from qiao.messaging.models import Message
from qiao.messaging.operations import add_email
from qiao.messaging.tests.factories import reachable
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
DAY = date(2026, 11, 22)


@pytest.fixture
def school(company: Company, school: Customer) -> Customer:
    """With an address."""
    add_email(actor=company.agent, now=NOW, customer_id=school.pk, address="office@example.com")
    return school


@pytest.fixture
def accounts(company: Company, school: Customer) -> list[int]:
    """Three accounts of theirs."""
    tariff = a_tariff()
    return [an_account(company, tariff, owner=school) for _ in range(3)]


def _collect(accounts: list[int]) -> tuple[SummaryBill, list[Bill]]:
    bills = issue(*(a_bill(pk, 0, str(7 + n), day=DAY) for n, pk in enumerate(accounts)))
    (summary_id,) = collect_bills(bill_ids=[bill.pk for bill in bills], now=NOW)
    return SummaryBill.objects.get(pk=summary_id), bills


def _left_alone() -> int:
    return tell_summaries(now=NOW + QUIET)


@pytest.mark.parametrize("language", ["en", "zh-hans", "zh-hant"])
def test_one_notice_tells_of_the_summary_and_none_of_its_bills(
    company: Company, school: Customer, accounts: list[int], language: str
) -> None:
    Customer.objects.filter(pk=school.pk).update(language=language)
    summary, bills = _collect(accounts)
    assert tell_bills(bill_ids=[bill.pk for bill in bills], now=NOW) == 0
    assert tell_summaries(now=NOW) == 0, "more bills of the day may come"
    assert _left_alone() == 1
    assert _left_alone() == 0
    message = Message.objects.get()
    assert (message.kind, message.subject_id, message.customer_id) == (
        "summary_issued",
        summary.pk,
        school.pk,
    )
    with override(language):
        amount = money(sum(bill.total_minor for bill in bills), "CNY")
    assert amount in message.title
    for text in (amount, summary.number):
        assert text in message.body
    words = {"en": "3 bills in all", "zh-hans": "合并账单", "zh-hant": "合併帳單"}
    assert words[language] in message.body
    file = enclosed_summary(summary.pk, message.language)
    assert file
    assert plain(amount) in text_of(file.content)


def test_what_comes_later_is_told_again_and_what_is_taken_back_anew(
    company: Company, school: Customer, accounts: list[int]
) -> None:
    summary, bills = _collect(accounts)
    assert _left_alone() == 1
    late = an_account(company, owner=school)
    more = issue(a_bill(late, 0, "5", day=DAY))
    assert collect_bills(bill_ids=[more[0].pk], now=NOW) == [summary.pk]
    assert _left_alone() == 1
    ops.reverse_bill(bill_id=bills[0].pk, day=DAY, reason="misread", actor=None, now=NOW)
    assert _left_alone() == 1
    *before, last = Message.objects.order_by("pk")
    assert [each.state for each in before] == ["cancelled", "cancelled"]
    with override("zh-hans"):
        assert money(sum(b.total_minor for b in (*bills[1:], *more)), "CNY") in last.body


def test_a_unit_that_tells_nobody_and_a_summary_of_long_ago_send_nothing(
    company: Company, school: Customer, accounts: list[int]
) -> None:
    _summary, bills = _collect(accounts)
    assert tell_summaries(now=NOW + STALE + timedelta(days=1)) == 0
    SummaryBill.objects.update(untold_since=NOW)
    settings.put(
        WISH, "no", valid_from=date(2025, 1, 1), source="x", actor=company.chief, now=NOW,
        organisation_id=company.lake.pk,
    )  # fmt: skip
    assert _left_alone() == 0
    assert bills
    assert not Message.objects.exists()


def test_the_worker_tells_who_is_not_collected_and_collects_the_others(
    company: Company, school: Customer, accounts: list[int]
) -> None:
    single = an_account(company, owner=reachable(company.agent, "one@example.com"))
    issue(*(a_bill(pk, 0, "7", day=DAY) for pk in (*accounts, single)))
    run_deliveries()
    assert Message.objects.get().to_address == "one@example.com"
    assert SummaryBill.objects.get().untold_since is not None
