"""A row of a file of readings: which columns it has, and what its cells say."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, tzinfo
from functools import lru_cache
from re import compile as pattern
from typing import Final
from unicodedata import normalize

from qiao.core.rules.columns import FieldTable, ImportField, RowFault, fold
from qiao.core.rules.dates import BadDate, read_date
from qiao.metering.rules.registers import DEMAND, PERIOD, TOTAL

LONGEST_METER: Final = 40
LONGEST_VALUE: Final = 40
LONGEST_REASON: Final = 60
_REPEATED: Final = 1_024  # different words or moments that are kept
_NAMES: Final = {
    "meter": (
        "meternumber meterno meterid meter meterserial serialnumber deviceid "
        "表号 錶號 表计编号 水表号 水錶號 电表号 电能表号 燃气表号 表具编号 表身号 资产编号"
    ),
    "value": (
        "reading value meterreading register currentreading presentreading index endreading "
        "示数 示數 读数 讀數 抄见数 抄見數 表码 錶碼 止码 止碼 本期示数 本次示数 本期读数 抄表读数"
    ),
    "day": (
        "date readingdate readdate readat readingtime timestamp datetime "
        "抄表日期 抄錶日期 抄表时间 抄錶時間 抄见日期 采集时间 採集時間 日期 时间"
    ),
    "clock": "time readtime clock 时刻 時刻 抄表时刻",
    "kind": "registertype kind registerkind 示数类型 示數類型 计度器 計度器",
    "period": "tou period touperiod 时段 時段 费率时段 尖峰平谷",
    "method": "method readmethod readingmethod quality 抄表方式 抄錶方式 抄表状态 抄錄方式",
    "reason": "reason code reasoncode remark note 原因 原因代码 未抄原因 备注 備註 异常原因",
    "reader": "reader readerid readernumber 抄表员 抄錶員 抄表员工号 抄表人",
}
FIELDS: Final = tuple(ImportField(key, tuple(names.split())) for key, names in _NAMES.items())
TABLE: Final = FieldTable(FIELDS, required=("meter", "value", "day"))

_METHODS: Final = {
    "actual": "actual a real read 实抄 實抄 人工 抄见 手抄",
    "estimated": "estimated e est 估抄 估 估算",
    "customer": "customer c self selfread 自报 自報 用户自报 客户自报",
    "remote": "remote r amr ami auto 远传 遠傳 集抄 自动 自動",
}
METHODS: Final = {fold(word): key for key, words in _METHODS.items() for word in words.split()}
_KINDS: Final = {
    TOTAL: "total 总 總 正向有功总 总示数",
    PERIOD: "period tou 分时 分時",
    DEMAND: "demand 需量 最大需量",
}
KINDS: Final = {fold(word): key for key, words in _KINDS.items() for word in words.split()}
MOMENT: Final = pattern(r"(.+?)[T ]*([0-2]?[0-9]):([0-5][0-9])(?::([0-5][0-9])(?:\.[0-9]+)?)?")


@dataclass(slots=True)
class FileRow:
    """What a row says; `at` is an aware moment, or a day where no time is told."""

    meter: str = ""
    raw: str = ""
    at: datetime | date | None = None
    kind: str = TOTAL
    period: str = ""
    method: str = "actual"
    reason: str = ""
    reader: str = ""
    faults: list[RowFault] = field(default_factory=list)

    def key(self, organisation_id: int) -> str:
        """What the reading is known by, in whatever file it comes again."""
        parts = (self.meter, self.kind, self.period, str(self.at), self.raw, self.method)
        return f"{organisation_id}:" + ":".join(part[:40] for part in parts)


def read_row(cells: Sequence[str], mapping: Mapping[int, str], zone: tzinfo) -> FileRow:
    """Read a row by its mapping of columns to fields; moments are local to `zone`."""
    told = {
        key: cells[column].strip()
        for column, key in mapping.items()
        if key and column < len(cells)
    }
    row = FileRow(
        meter=told.get("meter", ""),
        raw=told.get("value", ""),
        period=told.get("period", "").casefold(),
        reason=told.get("reason", "")[:LONGEST_REASON],
        reader=told.get("reader", ""),
    )
    if not row.meter or len(row.meter) > LONGEST_METER:
        row.faults.append(RowFault("meter", "meter", row.meter[:LONGEST_METER]))
    if not row.raw or len(row.raw) > LONGEST_VALUE:
        row.faults.append(RowFault("value", "empty", row.raw[:LONGEST_VALUE]))
    row.method = _word(told.get("method", ""), _method, "actual", "method", row)
    usual = PERIOD if row.period else TOTAL
    row.kind = _word(told.get("kind", ""), _kind, usual, "kind", row)
    row.at, fault = _moment(told.get("day", ""), told.get("clock", ""), zone)
    if fault is not None:
        row.faults.append(fault)
    return row


def _word(
    text: str, known: Callable[[str], str | None], usual: str, name: str, row: FileRow
) -> str:
    if not text:
        return usual
    found = known(text)
    if found is None:
        row.faults.append(RowFault(name, name, text[:LONGEST_REASON]))
    return found or usual


# Files say the same few words and days again and again.
@lru_cache(maxsize=_REPEATED)
def _method(text: str) -> str | None:
    return METHODS.get(fold(text))


@lru_cache(maxsize=_REPEATED)
def _kind(text: str) -> str | None:
    return KINDS.get(fold(text))


@lru_cache(maxsize=_REPEATED)
def _moment(text: str, clock: str, zone: tzinfo) -> tuple[datetime | date | None, RowFault | None]:
    plain = normalize("NFKC", f"{text} {clock}").strip()
    found = MOMENT.fullmatch(plain)
    try:
        day = read_date(found[1] if found else text)
        if found is None:
            if clock:
                raise ValueError(clock)
            return day, None
        at = time(int(found[2]), int(found[3]), int(found[4] or 0))
    except BadDate as bad:
        return None, RowFault("day", bad.reason.value, text[:LONGEST_VALUE])
    except ValueError:
        return None, RowFault("clock", "clock", plain[:LONGEST_VALUE])
    return datetime.combine(day, at, zone), None
