"""Where a played switch keeps what it recorded, as a real one does in a folder of its own.

Only the length is kept: the sound is made when it is asked for, the same each time. Two take
turns, a low and a high voice, in phrases whose places and tones follow from the name.
"""

import struct
from collections.abc import Iterator
from functools import cache
from hashlib import sha256
from math import pi, sin
from pathlib import Path
from typing import Final

RATE: Final = 4000  # samples a second of 8 bits: a demo may record for days
BLOCK_SECONDS: Final = 30
SILENCE: Final = 128
LOUD: Final = 40
VOICES: Final = ((165, 196), (247, 294))  # hertz, of each voice; all go evenly into a second
PHRASE: Final = 4  # seconds of one voice, with a breath at its end
BREATH: Final = 0.5
SUFFIX: Final = ".seconds"


class Shelf:
    """Recordings by name, in a folder that other processes see, or in memory only."""

    def __init__(self, folder: Path | None = None) -> None:
        self._folder = folder
        self._lengths: dict[str, int] = {}

    def put(self, recording: str, seconds: int) -> None:
        """Keep one that ended."""
        if self._folder is None:
            self._lengths[recording] = seconds
            return
        self._folder.mkdir(parents=True, exist_ok=True)
        part = self._folder / f"{recording}.part"
        part.write_text(str(seconds))
        part.replace(self._folder / f"{recording}{SUFFIX}")

    def sound_of(self, recording: str) -> Iterator[bytes]:
        """Its sound as WAV, in blocks. Raises `KeyError`."""
        seconds = self._seconds_of(recording)
        turns = sha256(recording.encode()).digest()
        yield _head(seconds)
        for start in range(0, seconds, BLOCK_SECONDS):
            several = range(start, min(seconds, start + BLOCK_SECONDS))
            yield b"".join(_second(_tone_at(turns, n), n % PHRASE) for n in several)

    def drop(self, recording: str) -> None:
        """Forget one; harmless where there is none."""
        self._lengths.pop(recording, None)
        if self._folder is not None:
            (self._folder / f"{recording}{SUFFIX}").unlink(missing_ok=True)

    def _seconds_of(self, recording: str) -> int:
        if self._folder is None:
            return self._lengths[recording]
        try:
            return int((self._folder / f"{recording}{SUFFIX}").read_text())
        except FileNotFoundError as error:
            raise KeyError(recording) from error


def _head(seconds: int) -> bytes:
    size = RATE * seconds
    form = struct.pack("<4sIHHIIHH", b"fmt ", 16, 1, 1, RATE, RATE, 1, 8)
    riff = struct.pack("<4sI4s", b"RIFF", 36 + size, b"WAVE")
    return riff + form + struct.pack("<4sI", b"data", size)


def _tone_at(turns: bytes, second: int) -> int:
    phrase = second // PHRASE
    return VOICES[phrase % 2][turns[phrase % len(turns)] % 2]


@cache
def _second(tone: int, within: int) -> bytes:
    """A second of a voice: the first of a phrase begins softly, the last ends with a breath."""
    is_last = within == PHRASE - 1
    sounding = int(RATE * (1 - BREATH)) if is_last else RATE
    soft = RATE // 25
    samples = bytearray([SILENCE]) * RATE
    for n in range(sounding):
        begun = n / soft if within == 0 else 1.0
        left = (sounding - n) / soft if is_last else 1.0
        swell = min(1.0, begun, left)
        samples[n] = SILENCE + round(LOUD * swell * sin(2 * pi * tone * n / RATE))
    return bytes(samples)
