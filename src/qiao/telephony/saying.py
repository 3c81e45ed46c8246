"""What voice menus say, as sound: recordings that lie ready, and what a program says.

A piece lies in `settings.SOUNDS` under its own name. A recording by a person under that name goes
before; what has none is said once and kept: by ``piper`` where the machine has it and a voice of
the language is configured (`settings.VOICES`), else by ``espeak-ng`` where the machine has that.
"""

import io
import shutil
import subprocess
import wave
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import Final

from django.conf import settings

from qiao.telephony.rules.sound import RATE, for_switch
from qiao.telephony.rules.speech import Piece

_ESPEAK_VOICES: Final = {"zh-hans": "cmn", "yue": "yue", "en": "en-us"}
ESPEAK, PIPER = "espeak-ng", "piper"
MOST_SECONDS: Final = 20  # for one piece; words are 1,000 letters at most
GAP: Final = RATE // 8  # samples between pieces


class NoSound(LookupError):  # noqa: N818 - names the finding
    """A piece has no recording, and nothing on this machine can say it."""


@dataclass(frozen=True, slots=True)
class Voice:
    """A program that says words of a language; `model` is a voice of ``piper``, None for
    ``espeak-ng``."""

    program: str
    language: str
    model: Path | None = None

    @property
    def name(self) -> str:
        """What it is called by people."""
        return PIPER if self.model else ESPEAK

    def command(self, text: str, target: Path) -> tuple[list[str], bytes | None]:
        """How the program is called, and what it is told by its input."""
        if self.model is not None:
            words = " ".join(text.split()).encode()
            return [self.program, "-m", str(self.model), "-f", str(target)], words
        voice = _ESPEAK_VOICES[self.language]
        return [self.program, "-v", voice, "-w", str(target), "--", text], None


def voice_for(language: str) -> Voice | None:
    """What says words of a language on this machine; None where nothing does."""
    if settings.VOICES is not None:
        model = Path(settings.VOICES) / f"{language}.onnx"
        program = shutil.which(PIPER)
        if program is not None and model.is_file():
            return Voice(program, language, model)
    program = shutil.which(ESPEAK)
    return Voice(program, language) if program is not None else None


def sound_path(piece: Piece) -> Path:
    """Where the sound of a piece lies, or would."""
    return Path(settings.SOUNDS) / f"{piece.sound}.wav"


def can_be_heard(pieces: Iterable[Piece]) -> bool:
    """Whether all of it has a recording, or can be said."""
    found = list(pieces)
    sayable = {language for language in {each.language for each in found} if voice_for(language)}
    return bool(found) and all(
        each.language in sayable or sound_path(each).is_file() for each in found
    )


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
        voice = voice_for(piece.language)
        if voice is None:
            raise NoSound(piece.sound)
        path.parent.mkdir(parents=True, exist_ok=True)
        say(voice, piece, path)
    return path.read_bytes()


def say(voice: Voice, piece: Piece, target: Path) -> None:
    """Say a piece into a file as the switch wants it. Whoever says it at the same time writes the
    same. Raises `subprocess.SubprocessError`."""
    with NamedTemporaryFile(dir=target.parent, suffix=".part", delete=False) as held:
        part = Path(held.name)
    command, words = voice.command(piece.text, part)
    try:
        subprocess.run(  # noqa: S603 - our own words
            command, input=words, check=True, timeout=MOST_SECONDS, stdout=subprocess.DEVNULL
        )
        part.write_bytes(for_switch(part.read_bytes()))
        part.chmod(0o644)  # the switch reads it as a user of its own
        part.replace(target)
    finally:
        part.unlink(missing_ok=True)
