"""Runs of bills on screens: begun, looked at, released, left out, issued, given up."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.billing.models import Bill, BillRun, RunAccount
from qiao.billing.operations import run_jobs
from qiao.billing.tests.counter import at, text_of
from qiao.billing.tests.lives import NOW, a_tariff
from qiao.billing.tests.reading import a_read_account, read_again
from qiao.staff.tests.cast import Company

TODAY = timezone.localdate()
HTMX = {"HX-Request": "true"}


def months_ago(count: int) -> date:
    """The first day of a month that is over."""
    month = TODAY.year * 12 + TODAY.month - 1 - count
    return date(month // 12, month % 12 + 1, 1)


@pytest.fixture
def clerk(company: Company) -> Client:
    """Somebody who issues bills, in English."""
    return at(company.agent_staff)


def begin(clerk: Client, company: Company, until: date) -> BillRun:
    form = {"unit": company.lake.pk, "until": until, "issued_date": until, "due_days": 20}
    response = clerk.post(reverse("billing:run_new"), form)
    assert response.status_code == 302, text_of(response)
    run = BillRun.objects.latest("pk")
    assert response["Location"] == reverse("billing:run", args=[run.pk])
    return run


def shown(clerk: Client, run: BillRun, query: str = "") -> str:
    response = clerk.get(reverse("billing:run", args=[run.pk]) + query)
    assert response.status_code == 200
    return text_of(response)


def reckon(run: BillRun, company: Company) -> None:
    run_jobs.reckon_run(run_id=run.pk, actor=company.agent)


def finish(run: BillRun, company: Company) -> None:
    run_jobs.issue_run(run_id=run.pk, actor=company.agent, now=NOW)


@pytest.fixture
def strange(company: Company, clerk: Client) -> tuple[BillRun, int, int]:
    """A run of two accounts that were billed before, one of which used ten times as much."""
    tariff = a_tariff()
    first = {months_ago(4): "100", months_ago(2): "120"}
    one, one_point, one_meter = a_read_account(company.agent, values=first, tariff=tariff)
    two, two_point, two_meter = a_read_account(company.agent, values=first, tariff=tariff)
    run = begin(clerk, company, months_ago(2))
    reckon(run, company)
    clerk.post(reverse("billing:run_issue", args=[run.pk]), {"issued_date": months_ago(2)})
    finish(run, company)
    assert Bill.objects.count() == 2
    read_again(company.agent, one_point, one_meter, {months_ago(0): "140"})
    read_again(company.agent, two_point, two_meter, {months_ago(0): "320"})
    run = begin(clerk, company, months_ago(0))
    reckon(run, company)
    return run, one, two


def test_before_the_first_run_the_page_says_what_a_run_does(
    company: Company, clerk: Client
) -> None:
    page = text_of(clerk.get(reverse("billing:runs")))
    assert "No bills have been run yet" in page
    assert "No account is due today." in page
    a_read_account(company.agent, values={months_ago(4): "1", months_ago(2): "2"})
    page = text_of(clerk.get(reverse("billing:runs")))
    assert f"1 account is due today, the oldest not billed since {months_ago(4)}." in page
    outsider = at(company.outsider_staff)
    assert outsider.get(reverse("billing:runs")).status_code == 200
    assert "No account is due today." in text_of(outsider.get(reverse("billing:runs")))


def test_what_is_wrong_with_a_new_run_stands_at_its_field(company: Company, clerk: Client) -> None:
    address = reverse("billing:run_new")
    form = {"unit": company.lake.pk, "until": TODAY, "issued_date": TODAY, "due_days": 20}
    for change, said in (
        ({"until": TODAY + timedelta(days=1)}, "Days that have not passed cannot be billed."),
        ({"issued_date": TODAY - timedelta(days=1)}, f"Not before {TODAY}"),
        ({"due_days": 400}, "365"),
        ({"unit": 10**9}, "Select a valid choice"),
        ({}, "No account is due: the months of the last bills are not over by that day."),
    ):
        response = clerk.post(address, form | change)
        assert response.status_code == 422
        assert said in text_of(response)
    assert not BillRun.objects.exists()


def test_a_run_says_how_far_it_is_until_it_waits_for_somebody(
    company: Company, clerk: Client
) -> None:
    a_read_account(company.agent, values={months_ago(4): "1", months_ago(2): "9"})
    run = begin(clerk, company, months_ago(2))
    assert "0 of 1 accounts reckoned" in shown(clerk, run)
    address = reverse("billing:run", args=[run.pk])
    part = clerk.get(address, headers=HTMX)
    assert "0 of 1 accounts reckoned" in text_of(part)
    assert b"<html" not in part.content
    reckon(run, company)
    over = clerk.get(address, headers=HTMX)
    assert (over.status_code, over["HX-Refresh"]) == (204, "true")
    page = shown(clerk, run)
    assert "Issue 1 bill" in page
    assert "No bill stands out" in shown(clerk, run, "?state=outlier")


def test_what_stands_out_is_shown_released_and_issued(
    company: Company, clerk: Client, strange: tuple[BillRun, int, int]
) -> None:
    run, _one, two = strange
    page = shown(clerk, run)
    assert "Much more than usual" in page
    assert "×10" in page
    assert "Issue 1 bill" in page
    box = text_of(clerk.get(reverse("billing:run_issue", args=[run.pk])))
    assert "Left out, for nobody has decided" in box
    response = clerk.post(
        reverse("billing:run_release", args=[run.pk]), {"account": two, "state": "outlier"},
        follow=True,
    )  # fmt: skip
    assert "1 bill is released." in text_of(response)
    assert "Issue 2 bills" in text_of(response)
    clerk.post(reverse("billing:run_issue", args=[run.pk]), {"issued_date": months_ago(0)})
    assert "0 of 2 bills issued" in shown(clerk, run)
    finish(run, company)
    bill = Bill.objects.get(account=two, end_date=months_ago(0))
    page = clerk.get(reverse("billing:run", args=[run.pk]) + "?state=issued").content.decode()
    assert reverse("billing:bill", args=[bill.pk]) in page


def test_one_is_left_out_with_a_reason_that_is_shown(
    clerk: Client, strange: tuple[BillRun, int, int]
) -> None:
    run, _one, two = strange
    address = reverse("billing:run_leave", args=[run.pk])
    asked = clerk.post(address, {"account": two}, headers=HTMX)
    assert "Leave 1 account out of this run?" in text_of(asked)
    empty = clerk.post(address, {"account": two, "note": " "}, headers=HTMX)
    assert empty.status_code == 422
    done = clerk.post(address, {"account": two, "note": "leak is looked for"}, headers=HTMX)
    assert (done.status_code, done["HX-Redirect"]) == (204, reverse("billing:run", args=[run.pk]))
    assert "leak is looked for" in shown(clerk, run, "?state=aside")
    assert RunAccount.objects.get(run=run, account=two).state == "aside"


def test_a_run_is_given_up_after_asking(
    company: Company, clerk: Client, strange: tuple[BillRun, int, int]
) -> None:
    run, _one, _two = strange
    address = reverse("billing:run_drop", args=[run.pk])
    assert "Give this run up?" in text_of(clerk.get(address))
    assert clerk.post(address).status_code == 302
    assert "Given up" in shown(clerk, run)
    again = clerk.post(address)
    assert again.status_code == 422
    assert "Somebody went on with this run meanwhile." in text_of(again)
    resumed = clerk.post(reverse("billing:run_resume", args=[run.pk]), follow=True)
    assert "Somebody went on with this run meanwhile." in text_of(resumed)
    outsider = at(company.outsider_staff)
    assert outsider.get(reverse("billing:run", args=[run.pk])).status_code == 404
    assert outsider.post(address).status_code == 404
