"""Balances of a former billing system: posted once, owed, aged and paid like our own."""

from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qiao.billing import operations as ops
from qiao.billing.models import (
    BalanceFile,
    Bill,
    BillingAccount,
    ClosedDay,
    Entry,
    Posting,
    Standing,
)
from qiao.billing.operations import asking
from qiao.billing.operations.balance_asking import (
    AsOfClosed,
    AsOfLater,
    BalancesMoved,
    ask_take_over,
    balances_agreed,
    require_open,
)
from qiao.billing.operations.balance_files import BALANCES, BalanceWork
from qiao.billing.queries.late_fees import accrued, rate_key
from qiao.billing.queries.owing import find_to_pay
from qiao.billing.queries.papers import bill_papers
from qiao.billing.queries.standings import standings_of
from qiao.billing.rules.bills.telling import ToldBill, bill_told
from qiao.billing.rules.money.postings import Event, Ledger
from qiao.billing.tests.balances import (
    AS_OF,
    HEADER,
    agree,
    check,
    faults_of,
    number_of,
    opening,
    receive,
    take_over,
    yuan,
)
from qiao.billing.tests.counter import at, form_of, open_drawer, take, text_of
from qiao.billing.tests.feeding import a_feed
from qiao.billing.tests.lives import (
    NOW,
    USES,
    a_bill,
    a_tariff,
    an_account,
    audit,
    balance,
    begin_budget,
    issue,
    pay,
    standing,
    told_to_owner,
)
from qiao.core import approvals
from qiao.core import settings as parameters
from qiao.core.rules.months import Month
from qiao.core.transactions import acting
from qiao.customers.models import Account
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english", "media")
TODAY = NOW.date()


def rates() -> None:
    """A tenth of a percent a day."""
    for who in ("household", "others"):
        parameters.put(
            rate_key("water", who), 10, valid_from=date(2020, 1, 1), source="contract",
            actor=None, now=NOW,
        )  # fmt: skip


def figures_differ() -> list[tuple[Any, ...]]:
    """Where the kept figures of money are not what the ledger gives."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT billing_fold_figures()")
        cursor.execute(
            "SELECT organisation_id, day, view, holder, sum(n) FROM ("
            " SELECT organisation_id, day, view, holder, n FROM billing_moneyfigure UNION ALL"
            " SELECT organisation_id, day, view, holder, -n FROM billing_figures_again()) x"
            " GROUP BY 1, 2, 3, 4 HAVING sum(n) <> 0"
        )
        return list(cursor.fetchall())


def test_what_was_owed_is_owed_here_with_its_number_and_due_day(company: Company) -> None:
    account = an_account(company)
    number = number_of(account)
    header = f"{HEADER},账期起,账期止,sewage,出账日期"
    file = take_over(
        company,
        f"{number},0931-A,2026-03-20,30.00,,,,2026-02-01,2026-02-28,4.50,2026-03-01",
        f"{number},,2026-12-05,12.34,,,,,,,",
        header=header,
    )
    assert (file.state, file.taken_count, file.refused_count) == ("done", 2, 0)
    assert (file.owed_minor, file.late_fee_minor, file.prepaid_minor) == (4234, 0, 0)
    old, late = Bill.objects.filter(account=account).order_by("due_date")
    assert (old.number, old.kind, old.total_minor) == ("0931-A", Bill.Kind.TAKEN_OVER, 3000)
    assert (old.start_date, old.end_date) == (date(2026, 3, 1), date(2026, 3, 1))
    assert (old.issued_date, old.due_date) == (date(2026, 3, 1), date(2026, 3, 20))
    assert old.facts["former"] == {"since": "2026-02-01", "until": "2026-02-28"}
    assert late.number.startswith("ZD")
    assert (late.issued_date, late.is_arrears) == (AS_OF, True)
    assert standing(account) == {
        (old.pk, "company"): 2550, (old.pk, "sewage"): 450, (late.pk, "company"): 1234,
    }  # fmt: skip
    posting = Posting.objects.get(entries__bill=old.pk, entries__ledger=Ledger.OPENING,
                                  entries__owner="sewage")  # fmt: skip
    assert (posting.event, posting.booked_date) == (Event.BALANCE_TAKEN_OVER, AS_OF)
    assert opening() == -4234
    assert (audit(), figures_differ()) == ([], [])


def test_what_was_paid_ahead_pays_what_is_owed_and_deposits_are_kept(company: Company) -> None:
    account, other = an_account(company), an_account(company)
    take_over(
        company,
        f"{number_of(account)},A-1,2026-09-20,10.00,,25.00,100",
        f"{number_of(other)},,,,,0.00,",
    )
    (bill,) = Bill.objects.filter(account=account)
    assert standing(account) == {}
    assert standing(account, Ledger.PREPAID) == {(0, "company"): -1500}
    assert standing(account, Ledger.DEPOSIT) == {(0, "company"): -10000}
    page = at(company.agent_staff).get(reverse("billing:account", args=[account]))
    assert "Deposit CNY 100.00" in text_of(page)
    applied = Posting.objects.get(event=Event.PREPAID_APPLIED)
    assert applied.booked_date == TODAY, "not before it was taken over"
    assert opening() == 11500
    (own,) = issue(a_bill(account, 0, "4"))
    assert balance(account) == own.total_minor - 1500, "and it pays our own bills"
    assert not Bill.objects.filter(account=other).exists()
    assert audit() == []
    assert bill.kind == Bill.Kind.TAKEN_OVER


def test_the_check_shows_the_sums_and_writes_nothing(company: Company) -> None:
    account = an_account(company)
    number = number_of(account)
    take_over(company, f"{number},A-1,2026-09-20,10.00,0.50,,")
    file = check(
        company,
        f"{number},A-1,2026-09-20,10.00,0.50,,",
        f'{number},A-2,2026-10-20,"1,020.30",,,',
        f"{number},A-3,,7.00,,,",
        f"{number},,,,,3.00,",
        f"{number},,,0,,,0.00",
    )
    found = file.findings
    assert {key: found[key] for key in ("rows", "new", "known", "nothing", "refused")} == {
        "rows": 5, "new": 2, "known": 1, "nothing": 1, "refused": 1,
    }  # fmt: skip
    assert found["sums"] == {
        "arrears": {"file": 103730, "new": 102030, "known": 1000, "refused": 700},
        "late_fee": {"file": 50, "new": 0, "known": 50, "refused": 0},
        "prepaid": {"file": 300, "new": 300, "known": 0, "refused": 0},
        "deposit": {"file": 0, "new": 0, "known": 0, "refused": 0},
    }
    assert Bill.objects.filter(account=account).count() == 1
    page = text_of(at(company.agent_staff).get(reverse("billing:balance_file", args=[file.pk])))
    for words in ("CNY 1,037.30", "CNY 1,020.30", "CNY 7.00", "Paid ahead CNY 3.00"):
        assert words in page, page


def test_faulty_rows_are_told_by_row_and_field(company: Company) -> None:
    account, fed, unbilled = an_account(company), an_account(company), make_account(company.agent)
    BillingAccount.objects.filter(pk=fed).update(feed=a_feed(company))
    (own,) = issue(a_bill(account, 0, "4"))
    number = number_of(account)
    file = take_over(
        company,
        f"{number},B-1,2026-09-20,-10.00,,,",
        f"{number},B-2,2026-09-20,1.234,,,",
        f"{number},B-3,later,10,,,",
        f"{number},{own.number},2026-09-20,10,,,",
        f"{number},B-5,2036-09-20,10,,,",
        f"{number},B-6,2026-09-20,10,,,",
        f"{number},B-6,2026-09-20,10,,,",
        "99999999999,B-8,2026-09-20,10,,,",
        f"{number_of(fed)},B-9,2026-09-20,10,,,",
        f"{unbilled.number},B-10,2026-09-20,10,,,",
        f"{number},B-11,2026-09-20,NaN,,,",
        f"{number},,,,,99999999999.99,",
    )
    assert faults_of(file) == {
        2: [("arrears", "negative", "")],
        3: [("arrears", "digits", "CNY")],
        4: [("due", "day", "")],
        5: [("number", "ours", "")],
        6: [("due", "too_late", "2027-11-21")],
        8: [("number", "twice", "")],
        9: [("account", "unknown_account", "")],
        10: [("account", "other_system", "")],
        11: [("account", "not_billed", "")],
        12: [("arrears", "amount", "")],
        13: [("prepaid", "digits", "CNY")],
    }
    assert (file.taken_count, file.owed_minor) == (1, 1000)
    again = take_over(
        company,
        f"{number},B-6,2026-09-21,10,,,",
        f"{number_of(an_account(company))},B-6,2026-09-20,10,,,",
    )
    assert faults_of(again) == {
        2: [("due", "differs", "2026-09-20")],
        3: [("number", "twice", "")],
    }
    theirs = take_over(company, f"{number_of(an_account(company))},B-6,2026-09-20,10,,,")
    assert faults_of(theirs) == {2: [("number", "number_taken", "")]}
    more = take_over(company, f"{number},B-6,2026-09-20,11,,,")
    assert faults_of(more) == {2: [("arrears", "differs", "10.00")]}


def test_a_late_fee_runs_from_the_due_day_or_goes_on_from_what_had_run(company: Company) -> None:
    rates()
    by_rule, stated = an_account(company), an_account(company)
    take_over(
        company,
        f"{number_of(by_rule)},C-1,2026-10-21,200.00,,,",
        f"{number_of(stated)},C-2,2026-10-21,200.00,5.00,,",
    )
    (rule,) = accrued([by_rule], day=TODAY)
    assert (rule.minor, rule.charged) == (20 * 32, 0)
    (goes_on,) = accrued([stated], day=TODAY)
    days = (TODAY - AS_OF).days + 1
    assert (goes_on.fee.minor, goes_on.charged) == (500 + 20 * days, 500)
    assert goes_on.minor == 20 * days
    assert {row.kind: row.minor for row in standings_of([stated])[stated]} == {
        "interest": 500, "principal": 20000,
    }  # fmt: skip
    pay(stated, 20_500 + 20 * days)
    assert (balance(stated), accrued([stated], day=TODAY)) == (0, [])
    assert audit() == []


def test_it_ages_and_is_paid_at_the_counter_the_oldest_first(company: Company) -> None:
    account = an_account(company)
    (own,) = issue(replace(a_bill(account, 0, "40"), due_date=date(2026, 11, 30)))
    take_over(
        company,
        f"{number_of(account)},D-1,2024-01-20,10.00,,,",
        f"{number_of(account)},D-2,2026-01-20,20.00,,,",
    )
    old, newer = Bill.objects.filter(number__in=["D-1", "D-2"]).order_by("number")
    client = at(company.agent_staff)
    open_drawer(client, company.lake.pk)
    page = text_of(client.get(reverse("billing:counter_account", args=[account])))
    assert page.index("D-1") < page.index("D-2") < page.index(own.number)
    assert form_of(client, account)["bills"] == [str(each.pk) for each in (old, newer, own)]
    take(client, account, amount="15.00", received="20.00")
    assert standing(account) == {
        (newer.pk, "company"): 1500,
        **{key: minor for key, minor in standing(account).items() if key[0] == own.pk},
    }
    (found,) = find_to_pay(actor=company.agent, text=" d-2", day=TODAY)
    assert found.line.account_id == account, "by the number on the customer's own paper"
    shown = text_of(client.get(reverse("billing:account", args=[account])))
    assert "D-2" in shown
    late = client.get(reverse("billing:list"), {"age": "365", "q": "D-2"})
    assert "D-2" in text_of(late)
    bill = text_of(client.get(reverse("billing:bill", args=[newer.pk])))
    assert "The bill was taken over from another system" in bill
    assert "up to 2026-01-19" in bill
    told = told_to_owner(company, account)
    assert told is not None
    assert told.owed == balance(account)
    assert audit() == []


def test_a_paper_says_what_was_taken_over_before_it(company: Company) -> None:
    account = an_account(company)
    take_over(company, f"{number_of(account)},E-1,2026-10-20,10.00,,,")
    (bill,) = issue(a_bill(account, 0, "4"))
    (paper,) = bill_papers([bill], language="en")
    assert "CNY 10.00" in str(paper.balance)
    (old,) = bill_papers([Bill.objects.get(number="E-1")], language="en")
    assert "up to" in str(old.facts)


def test_bills_are_not_compared_with_it_and_go_on_without_it(company: Company) -> None:
    account = an_account(company)
    take_over(
        company,
        f"{number_of(account)},F-1,2025-11-20,10.00,,,",
        f"{number_of(account)},F-2,2025-11-05,10.00,,,",
    )
    for number, use in enumerate(USES):
        issue(a_bill(account, number, use))
    bills = Bill.objects.filter(account=account).exclude(kind=Bill.Kind.TAKEN_OVER)
    plain = an_account(company, a_tariff())
    for number, use in enumerate(USES):
        issue(a_bill(plain, number, use))
    theirs = Bill.objects.filter(account=plain).values_list("total_minor", flat=True)
    own = bills.values_list("total_minor", flat=True)
    assert list(own.order_by("end_date")) == list(theirs.order_by("end_date"))
    pay(account, balance(account))
    assert begin_budget(company, account).basis == "own"
    assert (audit(), figures_differ()) == ([], [])


def test_it_is_taken_back_by_two_and_nothing_is_billed_anew(company: Company) -> None:
    rates()
    account = an_account(company)
    take_over(company, f"{number_of(account)},G-1,2026-10-21,200.00,5.00,,")
    (bill,) = Bill.objects.filter(account=account)
    issue(a_bill(account, 0, "4"))
    with acting(company.agent):
        waiver = asking.ask_waiver(
            bill_id=bill.pk, minor=200, reason="agreed", actor=company.agent, now=NOW
        )
    asking.waiver_agreed(approval=waiver, actor=company.colleague, now=NOW)
    pay(account, 3_000, named=(bill.pk,))
    before = BillingAccount.objects.get(pk=account).billed_until
    with acting(company.agent):
        asked = asking.ask_reversal(
            bill_id=bill.pk, reason="paid there", actor=company.agent, now=NOW
        )
    with acting(company.colleague):
        agreed = approvals.decide(
            approval_id=asked.pk, approve=True, note="", actor=company.colleague, now=NOW
        )
        asking.reversal_agreed(approval=agreed, actor=company.colleague, now=NOW)
    bill.refresh_from_db()
    assert bill.state == Bill.State.REVERSED
    assert not Standing.objects.filter(account=account, bill_id=bill.pk).exists()
    assert BillingAccount.objects.get(pk=account).billed_until == before
    assert opening() == 0
    again = take_over(company, f"{number_of(account)},G-1,2026-10-21,200.00,5.00,,")
    assert faults_of(again) == {2: [("number", "taken_back", "")]}
    other = take_over(company, f"{number_of(account)},G-1-2,2026-10-21,180.00,5.00,,")
    assert (other.taken_count, other.owed_minor) == (1, 18000)
    assert (audit(), figures_differ()) == ([], [])


def test_a_day_that_is_closed_or_has_not_come_is_refused(company: Company) -> None:
    account = an_account(company)
    lake = company.lake.pk
    with pytest.raises(AsOfLater):
        require_open(organisation_id=lake, as_of=TODAY + timedelta(days=1), now=NOW)
    file = check(company, f"{number_of(account)},H-1,2026-10-21,200.00,,,")
    ClosedDay.objects.create(organisation_id=lake, day=AS_OF, closed_at=NOW, totals={})
    with pytest.raises(AsOfClosed):
        require_open(organisation_id=lake, as_of=AS_OF, now=NOW)
    agree(company, file)
    done = BALANCES.run(actor=company.agent, file_id=file.pk, now=NOW)
    assert faults_of(done) == {2: [("account", "day_closed", AS_OF.isoformat())]}
    assert not Posting.objects.exists()


def test_what_is_paid_ahead_pays_on_the_first_open_day(company: Company) -> None:
    account = an_account(company)
    file = check(company, f"{number_of(account)},I-1,2026-10-21,2.00,,5,")
    agree(company, file)
    ClosedDay.objects.create(
        organisation_id=company.lake.pk, day=AS_OF - timedelta(days=1), closed_at=NOW, totals={}
    )
    BALANCES.run(actor=company.agent, file_id=file.pk, now=NOW)
    assert set(Posting.objects.values_list("event", "booked_date")) == {
        (Event.BALANCE_TAKEN_OVER, AS_OF), (Event.PREPAID_APPLIED, TODAY),
    }  # fmt: skip


def test_an_account_that_was_closed_before_keeps_its_debt(company: Company) -> None:
    account = make_account(company.agent, opened_date=date(2020, 1, 1))
    Account.objects.filter(pk=account.pk).update(status="closed", closed_date=date(2026, 5, 1))
    done = take_over(company, f"{account.number},J-1,2026-05-20,88.00,,,")
    assert (done.taken_count, balance(account.pk)) == (1, 8800)
    row = BillingAccount.objects.get(pk=account.pk)
    assert (row.billed_until, row.closed_date) == (date(2026, 5, 1), date(2026, 5, 1))
    pay(account.pk, 8800)
    assert (balance(account.pk), audit()) == (0, [])


def test_a_run_that_dies_goes_on_and_posts_nothing_twice(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [an_account(company, a_tariff()) for _n in range(4)]
    rows = [
        f"{number_of(pk)},K-{pk}-{n},2026-0{n + 1}-20,{n + 1}.00,,{n or ''},"
        for pk in accounts
        for n in (0, 1)
    ]
    monkeypatch.setattr(type(BALANCES), "size", 3)
    file = check(company, *rows)
    agree(company, file)
    own, calls = BalanceWork.take, 0

    def dies(self: BalanceWork, batch: list[Any], row: BalanceFile) -> None:
        nonlocal calls
        calls += 1
        own(self, batch, row)
        if calls == 2:
            raise RuntimeError("power cut")

    monkeypatch.setattr(BalanceWork, "take", dies)
    with pytest.raises(RuntimeError):
        BALANCES.run(actor=company.agent, file_id=file.pk, now=NOW)
    assert Bill.objects.count() == 3, "the second batch is not there in part"
    monkeypatch.setattr(BalanceWork, "take", own)
    done = BALANCES.run(actor=company.agent, file_id=file.pk, now=NOW)
    assert (done.taken_count, done.owed_minor, done.prepaid_minor) == (8, 1200, 400)
    postings = Posting.objects.count()
    again = take_over(company, *rows)
    assert (again.taken_count, again.known_count, Posting.objects.count()) == (0, 8, postings)
    assert (audit(), opening()) == ([], 400 - 1200)


def test_a_second_person_agrees_to_what_was_checked(company: Company) -> None:
    account = an_account(company)
    file = check(company, f"{number_of(account)},L-1,2026-10-21,2.00,,5,")
    with acting(company.agent):
        asked = ask_take_over(file_id=file.pk, actor=company.agent, now=NOW)
        with pytest.raises(approvals.AlreadyPending):
            ask_take_over(file_id=file.pk, actor=company.agent, now=NOW)
    with pytest.raises(approvals.SamePerson):
        approvals.decide(approval_id=asked.pk, approve=True, note="", actor=company.agent, now=NOW)
    take_over(company, f"{number_of(account)},L-1,2026-10-21,2.00,,5,")
    with acting(company.agent):
        BALANCES.reopen_columns(actor=company.agent, file_id=file.pk)
        mapping = {int(key): name for key, name in file.mapping.items()}
        BALANCES.name_columns(actor=company.agent, file_id=file.pk, mapping=mapping)
    BALANCES.run_check(actor=company.agent, file_id=file.pk, now=NOW)
    with pytest.raises(BalancesMoved):
        balances_agreed(approval=asked, actor=company.colleague, now=NOW)


def test_the_pages_of_a_file(company: Company) -> None:
    account = an_account(company)
    client, second = at(company.agent_staff), at(company.chief_staff)
    assert "No balance has been taken over yet" in text_of(
        client.get(reverse("billing:balance_files"))
    )
    address = reverse("billing:balance_file_new")
    assert "Late fee run up" in text_of(client.get(address))
    later = client.post(
        address, {"organisation": company.lake.pk, "as_of": "2199-01-01", "file": upload("x")}
    )
    assert later.status_code == 422
    assert "what will stand later is not known yet" in text_of(later)
    rows = f"户号,哪张,应缴日期,欠费\n{number_of(account)},M-1,2026-09-20,7.00\n"
    sent = client.post(
        address,
        {"organisation": company.lake.pk, "as_of": AS_OF.isoformat(), "file": upload(rows)},
    )
    assert sent.status_code == 302
    file = BalanceFile.objects.get()
    assert file.state == "checking", "the number of a bill may lack"
    BALANCES.run_check(actor=company.agent, file_id=file.pk, now=NOW)
    act = reverse("billing:balance_file_act", args=[file.pk, "back"])
    client.post(act)
    columns = reverse("billing:balance_file_columns", args=[file.pk])
    named = {"column-0": "account", "column-1": "number", "column-2": "due"}
    client.post(columns, {**named, "column-3": "arrears"})
    BALANCES.run_check(actor=company.agent, file_id=file.pk, now=NOW)
    client.post(reverse("billing:balance_file_act", args=[file.pk, "start"]))
    page = reverse("billing:balance_file", args=[file.pk])
    assert "waits for a second person" in text_of(client.get(page))
    inbox = text_of(second.get(reverse("administration:decisions")))
    assert "Take balances over from a former billing system" in inbox
    assert "CNY 7.00" in inbox


def upload(text: str) -> Any:
    """A file as a browser sends it."""
    return SimpleUploadedFile("b.csv", text.encode())


def test_another_unit_sees_none_of_it(company: Company) -> None:
    file = receive(company, "1,,,,,1,")
    page = at(company.outsider_staff).get(reverse("billing:balance_file", args=[file.pk]))
    assert page.status_code == 404


def test_a_bill_without_days_is_said_by_its_month() -> None:
    day = date(2026, 3, 1)
    told = bill_told(ToldBill(day, day, 500, 500, "CNY", "", None))
    assert told["month"] == Month(2026, 2)


amounts = st.integers(0, 10**7)
kept = st.lists(
    st.tuples(st.integers(0, 2), amounts, amounts, amounts, amounts, st.booleans()),
    min_size=1, max_size=8,
)  # fmt: skip


@settings(max_examples=25, deadline=None,
          suppress_health_check=[HealthCheck.function_scoped_fixture])  # fmt: skip
@given(told=kept, paid=st.integers(1, 10**7), back=st.booleans())
def test_whatever_is_taken_over_the_ledger_is_whole_to_the_fen(
    company: Company, told: list[tuple[int, int, int, int, int, bool]], paid: int, back: bool
) -> None:
    with transaction.atomic():
        accounts = [an_account(company, a_tariff()) for _n in range(3)]
        numbers = [number_of(pk) for pk in accounts]
        rows, owed, ahead, deposits = [], [0] * 3, [0] * 3, [0] * 3
        for n, (place, arrears, fee, prepaid, deposit, has_sewage) in enumerate(told):
            sewage = arrears // 3 if has_sewage else 0
            number = f"P{accounts[0]}-{n}"
            rows.append(
                f"{numbers[place]},{number},2026-0{n + 1}-20,{yuan(arrears)},{yuan(fee)},"
                f",,{yuan(sewage)}"
            )
            rows.append(f"{numbers[place]},{number},,,,{yuan(prepaid)},{yuan(deposit)},")
            owed[place] += arrears + fee
            ahead[place] += prepaid
            deposits[place] += deposit
        header = f"{HEADER},sewage"
        before = opening()
        file = take_over(company, *rows, header=header)
        assert file.refused_count == 0
        for place, pk in enumerate(accounts):
            assert balance(pk) == owed[place] - ahead[place]
            assert sum(standing(pk, Ledger.DEPOSIT).values()) == -deposits[place]
        assert opening() - before == sum(ahead) + sum(deposits) - sum(owed)
        pay(accounts[0], paid)
        assert balance(accounts[0]) == owed[0] - ahead[0] - paid
        if back and (bill := Bill.objects.filter(account=accounts[0]).first()):
            minor = -sum(
                Entry.objects.filter(bill=bill.pk, ledger=Ledger.OPENING).values_list(
                    "minor", flat=True
                )
            )
            ops.reverse_bill(bill_id=bill.pk, day=TODAY, reason="x", actor=None, now=NOW)
            assert balance(accounts[0]) == owed[0] - ahead[0] - paid - minor
        again = take_over(company, *rows, header=header)
        assert again.taken_count == 0
        assert (audit(), figures_differ()) == ([], [])
        transaction.set_rollback(True)
