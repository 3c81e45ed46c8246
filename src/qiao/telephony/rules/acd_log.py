"""Logs of other call centres (ACD logs), row by row: what a row says of a call, or what is wrong.

A profile says how a log names its columns and outcomes, and how soon its centre meant to answer.
The log ``anonymous_bank`` is that of a bank in Israel in 1999, published by A. Mandelbaum,
A. Sakov and S. Zeltyn (*Empirical Analysis of a Call Center*, Technion 2001), whose guide says:

- a call is known by its line and number together: numbers alone come again on other lines;
- clock times have no day: whoever waits over midnight ends before they began;
- ``0:00:00`` at both ends of the queue means that the caller was in none;
- ``PHANTOM`` is no call, but one that the system made by itself, and counts nowhere;
- the service begins a second before the queue ends, because two machines wrote it down.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta, tzinfo
from typing import Any, Final

from qiao.core.rules.service_level import LevelTerms
from qiao.telephony.rules.calls import Entry

HALF_DAY: Final = timedelta(hours=12)
A_DAY: Final = 86_400
NO_QUEUE: Final = "0:00:00"


@dataclass(frozen=True, slots=True)
class Profile:
    """How a log is read. `columns` are the names that its first line must hold; `queues` maps the
    kinds of calls to the keys that they have here; `outcomes` those of the log to ``answered``,
    ``hung_up``, ``none`` (no call); staff numbers of its people begin with `people`."""

    key: str
    columns: tuple[str, ...]
    queues: Mapping[str, str]
    outcomes: Mapping[str, str]
    terms: LevelTerms
    people: str


PROFILES: Final[Mapping[str, Profile]] = {
    "anonymous_bank": Profile(
        "anonymous_bank",
        (
            "vru+line", "call_id", "customer_id", "priority", "type", "date", "vru_entry",
            "vru_exit", "vru_time", "q_start", "q_exit", "q_time", "outcome", "ser_start",
            "ser_exit", "ser_time", "server",
        ),
        {kind: f"anonymous_bank.{kind.lower()}" for kind in ("PS", "PE", "NW", "NE", "TT", "IN")},
        {"AGENT": "answered", "HANG": "hung_up", "PHANTOM": "none"},
        LevelTerms(20, 80, 5, "all"),
        "ab-",
    ),
}  # fmt: skip


def terms_of(queue: str) -> LevelTerms | None:
    """How the service level of a queue of some log is counted; None for a queue of none."""
    profile = PROFILES.get(queue.partition(".")[0])
    return profile.terms if profile else None


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row: its number in the file (the first line is 1), the field, what was
    expected and what stands there."""

    row: int
    field: str
    expected: str
    found: str


class RowFaulty(ValueError):  # noqa: N818 - a finding about data
    """A row cannot be read."""

    def __init__(self, field: str, expected: str, found: str) -> None:
        self.field, self.expected, self.found = field, expected, found
        super().__init__(f"{field}: expected {expected}, found {found!r}")


@dataclass(frozen=True, slots=True)
class LoggedCall:
    """A call as a row tells it. `waited` is None for a caller who was in no queue and reached
    nobody; `talked` None for one who reached nobody. Seconds; `agent` is a name of the log."""

    channel: str
    line: str
    queue: str
    arrived_at: datetime
    queued_at: datetime
    waited: int | None
    talked: int | None
    agent: str

    @property
    def ended_at(self) -> datetime:
        """When it was over."""
        return self.queued_at + timedelta(seconds=(self.waited or 0) + (self.talked or 0))

    def entries(self, staff: int | None, offer: int) -> list[Entry]:
        """The log of the call: nothing that the row does not say."""
        first = {"channel": self.channel, "caller": "", "dialled": self.line}
        found = [Entry("arrived", self.arrived_at, first), Entry("answered", self.arrived_at)]
        if self.waited is not None:
            data = {"queue": self.queue, "bridge": f"{self.channel}-q"}
            found.append(Entry("queued", self.queued_at, data))
        if self.talked is not None:
            at = self.queued_at + timedelta(seconds=self.waited or 0)
            asked = {"offer": offer, "staff": staff, "channel": f"{self.channel}-a", "seconds": 20}
            found.append(Entry("offered", at, asked))
            found.append(Entry("connected", at, {"offer": offer, "bridge": f"{self.channel}-t"}))
        why = "caller" if self.talked is not None else "abandoned"
        found.append(Entry("ended", self.ended_at, {"why": why}))
        return found


def read_call(row: Mapping[str, Any], profile: Profile, zone: tzinfo) -> LoggedCall | None:
    """The call of a row; None for what is no call. Raises `RowFaulty`."""
    outcome = _among(row, "outcome", profile.outcomes)
    if outcome == "none":
        return None
    queue = _among(row, "type", profile.queues)
    line, number = _text(row, "vru+line"), _text(row, "call_id")
    start = _day(row, zone)
    arrived = start + _clock(row, "vru_entry")
    left_menu = max(arrived, _after(start, _clock(row, "vru_exit"), arrived))
    waits = row["q_start"] != NO_QUEUE or row["q_exit"] != NO_QUEUE
    waited = _length(row, "q") if waits else 0
    talked = _length(row, "ser") if outcome == "answered" else None
    queued = _after(start, _clock(row, "q_start"), arrived) if waits else left_menu
    return LoggedCall(
        channel=f"acd-{profile.key}-{line}-{number}",
        line=line,
        queue=queue,
        arrived_at=arrived,
        queued_at=max(queued, arrived),
        waited=None if talked is None and not waits else waited,
        talked=talked,
        agent=_text(row, "server"),
    )


def _text(row: Mapping[str, Any], field: str) -> str:
    text = str(row.get(field) or "").strip()
    if not text:
        raise RowFaulty(field, "a text", text)
    return text


def _among(row: Mapping[str, Any], field: str, known: Mapping[str, str]) -> str:
    text = _text(row, field)
    if text not in known:
        raise RowFaulty(field, f"one of {', '.join(known)}", text)
    return known[text]


def _day(row: Mapping[str, Any], zone: tzinfo) -> datetime:
    text = _text(row, "date")
    try:
        return datetime.strptime(text, "%y%m%d").replace(tzinfo=zone)
    except ValueError:
        raise RowFaulty("date", "a day such as 990201", text) from None


def _clock(row: Mapping[str, Any], field: str) -> timedelta:
    text = _text(row, field)
    parts = text.split(":")
    if len(parts) != 3 or not all(part.isdecimal() for part in parts):
        raise RowFaulty(field, "a time such as 7:02:47", text)
    hours, minutes, seconds = map(int, parts)
    if hours > 23 or minutes > 59 or seconds > 59:
        raise RowFaulty(field, "a time such as 7:02:47", text)
    return timedelta(hours=hours, minutes=minutes, seconds=seconds)


def _after(day: datetime, clock: timedelta, before: datetime) -> datetime:
    """A clock time of that day, or of the next where it would lie half a day before another."""
    found = day + clock
    return found + timedelta(days=1) if found < before - HALF_DAY else found


def _length(row: Mapping[str, Any], part: str) -> int:
    """The seconds between two clock times, over midnight too; they must be those that stand
    beside them."""
    start = "q_start" if part == "q" else "ser_start"
    began, ended = _clock(row, start), _clock(row, f"{part}_exit")
    seconds = int((ended - began).total_seconds()) % A_DAY
    told = _text(row, f"{part}_time")
    if not told.isdecimal() or int(told) != seconds:
        raise RowFaulty(f"{part}_time", f"{seconds}, the time from {start} to {part}_exit", told)
    return seconds
