"""Files of balances in tests: received, checked, agreed to, taken over."""

from datetime import date
from decimal import Decimal

from django.core.files.uploadedfile import SimpleUploadedFile

from qiao.billing.models import BalanceFile, Entry
from qiao.billing.operations.balance_asking import ask_take_over, balances_agreed
from qiao.billing.operations.balance_files import BALANCES
from qiao.billing.rules.money.postings import Ledger
from qiao.billing.tests.lives import NOW
from qiao.core import approvals
from qiao.core.transactions import acting
from qiao.customers.models import Account
from qiao.staff.tests.cast import Company

AS_OF = date(2026, 11, 20)
HEADER = "户号,账单号,应缴日期,欠费金额,违约金,预存余额,押金"


def receive(company: Company, *rows: str, header: str = HEADER) -> BalanceFile:
    """A file of the lake branch as of the first day here."""
    return BALANCES.receive(
        actor=company.agent,
        organisation_id=company.lake.pk,
        as_of=AS_OF,
        currency="CNY",
        upload=SimpleUploadedFile("余额.csv", "\n".join([header, *rows]).encode()),
        now=NOW,
    )


def check(company: Company, *rows: str, header: str = HEADER) -> BalanceFile:
    """A file that was checked."""
    file = receive(company, *rows, header=header)
    return BALANCES.run_check(actor=company.agent, file_id=file.pk, now=NOW)


def agree(company: Company, file: BalanceFile) -> None:
    """Somebody asks that it be taken over, and a colleague agrees."""
    with acting(company.agent):
        asked = ask_take_over(file_id=file.pk, actor=company.agent, now=NOW)
    with acting(company.colleague):
        agreed = approvals.decide(
            approval_id=asked.pk, approve=True, note="", actor=company.colleague, now=NOW
        )
        balances_agreed(approval=agreed, actor=company.colleague, now=NOW)


def take_over(company: Company, *rows: str, header: str = HEADER) -> BalanceFile:
    """A file that was checked, agreed to and taken over."""
    file = check(company, *rows, header=header)
    agree(company, file)
    return BALANCES.run(actor=company.agent, file_id=file.pk, now=NOW)


def number_of(account_id: int) -> str:
    """The number of an account."""
    return Account.objects.values_list("number", flat=True).get(pk=account_id)


def faults_of(file: BalanceFile) -> dict[int, list[tuple[str, str, str]]]:
    """What is wrong by row: field, code, what was expected."""
    return {
        row.row_number: [(each["field"], each["code"], each["expected"]) for each in row.faults]
        for row in file.refused.all()
    }


def opening() -> int:
    """What stands against the balances that were taken over: debits less credits."""
    return sum(Entry.objects.filter(ledger=Ledger.OPENING).values_list("minor", flat=True))


def yuan(minor: int) -> str:
    """An amount as a file says it."""
    return str(Decimal(minor) / 100)
