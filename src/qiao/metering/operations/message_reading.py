"""Messages of head-ends, read into readings and intervals as the operations take them."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Final
from zoneinfo import ZoneInfo

from pydantic import ValidationError

from qiao.core.wire import BODY_BYTES, fault_of, read_json
from qiao.metering.models import HeadEnd
from qiao.metering.operations.bodies import NewIntervals, NewReadings
from qiao.metering.operations.interval_calls import IntervalCall, NewInterval
from qiao.metering.operations.taking import NewReading
from qiao.metering.queries.meter_keys import keys_of
from qiao.metering.queries.pack_readings import obis_meanings
from qiao.metering.rules.axdr import BadFrame
from qiao.metering.rules.ciphering import open_frame
from qiao.metering.rules.dlms import Pushed, read_push
from qiao.metering.rules.topics import free_level
from qiao.staff.queries import organisation

METER_LETTERS: Final = 40
MOST_FAULTS: Final = 50  # that are kept of a message


@dataclass(frozen=True, slots=True)
class Message:
    """What a broker handed over."""

    topic: str
    payload: bytes


class Unreadable(Exception):  # noqa: N818 - names the finding
    """A message that is nothing at all: `reason`, and what is wrong with it."""

    def __init__(self, reason: str, faults: list[dict[str, Any]]) -> None:
        super().__init__(reason)
        self.reason = reason
        self.faults = faults[:MOST_FAULTS]


@dataclass(slots=True)
class Read:
    """A message as the operations take it in; `faults` are parts that could not be read."""

    message: Message
    readings: list[NewReading] = field(default_factory=list)
    call: IntervalCall | None = None
    faults: list[dict[str, Any]] = field(default_factory=list)

    def only(self, left: Mapping[str, Any] | None, attempt: int) -> "Read":
        """Of a message that was taken in in part, what is left, places from 1 on; what was taken
        in of one that was not readable ``whole`` is known. Intervals that were refused are told
        under another key: they are no longer the same call."""
        if left is None:
            return self
        is_whole, again = bool(left.get("whole")), left.get("intervals") or ()
        readings = [self.readings[n - 1] for n in left.get("readings", ())]
        call = self.call if is_whole else None
        if self.call is not None and again:
            rows = [self.call.intervals[n - 1] for n in again]
            call = IntervalCall(
                f"{self.call.key}~{attempt}", self.call.intervals if is_whole else rows
            )
        return Read(self.message, self.readings if is_whole else readings, call, self.faults)


def read_message(head_end: HeadEnd, message: Message) -> Read:
    """A message of a head-end. Raises `Unreadable`."""
    if len(message.payload) > BODY_BYTES:
        raise Unreadable("too_large", [])
    if head_end.form == HeadEnd.Form.DLMS:
        return _read_frame(head_end, message)
    return _read_json(message)


def _read_json(message: Message) -> Read:
    try:
        data = read_json(message.payload)
    except (ValueError, RecursionError) as error:
        raise Unreadable("json", [{"detail": str(error)[:200]}]) from error
    is_calls = isinstance(data, dict) and "intervals" in data
    try:
        if is_calls:
            body = NewIntervals.model_validate(data)
            return Read(message, call=IntervalCall(body.key, body.given()))
        return Read(message, NewReadings.model_validate(data).given())
    except ValidationError as error:
        found = [
            fault_of(dict(each), each["loc"])._asdict()
            for each in error.errors(include_url=False, include_input=False)[:MOST_FAULTS]
        ]
        raise Unreadable("shape", found) from error


def _read_frame(head_end: HeadEnd, message: Message) -> Read:
    zone = ZoneInfo(organisation(head_end.organisation_id).timezone)
    meter = free_level(head_end.topic, message.topic)
    try:
        plain = open_frame(message.payload, keys_of, meter=meter)
        pushed = read_push(plain, obis_meanings(), zone=zone, meter=meter)
        if len(pushed.meter_number) > METER_LETTERS:
            raise BadFrame("meter", pushed.meter_number[:60])
    except BadFrame as fault:
        raise Unreadable("frame", [{"code": fault.code, "detail": fault.detail}]) from fault
    return _of_frame(message, pushed)


def _of_frame(message: Message, pushed: Pushed) -> Read:
    readings = [
        NewReading(
            key=each.key, raw=each.value, read_at=each.read_at, meter_number=pushed.meter_number,
            kind=each.kind, period=each.period, method="remote",
        )
        for each in pushed.readings
    ]  # fmt: skip
    call = None
    if pushed.intervals:
        rows = [
            NewInterval(pushed.meter_number, each.start, each.value, each.minutes)
            for each in pushed.intervals
        ]
        call = IntervalCall(pushed.intervals_key, rows)
    faults = [{"code": code, "detail": detail} for code, detail in pushed.faults[:MOST_FAULTS]]
    return Read(message, readings, call, faults)
