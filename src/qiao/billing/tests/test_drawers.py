"""Drawers and days by their pages: taken back, counted, closed, taken away."""

import csv
from datetime import timedelta
from pathlib import Path

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone, translation

from qiao.billing import operations as ops
from qiao.billing.ledger_words import EVENTS, LEDGERS
from qiao.billing.models import CashierShift, ClosedDay, Entry, Payment
from qiao.billing.rules.money.postings import RULES, Ledger
from qiao.billing.tests.counter import at, form_of, open_drawer, send, take, text_of
from qiao.billing.tests.lives import a_bill, an_account, audit, balance, issue
from qiao.core.actor import Forbidden
from qiao.core.exports import path_of
from qiao.core.models import Disclosure, Export
from qiao.core.tests.deliveries import run_background
from qiao.staff.queries import actor_for
from qiao.staff.tests.cast import Company, person

FLOAT = 20_000
RIGHTS = ("customers.view", "payments.take")


@pytest.fixture
def account(company: Company) -> int:
    """An account with a bill."""
    account = an_account(company)
    issue(a_bill(account, 0, "10"))
    return account


@pytest.fixture
def cashier(company: Company) -> Client:
    """Who takes payments in the lake branch and closes no days, with a drawer open."""
    client = at(person(number="3001", name="顾雪梅", branch=company.lake, permissions=RIGHTS))
    open_drawer(client, company.lake.pk)
    return client


def back(client: Client, payment: Payment, reason: str = "counted twice") -> object:
    return client.post(reverse("billing:give_back", args=[payment.pk]), {"reason": reason})


def count(client: Client, shift: CashierShift, counted: str) -> None:
    client.post(reverse("billing:count_drawer", args=[shift.pk]), {"counted": counted})
    shift.refresh_from_db()


def close(client: Client, company: Company, day: str = "") -> object:
    query = f"?unit={company.lake.pk}" + (f"&day={day}" if day else "")
    return client.post(reverse("billing:close_day") + query, {})


def test_a_cashier_takes_their_own_payment_back_and_the_drawer_knows(
    cashier: Client, account: int
) -> None:
    owed = balance(account)
    payment = take(cashier, account)
    drawer = reverse("billing:drawer", args=[payment.shift_id])
    should = f"Cash that should lie in it CNY {(FLOAT + owed) / 100:.2f}"
    assert should in text_of(cashier.get(drawer))
    without = back(cashier, payment, reason=" ")
    assert "This field is required" in text_of(without)
    back(cashier, payment)
    assert balance(account) == owed
    assert f"Cash that should lie in it CNY {FLOAT / 100:.2f}" in text_of(cashier.get(drawer))
    paper = text_of(cashier.get(reverse("billing:receipt", args=[payment.pk])))
    assert "by 顾雪梅: counted twice" in paper
    assert "Still owed after this payment CNY 0.00" in paper
    payment.refresh_from_db()
    assert payment.taken_back_from_id == payment.shift_id
    again = back(at_lead(payment), payment)
    assert "was taken back already" in text_of(again)
    assert not audit()


def at_lead(payment: Payment) -> Client:
    """Who closes the days of the payment's unit."""
    return at(
        person(
            number="3002",
            name="陶国栋",
            branch=payment.organisation,
            permissions=("customers.view", "payments.take", "payments.close"),
        )
    )


def test_payments_of_others_and_of_counted_drawers_are_their_leads_to_take_back(
    company: Company, cashier: Client, account: int
) -> None:
    payment = take(cashier, account)
    other = person(number="3003", name="乙", branch=company.lake, permissions=RIGHTS)
    assert back(at(other), payment).status_code == 403  # type: ignore[attr-defined]
    with pytest.raises(Forbidden), transaction.atomic():
        ops.give_back_at_counter(
            payment_id=payment.pk, reason="x", day=payment.booked_date,
            actor=actor_for(other, day=timezone.localdate()), now=timezone.now(),
        )  # fmt: skip
    shift = payment.shift
    assert shift
    count(cashier, shift, f"{(FLOAT + payment.minor) / 100}")
    assert back(cashier, payment).status_code == 403  # type: ignore[attr-defined]
    lead = at_lead(payment)
    assert "You have no drawer open here" in text_of(back(lead, payment))
    own = open_drawer(lead, company.lake.pk, "500")
    back(lead, payment)
    payment.refresh_from_db()
    assert payment.taken_back_from_id == own.pk
    told = text_of(lead.get(reverse("billing:drawer", args=[own.pk])))
    assert f"Cash that should lie in it CNY {(50_000 - payment.minor) / 100:.2f}" in told
    assert "of another drawer, given back here" in told
    assert not audit()


def test_a_count_that_differs_is_booked_and_seen(
    company: Company, cashier: Client, account: int
) -> None:
    payment = take(cashier, account)
    shift = payment.shift
    assert shift
    asked = cashier.get(reverse("billing:count_drawer", args=[shift.pk]))
    assert f"CNY {(FLOAT + payment.minor) / 100:.2f}" in text_of(asked)
    count(cashier, shift, f"{(FLOAT + payment.minor - 150) / 100}")
    assert (shift.expected_minor, shift.counted_minor) == (
        FLOAT + payment.minor, FLOAT + payment.minor - 150,
    )  # fmt: skip
    booked = dict(Entry.objects.filter(posting=shift.difference_id).values_list("ledger", "minor"))
    assert booked == {Ledger.CASH: -150, Ledger.OVER_SHORT: 150}
    told = text_of(cashier.get(reverse("billing:drawer", args=[shift.pk])))
    assert "CNY -1.50: less than should lie in it; it is booked." in told
    response = send(cashier, account, form_of(cashier, account), amount="1")
    assert "You have no drawer open here" in text_of(response)
    again = cashier.post(reverse("billing:count_drawer", args=[shift.pk]), {"counted": "1"})
    assert "was counted already" in text_of(again)
    assert not audit()
    assert company.lake.pk == shift.organisation_id


def test_one_drawer_at_a_time_and_of_units_in_which_payments_are_taken(
    company: Company, cashier: Client
) -> None:
    response = cashier.post(reverse("billing:drawers"), {"unit": company.lake.pk, "float": "1"})
    assert "A drawer is still open" in text_of(response)
    other = at(person(number="3004", name="丙", branch=company.lake, permissions=RIGHTS))
    assert other.post(
        reverse("billing:drawers"), {"unit": company.river.pk, "float": "1"}
    ).status_code == 422  # fmt: skip
    assert CashierShift.objects.count() == 1


def test_a_day_is_closed_when_all_drawers_are_counted_and_nothing_is_booked_afterwards(
    company: Company, cashier: Client, account: int
) -> None:
    lead, today = at(company.colleague_staff), timezone.localdate()
    payment = take(cashier, account)
    days = f"{reverse('billing:days')}?unit={company.lake.pk}"
    told = text_of(lead.get(days))
    assert "Drawers are still open" in told
    assert "顾雪梅" in told
    assert f"Cash 1 × CNY {payment.minor / 100:.2f}" in told
    assert "debits are credits" in told
    assert "A drawer is still open: 顾雪梅" in text_of(close(lead, company))
    shift = payment.shift
    assert shift
    count(cashier, shift, f"{(FLOAT + payment.minor) / 100}")
    asked = text_of(lead.get(reverse("billing:close_day") + f"?unit={company.lake.pk}"))
    assert f"Close {today}?" in asked
    assert "This cannot be undone" in asked
    assert not ClosedDay.objects.exists()
    close(lead, company)
    assert ClosedDay.objects.get().closed_by_id == company.colleague_staff.pk
    told = text_of(lead.get(days))
    assert "by 周明: nothing is booked into this day any more" in told
    assert f"{today} CNY {payment.minor / 100:.2f} 周明" in told
    refused = cashier.post(reverse("billing:drawers"), {"unit": company.lake.pk, "float": "1"})
    assert f"The day {today} is closed" in text_of(refused)
    lead_back = back(lead, payment)
    assert "You have no drawer open here" in text_of(lead_back)
    tomorrow = (today + timedelta(days=1)).isoformat()
    assert "not before" in text_of(close(lead, company, tomorrow))
    assert cashier.post(reverse("billing:close_day"), {}).status_code == 403


def test_earlier_days_that_are_open_are_told(company: Company, account: int) -> None:
    del account  # its bill was issued on 1 December 2025
    lead = at(company.colleague_staff)
    told = text_of(lead.get(f"{reverse('billing:days')}?unit={company.lake.pk}"))
    assert "Days before it are open as well; closing this day closes them too: 2025-12-01" in told


@pytest.mark.parametrize(
    ("language", "cash", "own"),
    [("en", "Cash in drawers", "The company"), ("zh-hans", "现金", "本公司"),
     ("zh-hant", "現金", "本公司")],
)  # fmt: skip
@pytest.mark.parametrize("span", ["day", "month"])
def test_the_ledger_is_taken_away_by_ledger_owner_and_currency(
    company: Company, cashier: Client, account: int, language: str, cash: str, own: str, span: str
) -> None:
    payment = take(cashier, account)
    lead = at(company.colleague_staff, language)
    address = reverse("billing:take_ledger") + f"?unit={company.lake.pk}"
    order = {"span": span, "format": "csv", "reason": "month end"}
    assert lead.post(address, order | {"reason": " "}).status_code == 422
    assert lead.post(address, order).status_code == 302
    run_background()
    export = Export.objects.get()
    assert export.state == Export.State.DONE
    assert Disclosure.objects.filter(subject="billing.ledger").exists()
    with Path(path_of(export)).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))[1:]
    by_ledger = {row[0]: row for row in rows}
    taken = f"{payment.minor / 100:.2f}"
    assert by_ledger["cash"][1:] == [cash, "company", own, "CNY", taken, "0.00"]
    assert sum(float(row[5]) for row in rows) == pytest.approx(sum(float(row[6]) for row in rows))


def test_every_ledger_and_event_has_a_name_of_its_own_in_three_languages() -> None:
    assert set(LEDGERS) == set(Ledger)
    assert set(EVENTS) == set(RULES)
    for language in ("en", "zh-hans", "zh-hant"):
        with translation.override(language):
            for names in (LEDGERS, EVENTS):
                told = [str(name) for name in names.values()]
                assert len(set(told)) == len(told)
