"""Choices of a field as lines of text."""

from collections.abc import Mapping
from typing import Any

from qiao.cases.showing.process_words import LANGUAGES


def choice_lines(choices: Any) -> str:
    """Choices as lines of ``key | English | 简体 | 繁體``."""
    return "\n".join(
        " | ".join(str(each.get(name, "")) for name in ("key", *LANGUAGES))
        for each in choices
        if isinstance(each, Mapping)
    )


def read_choices(text: str) -> list[dict[str, str]]:
    """Choices from lines; a missing name stays missing, for the checks to name."""
    found = []
    for line in text.splitlines():
        parts = [part.strip() for part in line.split("|")]
        if any(parts):
            parts += [""] * (4 - len(parts))
            found.append(dict(zip(("key", *LANGUAGES), parts[:4], strict=True)))
    return found
