"""One row of a billing system's file: whose it is, for which month, how much.

Pure: the same row and mapping always give the same answer.
"""

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Final
from unicodedata import normalize

from qiao.core.rules.columns import RowFault, fold
from qiao.core.rules.numbers import normal_form

REF_LENGTH: Final = 60
_MONTH: Final = re.compile(r"(\d{4})\s*[-/.年]?\s*(\d{1,2})(?:\s*(?:月|[-/.月]\s*\d{1,2}日?))?")
_AMOUNT: Final = re.compile(r"([-+]?)[¥$]?\s*(\d+|\d{1,3}(?:,\d{3})+)(?:\.(\d{1,2})0*)?\s*元?")
_LARGEST: Final = 10**15
NAMES: Final[dict[str, tuple[str, ...]]] = {
    key: tuple(fold(name) for name in names.split())
    for key, names in {
        "account_number": (
            "户号 戶號 用户号 用户编号 用戶編號 用水户号 缴费户号 户编号 合同账户 account "
            "accountno accountnumber"
        ),
        "customer_number": "客户编号 客戶編號 客户号 客戶號 customer customerno customernumber",
        "month": "月份 账期 帳期 计费月份 费用月份 抄表月份 年月 month period billingmonth",
        "amount": "金额 金額 应收金额 实收金额 费用 费用金额 水费 合计 amount total value",
        "ref": "账单号 帳單號 账单编号 单据号 流水号 bill billno billnumber invoice invoiceno ref",
    }.items()
}
KEYS: Final = tuple(NAMES)


@dataclass(slots=True)
class ValueRow:
    """A row in stored forms: `month` is its first day, `amount_fen` minor units."""

    account_number: str = ""
    customer_number: str = ""
    month: date = date.min
    amount_fen: int = 0
    ref: str = ""
    faults: list[RowFault] = field(default_factory=list)

    @property
    def last_day(self) -> date:
        """The last day of the month: who owned the account then, to them its value belongs."""
        return self.month.replace(day=monthrange(self.month.year, self.month.month)[1])


def propose(headers: Sequence[str]) -> dict[int, str]:
    """A field for every column whose header names one, each field once; empty for the others."""
    found: dict[int, str] = dict.fromkeys(range(len(headers)), "")
    for key, names in NAMES.items():
        for column, header in enumerate(headers):
            if fold(header) in names and not found[column]:
                found[column] = key
                break
    return found


def mapping_faults(mapping: Mapping[int, str]) -> list[tuple[str, str]]:
    """What is wrong with a mapping: pairs of a code and a field, as for customers.

    Needed are ``month``, ``amount`` and one of ``account_number`` and ``customer_number``.
    """
    fields = [key for key in mapping.values() if key]
    faults = [("unknown", key) for key in dict.fromkeys(fields) if key not in NAMES]
    faults += [("twice", key) for key in dict.fromkeys(fields) if fields.count(key) > 1]
    faults += [("missing", key) for key in ("month", "amount") if key not in fields]
    if not {"account_number", "customer_number"} & set(fields):
        faults.append(("missing", "account_number"))
    return faults


def read_value_row(cells: Sequence[str], mapping: Mapping[int, str], *, today: date) -> ValueRow:
    """Read the cells of a row; it holds all faults that were found."""
    said = {key: cells[c].strip() for c, key in mapping.items() if key and c < len(cells)}
    row = ValueRow()
    row.account_number = normal_form(said.get("account_number", ""))
    row.customer_number = normal_form(said.get("customer_number", ""))
    if not (row.account_number or row.customer_number):
        row.faults.append(RowFault("account_number", "empty"))
    month = _month(said.get("month", ""))
    if month is None or month > today:
        row.faults.append(RowFault("month", "month", said.get("month", "")[:REF_LENGTH]))
    else:
        row.month = month
    amount = _fen(said.get("amount", ""))
    if amount is None:
        row.faults.append(RowFault("amount", "amount", said.get("amount", "")[:REF_LENGTH]))
    else:
        row.amount_fen = amount
    bill = said.get("ref", "")
    if len(bill) > REF_LENGTH:
        row.faults.append(RowFault("ref", "too_long", bill[:REF_LENGTH]))
    whose = row.account_number or row.customer_number
    row.ref = bill or f"{whose}:{row.month:%Y-%m}"
    return row


def _month(text: str) -> date | None:
    """The first day of ``2026-03``, ``2026/3``, ``202603``, ``2026年3月`` or a day of it."""
    found = _MONTH.fullmatch(normalize("NFKC", text).partition("T")[0])
    if found is None or not 1 <= int(found[2]) <= 12 or int(found[1]) < 1:
        return None
    return date(int(found[1]), int(found[2]), 1)


def _fen(text: str) -> int | None:
    """Minor units of ``1,234.50``, ``¥12``, ``-3.4``; None for what is no amount of two places."""
    found = _AMOUNT.fullmatch(normalize("NFKC", text))
    if found is None:
        return None
    whole = Decimal(f"{found[2].replace(',', '')}.{found[3] or '0'}")
    minor = int(whole * 100)
    return None if minor > _LARGEST else -minor if found[1] == "-" else minor
