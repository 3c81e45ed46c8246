"""What the columns of interval data are called, and what the texts in them say."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Final
from zoneinfo import ZoneInfo

import numpy as np

from qiao.core.rules.columns import FieldTable, ImportField, fold
from qiao.core.rules.dates import BadDate, read_date
from qiao.metering.rules.file_rows import METHODS, MOMENT
from qiao.metering.rules.intervals import SCALE, Clock, Flags, Ints

_NAMES: Final = {
    "meter": (
        "meternumber meterno meterid meter meterserial serialnumber deviceid nmi customerid "
        "表号 錶號 表计编号 水表号 水錶號 电表号 电能表号 燃气表号 表具编号 表身号 资产编号 電錶號"
    ),
    "start": (
        "start startat starttime from intervalstart at datetime readingdatetime timestamp time "
        "开始时间 開始時間 起始时间 时间 時間 采集时间 採集時間"
    ),
    "end": "end endat endtime to until intervalend 结束时间 結束時間 截止时间 終止時間",
    "value": (
        "value used use usage consumption energy kwh m3 generalsupplykwh "
        "用量 用电量 用電量 用水量 用气量 用氣量 电量 電量"
    ),
    "minutes": "minutes step interval intervalminutes 间隔 間隔 间隔分钟 間隔分鐘 分钟",
    "quality": "quality method status 质量 品質 数据质量 資料品質 采集方式",
}
TABLE: Final = FieldTable(
    tuple(ImportField(key, tuple(names.split())) for key, names in _NAMES.items()),
    required=("meter", "value"),
)


def columns_in(header: list[str]) -> dict[str, str]:
    """The name of the column of each field; a moment is the start or the end of its interval.

    Raises `MissingColumns` with the fields that no column holds.
    """
    found = {each.field: header[each.column] for each in TABLE.propose(header) if each.field}
    missing = [key for key in ("meter", "value") if key not in found]
    if "start" not in found and "end" not in found:
        missing.append("start")
    if missing:
        raise MissingColumns(missing)
    if "start" in found:
        found.pop("end", None)
    return found


class MissingColumns(ValueError):  # noqa: N818 - names the finding
    """No column holds these fields."""

    def __init__(self, fields: list[str]) -> None:
        super().__init__(", ".join(fields))
        self.fields = fields


def read_moment(text: str, zone: ZoneInfo) -> tuple[int | None, bool]:
    """The moment that a text tells, in seconds UTC, and whether its hour comes twice that day.

    With an offset it is that moment; without, it is local to `zone`. None for what is no moment,
    and for an hour that the clock left out.
    """
    try:
        moment = datetime.fromisoformat(text.strip())
    except ValueError:
        moment = _written(text)  # type: ignore[assignment] # None is no moment
        if moment is None:
            return None, False
    try:
        if moment.tzinfo is not None:
            return int(moment.timestamp()), False
        return _local(moment.replace(tzinfo=zone))
    except (OverflowError, ValueError):  # beyond the calendar
        return None, False


def _written(text: str) -> datetime | None:
    """As people and their programs write it: 2026/11/30 0:30, 2026年11月30日 24:00."""
    found = MOMENT.fullmatch(text.strip())
    if found is None:
        return None
    hour, minute, second = int(found[2]), int(found[3]), int(found[4] or 0)
    try:
        day: date = read_date(found[1])
        if (hour, minute, second) == (24, 0, 0):
            return datetime.combine(day, time()) + timedelta(days=1)
        return datetime.combine(day, time(hour, minute, second))
    except (BadDate, ValueError, OverflowError):
        return None


def _local(moment: datetime) -> tuple[int | None, bool]:
    first, second = moment.replace(fold=0), moment.replace(fold=1)
    at = int(first.timestamp())
    if first.utcoffset() == second.utcoffset():
        return at, False
    there = datetime.fromtimestamp(at, UTC).astimezone(moment.tzinfo)
    if there.replace(tzinfo=None, fold=0) != moment.replace(tzinfo=None, fold=0):
        return None, False
    return at, True


def from_local(local: Ints, clock: Clock) -> tuple[Ints, Flags, Flags]:
    """Moments in UTC of what a local clock showed (seconds since 1970 on that clock), which of
    them are moments at all, and whose hour comes twice."""
    whole = np.ones(len(local), dtype=bool)
    if not len(local):
        return local, whole, ~whole
    steady = clock.steady(local)
    if steady is not None:
        return local - steady, whole, ~whole
    near = np.unique(np.concatenate([clock.offsets(local + d) for d in (-86_400, 0, 86_400)]))
    times = np.zeros(len(local), dtype=np.int64)
    found = local - near[0]
    for offset in near[::-1]:  # summer time first: the earlier of two
        fits = clock.offsets(local - offset) == offset
        found[fits & (times == 0)] = (local - offset)[fits & (times == 0)]
        times += fits
    return found, times > 0, times > 1


def is_estimate(word: str) -> bool | None:
    """Whether a word of quality says that it was estimated; None for one that is not known."""
    known = METHODS.get(fold(word)) if word.strip() else "remote"
    return None if known is None else known == "estimated"


def amounts(values: "np.ndarray[tuple[int], np.dtype[np.float64]]", most: float) -> Ints:
    """Numbers in ten-thousandths, rounded to them; what is beyond `most` is that."""
    if len(values) and (values.max() > most or values.min() < -most):
        values = np.clip(values, -most, most)
    return np.rint(values * SCALE).astype(np.int64)
