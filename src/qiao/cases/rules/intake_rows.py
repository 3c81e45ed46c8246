"""One row of a log of cases as what will be written, or what is wrong with it.

Pure: the same row and plan always give the same answer, so that a dry run tells what the real run
does. Words for status, type, priority and channel are kept as the log has them; the plan says what
they mean here. A row with a fault is refused whole.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Final
from zoneinfo import ZoneInfo

from qiao.cases.rules.intake_fields import TIMES
from qiao.cases.rules.intake_times import BadMoment, read_moment
from qiao.core.rules import phones
from qiao.core.rules.columns import RowFault, fold
from qiao.core.rules.digests import digest_of_data
from qiao.core.rules.numbers import normal_form
from qiao.core.rules.text import BadText, clean

SHORT: Final = 60
LENGTHS: Final[Mapping[str, int]] = {
    "number": 60,
    "type": 120,
    "sub_type": 120,
    "status": 60,
    "priority": 60,
    "channel": 60,
    "area": 60,
    "address": 200,
    "name": 100,
    "title": 120,
    "description": 4_000,
    "resolution": 4_000,
    "agency": 120,
    "outcome": 120,
}
LONG: Final = frozenset({"description", "resolution"})
OPEN, CLOSED = "open", "closed"
_CLOSED: Final = (
    "closed complete completed done resolved finished cancelled canceled archived duplicate "
    "已办结 办结 辦結 已辦結 已结案 结案 結案 已关闭 关闭 已归档 归档 已完成 完成 已取消 已答复"
)
CLOSED_WORDS: Final = frozenset(fold(word) for word in _CLOSED.split())
PRIORITIES: Final[Mapping[str, str]] = {
    fold(word): key
    for key, words in {
        "urgent": "urgent critical emergency p1 1 特急 紧急 緊急 非常紧急",
        "high": "high p2 2 高 加急 较急",
        "normal": "normal medium p3 3 普通 一般 中 正常",
        "low": "low minor p4 4 低 不急",
    }.items()
    for word in words.split()
}
DATUMS: Final = ("wgs84", "gcj02")


@dataclass(frozen=True, slots=True)
class Plan:
    """How the rows of one file are read: what its columns mean, whose time it tells, in which
    order days are written, and which words of its status mean closed."""

    mapping: Mapping[int, str]
    zone: ZoneInfo
    order: str
    datum: str = "wgs84"
    statuses: Mapping[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class LogRow:
    """One case of a log, in stored forms; moments in UTC. `notes` tell of moments that local time
    names twice or not at all, by field."""

    number: str = ""
    opened_at: datetime | None = None
    answered_at: datetime | None = None
    closed_at: datetime | None = None
    due_at: datetime | None = None
    type: str = ""
    sub_type: str = ""
    status: str = ""
    priority: str = ""
    channel: str = ""
    area: str = ""
    address: str = ""
    latitude: float | None = None
    longitude: float | None = None
    account_number: str = ""
    name: str = ""
    phone: str = ""
    title: str = ""
    description: str = ""
    resolution: str = ""
    agency: str = ""
    outcome: str = ""
    notes: dict[str, str] = field(default_factory=dict)
    faults: list[RowFault] = field(default_factory=list)

    @property
    def is_closed(self) -> bool:
        """Whether the log says that it is over: it then has the moment of its end."""
        return self.closed_at is not None

    def said(self) -> dict[str, Any]:
        """All that the row says, as plain data."""
        told: dict[str, Any] = {key: getattr(self, key) for key in (*LENGTHS, "phone")}
        told |= {"account_number": self.account_number}
        told |= {"latitude": self.latitude, "longitude": self.longitude}
        for key in TIMES:
            at = getattr(self, key)
            told[key] = at.isoformat() if at else ""
        return told

    def digest(self) -> str:
        """A fingerprint by which a second file tells whether the log says the same."""
        return digest_of_data(self.said())[:32]


def is_closed_word(word: str) -> bool:
    """Whether a word for a status usually means that a case is over."""
    return fold(word) in CLOSED_WORDS


def read_log_row(cells: Sequence[str], plan: Plan, *, now: datetime) -> LogRow:
    """Read the cells of a row. It holds all faults that were found, not only the first."""
    given: dict[str, str] = {}
    for column, key in plan.mapping.items():
        if key and column < len(cells) and (text := cells[column].strip()):
            given.setdefault(key, text)
    row = LogRow()
    for key, length in LENGTHS.items():
        if key in given:
            setattr(row, key, _text(row, key, given[key], length))
    if "number" not in given:
        row.faults.append(RowFault("number", "missing"))
    _phone(row, given.get("phone", ""))
    row.account_number = normal_form(given.get("account_number", ""))[:20]
    _times(row, given, plan, now)
    _end(row, given, plan)
    _coordinates(row, given)
    return row


def _text(row: LogRow, key: str, text: str, length: int) -> str:
    one_line = key not in LONG
    if one_line:
        text = " ".join(text.split())
    if key in {"title", "address", "area"}:  # said in full by the description and its place
        text = text[:length]
    try:
        return clean(text, field=key, max_length=length, one_line=one_line)
    except BadText as fault:
        row.faults.append(RowFault(key, fault.reason.value, text[:SHORT]))
        return ""


def _phone(row: LogRow, text: str) -> None:
    """A telephone number in stored form, or as it stands: logs hold anything there."""
    if not text:
        return
    try:
        row.phone = phones.normalise(text)
    except phones.BadPhone:
        row.phone = " ".join(text.split())[:40]


def _times(row: LogRow, given: Mapping[str, str], plan: Plan, now: datetime) -> None:
    for key in TIMES:
        text = given.get(key, "")
        if not text:
            continue
        try:
            moment = read_moment(text, zone=plan.zone, order=plan.order)
        except BadMoment as bad:
            row.faults.append(RowFault(key, bad.code, text[:SHORT]))
            continue
        if moment.note:
            row.notes[key] = moment.note
        if key != "due_at" and moment.at > now:
            row.faults.append(RowFault(key, "future", text[:SHORT]))
            continue
        setattr(row, key, moment.at)
    if row.opened_at is None and not any(f.field == "opened_at" for f in row.faults):
        row.faults.append(RowFault("opened_at", "missing"))


def _end(row: LogRow, given: Mapping[str, str], plan: Plan) -> None:
    """Whether it is over: by the word of its status where the plan knows it, else by its time."""
    told = plan.statuses.get(row.status) if row.status else None
    if told is None and row.status:
        told = CLOSED if is_closed_word(row.status) else (None if row.closed_at else OPEN)
    if told == OPEN:
        row.closed_at = None
    elif told == CLOSED and row.closed_at is None and "closed_at" not in given:
        row.faults.append(RowFault("closed_at", "no_end", row.status))
    opened = row.opened_at
    if opened is None:
        return
    for key in ("answered_at", "closed_at"):
        at = getattr(row, key)
        if at is not None and at < opened:
            row.faults.append(RowFault(key, "before_opened", given.get(key, "")[:SHORT]))


def _coordinates(row: LogRow, given: Mapping[str, str]) -> None:
    found: dict[str, float] = {}
    for key, most in (("latitude", 90), ("longitude", 180)):
        text = given.get(key, "")
        if not text:
            continue
        try:
            value = float(text)
        except ValueError:
            value = most + 1.0
        if not -most <= value <= most:
            row.faults.append(RowFault(key, "coordinate", text[:SHORT]))
            continue
        found[key] = value
    if len(found) == 2:
        row.latitude, row.longitude = found["latitude"], found["longitude"]
