"""Figures of money are what the ledger says, and lead to the bills that they count."""

from datetime import date, timedelta
from urllib.parse import urlsplit

import pytest
from django.db import connection
from django.http import QueryDict
from django.test import Client
from django.urls import reverse
from django.utils.translation import override
from hypothesis import given
from hypothesis import strategies as st

from qiao.billing import operations as ops
from qiao.billing.forms.all_bills import read_bill_filters
from qiao.billing.models import Bill, Feed, MoneyFigureChange
from qiao.billing.operations.figures import fold_figures
from qiao.billing.queries import figures
from qiao.billing.queries.all_bills import BillFilters, BillRow, list_bills
from qiao.billing.rules.money.ageing import AGES, age_of, span_of
from qiao.billing.showing_feeds import moment_words
from qiao.billing.tests.feeding import a_feed
from qiao.billing.tests.lives import NOW, a_bill, an_account, balance, issue, pay
from qiao.core.actor import Actor
from qiao.core.figures import Scope
from qiao.core.rules.spans import Span
from qiao.staff.models import Staff
from qiao.staff.tests.cast import Company

HOUR = timedelta(hours=1)
TODAY = date(2026, 11, 22)
YEAR = Span(date(2025, 11, 23), TODAY)


def scope(span: Span = YEAR, pack: str = "") -> Scope:
    return Scope(span, span.before(), NOW, pack=pack, language="en")


def rows_behind(href: str, actor: Actor) -> list[BillRow]:
    parts = urlsplit(href)
    assert parts.path == reverse("billing:list")
    filters = read_bill_filters(QueryDict(parts.query))
    return list(list_bills(actor=actor, filters=filters, today=TODAY, limit=10_000).rows)


def drift() -> list[tuple[object, ...]]:
    """Where what is kept is not what the ledger says."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT organisation_id, day, view, holder, sum(n) FROM ("
            "    SELECT organisation_id, day, view, holder, n FROM billing_moneyfigure"
            "    UNION ALL SELECT organisation_id, day, view, holder, n"
            "      FROM billing_moneyfigurechange"
            "    UNION ALL SELECT organisation_id, day, view, holder, -n"
            "      FROM billing_figures_again()) x"
            " GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0"
        )
        return list(cursor.fetchall())


@pytest.fixture
def accounts(company: Company) -> list[int]:
    """Ten months of bills of two accounts; one pays all but the last, the other every third."""
    found = [an_account(company), an_account(company)]
    for number in range(10):
        for place, pk in enumerate(found):
            (bill,) = issue(a_bill(pk, number, str(5 + place)))
            if (place == 0 and number < 9) or (place == 1 and number % 3 == 0):
                pay(pk, bill.total_minor)
    return found


def test_what_was_billed_paid_and_is_owed(company: Company, accounts: list[int]) -> None:
    agent = company.agent
    grid = figures.billed_and_paid(agent, scope())
    bills = list(Bill.objects.filter(account__in=accounts))
    billed, paid = grid.totals
    assert billed.value == round(sum(bill.total_minor for bill in bills) / 100)
    owed = sum(balance(pk) for pk in accounts)
    assert paid.value == round((sum(bill.total_minor for bill in bills) - owed) / 100)
    followed = 0
    for row in grid.rows:
        cell = row.cells[0]
        if cell.href:
            behind = rows_behind(cell.href, agent)
            assert cell.value == round(sum(each.minor for each in behind) / 100)
            followed += 1
    assert followed >= 9
    ages = figures.owed_by_age(agent, scope())
    assert ages.totals[0].value == round(owed / 100)
    for row in ages.rows:
        cell = row.cells[0]
        behind = rows_behind(cell.href, agent) if cell.href else []
        assert cell.value == round(sum(each.owed_minor for each in behind) / 100)
        assert all(age_of(each.due_date, TODAY) == row.key for each in behind)
    late = figures.overdue(agent, scope())
    behind = rows_behind(late.href, agent)
    assert late.value == round(sum(each.owed_minor for each in behind) / 100) > 0
    assert figures.owed_by_age(company.outsider, scope()).is_empty
    assert not drift()
    fold_figures()
    assert not MoneyFigureChange.objects.exists()
    assert figures.owed_by_age(agent, scope()).totals[0].value == ages.totals[0].value
    assert not drift()


def test_a_bill_taken_back_counts_no_more(company: Company, accounts: list[int]) -> None:
    last = Bill.objects.filter(account=accounts[1]).latest("end_date")
    before = figures.owed_by_age(company.agent, scope()).totals[0].value
    fold_figures()
    ops.reverse_bill(bill_id=last.pk, day=TODAY, reason="misread", actor=company.agent, now=NOW)
    after = figures.owed_by_age(company.agent, scope()).totals[0].value
    assert before is not None
    assert after == pytest.approx(before - last.total_minor / 100, abs=1)
    assert not drift()
    found = list_bills(
        actor=company.agent, filters=BillFilters(state="reversed"), today=TODAY
    ).rows
    assert [row.number for row in found] == [last.number]


def test_by_service_and_by_whose_money_it_is(company: Company, accounts: list[int]) -> None:
    agent = company.agent
    services = figures.billed_by_service(agent, scope())
    assert [row.key for row in services.rows] == ["water"]
    assert services.totals[0].value == figures.billed_and_paid(agent, scope()).totals[0].value
    owners = figures.earned_by_owner(agent, scope())
    assert {row.key for row in owners.rows} == {"company", "sewage"}
    assert figures.billed_by_service(agent, scope(pack="gas")).is_empty
    assert not figures.billed_by_service(agent, scope(pack="water")).is_empty


@pytest.mark.usefixtures("accounts")
def test_figures_say_as_of_when_another_system_told(company: Company) -> None:
    with override("en"):
        assert figures.billed_and_paid(company.agent, scope()).note == ""
        feed = a_feed(company)
        Feed.objects.filter(pk=feed.pk).update(bills_as_of=NOW, payments_as_of=NOW + HOUR)
        told = f"as of {moment_words(NOW)} from SAP"
        for ask in (figures.billed_and_paid, figures.billed_by_service):
            assert ask(company.chief, scope()).note == told
            assert ask(company.outsider, scope()).note == ""
        assert figures.owed_by_age(company.agent, scope()).note == f"at this moment; {told}"
        assert figures.overdue(company.agent, scope()).note == f"CNY, at this moment; {told}"
        assert figures.earned_by_owner(company.agent, scope()).note == ""


def test_pages_of_bills_follow_one_another(company: Company, accounts: list[int]) -> None:
    seen: list[int] = []
    after = ""
    for _ in range(10):
        page = list_bills(
            actor=company.agent, filters=BillFilters(), today=TODAY, after=after, limit=3
        )
        seen += [row.bill_id for row in page.rows]
        if not (after := page.following):
            break
    newest = Bill.objects.filter(account__in=accounts).order_by("-issued_date", "-pk")
    assert seen == list(newest.values_list("pk", flat=True))
    assert not list_bills(actor=company.outsider, filters=BillFilters(), today=TODAY).rows


def test_a_bill_is_found_by_its_number_or_its_accounts(
    company: Company, accounts: list[int]
) -> None:
    staff = Staff.objects.get(pk=company.agent.person_id)
    client = Client(headers={"accept-language": "en"})
    client.force_login(staff, backend="qiao.staff.signin.StaffBackend")
    bill = Bill.objects.filter(account=accounts[0]).first()
    assert bill is not None
    page = client.get(reverse("billing:list"), {"q": f" {bill.number.lower()} "})
    assert page.content.decode().count("<tr data-href") == 1
    number = bill.account.account.number
    page = client.get(reverse("billing:list"), {"q": number})
    assert page.content.decode().count("<tr data-href") == 10
    page = client.get(reverse("billing:list"), {"q": number, "age": "all"})
    assert page.content.decode().count("<tr data-href") == 1
    page = client.get(reverse("billing:list"), {"q": "nothing"})
    assert "No bill fits" in page.content.decode()


@given(st.integers(-400, 4_000))
def test_ages_meet_without_gap(late: int) -> None:
    due = TODAY - timedelta(days=late)
    holding = [age for age in AGES if due in span_of(age, TODAY)]
    assert holding == [age_of(due, TODAY)]
    assert (due in span_of("late", TODAY)) == (late > 0)
    assert due in span_of("all", TODAY)
