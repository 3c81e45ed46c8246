"""Files by which the billing of many accounts begins: checked in a dry run, taken in by batches.

An account that is billed like this already is known, and is left alone: the same file, or one
that overlaps it, begins nothing twice.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any, Final

from django.db import connection
from django.db.backends.postgresql.psycopg_any import Jsonb

from qiao.billing.models import AccountFile, Bill, Tariff
from qiao.billing.operations.accounts import NewAccount, open_billing
from qiao.billing.operations.billing import PREFIX
from qiao.billing.queries.tariffs import inputs_of_terms, tariffs_in_use
from qiao.billing.queries.terms import tariffs_by_version, versions_by_tariff
from qiao.billing.queries.terms_shown import TERMS
from qiao.billing.rules.account_rows import (
    ANSWER,
    AccountRow,
    names_of,
    read_row,
    table_for,
)
from qiao.billing.rules.bills.facts import write_used
from qiao.billing.rules.tariffs.asked import Asks, Said, TermFault, asks_of, read_terms
from qiao.billing.rules.tariffs.model import USAGE
from qiao.core.actor import Actor
from qiao.core.copying import copy_rows
from qiao.core.numbering import numbers_for
from qiao.core.prepared import fetch_all
from qiao.core.rules.columns import FieldTable, RowFault, fold
from qiao.core.sheets import SheetRow
from qiao.core.table_batches import BatchedLife, Work
from qiao.core.table_findings import FaultCount
from qiao.core.table_life import mapping_of
from qiao.core.table_uploads import UploadFolder
from qiao.staff.queries import subtree_of

CHECK_TASK: Final = "billing.check_accounts"
TAKE_TASK: Final = "billing.take_accounts"
USUAL_MONTHS: Final = 1
_State = AccountFile.State
_ACCOUNTS: Final = """
SELECT a.number, a.id, a.organisation_id, a.service, a.opened_date, b.account_id IS NOT NULL,
       b.feed_id IS NOT NULL, t.tariff_id, coalesce(t.labels, '{}')::text,
       coalesce(t.numbers, '{}')::text
  FROM customers_account a
  LEFT JOIN billing_billingaccount b ON b.account_id = a.id
  LEFT JOIN billing_billingterms t ON t.account_id = a.id AND upper_inf(t.period)
 WHERE a.number = ANY(%(numbers)s::text[]) AND a.organisation_id = ANY(%(units)s::bigint[])
"""


@dataclass(frozen=True, slots=True)
class _Account:
    """An account as it is here: whether it is billed, by another system, and under what."""

    number: str
    pk: int
    organisation_id: int
    service: str
    opened: date
    is_billed: bool
    is_fed: bool
    tariff_id: int | None
    labels: Mapping[str, str]
    numbers: Mapping[str, str]


@dataclass(slots=True)
class Told:
    """A row, and what becomes of it: an account with its terms, known already, or refused."""

    number: int
    row: AccountRow
    faults: list[RowFault]
    account: _Account | None = None
    tariff_id: int = 0
    currency: str = ""
    said: Said | None = None
    is_known: bool = False

    @property
    def is_new(self) -> bool:
        """Whether its account begins to be billed."""
        return not self.faults and not self.is_known


@dataclass(slots=True)
class _Found:
    """What a dry run found, in counts."""

    rows: int = 0
    new: int = 0
    known: int = 0
    refused: int = 0
    faults: FaultCount = field(default_factory=FaultCount)

    def add(self, each: Told) -> None:
        self.rows += 1
        self.new += each.is_new
        self.known += each.is_known
        if each.faults:
            self.refused += 1
            self.faults.add(each.number, each.faults)


class AccountWork(Work[AccountFile, Told]):
    """The rows of one file become billed accounts; tariffs are looked up once."""

    def __init__(self, file: AccountFile, actor: Actor, now: datetime) -> None:
        self.actor, self.now = actor, now
        self.mapping = mapping_of(file)
        allowed = actor.organisations(TERMS)
        self.units = sorted(set(subtree_of(file.organisation_id)) & set(allowed))
        self.tariffs = _Tariffs()
        self.seen: set[str] = set()
        self.findings = _Found()

    def read(self, row: SheetRow) -> Told:
        """A row, with what is wrong with it by itself or beside those before it."""
        read = read_row(row.cells, self.mapping, months=USUAL_MONTHS)
        if read.account and read.account in self.seen:
            read.faults.append(RowFault("account", "twice", read.account))
        self.seen.add(read.account)
        return Told(row.number, read, list(read.faults))

    def pass_over(self, row: SheetRow) -> None:
        """Its account was named."""
        self.seen.add(read_row(row.cells, self.mapping, months=USUAL_MONTHS).account)

    def check(self, batch: list[Told]) -> None:
        """Count what would become of rows."""
        self._judge(batch)
        for each in batch:
            self.findings.add(each)

    def found(self) -> dict[str, Any]:
        """What was found, in counts."""
        told = self.findings
        return {
            "findings": {
                "rows": told.rows, "new": told.new, "known": told.known,
                "refused": told.refused, "faults": told.faults.data(),
            }
        }  # fmt: skip

    def take(self, batch: list[Told], file: AccountFile) -> None:
        """Begin to bill accounts, and keep the refused rows with what is wrong."""
        self._judge(batch)
        new = [each for each in batch if each.is_new]
        _begin(new, self.actor, self.now)
        lines = [
            (file.pk, each.number, each.row.account[:40], Jsonb([asdict(f) for f in each.faults]))
            for each in batch
            if each.faults
        ]
        with connection.cursor() as cursor:
            copy_rows(
                cursor, "billing_refusedaccount", "file_id, row_number, account_number, faults",
                lines,
            )  # fmt: skip
        file.taken_count += len(new)
        file.known_count += sum(each.is_known for each in batch)
        file.refused_count += len(lines)

    def _judge(self, batch: Sequence[Told]) -> None:
        """Find the accounts and what their tariffs ask, all of a batch in one statement."""
        numbers = [each.row.account for each in batch if not each.faults]
        values = {"numbers": numbers, "units": self.units}
        accounts = {
            row[0]: _Account(*row[:-2], *map(json.loads, row[-2:]))
            for row in fetch_all(_ACCOUNTS, values)
        }
        for each in batch:
            if not each.faults:
                each.faults += self._faults(each, accounts.get(each.row.account))

    def _faults(self, each: Told, account: _Account | None) -> list[RowFault]:
        row = each.row
        assert row.since is not None
        if account is None:
            return [RowFault("account", "unknown_account", row.account)]
        if account.is_fed:
            return [RowFault("account", "other_system", row.account)]
        if row.since < account.opened:
            opened = account.opened.isoformat()
            return [RowFault("since", "before_opened", row.since.isoformat(), opened)]
        return self._faults_of_terms(each, account, row.since)

    def _faults_of_terms(self, each: Told, account: _Account, since: date) -> list[RowFault]:
        """Whether the tariff holds, and the row answers what it asks; an account that is billed
        like this is known."""
        row = each.row
        tariff = self.tariffs.named(account.service, row.tariff)
        if tariff is None:
            known = ", ".join(self.tariffs.keys(account.service))
            return [RowFault("tariff", "unknown_tariff", row.tariff[:40], known)]
        held = self.tariffs.on(tariff, since)
        if held is None:
            begins = self.tariffs.begins(tariff)
            return [RowFault("since", "no_price", since.isoformat(), begins)]
        said, faults = read_terms(held.asks, self.tariffs.answers(tariff, row.given))
        if faults:
            return [_fault(fault) for fault in faults]
        each.account, each.tariff_id, each.said = account, tariff.pk, said
        each.currency = held.currency
        if account.is_billed:
            now_held = (account.tariff_id, account.labels, account.numbers)
            each.is_known = now_held == (tariff.pk, said.labels, said.numbers)
        if account.is_billed and not each.is_known:
            return [RowFault("account", "billed", row.account)]
        return []


def _fault(fault: TermFault) -> RowFault:
    return RowFault(ANSWER + fault.name, f"term_{fault.code}", fault.found[:40], fault.expected)


@dataclass(frozen=True, slots=True)
class _Held:
    """What a version asks, and its currency."""

    asks: tuple[Asks, ...]
    currency: str


class _Tariffs:
    """The tariffs of the trades of the company, by what files call them; read once a run."""

    def __init__(self) -> None:
        self._rows: dict[str, dict[str, Tariff]] = {}
        self._versions = versions_by_tariff()
        self._held: dict[tuple[int, str], _Held] = {}
        for row in tariffs_in_use():
            named = self._rows.setdefault(row.service, {})
            for name in (row.key, *row.names.values()):
                named.setdefault(fold(name), row)

    def named(self, service: str, text: str) -> Tariff | None:
        return self._rows.get(service, {}).get(fold(text))

    def keys(self, service: str) -> list[str]:
        """What its tariffs may be called in a file."""
        return list(dict.fromkeys(row.key for row in self._rows.get(service, {}).values()))

    def answers(self, tariff: Tariff, given: Mapping[str, str]) -> dict[str, str]:
        """Answers to what a tariff asks, of a row that may have columns for other tariffs; the
        values of a choice by their names too."""
        return {
            name: self._value(tariff.inputs[name], text)
            for name, text in given.items()
            if name in tariff.inputs
        }

    def _value(self, asked: Mapping[str, Any], text: str) -> str:
        for key, names in asked.get("values", {}).items():
            if fold(text) in {fold(key), *(fold(name) for name in names.values())}:
                return str(key)
        return text

    def begins(self, tariff: Tariff) -> str:
        days = [day for day, _version in self._versions.get(tariff.pk, ())]
        return days[0].isoformat() if days else ""

    def on(self, tariff: Tariff, day: date) -> _Held | None:
        held = [version for first, version in self._versions.get(tariff.pk, ()) if first <= day]
        if not held:
            return None
        key = (tariff.pk, held[-1])
        if key not in self._held:
            version = tariffs_by_version([held[-1]])[held[-1]]
            self._held[key] = _Held(asks_of(version, tariff.inputs), version.currency)
        return self._held[key]


def _begin(new: Sequence[Told], actor: Actor, now: datetime) -> None:
    """Begin to bill accounts; where a row says what was used in the year, tiers go on from it.

    Such an account is billed from the beginning of its year as far as tiers go, and what came
    before its first day is a bill of nothing, taken over.
    """
    accounts = [_account(each) for each in new]
    open_billing(accounts, now=now, actor=actor)
    begun = zip(new, accounts, strict=True)
    _take_over([(each.row.used, one) for each, one in begun if one.opened != one.since], now)


def _account(each: Told) -> NewAccount:
    row, account, said = each.row, each.account, each.said
    assert row.since is not None
    assert account is not None
    assert said is not None
    year = row.since.replace(month=1, day=1)
    return NewAccount(
        account_id=account.pk,
        organisation_id=account.organisation_id,
        currency=each.currency,
        since=row.since,
        tariff_id=each.tariff_id,
        labels=said.labels,
        numbers={name: Decimal(text) for name, text in said.numbers.items()},
        months=row.months,
        reason=row.reason,
        tiers_since=None if row.used is None else max(account.opened, year),
    )


def _take_over(begun: Sequence[tuple[Decimal | None, NewAccount]], now: datetime) -> None:
    numbers = numbers_for([account.since for _used, account in begun], prefix=PREFIX)
    Bill.objects.bulk_create(
        Bill(
            number=number,
            account_id=account.account_id,
            organisation_id=account.organisation_id,
            kind=Bill.Kind.TAKEN_OVER,
            start_date=account.opened,
            end_date=account.since,
            issued_date=account.since,
            due_date=account.since,
            currency=account.currency,
            total_minor=0,
            usage=used,
            facts={
                "after": write_used(
                    {account.since.replace(month=1, day=1): {USAGE: used or Decimal(0)}}
                )
            },
            recorded_at=now,
        )
        for number, (used, account) in zip(numbers, begun, strict=True)
    )


class AccountFiles(BatchedLife[AccountFile]):
    """The life of a file of accounts."""

    model = AccountFile
    folder = UploadFolder("billing_accounts")
    permission = TERMS
    subject = "billing.accounts"
    tasks = {_State.CHECKING: CHECK_TASK, _State.RUNNING: TAKE_TASK}
    exported = ("row", "account", "field", "found", "expected")
    size = 5_000

    def table_of(self, file: AccountFile) -> FieldTable:
        """The fields of an account, and of what any tariff asks."""
        del file
        return table_for(inputs_named())

    def work(self, file: AccountFile, actor: Actor, now: datetime) -> AccountWork:
        """Its rows become billed accounts."""
        return AccountWork(file, actor, now)


def inputs_named() -> dict[str, list[str]]:
    """What tariffs ask, each with what files may call it."""
    found: dict[str, list[str]] = {}
    for _row, inputs in inputs_of_terms():
        for name, names in names_of(inputs).items():
            found[name] = list(dict.fromkeys([*found.get(name, []), *names]))
    return found


ACCOUNTS: Final = AccountFiles()
