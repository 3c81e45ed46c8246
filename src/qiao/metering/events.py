"""What is told of readings: a batch at a time."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("metering.readings_taken", topics=("readings",), watched_by="metering.view")
@dataclass(frozen=True, slots=True)
class ReadingsTaken:
    """Readings of a unit were taken in, ids `first_id` to `last_id` among others."""

    source: str
    first_id: int
    last_id: int
    count: int
    exception_count: int


@event_type("metering.reading_decided", topics=("readings",), watched_by="metering.view")
@dataclass(frozen=True, slots=True)
class ReadingDecided:
    """Somebody accepted, changed or replaced a reading, or had it read again."""

    reading_id: int
    service_point_id: int
    action: str


@event_type("metering.readings_stopped", topics=("readings",), watched_by="metering.view")
@dataclass(frozen=True, slots=True)
class ReadingsStopped:
    """Readings of a unit that were valid wait for a decision: what was told since speaks against
    them."""

    reading_ids: tuple[int, ...]


@event_type("metering.usage_adjusted", topics=("readings",), watched_by="metering.view")
@dataclass(frozen=True, slots=True)
class UsageAdjusted:
    """A use was added to a register or taken off."""

    adjustment_id: int
    register_id: int


@event_type("metering.stop_passed", topics=("readings",), watched_by="metering.view")
@dataclass(frozen=True, slots=True)
class StopPassed:
    """A reader could not read a meter; `reason` is the key of why."""

    round_id: int
    service_point_id: int
    reason: str


@event_type("metering.round_closed", topics=("readings",), watched_by="metering.view")
@dataclass(frozen=True, slots=True)
class RoundClosed:
    """A round has ended."""

    round_id: int
    route_id: int
