"""A row of a file of balances: what an account owed, had paid ahead or left as a deposit in its
former billing system, as such systems write it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal, InvalidOperation
from re import compile as pattern
from typing import Final

from qiao.billing.rules.account_rows import ACCOUNT_NAMES, LONGEST_NUMBER
from qiao.core.rules.columns import FieldTable, ImportField, RowFault
from qiao.core.rules.dates import BadDate, read_date
from qiao.core.rules.money import BadMoney, to_decimal, to_minor

OWNER: Final = "of_"
"""What stands before the keys of owners of money, among the fields."""
ARREARS, LATE_FEE, PREPAID, DEPOSIT = "arrears", "late_fee", "prepaid", "deposit"
AMOUNTS: Final = (ARREARS, LATE_FEE, PREPAID, DEPOSIT)
LARGEST: Final = 10**12
"""No balance of one account comes to as many minor units."""
DUE_WITHIN: Final = 366
"""No bill is due more days after the day as of which its balance is told."""
_OURS: Final = pattern(r"ZD\d{13}")
_CONTROL: Final = pattern(r"[\x00-\x1f\x7f]")
_SHOWN: Final = 40
_NAMES: Final = {
    "account": ACCOUNT_NAMES,
    ARREARS: (
        "arrears owed openamount outstanding unpaid amountowed "
        "欠费 欠費 欠费金额 欠費金額 未缴金额 未繳金額 应收余额 應收餘額"
    ),
    "due": (
        "due duedate payby 应缴日期 應繳日期 缴费期限 繳費期限 缴费截止日 繳費截止日 "
        "到期日 最迟缴费日"
    ),
    "number": "billnumber billno billid invoicenumber 账单号 帳單號 账单编号 帳單編號 票据号",
    LATE_FEE: "latefee penalty surcharge 违约金 違約金 滞纳金 滯納金",
    PREPAID: "prepaid prepayment paidahead credit 预存 預存 预存余额 預存餘額 预收余额 溢缴",
    DEPOSIT: "deposit securitydeposit 押金 保证金 保證金",
    "issued": "issued billdate issuedate 出账日期 出帳日期 账单日期 帳單日期 开账日期",
    "since": "since from periodfrom billedfrom 账期起 帳期起 计费起 起始日",
    "until": "until to periodto billedto 账期止 帳期止 计费止 截止日",
}


def table_for(owners: Mapping[str, Sequence[str]]) -> FieldTable:
    """The fields of such a file where money may be of these `owners`: what files call each."""
    fields = [ImportField(key, tuple(names.split())) for key, names in _NAMES.items()]
    fields += [ImportField(OWNER + key, (key, *names)) for key, names in owners.items()]
    return FieldTable(fields, required=("account",))


@dataclass(slots=True)
class BalanceRow:
    """What a row says, in minor units: by `AMOUNTS`, those of nothing left out; how much of the
    arrears is which other owner's. `until` is the last day that the bill was for; `has_late_fee`
    where the file says what had run, be it nothing."""

    account: str = ""
    number: str = ""
    due: date | None = None
    issued: date | None = None
    since: date | None = None
    until: date | None = None
    has_late_fee: bool = False
    amounts: dict[str, int] = field(default_factory=dict)
    owners: dict[str, int] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def is_owing(self) -> bool:
        """Whether something is owed of a bill."""
        return ARREARS in self.amounts or LATE_FEE in self.amounts

    @property
    def is_nothing(self) -> bool:
        """Whether it tells no balance: nothing is to be taken over."""
        return not self.amounts and not self.faults

    def names(self) -> dict[str, str]:
        """By what each of its balances is known again, without the account: a bill by its number
        or the day on which it was due, others by what they are, and by the number if one is
        said."""
        own = f":{self.number}" if self.number and not self.is_owing else ""
        found = {key: key + own for key in (PREPAID, DEPOSIT) if key in self.amounts}
        if self.is_owing:
            found[ARREARS] = f"bill:{self.number}" if self.number else f"due:{self.due}"
        return found


def read_row(
    cells: Sequence[str], mapping: Mapping[int, str], *, currency: str, as_of: date
) -> BalanceRow:
    """Read a row by its mapping of columns to fields."""
    told = {
        key: cells[column].strip()
        for column, key in mapping.items()
        if key and column < len(cells)
    }
    return _Reading(told, currency, as_of).row


class _Reading:
    """A row as it is read: cell by cell, then one beside the other."""

    def __init__(self, told: Mapping[str, str], currency: str, as_of: date) -> None:
        self.told, self.currency, self.as_of = told, currency, as_of
        self.row = BalanceRow(
            account="".join(told.get("account", "").split()).upper(),
            number="".join(told.get("number", "").split()).upper(),
        )
        self._read_amounts()
        self._read_numbers()
        if self.row.is_owing:
            self._read_days()

    def _fault(self, name: str, code: str, found: str = "", expected: str = "") -> None:
        self.row.faults.append(RowFault(name, code, _CONTROL.sub(" ", found)[:_SHOWN], expected))

    def _read_numbers(self) -> None:
        row = self.row
        if not row.account or len(row.account) > LONGEST_NUMBER:
            self._fault("account", "empty", row.account)
        if len(row.number) > LONGEST_NUMBER or _CONTROL.search(row.number):
            self._fault("number", "too_long", row.number)
        elif _OURS.fullmatch(row.number):
            self._fault("number", "ours", row.number)

    def _read_amounts(self) -> None:
        row = self.row
        row.has_late_fee = bool(self.told.get(LATE_FEE))
        for name in AMOUNTS:
            if minor := self._minor(name):
                row.amounts[name] = minor
        for name in self.told:
            if name.startswith(OWNER) and (minor := self._minor(name)):
                row.owners[name.removeprefix(OWNER)] = minor
        if row.owners and sum(row.owners.values()) > row.amounts.get(ARREARS, 0):
            whole = to_decimal(row.amounts.get(ARREARS, 0), self.currency)
            name = OWNER + next(iter(row.owners))
            self._fault(name, "more_than_owed", self.told[name], str(whole))

    def _minor(self, name: str) -> int:
        text = self.told.get(name, "")
        if not text:
            return 0
        try:
            minor = to_minor(text, self.currency)
            exact = to_decimal(minor, self.currency) == Decimal(text.replace(",", ""))
        except (BadMoney, InvalidOperation):
            self._fault(name, "amount", text)
            return 0
        if minor < 0:
            self._fault(name, "negative", text)
        elif not exact or minor >= LARGEST:
            self._fault(name, "digits", text, self.currency)
        return max(minor, 0)

    def _read_days(self) -> None:
        row = self.row
        row.due = self._day("due", needed=True)
        row.issued, row.since, row.until = map(self._day, ("issued", "since", "until"))
        latest = self.as_of + timedelta(days=DUE_WITHIN)
        if row.due and row.due > latest:
            self._fault("due", "too_late", row.due.isoformat(), latest.isoformat())
        for name, day in (("issued", row.issued), ("until", row.until)):
            if day and day > self.as_of:
                self._fault(name, "too_late", day.isoformat(), self.as_of.isoformat())
        if row.issued and row.due and row.issued > row.due:
            self._fault("issued", "too_late", row.issued.isoformat(), row.due.isoformat())
        if row.since and row.until and row.since > row.until:
            self._fault("since", "too_late", row.since.isoformat(), row.until.isoformat())

    def _day(self, name: str, *, needed: bool = False) -> date | None:
        text = self.told.get(name, "")
        if not text and not needed:
            return None
        try:
            return read_date(text)
        except BadDate:
            self._fault(name, "day" if text else "empty", text)
            return None
