"""What the customers of the demo world suggest, the oldest first; read from a file beside."""

import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FILE: Final = Path(__file__).with_name("suggestion_demo.toml")


@dataclass(frozen=True, slots=True)
class DemoWish:
    """A suggestion: its words, how far it got, how many want the same, what was answered."""

    category: str
    title: str
    text: str
    state: str
    voices: int = 3
    source: str = "page"
    name: str = ""
    language: str = "zh-hans"
    same_as: str = ""
    answer: str = ""


def wishes() -> list[DemoWish]:
    """All of them."""
    return [DemoWish(**each) for each in tomllib.loads(FILE.read_text("utf-8"))["wish"]]
