"""Late fees: charged with a payment, waived by two, paused by a dispute; seen before they come."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from django.urls import reverse

from qiao.billing import operations as ops
from qiao.billing import tasks
from qiao.billing.models import Bill, Entry, Payment
from qiao.billing.operations import asking
from qiao.billing.queries.asked import REVERSE, WAIVE
from qiao.billing.queries.late_fees import accrued, rate_key
from qiao.billing.queries.owing import owing_of
from qiao.billing.queries.standings import standings_of
from qiao.billing.tests.counter import at, form_of, open_drawer, send, take, text_of
from qiao.billing.tests.lives import NOW, a_bill, an_account, audit, balance, issue, pay, standing
from qiao.cases import operations as cases
from qiao.cases.events import DisputeEnded
from qiao.cases.tests.world import a_case, pack_installed
from qiao.core import approvals, settings
from qiao.core.actor import Forbidden
from qiao.core.events import Envelope
from qiao.core.models import Approval
from qiao.staff.tests.cast import Company

TODAY = NOW.date()
ISSUED, DUE = date(2026, 10, 1), date(2026, 10, 21)
LATE = (TODAY - DUE).days  # 32


@pytest.fixture(autouse=True)
def rates(company: Company) -> None:
    """A tenth of a percent a day, at least a yuan."""
    del company
    for who in ("household", "others"):
        settings.put(
            rate_key("water", who), 10, valid_from=date(2020, 1, 1), source="contract",
            actor=None, now=NOW,
        )  # fmt: skip


@pytest.fixture
def owing(company: Company) -> tuple[int, Bill]:
    """An account with a bill that was due on 21 October; its others are not due yet."""
    account = an_account(company)
    for number in range(10):
        issue(replace(a_bill(account, number, "4"), due_date=date(2027, 1, 1)))
    (bill,) = issue(a_bill(account, 10, "60", day=ISSUED))
    return account, bill


def fee(minor: int, days: int) -> int:
    """So many days at 0.1 %, rounded half up, at least a yuan."""
    return max((minor * days + 500) // 1_000, 100)


def test_what_runs_is_seen_and_charged_with_the_payment_once(
    company: Company, owing: tuple[int, Bill]
) -> None:
    account, bill = owing
    (running,) = accrued([account], day=TODAY)
    due = fee(bill.total_minor, LATE)
    assert (running.bill_id, running.minor, running.charged) == (bill.pk, due, 0)
    assert not Entry.objects.filter(kind="interest").exists()
    before = balance(account)
    shown = owing_of(actor=company.agent, account_id=account, day=TODAY)
    assert shown.minor == before + due
    pay(account, 1_000)
    assert balance(account) == before + due - 1_000
    assert standing(account)[bill.pk, "company"] > 0
    pay(account, 1_000)  # on the same day: nothing more is charged
    assert balance(account) == before + due - 2_000
    assert not audit()


def test_after_a_part_was_paid_only_the_rest_costs(owing: tuple[int, Bill]) -> None:
    account, bill = owing
    day = DUE + timedelta(days=10)
    first = fee(bill.total_minor, 10)
    pay(account, first + 5_000, named=(bill.pk,), booked_date=day)
    rest = bill.total_minor - 5_000
    later = day + timedelta(days=10)
    (running,) = accrued([account], day=later)
    exact = bill.total_minor * 10 + rest * 10
    assert running.fee.minor == (exact + 500) // 1_000
    assert running.charged == first
    assert running.minor == running.fee.minor - first
    pay(account, rest + running.minor, named=(bill.pk,), booked_date=later)
    assert bill.pk not in {pk for pk, _owner in standing(account)}
    assert accrued([account], day=later + timedelta(days=20)) == []
    assert not audit()


def test_whoever_pays_in_time_or_owes_nothing_is_charged_nothing(owing: tuple[int, Bill]) -> None:
    account, bill = owing
    assert accrued([account], day=DUE) == []
    pay(account, bill.total_minor, named=(bill.pk,), booked_date=DUE)
    assert accrued([account], day=TODAY) == []
    assert accrued([], day=TODAY) == []


def agree(company: Company, asked: Approval) -> None:
    done = {REVERSE: asking.reversal_agreed, WAIVE: asking.waiver_agreed}
    approval = approvals.decide(
        approval_id=asked.pk, approve=True, note="", actor=company.colleague, now=NOW
    )
    done[approval.kind](approval=approval, actor=company.colleague, now=NOW)


def test_two_people_waive_a_fee_and_it_does_not_come_again(
    company: Company, owing: tuple[int, Bill]
) -> None:
    account, bill = owing
    about: dict[str, Any] = {"bill_id": bill.pk, "actor": company.agent, "now": NOW}
    most = fee(bill.total_minor, LATE)
    for minor in (0, most + 1):
        with pytest.raises(asking.NothingToWaive):
            asking.ask_waiver(minor=minor, reason="x", **about)
    with pytest.raises(Forbidden):
        asking.ask_waiver(minor=1, reason="x", bill_id=bill.pk, actor=company.outsider, now=NOW)
    asked = asking.ask_waiver(minor=most, reason="wrong meter", **about)
    with pytest.raises(approvals.AlreadyPending):
        asking.ask_waiver(minor=1, reason="again", **about)
    with pytest.raises(approvals.SamePerson):
        approvals.decide(approval_id=asked.pk, approve=True, note="", actor=company.agent, now=NOW)
    before = balance(account)
    agree(company, asked)
    assert balance(account) == before
    assert asking.late_fee_to(bill, TODAY) == 0
    pay(account, bill.total_minor, named=(bill.pk,))
    assert bill.pk not in {pk for pk, _owner in standing(account)}
    assert not audit()


def test_a_bill_is_taken_back_by_two_with_its_fee(
    company: Company, owing: tuple[int, Bill]
) -> None:
    account, bill = owing
    late = fee(bill.total_minor, LATE)
    pay(account, late + 100, named=(bill.pk,))
    earlier = Bill.objects.filter(account=account).order_by("end_date").first()
    assert earlier is not None
    with pytest.raises(ops.NotLatest):
        asking.ask_reversal(bill_id=earlier.pk, reason="x", actor=company.agent, now=NOW)
    asked = asking.ask_reversal(bill_id=bill.pk, reason="misread", actor=company.agent, now=NOW)
    owed_for_others = sum(
        row.minor for row in standings_of([account])[account] if row.bill_id != bill.pk
    )
    agree(company, asked)
    bill.refresh_from_db()
    assert (bill.state, bill.reversal_reason) == ("reversed", "misread")
    # All that was paid for it, the fee too, came back and paid the other bills.
    assert balance(account) == owed_for_others - late - 100
    with pytest.raises(ops.BillReversed):
        asking.ask_reversal(bill_id=bill.pk, reason="x", actor=company.agent, now=NOW)
    assert not audit()


@pytest.fixture
def pack(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Kinds of cases."""
    with pack_installed(monkeypatch):
        yield


def dispute(company: Company, account: int, bill: str, since: date, **more: Any) -> Any:
    moment = datetime(since.year, since.month, since.day, 2, tzinfo=UTC)
    case = a_case(company, account_id=account, type_key="water.bill", now=moment)
    return cases.open_dispute(
        case_id=case.pk, bill=bill, amount=more.get("amount"), actor=company.agent, now=moment
    )


@pytest.mark.usefixtures("pack")
def test_a_dispute_stops_the_fee_and_prepayment_until_it_ends(
    company: Company, owing: tuple[int, Bill]
) -> None:
    account, bill = owing
    opened = dispute(company, account, bill.number, DUE + timedelta(days=10))
    (running,) = accrued([account], day=TODAY)
    assert running.fee.minor == fee(bill.total_minor, 9)  # up to the day before
    others = sum(row.minor for row in standings_of([account])[account] if row.bill_id != bill.pk)
    pay(account, others + 7_700)
    assert standing(account)[bill.pk, "sewage"] > 0
    assert balance(account) == bill.total_minor + running.minor - 7_700
    moment = datetime(2026, 11, 10, 2, tzinfo=UTC)
    cases.end_dispute(dispute_id=opened.pk, outcome="right", actor=company.agent, now=moment)
    event = DisputeEnded(opened.pk, opened.case_id, account, bill.number)
    about = Envelope(1, company.lake.pk, None, NOW, "")
    tasks.on_dispute_ended(event=event, envelope=about)
    assert balance(account) == bill.total_minor + running.minor - 7_700
    assert {row.ledger for row in standings_of([account])[account]} == {"receivable"}
    (running,) = accrued([account], day=TODAY)
    ended = (TODAY - date(2026, 11, 10)).days + 1
    assert running.fee.minor == fee(bill.total_minor, 9 + ended)


@pytest.mark.usefixtures("pack")
def test_a_disputed_part_and_a_dispute_in_words(company: Company, owing: tuple[int, Bill]) -> None:
    account, bill = owing
    dispute(company, account, bill.number, DUE - timedelta(days=1), amount=4_000)
    (running,) = accrued([account], day=TODAY)
    assert running.fee.minor == fee(bill.total_minor - 4_000, LATE)
    dispute(company, account, "九月的水费", DUE - timedelta(days=1))
    assert accrued([account], day=TODAY) == []


@pytest.mark.usefixtures("pack")
def test_at_the_counter_a_disputed_bill_is_not_chosen_but_may_be(
    company: Company, owing: tuple[int, Bill]
) -> None:
    account, bill = owing
    dispute(company, account, bill.number, DUE - timedelta(days=1))
    client = at(company.agent_staff)
    open_drawer(client, company.lake.pk)
    page = client.get(reverse("billing:counter_account", args=[account]))
    assert "disputed" in text_of(page)
    form = form_of(client, account)
    assert str(bill.pk) not in form["bills"]
    response = send(client, account, form | {"bills": [str(bill.pk)]})
    assert response.status_code == 302
    payment = Payment.objects.latest("pk")
    assert payment.minor == bill.total_minor


def test_the_counter_takes_the_fee_that_it_shows(
    company: Company, owing: tuple[int, Bill]
) -> None:
    account, bill = owing
    client = at(company.agent_staff)
    open_drawer(client, company.lake.pk)
    page = text_of(client.get(reverse("billing:counter_account", args=[account])))
    assert "Late fee" in page
    before = balance(account)
    payment = take(client, account)
    assert payment.minor > before
    assert balance(account) == 0
    assert bill.pk not in {pk for pk, _owner in standing(account)}
    assert not audit()


def test_the_bills_page_tells_the_days_and_asks_for_a_waiver(
    company: Company, owing: tuple[int, Bill]
) -> None:
    _account, bill = owing
    client = at(company.agent_staff)
    address = reverse("billing:bill", args=[bill.pk])
    page = text_of(client.get(address))
    assert "Late fee" in page
    assert "0.1%" in page
    assert "is charged when a payment comes today" in page
    waive = reverse("billing:waive", args=[bill.pk])
    refused = client.post(waive, {"minor": "99999", "reason": "x"})
    assert refused.status_code == 422
    assert "There is not so much late fee on the bill." in text_of(refused)
    client.post(waive, {"minor": "", "reason": "our mistake"})
    assert "of the late fee be waived waits for a second person" in text_of(client.get(address))
    back = reverse("billing:take_back", args=[bill.pk])
    assert client.post(back, {"reason": " "}).status_code == 422
    client.post(back, {"reason": "misread"})
    page = text_of(client.get(address))
    assert "That this bill be taken back waits for a second person." in page
    again = client.post(back, {"reason": "misread"})
    assert "This waits for a second person already." in text_of(again)
    stranger = at(company.outsider_staff)
    assert stranger.get(waive).status_code == 404
    assert stranger.post(back, {"reason": "x"}).status_code == 404
