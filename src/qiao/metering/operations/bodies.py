"""What programs send of meters, field by field: the same by a call and by a broker's message."""

from typing import Annotated, Literal

from pydantic import Field

from qiao.core.wire import Body, Moment, line
from qiao.metering.operations import interval_calls, taking

MOST_READINGS = 1_000
MOST_INTERVALS = 10_000


class NewReading(Body):
    """A value as it stands on a register. `key` names it for ever among those of this program:
    sent again it is taken in once. `value` is decimal text. A register is named by its meter with
    `kind` and, where it counts by the hours, `period`; `method` says how it was read."""

    key: Annotated[str, line(80, 1)]
    meter_number: Annotated[str, line(40, 1)]
    value: Annotated[str, line(40, 1)]
    read_at: Moment
    kind: Literal["total", "period", "demand"] = "total"
    period: Annotated[str, line(20)] = ""
    method: Literal["actual", "remote", "customer", "estimated"] = "remote"
    reason: Annotated[str, line(80)] = ""


class NewReadings(Body):
    """Up to a thousand readings; each stands for itself."""

    readings: Annotated[list[NewReading], Field(min_length=1, max_length=MOST_READINGS)]

    def given(self) -> list[taking.NewReading]:
        """As they are taken in, in the order in which they were sent."""
        return [
            taking.NewReading(
                key=each.key,
                raw=each.value,
                read_at=each.read_at,
                meter_number=each.meter_number,
                kind=each.kind,
                period=each.period,
                method=each.method,
                reason=each.reason,
            )
            for each in self.readings
        ]


class NewInterval(Body):
    """What a meter used in an interval that begins at `start`. `value` is decimal text in the
    unit of its register, rounded to four places."""

    meter_number: Annotated[str, line(40, 1)]
    start: Moment
    value: Annotated[str, line(30, 1)]
    minutes: Literal[5, 10, 15, 20, 30, 60] = 30
    is_estimated: bool = False


class NewIntervals(Body):
    """Up to ten thousand intervals. `key` names the call for ever among those of this program:
    sent again it is taken in once."""

    key: Annotated[str, line(80, 1)]
    intervals: Annotated[list[NewInterval], Field(min_length=1, max_length=MOST_INTERVALS)]

    def given(self) -> list[interval_calls.NewInterval]:
        """As they are taken in, in the order in which they were sent."""
        return [
            interval_calls.NewInterval(
                meter_number=each.meter_number,
                start=each.start,
                value=each.value,
                minutes=each.minutes,
                is_estimated=each.is_estimated,
            )
            for each in self.intervals
        ]
