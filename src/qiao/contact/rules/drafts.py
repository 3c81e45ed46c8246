"""Several windows typing into one contact: nothing typed is ever lost.

Each window keeps its own text and names the texts it has seen, each with its version. What it
has seen, it may take the place of; what changed since, or was never seen, stays beside it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

PARTING = "\n"
CASE = "case"  # begins the name of a window's draft of a case; other names are hexadecimal
Seen = Mapping[str, int]
"""Versions by window."""


@dataclass(frozen=True, slots=True)
class WindowText:
    """What one window has kept: `version` grows with every save."""

    tab: str
    version: int
    note: str
    saved_at: datetime
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Draft:
    """What is shown: one text of all windows, whether they differ, and what it was made of."""

    note: str
    fields: Mapping[str, Any]
    differs: bool
    seen: Mapping[str, int]


def join(texts: Iterable[WindowText]) -> Draft:
    """One text that holds every window's: the earlier saved first, repeated ones once."""
    ordered = sorted(texts, key=lambda text: (text.saved_at, text.tab))
    kept = _without_repeats([text.note.strip() for text in ordered])
    fields: dict[str, Any] = {}
    for text in ordered:
        fields |= {key: value for key, value in text.fields.items() if value not in ("", None)}
    seen = {text.tab: text.version for text in ordered}
    return Draft(PARTING.join(kept), fields, len(kept) > 1, seen)


def unseen(texts: Iterable[WindowText], *, tab: str, seen: Seen, note: str) -> list[WindowText]:
    """Texts of other windows that `note` would lose: not seen in this version, not within it."""
    return [
        text
        for text in texts
        if text.tab != tab and seen.get(text.tab) != text.version and _loses(note, text.note)
    ]


def replaced(texts: Iterable[WindowText], *, tab: str, seen: Seen) -> list[str]:
    """The windows whose texts this one takes the place of."""
    return [t.tab for t in texts if t.tab != tab and seen.get(t.tab) == t.version]


def parse_seen(text: str) -> dict[str, int]:
    """Read `a1b2:3,c4d5:1`; what does not read so is dropped."""
    seen: dict[str, int] = {}
    for part in text[:2000].split(","):
        tab, _, version = part.partition(":")
        if tab.isalnum() and version.isdecimal() and len(version) < 9:
            seen[tab] = int(version)
    return seen


def write_seen(seen: Seen) -> str:
    """The form that `parse_seen` reads."""
    return ",".join(f"{tab}:{version}" for tab, version in sorted(seen.items()))


def _loses(note: str, other: str) -> bool:
    return other.strip() not in note


def _without_repeats(notes: Sequence[str]) -> list[str]:
    kept: list[str] = []
    for place, note in enumerate(notes):
        later = notes[place + 1 :]
        if note and not any(note in other for other in later) and not any(note in k for k in kept):
            kept.append(note)
    return kept
