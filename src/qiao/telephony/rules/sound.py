"""Sound as a switch wants it: 8,000 samples a second, one channel, 16 bits."""

import io
import wave
from array import array
from itertools import pairwise
from typing import Final

RATE: Final = 8_000


def for_switch(sound: bytes) -> bytes:
    """A WAV of one channel and 16 bits at the switch's rate. Raises `ValueError` for another form.

    Each new sample is the mean of what it stands for, which takes away tones that the lower rate
    would turn into others.
    """
    with wave.open(io.BytesIO(sound)) as file:
        if file.getnchannels() != 1 or file.getsampwidth() != 2:
            raise ValueError("expected one channel of 16 bits")
        rate = file.getframerate()
        samples = array("h", file.readframes(file.getnframes()))
    target = io.BytesIO()
    with wave.open(target, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        made.writeframes(_slower(samples, rate).tobytes())
    return target.getvalue()


def _slower(samples: "array[int]", rate: int) -> "array[int]":
    if rate <= RATE:
        step = rate / RATE
        return array("h", (samples[int(n * step)] for n in range(int(len(samples) / step))))
    step = rate / RATE
    edges = [round(n * step) for n in range(int(len(samples) / step) + 1)]
    means = (sum(samples[a:b]) // (b - a) for a, b in pairwise(edges) if b > a)
    return array("h", means)
