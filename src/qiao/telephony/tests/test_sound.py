"""Sound for the switch keeps its length and its tone."""

import io
import math
import wave
from array import array
from itertools import pairwise

import pytest

from qiao.telephony.rules.sound import for_switch


def tone(rate: int, hertz: float, seconds: float = 1.0, channels: int = 1) -> bytes:
    target = io.BytesIO()
    count = int(rate * seconds)
    with wave.open(target, "wb") as file:
        file.setnchannels(channels)
        file.setsampwidth(2)
        file.setframerate(rate)
        file.writeframes(
            array(
                "h", (int(8000 * math.sin(2 * math.pi * hertz * n / rate)) for n in range(count))
            ).tobytes()
        )
    return target.getvalue()


def crossings(sound: bytes) -> tuple[int, int, float]:
    with wave.open(io.BytesIO(sound)) as file:
        samples = array("h", file.readframes(file.getnframes()))
        ups = sum(a < 0 <= b for a, b in pairwise(samples))
        return file.getframerate(), ups, file.getnframes() / file.getframerate()


@pytest.mark.parametrize("rate", [8000, 11025, 16000, 22050, 44100])
def test_a_tone_is_the_same_tone_at_the_rate_of_the_switch(rate: int) -> None:
    new, ups, seconds = crossings(for_switch(tone(rate, 440)))
    assert new == 8000
    assert abs(ups - 440) <= 2
    assert seconds == pytest.approx(1, abs=0.01)


def test_two_channels_are_refused() -> None:
    with pytest.raises(ValueError, match="one channel"):
        for_switch(tone(22050, 440, channels=2))
