"""Files by which accounts begin to be billed: checked first, begun once, killed and resumed."""

from collections.abc import Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from qiao.billing import operations as ops
from qiao.billing.models import AccountFile, Bill, BillingAccount, BillingTerms
from qiao.billing.operations.account_files import ACCOUNTS, AccountWork, inputs_named
from qiao.billing.operations.asking import ask_reversal
from qiao.billing.operations.billing import NotOurs
from qiao.billing.rules.account_rows import read_row, table_for
from qiao.billing.rules.tariffs.planning import Use
from qiao.billing.tests.counter import at
from qiao.billing.tests.feeding import a_feed
from qiao.billing.tests.lives import NOW, audit
from qiao.core.actor import Forbidden
from qiao.core.models import Disclosure
from qiao.core.rules.periods import Period
from qiao.core.transactions import acting
from qiao.customers.models import Account
from qiao.customers.tests.factories import make_account
from qiao.staff.tests.cast import Company

pytestmark = pytest.mark.usefixtures("english")
SINCE = date(2026, 7, 1)
HEADER = "户号,用水性质,计费起始日,账单周期,户籍人口数,本年已用量,依据"


@pytest.fixture(autouse=True)
def _kept(media: Path) -> None:
    """Files are kept in a folder of the test."""


def receive(company: Company, *rows: str, header: str = HEADER) -> AccountFile:
    data = "\n".join([header, *rows]).encode()
    return ACCOUNTS.receive(
        actor=company.agent,
        organisation_id=company.lake.pk,
        upload=SimpleUploadedFile("户.csv", data),
        now=NOW,
    )


def check(company: Company, file: AccountFile) -> AccountFile:
    return ACCOUNTS.run_check(actor=company.agent, file_id=file.pk, now=NOW)


def take(company: Company, file: AccountFile) -> AccountFile:
    with acting(company.agent):
        ACCOUNTS.start(actor=company.agent, file_id=file.pk)
    return ACCOUNTS.run(actor=company.agent, file_id=file.pk, now=NOW)


def begin(company: Company, *rows: str, header: str = HEADER) -> AccountFile:
    return take(company, check(company, receive(company, *rows, header=header)))


def an_account(company: Company, **about: Any) -> Account:
    return make_account(company.agent, opened_date=date(2020, 1, 1), **about)


def told(file: AccountFile) -> dict[int, list[tuple[str, str, str]]]:
    return {
        row.row_number: [(each["field"], each["code"], each["expected"]) for each in row.faults]
        for row in file.refused.all()
    }


@pytest.mark.parametrize(
    "header",
    [
        ["户号", "用水性质", "计费起始日", "出账周期", "户籍人口数", "本年已用量"],
        ["Account number", "Tariff", "Start date", "Billing cycle", "people", "Used this year"],
        ["戶號", "用水性質", "起始日", "帳單週期", "戶籍人口數", "本年累計用量"],
    ],
)
def test_columns_are_known_by_their_names(company: Company, header: Sequence[str]) -> None:
    del company  # whose packs say what tariffs ask
    table = table_for(inputs_named())
    assert "in_valley_kwh" not in table.keys, "registers count it"
    assert [each.field for each in table.propose(header)] == [
        "account", "tariff", "since", "months", "in_people", "used",
    ]  # fmt: skip


def test_a_row_says_what_it_says() -> None:
    mapping = {0: "account", 1: "tariff", 2: "since", 3: "months", 4: "used", 5: "in_people"}
    row = read_row(["3011 440a", "household", "2026年7月1日", "2个月", "1,234.5", ""], mapping,
                   months=1)  # fmt: skip
    assert (row.account, row.since, row.months, row.faults) == ("3011440A", SINCE, 2, [])
    assert (row.used, row.given) == (Decimal("1234.5"), {})
    bad = read_row(["", "", "1/7/2026", "5", "-1", "x" * 41], mapping, months=1)
    assert [(each.field, each.code) for each in bad.faults] == [
        ("account", "empty"), ("tariff", "empty"), ("in_people", "too_long"), ("since", "day"),
        ("months", "months"), ("used", "number"),
    ]  # fmt: skip


def test_accounts_begin_once_and_what_is_wrong_is_told_row_by_row(company: Company) -> None:
    good, fed, early = an_account(company), an_account(company), an_account(company)
    other = an_account(company)
    BillingAccount.objects.create(
        account_id=fed.pk, organisation_id=company.lake.pk, currency="CNY", opened_date=SINCE,
        billed_until=SINCE, feed=a_feed(company),
    )  # fmt: skip
    rows = (
        f"{good.number},居民生活用水,2026-07-01,2,5,,合同 7",
        f"{fed.number},household,2026-07-01,,,,",
        f"{early.number},household,2019-07-01,,,,",
        f"{early.number},household,2026-07-01,,,,",
        "99999999999,household,2026-07-01,,,,",
        f"{other.number},gold,2026-07-01,,,,",
    )
    file = check(company, receive(company, *rows))
    assert not BillingTerms.objects.exists()
    found = file.findings
    assert (file.state, found["rows"], found["new"], found["refused"]) == ("checked", 6, 1, 5)
    done = take(company, file)
    assert (done.state, done.read_count, done.taken_count, done.refused_count) == ("done", 6, 1, 5)
    assert told(done) == {
        3: [("account", "other_system", "")],
        4: [("since", "before_opened", "2020-01-01")],
        5: [("account", "twice", "")],
        6: [("account", "unknown_account", "")],
        7: [("tariff", "unknown_tariff", "household, business, special, combined")],
    }
    row = BillingAccount.objects.get(pk=good.pk)
    assert (row.months, row.opened_date, row.billed_until) == (2, SINCE, SINCE)
    terms = BillingTerms.objects.get(account=good.pk)
    assert (terms.numbers, terms.reason) == ({"people": "5"}, "合同 7")
    assert terms.created_by_id == company.agent.staff_id
    again = begin(company, rows[0], "88888888888,household,2026-07-01,,,,")
    assert (again.taken_count, again.known_count, again.refused_count) == (0, 1, 1)
    otherwise = begin(company, f"{good.number},household,2026-07-01,2,6,,")
    assert told(otherwise) == {2: [("account", "billed", "")]}


def test_answers_are_held_to_what_the_tariff_asks(company: Company) -> None:
    many, business, unsaid = an_account(company), an_account(company), an_account(company)
    header = "户号,价目,起始日,户籍人口数,水表口径"
    file = begin(
        company,
        f"{many.number},household,2026-07-01,100,DN15",
        f"{business.number},非居民生活用水,2026-07-01,4,DN40",
        f"{unsaid.number},business,2026-07-01,,",
        header=header,
    )
    assert told(file) == {
        2: [("in_people", "term_too_high", "99")],
        4: [("in_meter_size", "term_missing", "")],
    }
    terms = BillingTerms.objects.get(account=business.pk)
    assert (terms.labels, terms.numbers) == ({"meter_size": "40"}, {}), "what it does not ask goes"


def test_tiers_go_on_from_what_was_used_in_the_year(company: Company) -> None:
    """180 m³ are the first tier of a year at four people: with 170 used before, ten are left of
    it; without, the tiers are as wide as the days from the first of July on."""
    told_one, new_one = an_account(company), an_account(company)
    begin(
        company,
        f"{told_one.number},household,2026-07-01,1,4,170,",
        f"{new_one.number},household,2026-07-01,1,4,,",
    )
    period = Period(SINCE, date(2026, 8, 1))
    use = Use(period, {"usage": Decimal(30)})
    for account in (told_one, new_one):
        new = ops.NewBill(account.pk, period, (use,), date(2026, 8, 1), date(2026, 8, 21))
        ops.issue_bills([new], actor=None, now=NOW)
    lines = {
        account.pk: Bill.objects.get(account=account.pk, start_date=SINCE).lines.get(
            charge="water"
        )
        for account in (told_one, new_one)
    }
    assert lines[told_one.pk].minor == 10 * 200 + 20 * 300
    assert lines[new_one.pk].minor == 30 * 200
    over = Bill.objects.get(account=told_one.pk, kind=Bill.Kind.TAKEN_OVER)
    assert (over.start_date, over.end_date, over.total_minor) == (date(2026, 1, 1), SINCE, 0)
    with pytest.raises(NotOurs):
        ask_reversal(bill_id=over.pk, reason="x", actor=company.agent, now=NOW)
    assert not Bill.objects.filter(account=new_one.pk, kind=Bill.Kind.TAKEN_OVER).exists()
    assert audit() == []


def test_a_run_that_dies_goes_on_after_its_last_batch(
    company: Company, monkeypatch: pytest.MonkeyPatch
) -> None:
    accounts = [an_account(company) for _n in range(7)]
    rows = [f"{each.number},household,2026-07-01,,,," for each in accounts]
    rows.append(f"{accounts[0].number},household,2026-07-01,,,,")
    monkeypatch.setattr(type(ACCOUNTS), "size", 3)
    file = check(company, receive(company, *rows))
    own, calls = AccountWork.take, 0

    def dies(self: AccountWork, batch: list[Any], row: AccountFile) -> None:
        nonlocal calls
        calls += 1
        own(self, batch, row)
        if calls == 2:
            raise RuntimeError("power cut")

    monkeypatch.setattr(AccountWork, "take", dies)
    with pytest.raises(RuntimeError):
        take(company, file)
    assert BillingAccount.objects.count() == 3, "the second batch is not there in part"
    monkeypatch.setattr(AccountWork, "take", own)
    done = ACCOUNTS.run(actor=company.agent, file_id=file.pk, now=NOW)
    assert (done.state, done.taken_count, done.refused_count) == ("done", 7, 1)
    assert told(done) == {9: [("account", "twice", "")]}, "rows of earlier runs are remembered"


def test_rooms_and_rights_hold(company: Company) -> None:
    account = an_account(company)
    with pytest.raises(Forbidden):
        ACCOUNTS.receive(
            actor=company.outsider, organisation_id=company.lake.pk, now=NOW,
            upload=SimpleUploadedFile("x.csv", HEADER.encode()),
        )  # fmt: skip
    theirs = ACCOUNTS.receive(
        actor=company.outsider,
        organisation_id=company.river.pk,
        now=NOW,
        upload=SimpleUploadedFile(
            "x.csv", f"{HEADER}\n{account.number},household,2026-07-01,,,,".encode()
        ),
    )
    found = ACCOUNTS.run_check(actor=company.outsider, file_id=theirs.pk, now=NOW)
    assert [each[1] for each in found.findings["faults"]] == ["unknown_account"]
    page = at(company.agent_staff).get(reverse("billing:account_file", args=[theirs.pk]))
    assert page.status_code == 404


def test_the_pages_of_a_file(company: Company) -> None:
    client, account = at(company.agent_staff), an_account(company)
    empty = client.get(reverse("billing:account_files")).content.decode()
    assert "No file of accounts has been taken in yet" in empty
    new = client.get(reverse("billing:account_file_new")).content.decode()
    assert "People in the household" in new
    data = f"户号,叫什么,起始日\n{account.number},household,2026-07-01\n".encode()
    sent = client.post(
        reverse("billing:account_file_new"),
        {"organisation": company.lake.pk, "file": SimpleUploadedFile("a.csv", data)},
    )
    file = AccountFile.objects.get()
    assert (sent.status_code, file.state) == (302, "mapping")
    columns = reverse("billing:account_file_columns", args=[file.pk])
    lacking = client.post(columns, {"column-0": "account", "column-2": "since"})
    assert lacking.status_code == 422
    assert "No column holds this: Tariff" in lacking.content.decode()
    client.post(columns, {"column-0": "account", "column-1": "tariff", "column-2": "since"})
    check(company, file)
    page = client.get(reverse("billing:account_file", args=[file.pk])).content.decode()
    assert "No fault was found." in page
    client.post(reverse("billing:account_file_act", args=[file.pk, "start"]))
    ACCOUNTS.run(actor=company.agent, file_id=file.pk, now=NOW)
    assert "Begun" in client.get(reverse("billing:account_file", args=[file.pk])).content.decode()
    assert BillingAccount.objects.filter(pk=account.pk).exists()
    bad = begin(company, f"{account.number},household,2026-07-01,,100,,")
    shown = client.get(reverse("billing:account_file", args=[bad.pk])).content.decode()
    assert "Not above 99." in shown
    refused = reverse("billing:account_file_refused", args=[bad.pk, "csv"])
    body = b"".join(client.post(refused).streaming_content).decode()  # type: ignore[attr-defined]
    assert account.number in body
    assert "Not above 99." in body
    assert Disclosure.objects.filter(subject="billing.accounts", kind="export").exists()
