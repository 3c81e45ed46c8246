"""Files by which balances of a former billing system are taken over: checked in a dry run, agreed
to by a second person (`balance_asking`), taken over by batches.

A balance is known by its name (see `balance_rows.BalanceRow.names`), which the ledger keeps: the
same file, or one that overlaps it, posts nothing twice.
"""

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.billing.models import BalanceFile, BillingAccount
from qiao.billing.operations.balances import (
    SOURCE,
    Balance,
    FormerBill,
    closed_days,
    keep_money_of_closed,
    take_over,
)
from qiao.billing.operations.posting import hold_accounts
from qiao.billing.queries.owners import owner_names
from qiao.billing.queries.runs import ISSUE
from qiao.billing.rules.balance_rows import (
    AMOUNTS,
    ARREARS,
    DEPOSIT,
    LATE_FEE,
    PREPAID,
    BalanceRow,
    read_row,
    table_for,
)
from qiao.billing.rules.money.postings import OWN, Ledger
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.core.prepared import fetch_all
from qiao.core.rules.columns import FieldTable, RowFault
from qiao.core.rules.money import to_decimal
from qiao.core.sheets import SheetRow
from qiao.core.table_batches import BatchedLife, Work
from qiao.core.table_findings import FaultCount
from qiao.core.table_life import mapping_of
from qiao.core.table_uploads import UploadFolder
from qiao.staff.queries import subtree_of

CHECK_TASK: Final = "billing.check_balances"
TAKE_TASK: Final = "billing.take_balances"
_State = BalanceFile.State
_WHATS: Final = ("rows", "new", "known", "nothing", "refused")
_SUMS: Final = ("file", "new", "known", "refused")
_LEDGERS: Final = {PREPAID: Ledger.PREPAID, DEPOSIT: Ledger.DEPOSIT}
_ACCOUNTS: Final = """
SELECT a.number, a.id, a.organisation_id, a.closed_date, b.account_id IS NOT NULL,
       b.feed_id IS NOT NULL, coalesce(b.currency, '')
  FROM customers_account a LEFT JOIN billing_billingaccount b ON b.account_id = a.id
 WHERE a.number = ANY(%(numbers)s::text[]) AND a.organisation_id = ANY(%(units)s::bigint[])
"""
# What was taken over under a name before: what it brought, when that was due, whether it holds.
_KNOWN: Final = """
SELECT p.key, x.parts::text, b.due_date,
       EXISTS (SELECT FROM billing_posting r WHERE r.reverses_id = p.id)
  FROM billing_posting p
 CROSS JOIN LATERAL (
      SELECT json_object_agg(e.ledger || ':' || e.kind || ':' || e.owner, e.minor) AS parts,
             min(e.bill_id) AS bill_id
        FROM billing_entry e WHERE e.posting_id = p.id AND e.ledger <> 'opening') x
  LEFT JOIN billing_bill b ON b.id = x.bill_id
 WHERE p.source = %(source)s AND p.key = ANY(%(keys)s::text[])
"""
_NUMBERED: Final = "SELECT b.number FROM billing_bill b WHERE b.number = ANY(%(numbers)s::text[])"


@dataclass(frozen=True, slots=True)
class _Account:
    """An account as it is here: whether its money is kept, by which system, in which currency."""

    number: str
    pk: int
    organisation_id: int
    closed: date | None
    is_billed: bool
    is_fed: bool
    currency: str


@dataclass(frozen=True, slots=True)
class _Known:
    """What was taken over under a name: what it brought, as `Balance.parts`, the day on which that
    was due, None where it was not owed, and whether it was taken back."""

    parts: Mapping[str, int]
    due: date | None
    is_taken_back: bool


@dataclass(slots=True)
class Told:
    """A row, and what becomes of it: `new` balances, such as are known already, or refused."""

    number: int
    row: BalanceRow
    faults: list[RowFault]
    account: _Account | None = None
    new: list[Balance] = field(default_factory=list)

    @property
    def what(self) -> str:
        """What becomes of it."""
        if self.faults:
            return "refused"
        return "nothing" if self.row.is_nothing else "new" if self.new else "known"


@dataclass(slots=True)
class _Found:
    """What a dry run found, in counts, and sums of the amounts by what becomes of them: all that
    could be read, those to be taken over, those known already, those refused."""

    rows: dict[str, int] = field(default_factory=lambda: dict.fromkeys(_WHATS, 0))
    sums: dict[str, dict[str, int]] = field(
        default_factory=lambda: {name: dict.fromkeys(_SUMS, 0) for name in AMOUNTS}
    )
    faults: FaultCount = field(default_factory=FaultCount)

    def add(self, each: Told) -> None:
        self.rows["rows"] += 1
        self.rows[each.what] += 1
        new = _sums_of(each.new)
        for name, minor in each.row.amounts.items():
            own = self.sums[name]
            own["file"] += minor
            if each.faults:
                own["refused"] += minor
            else:
                own["new"] += new[name]
                own["known"] += minor - new[name]
        if each.faults:
            self.faults.add(each.number, each.faults)


def _sums_of(balances: Iterable[Balance]) -> dict[str, int]:
    """The amounts of balances, by `AMOUNTS`."""
    found = dict.fromkeys(AMOUNTS, 0)
    for each in balances:
        for name, minor in each.amounts().items():
            found[name] += minor
    return found


class BalanceWork(Work[BalanceFile, Told]):
    """The rows of one file become postings."""

    def __init__(self, file: BalanceFile, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self.mapping, self.as_of, self.currency = mapping_of(file), file.as_of, file.currency
        allowed = actor.organisations(ISSUE)
        self.units = sorted(set(subtree_of(file.organisation_id)) & set(allowed))
        self.seen: set[str] = set()
        self.findings = _Found()

    def read(self, row: SheetRow) -> Told:
        """A row, with what is wrong with it by itself or beside those before it."""
        read = self._read(row)
        faults = list(read.faults)
        if not faults:
            for name, key in self._keys(read).items():
                if key in self.seen:
                    field_name = "number" if name == ARREARS else name
                    faults.append(RowFault(field_name, "twice", read.number or read.account))
                self.seen.add(key)
        return Told(row.number, read, faults)

    def pass_over(self, row: SheetRow) -> None:
        """Its balances were named."""
        read = self._read(row)
        if not read.faults:
            self.seen.update(self._keys(read).values())

    def _read(self, row: SheetRow) -> BalanceRow:
        return read_row(row.cells, self.mapping, currency=self.currency, as_of=self.as_of)

    @staticmethod
    def _keys(row: BalanceRow) -> dict[str, str]:
        """By what its balances are known within the file: a bill by its number, which no other
        account has."""
        return {
            name: key if key.startswith("bill:") else f"{row.account} {key}"
            for name, key in row.names().items()
        }

    def check(self, batch: list[Told]) -> None:
        """Count what would become of rows, and sum it up."""
        accounts = self._find_accounts(batch)
        self._judge(batch, accounts)
        for each in batch:
            self.findings.add(each)

    def found(self) -> dict[str, Any]:
        """What was found, in counts and sums of minor units."""
        told = self.findings
        return {"findings": {**told.rows, "sums": told.sums, "faults": told.faults.data()}}

    def take(self, batch: list[Told], file: BalanceFile) -> None:
        """Post balances, and keep the refused rows with what is wrong."""
        accounts = self._find_accounts(batch)
        held = self._hold(accounts.values())
        self._judge(batch, accounts)
        new = [balance for each in batch if not each.faults for balance in each.new]
        take_over(
            new, accounts=held, as_of=self.as_of, cause=f"balances:{file.pk}:{file.read_count}",
            actor=self.actor, now=self.now,
        )  # fmt: skip
        lines = [
            (file.pk, each.number, each.row.account[:40], Jsonb([asdict(f) for f in each.faults]))
            for each in batch
            if each.faults
        ]
        with connection.cursor() as cursor:
            copy_rows(
                cursor, "billing_refusedbalance", "file_id, row_number, account_number, faults",
                lines,
            )  # fmt: skip
        for name, minor in _sums_of(new).items():
            column = "owed_minor" if name == ARREARS else f"{name}_minor"
            setattr(file, column, getattr(file, column) + minor)
        file.taken_count += sum(each.what == "new" for each in batch)
        file.known_count += sum(each.what == "known" for each in batch)
        file.refused_count += len(lines)

    def _hold(self, accounts: Iterable[_Account]) -> dict[int, BillingAccount]:
        """Lock the money of accounts, such as were closed before they were billed here too."""
        found = list(accounts)
        closed = [
            (each.pk, each.organisation_id, each.closed)
            for each in found
            if not each.is_billed and each.closed is not None and each.closed <= self.as_of
        ]
        keep_money_of_closed(closed, currency=self.currency)
        return hold_accounts(each.pk for each in found)

    def _find_accounts(self, batch: Sequence[Told]) -> dict[str, _Account]:
        numbers = [each.row.account for each in batch if self._is_asked(each)]
        rows = fetch_all(_ACCOUNTS, {"numbers": numbers, "units": self.units})
        return {row[0]: _Account(*row) for row in rows}

    @staticmethod
    def _is_asked(each: Told) -> bool:
        return not each.faults and not each.row.is_nothing

    def _judge(self, batch: Sequence[Told], accounts: Mapping[str, _Account]) -> None:
        """Hold rows to what is here, all of a batch in a few statements."""
        closed = closed_days({each.organisation_id for each in accounts.values()})
        for each in batch:
            if self._is_asked(each):
                each.account = accounts.get(each.row.account)
                each.faults += self._faults(each, closed)
        told = [(each, self._balances(each)) for each in batch if self._is_asked(each)]
        keys = [balance.key for _each, own in told for balance in own]
        values = {"source": SOURCE, "keys": keys}
        known = {
            key: _Known(json.loads(parts), *more)
            for key, parts, *more in fetch_all(_KNOWN, values)
        }
        numbers = [each.row.number for each, _own in told if each.row.number]
        numbered = {number for (number,) in fetch_all(_NUMBERED, {"numbers": numbers})}
        for each, own in told:
            for balance in own:
                if balance.key in known:
                    each.faults += _differing(balance, known[balance.key], self.currency)
                elif balance.bill and balance.bill.number in numbered:
                    each.faults.append(RowFault("number", "number_taken", balance.bill.number))
                else:
                    each.new.append(balance)

    def _faults(self, each: Told, closed: Mapping[int, date]) -> list[RowFault]:
        number, account = each.row.account, each.account
        if account is None:
            return [RowFault("account", "unknown_account", number)]
        if account.is_fed:
            return [RowFault("account", "other_system", number)]
        if account.is_billed and account.currency != self.currency:
            return [RowFault("account", "other_currency", account.currency, self.currency)]
        if not account.is_billed and (account.closed is None or account.closed > self.as_of):
            return [RowFault("account", "not_billed", number)]
        last = closed.get(account.organisation_id)
        if last is not None and last >= self.as_of:
            return [RowFault("account", "day_closed", self.as_of.isoformat(), last.isoformat())]
        return []

    @staticmethod
    def _balances(each: Told) -> list[Balance]:
        """What a row without a fault tells."""
        row, account = each.row, each.account
        assert account is not None
        names = row.names()
        found = [
            Balance(account.pk, names[name], ledger, row.amounts[name])
            for name, ledger in _LEDGERS.items()
            if name in names
        ]
        if row.is_owing:
            assert row.due is not None
            found.append(
                Balance(
                    account_id=account.pk,
                    name=names[ARREARS],
                    ledger=Ledger.RECEIVABLE,
                    minor=row.amounts.get(ARREARS, 0),
                    late_fee=row.amounts.get(LATE_FEE, 0) if row.has_late_fee else None,
                    owners=row.owners,
                    bill=FormerBill(row.due, row.number, row.issued, row.since, row.until),
                )
            )
        return found


def _differing(balance: Balance, known: _Known, currency: str) -> list[RowFault]:
    """What is wrong with a balance of a name that was taken over before, if anything is."""
    name = ARREARS if balance.bill else balance.ledger.value
    if known.is_taken_back:
        return [RowFault("number", "taken_back", balance.name.partition(":")[2])]
    if known.parts != balance.parts():
        here, told = (sum(each.values()) for each in (known.parts, balance.parts()))
        amounts = [str(to_decimal(abs(minor), currency)) for minor in (told, here)]
        return [RowFault(name, "differs", *amounts)]
    if balance.bill and known.due != balance.bill.due:
        here_due = known.due.isoformat() if known.due else ""
        return [RowFault("due", "differs", balance.bill.due.isoformat(), here_due)]
    return []


class BalanceFiles(BatchedLife[BalanceFile]):
    """The life of a file of balances."""

    model = BalanceFile
    folder = UploadFolder("billing_balances")
    permission = ISSUE
    subject = "billing.balances"
    tasks = {_State.CHECKING: CHECK_TASK, _State.RUNNING: TAKE_TASK}
    exported = ("row", "account", "field", "found", "expected")
    size = 5_000

    def table_of(self, file: BalanceFile) -> FieldTable:
        """The fields of a balance, and of whose money it may be."""
        del file
        return table_for(owners_named())

    def work(self, file: BalanceFile, actor: Actor, now: datetime) -> BalanceWork:
        """Its rows become postings."""
        return BalanceWork(file, actor, now)


def owners_named() -> dict[str, list[str]]:
    """Whose money other than the company's balances may be, each with what files may call it."""
    return {key: [*names.values()] for key, names in owner_names().items() if key != OWN}


BALANCES: Final = BalanceFiles()
