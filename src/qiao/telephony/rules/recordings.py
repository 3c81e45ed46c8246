"""Recordings: what they hold, when they are asked for again, what was left out of them."""

import wave
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import IO, Final, Literal

from qiao.telephony.rules.calls import Entry

Kind = Literal["talk", "message"]
WAITS: Final = (
    timedelta(seconds=20), timedelta(minutes=2), timedelta(minutes=10), timedelta(hours=1),
    timedelta(hours=6),
)  # fmt: skip
"""How long after each try in vain a recording is asked for again."""
MOST_TRIES: Final = len(WAITS) + 1
IN_VAIN: Final = frozenset({"too_large"})  # the next try would come to the same
DOWN_FOR: Final = timedelta(minutes=5)  # a switch that does not answer is asked again so soon
_SHORTEST: Final = 0.001  # seconds that a time line can show
CARD: Final = "card"
"""Why a recording is paused by the agent's key: the number of a card is spoken."""


def kind_of(recording: str) -> Kind:
    """What a recording of ours holds, by its name: a talk, or a message left in a voice menu."""
    return "message" if recording.partition("-")[2].startswith("v") else "talk"


def next_try(tries: int, trouble: str, now: datetime) -> datetime | None:
    """When to ask again after so many tries in vain, and what the last came to; None: it is
    lost."""
    if tries >= MOST_TRIES or trouble in IN_VAIN:
        return None
    return now + WAITS[tries - 1]


class NoSound(ValueError):  # noqa: N818 - names the finding
    """What came is not a WAV that could be played, or not the whole of one."""


def length_of(file: IO[bytes], size: int) -> float:
    """Seconds of a WAV of `size` bytes. Raises `NoSound`."""
    try:
        with wave.open(file) as sound:
            frames, rate = sound.getnframes(), sound.getframerate()
            told = frames * sound.getsampwidth() * sound.getnchannels()
            begins = file.tell()
    except (wave.Error, EOFError, ZeroDivisionError) as error:
        raise NoSound(str(error)) from error
    if not rate or told > size - begins:
        raise NoSound(f"{told} bytes of sound are told, {size - begins} came")
    return float(frames / rate)


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A stretch of a talk that was not recorded: where in the sound it is missing, how long it
    was, in seconds, and why, empty where nobody said."""

    at: float
    seconds: float
    why: str = ""


def left_out(entries: Iterable[Entry], recording: str) -> tuple[LeftOut, ...]:
    """What is missing in a recording, by the log of its call."""
    found: list[LeftOut] = []
    since: datetime | None = None
    heard, paused = 0.0, None
    for entry in entries:
        if entry.kind == "clock_stepped":  # no stretch is longer for that
            by = timedelta(seconds=entry.data["seconds"])
            since = since and since + by
            paused = paused and (paused[0] + by, paused[1])
            continue
        if entry.data.get("recording") != recording and entry.kind != "ended":
            continue
        if entry.kind == "recording_began":
            since = entry.at
        elif entry.kind == "recording_paused" and since is not None and paused is None:
            heard += _between(since, entry.at)
            paused = (entry.at, str(entry.data.get("why", "")))
        elif paused is not None:
            found.append(LeftOut(heard, _between(paused[0], entry.at), paused[1]))
            since, paused = entry.at, None
    return tuple(found)


def _between(since: datetime, until: datetime) -> float:
    return max(0.0, (until - since).total_seconds())


@dataclass(frozen=True, slots=True)
class Gap:
    """What is missing on a time line: its place there, in thousandths of the whole length."""

    begins: int
    width: int
    left_out: LeftOut


@dataclass(frozen=True, slots=True)
class TimeLine:
    """A talk from its first to its last second, with what was left out of its sound."""

    seconds: float
    gaps: Sequence[Gap]


def time_line(sound_seconds: float, missing: Sequence[LeftOut]) -> TimeLine:
    """The time line of a sound with what is missing in it."""
    whole = sound_seconds + sum(each.seconds for each in missing)
    if whole < _SHORTEST:
        return TimeLine(whole, ())
    gaps, before = [], 0.0
    for each in missing:
        begins = min(each.at, sound_seconds) + before
        gaps.append(Gap(round(1000 * begins / whole), round(1000 * each.seconds / whole), each))
        before += each.seconds
    return TimeLine(whole, tuple(gaps))
