"""Recordings of a played switch: as long as what was recorded, with tones for who speaks."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from qiao.telephony.engines.clock import Clock
from qiao.telephony.engines.sim_shelf import Shelf
from qiao.telephony.rules.switch import Outcome, RecordingEnded, Signal


@dataclass
class _Recording:
    on: str  # channel or bridge
    since: datetime
    paused_since: datetime | None = None
    left_out: float = 0.0
    seconds: int | None = None  # once it has ended


class SimRecordings:
    """What is recorded, was, and for how long."""

    def __init__(
        self, clock: Clock, tell: Callable[[Signal], None], shelf: Shelf | None = None
    ) -> None:
        self.shelf = shelf or Shelf()
        self._clock = clock
        self._tell = tell
        self._kept: dict[str, _Recording] = {}

    def begin(self, recording: str, on: str, most_seconds: float | None = None) -> Outcome:
        """Record a channel or a bridge."""
        if recording in self._kept:
            return Outcome.ALREADY
        self._kept[recording] = _Recording(on, self._clock.now())
        if most_seconds is not None:
            self._clock.later(most_seconds, lambda: self._end(recording))
        return Outcome.DONE

    def pause(self, recording: str, *, on: bool) -> Outcome:
        """Leave out what comes now, or go on."""
        found = self._kept.get(recording)
        if found is None or found.seconds is not None:
            return Outcome.GONE
        if on and found.paused_since is None:
            found.paused_since = self._clock.now()
        elif not on and found.paused_since is not None:
            found.left_out += (self._clock.now() - found.paused_since).total_seconds()
            found.paused_since = None
        return Outcome.DONE

    def stop(self, recording: str) -> Outcome:
        """End one and keep it."""
        found = self._kept.get(recording)
        if found is None or found.seconds is not None:
            return Outcome.ALREADY
        self._end(recording)
        return Outcome.DONE

    def end_of(self, on: str) -> None:
        """A channel has ended, or a bridge is empty: so ends what was recorded of it."""
        for key, each in self._kept.items():
            if each.on == on:
                self._end(key)

    def _end(self, recording: str) -> None:
        found, now = self._kept[recording], self._clock.now()
        if found.seconds is not None:
            return
        self.pause(recording, on=False)
        found.seconds = max(0, round((now - found.since).total_seconds() - found.left_out))
        self.shelf.put(recording, found.seconds)
        self._tell(RecordingEnded(now, recording, ok=True, seconds=found.seconds))
