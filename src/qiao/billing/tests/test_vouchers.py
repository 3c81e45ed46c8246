"""Deposits and money given out: by pages and operations, to the fen, twice in vain."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from qiao.billing import operations as ops
from qiao.billing.models import CashierShift, Payment, Posting, Voucher
from qiao.billing.operations import vouchers
from qiao.billing.operations.vouchers import NewDeposit, PayOut
from qiao.billing.queries.asked import PAY_OUT
from qiao.billing.queries.day_totals import means_totals
from qiao.billing.queries.shifts import cash_expected
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.tests.counter import at, open_drawer, send, text_of
from qiao.billing.tests.counter import form_of as pay_form
from qiao.billing.tests.lives import a_bill, an_account, audit, issue
from qiao.billing.tests.lives import standing as standing_by_bill
from qiao.core.models import Approval
from qiao.core.rules.text import BadText
from qiao.core.transactions import acting
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.django_db
CASH, TRANSFER = Payment.Means.CASH, Payment.Means.TRANSFER
Kind = Voucher.Kind


@pytest.fixture
def till(company: Company) -> Client:
    """The agent with a drawer open in which 200.00 lie."""
    client = at(company.agent_staff)
    open_drawer(client, company.lake.pk)
    return client


@pytest.fixture
def account(company: Company) -> int:
    return an_account(company)


def standing(account: int, ledger: Ledger) -> int:
    return sum(standing_by_bill(account, ledger).values())


def deposit(company: Company, account: int, minor: int = 30_000, **more: Any) -> Voucher:
    new = NewDeposit(account, minor, **{"means": CASH, "key": f"d{minor}", **more})
    with acting(company.agent):
        return vouchers.take_deposit(deposit=new, actor=company.agent, now=timezone.now())


def ask(company: Company, account: int, kind: Kind, minor: int | None = None, **more: Any) -> Any:
    wanted = PayOut(account, kind, minor, **{"means": CASH, "reason": "moves out", **more})
    with acting(company.agent):
        return vouchers.ask_pay_out(wanted=wanted, actor=company.agent, now=timezone.now())


def agree(company: Company, approval: Approval) -> None:
    with acting(company.agent):
        vouchers.pay_out_agreed(approval=approval, actor=company.chief, now=timezone.now())


def expected() -> int:
    return cash_expected(CashierShift.objects.latest("pk"))


def test_a_deposit_is_taken_at_the_counter_once_and_is_the_customers_money(
    till: Client, account: int
) -> None:
    url = reverse("billing:deposit", args=[account])
    assert url in till.get(reverse("billing:counter_account", args=[account])).content.decode()
    form = {"key": "one", "amount": "300", "means": "cash", "reason": "shop"}
    first, again = till.post(url, form), till.post(url, form)
    made = Voucher.objects.get()
    assert first["Location"] == again["Location"] == reverse("billing:voucher", args=[made.pk])
    assert (made.kind, made.minor, made.number[:2]) == (Kind.DEPOSIT_TAKEN, 30_000, "YJ")
    assert standing(account, Ledger.DEPOSIT) == -30_000
    assert standing(account, Ledger.RECEIVABLE) == 0
    assert expected() == 50_000
    paper = text_of(till.get(first["Location"]))
    assert "Deposit taken" in paper
    assert "CNY 300.00" in paper
    page = text_of(till.get(reverse("billing:counter_account", args=[account])))
    assert "Deposit CNY 300.00" in page
    drawer = CashierShift.objects.latest("pk")
    assert made.number in text_of(till.get(reverse("billing:drawer", args=[drawer.pk])))
    (cash,) = means_totals(organisation_id=made.organisation_id, day=made.booked_date)
    assert (cash.taken, cash.back, cash.taken_count) == (30_000, 0, 1)
    assert audit() == []


@pytest.mark.parametrize(
    ("form", "words"),
    [
        ({"amount": "0"}, "This amount cannot be taken here."),
        ({"amount": "-5"}, "This is not an amount of money."),
        ({"amount": "1", "means": "transfer"}, "A transfer has a number"),
        ({"amount": ""}, "required"),
    ],
)
def test_what_is_no_deposit_is_refused(
    till: Client, account: int, form: dict[str, str], words: str
) -> None:
    url = reverse("billing:deposit", args=[account])
    response = till.post(url, {"key": "k", "means": "cash", **form})
    assert response.status_code == 422
    assert words in text_of(response)
    assert not Voucher.objects.exists()


def test_no_drawer_no_deposit(company: Company, account: int) -> None:
    with pytest.raises(ops.NoShift):
        deposit(company, account)


def test_a_transfer_is_a_deposit_once(company: Company, till: Client, account: int) -> None:
    deposit(company, account, 100, means=TRANSFER, slip="T-1")
    with pytest.raises(ops.SlipUsed):
        deposit(company, account, 200, means=TRANSFER, slip="T-1")
    assert expected() == 20_000


def test_the_same_form_for_another_amount_is_refused(
    company: Company, till: Client, account: int
) -> None:
    deposit(company, account, 100, key="same")
    with pytest.raises(ops.PaidOtherwise):
        deposit(company, account, 200, key="same")


def test_a_deposit_is_given_back_out_of_the_drawer_when_a_second_person_agrees(
    company: Company, till: Client, account: int
) -> None:
    deposit(company, account)
    url = reverse("billing:pay_out", args=[account])
    form = {"key": "x", "kind": "deposit_returned", "means": "cash", "reason": "moves out"}
    assert till.post(url, form).status_code == 302
    approval = Approval.objects.get(kind=PAY_OUT)
    assert approval.payload["minor"] == 30_000
    assert standing(account, Ledger.DEPOSIT) == -30_000, "nothing before somebody agrees"
    page = text_of(till.get(reverse("billing:counter_account", args=[account])))
    assert "it waits for a second person" in page
    assert "Give money out" not in page
    agree(company, approval)
    out = Voucher.objects.get(kind=Kind.DEPOSIT_RETURNED)
    assert (out.number[:2], out.minor, out.reason) == ("TK", 30_000, "moves out")
    assert standing(account, Ledger.DEPOSIT) == 0
    assert expected() == 20_000
    (cash,) = means_totals(organisation_id=out.organisation_id, day=out.booked_date)
    assert (cash.taken, cash.back, cash.minor) == (30_000, 30_000, 0)
    assert "Deposit given back" in text_of(till.get(reverse("billing:voucher", args=[out.pk])))
    assert audit() == []


def test_what_was_paid_ahead_is_paid_out_by_transfer(
    company: Company, till: Client, account: int
) -> None:
    assert send(till, account, pay_form(till, account), amount="80").status_code == 302
    before = expected()
    approval = ask(company, account, Kind.PREPAID_REFUNDED, 5_000, means=TRANSFER, slip="R-1")
    agree(company, approval)
    out = Voucher.objects.get()
    assert (out.kind, out.shift_id, out.slip) == (Kind.PREPAID_REFUNDED, None, "R-1")
    assert standing(account, Ledger.PREPAID) == -3_000
    assert expected() == before
    ledgers = {entry.ledger: entry.minor for entry in out.posting.entries.all()}
    assert ledgers == {"prepaid": 5_000, "bank": -5_000}
    assert audit() == []


def test_more_than_is_held_or_lies_in_the_drawer_is_not_given_out(
    company: Company, till: Client, account: int
) -> None:
    with pytest.raises(vouchers.NotHeld):
        ask(company, account, Kind.DEPOSIT_RETURNED)
    deposit(company, account, 30_000, means=TRANSFER, slip="T-2")
    with pytest.raises(vouchers.NotHeld):
        ask(company, account, Kind.DEPOSIT_RETURNED, 30_001)
    with pytest.raises(vouchers.DrawerShort) as short:
        ask(company, account, Kind.DEPOSIT_RETURNED)
    assert short.value.minor == 20_000
    with pytest.raises(BadText):
        ask(company, account, Kind.DEPOSIT_RETURNED, 100, reason=" ")


def test_a_deposit_pays_what_is_owed_before_it_is_given_back(
    company: Company, till: Client, account: int
) -> None:
    deposit(company, account)
    (bill,) = issue(a_bill(account, 0, "10"))
    with pytest.raises(vouchers.StillOwed) as owed:
        ask(company, account, Kind.DEPOSIT_RETURNED)
    assert owed.value.minor == bill.total_minor
    chief = at(company.chief_staff)
    form = {"key": "use", "amount": "", "reason": "moved out"}
    url = reverse("billing:deposit_use", args=[account])
    assert chief.post(url, form).status_code == 302
    assert chief.post(url, form).status_code == 302
    assert standing(account, Ledger.RECEIVABLE) == 0
    assert standing(account, Ledger.DEPOSIT) == -30_000 + bill.total_minor
    assert Posting.objects.filter(event="deposit_applied").count() == 1
    assert "Nothing is owed" in text_of(chief.post(url, form | {"key": "more"}))
    agree(company, ask(company, account, Kind.DEPOSIT_RETURNED))
    assert standing(account, Ledger.DEPOSIT) == 0
    assert audit() == []


def test_what_changed_while_it_waited_is_refused_and_nothing_is_booked(
    company: Company, till: Client, account: int
) -> None:
    deposit(company, account)
    approval = ask(company, account, Kind.DEPOSIT_RETURNED)
    issue(a_bill(account, 0, "10"))
    with pytest.raises(vouchers.StillOwed):
        agree(company, approval)
    drawer = CashierShift.objects.latest("pk")
    till.post(reverse("billing:count_drawer", args=[drawer.pk]), {"counted": "500"})
    with acting(company.chief):
        vouchers.use_deposit(
            account_id=account, minor=None, reason="x", key="k", actor=company.chief,
            now=timezone.now(),
        )  # fmt: skip
    with pytest.raises((ops.NoShift, vouchers.NotHeld)):
        agree(company, approval)
    assert Voucher.objects.count() == 1


def test_strangers_take_and_see_nothing(company: Company, till: Client, account: int) -> None:
    made = deposit(company, account)
    stranger = at(company.outsider_staff)
    for name in ("deposit", "deposit_use", "pay_out", "voucher"):
        pk = made.pk if name == "voucher" else account
        assert stranger.get(reverse(f"billing:{name}", args=[pk])).status_code == 404, name
