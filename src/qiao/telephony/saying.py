"""What voice menus say, as sound: recordings that lie ready, and what a program says.

A piece lies in `settings.SOUNDS` under its own name. A recording by a person under that name goes
before; what has none is said once by ``espeak-ng`` where the machine has it, and kept.
"""

import io
import shutil
import subprocess
import wave
from collections.abc import Iterable
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.conf import settings

from qiao.telephony.rules.sound import RATE, for_switch
from qiao.telephony.rules.speech import Piece

VOICES: Final = {"zh-hans": "cmn", "yue": "yue", "en": "en-us"}
PROGRAM: Final = "espeak-ng"
MOST_SECONDS: Final = 20  # for one piece; words are 1,000 letters at most
GAP: Final = RATE // 8  # samples between pieces


class NoSound(LookupError):  # noqa: N818 - names the finding
    """A piece has no recording, and nothing on this machine can say it."""


def voice_program() -> str | None:
    """The program that says words; None where the machine has none."""
    return shutil.which(PROGRAM)


def sound_path(piece: Piece) -> Path:
    """Where the sound of a piece lies, or would."""
    return Path(settings.SOUNDS) / f"{piece.sound}.wav"


def can_be_heard(pieces: Iterable[Piece]) -> bool:
    """Whether all of it has a recording, or can be said."""
    found = list(pieces)
    is_sayable = voice_program() is not None
    return bool(found) and all(is_sayable or sound_path(each).is_file() for each in found)


def without_sound(pieces: Iterable[Piece]) -> int:
    """How many have no recording."""
    return sum(1 for each in pieces if not sound_path(each).is_file())


def sound_of(pieces: Iterable[Piece]) -> bytes:
    """Pieces one after the other, as a WAV of the switch's rate. Raises `NoSound`."""
    target = io.BytesIO()
    with wave.open(target, "wb") as made:
        made.setnchannels(1)
        made.setsampwidth(2)
        made.setframerate(RATE)
        for piece in pieces:
            with wave.open(io.BytesIO(for_switch(_sound(piece)))) as one:
                made.writeframes(one.readframes(one.getnframes()))
            made.writeframes(bytes(2 * GAP))
    return target.getvalue()


def _sound(piece: Piece) -> bytes:
    path = sound_path(piece)
    if not path.is_file():
        program = voice_program()
        if program is None:
            raise NoSound(piece.sound)
        path.parent.mkdir(parents=True, exist_ok=True)
        say(program, piece, path)
    return path.read_bytes()


def say(program: str, piece: Piece, target: Path) -> None:
    """Say a piece into a file as the switch wants it. Whoever says it at the same time writes the
    same. Raises `subprocess.SubprocessError`."""
    with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as held:
        part = Path(held.name)
    command = [program, "-v", VOICES[piece.language], "-w", str(part), "--", piece.text]
    try:
        subprocess.run(command, check=True, timeout=MOST_SECONDS)  # noqa: S603 - our own words
        part.write_bytes(for_switch(part.read_bytes()))
        part.chmod(0o644)  # the switch reads it as a user of its own
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
