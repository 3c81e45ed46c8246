"""A row of a file by which accounts begin to be billed: its columns, and what its cells say."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any, Final

from qiao.billing.rules.tariffs.asked import NUMBER
from qiao.core.rules.columns import FieldTable, ImportField, RowFault
from qiao.core.rules.dates import BadDate, read_date

ANSWER: Final = "in_"
"""What stands before the names of what tariffs ask, among the fields."""
MONTHS: Final = (1, 2, 3, 4, 6, 12)
"""How many months a bill may cover."""
LONGEST_NUMBER: Final = 40
LONGEST_ANSWER: Final = 40
LONGEST_REASON: Final = 300
_SHOWN: Final = 40
ACCOUNT_NAMES: Final = (
    "accountnumber accountno accountid account customeraccount "
    "户号 戶號 用户编号 用戶編號 客户编号 用户号 用電戶號 缴费户号 水号"
)
"""What files of utilities call the number of an account."""
_NAMES: Final = {
    "account": ACCOUNT_NAMES,
    "tariff": (
        "tariff pricecategory rateclass ratecode priceplan "
        "价目 價目 用水性质 用水性質 用电类别 用電類別 用气性质 用氣性質 "
        "电价类别 水价类别 执行电价 执行水价 价格类别"
    ),
    "since": (
        "since billedfrom startdate firstday effectivedate "
        "计费起始日 計費起始日 起始日 起始日期 开始计费日期 生效日期 立户日期"
    ),
    "months": "months billmonths billingcycle cycle 账单周期 帳單週期 出账周期 抄表周期 周期",
    "used": (
        "usedthisyear yeartodate ytd usedbefore "
        "本年已用量 本年累计用量 年累计用量 本年累計用量 阶梯累计用量"
    ),
    "reason": "reason document remark note 依据 依據 原因 备注 備註",
}
REQUIRED: Final = ("account", "tariff", "since")


def table_for(inputs: Mapping[str, Sequence[str]]) -> FieldTable:
    """The fields of such a file where tariffs ask these `inputs`: what files call each."""
    fields = [ImportField(key, tuple(names.split())) for key, names in _NAMES.items()]
    fields += [ImportField(ANSWER + name, (name, *names)) for name, names in inputs.items()]
    return FieldTable(fields, required=REQUIRED)


@dataclass(slots=True)
class AccountRow:
    """What a row says. `used` is what was used in the year before the first day, None where the
    row does not say; `given` answers what the tariff asks."""

    account: str = ""
    tariff: str = ""
    since: date | None = None
    months: int = 1
    used: Decimal | None = None
    reason: str = ""
    given: dict[str, str] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)


def read_row(cells: Sequence[str], mapping: Mapping[int, str], *, months: int) -> AccountRow:
    """Read a row by its mapping of columns to fields; `months` is meant where none is said."""
    told = {
        key: cells[column].strip()
        for column, key in mapping.items()
        if key and column < len(cells)
    }
    row = AccountRow(
        account="".join(told.get("account", "").split()).upper(),
        tariff=told.get("tariff", ""),
        months=months,
        reason=told.get("reason", ""),
        given={
            key.removeprefix(ANSWER): text
            for key, text in told.items()
            if key.startswith(ANSWER) and text
        },
    )
    row.faults += _faults_of(row)
    _read_day(told.get("since", ""), row)
    _read_months(told.get("months", ""), row)
    _read_used(told.get("used", ""), row)
    return row


def _faults_of(row: AccountRow) -> list[RowFault]:
    found = []
    if not row.account or len(row.account) > LONGEST_NUMBER:
        found.append(RowFault("account", "empty", row.account[:_SHOWN]))
    if not row.tariff:
        found.append(RowFault("tariff", "empty"))
    if len(row.reason) > LONGEST_REASON:
        found.append(RowFault("reason", "too_long", row.reason[:_SHOWN]))
    found += [
        RowFault(ANSWER + name, "too_long", text[:_SHOWN])
        for name, text in row.given.items()
        if len(text) > LONGEST_ANSWER
    ]
    return found


def _read_day(text: str, row: AccountRow) -> None:
    try:
        row.since = read_date(text)
    except BadDate:
        row.faults.append(RowFault("since", "day" if text else "empty", text[:_SHOWN]))


def _read_months(text: str, row: AccountRow) -> None:
    if not text:
        return
    plain = text.removesuffix("个月").removesuffix("個月").strip()
    if plain.isdecimal() and int(plain) in MONTHS:
        row.months = int(plain)
    else:
        row.faults.append(RowFault("months", "months", text[:_SHOWN]))


def _read_used(text: str, row: AccountRow) -> None:
    plain = text.replace(",", "")
    if not plain:
        return
    if NUMBER.fullmatch(plain):
        row.used = Decimal(plain)
    else:
        row.faults.append(RowFault("used", "number", text[:_SHOWN]))


def names_of(inputs: Mapping[str, Any]) -> dict[str, list[str]]:
    """What files may call the inputs of a tariff: their names in every language."""
    return {name: [*each.get("names", {}).values()] for name, each in inputs.items()}
