"""What is kept of a fault that the product saw itself: its kind and its place, no data."""

import hashlib
from collections.abc import Sequence
from types import TracebackType

OURS = "/qiao/"
MOST_FRAMES = 12


def frames_of(traceback: TracebackType | None) -> list[str]:
    """``desk/views/workspace.py workspace`` for each of our own frames, the innermost last.

    Line numbers are left out: they move with every change, and the group would split.
    """
    found = []
    while traceback is not None:
        code = traceback.tb_frame.f_code
        _before, ours, place = code.co_filename.replace("\\", "/").rpartition(OURS)
        if ours:
            found.append(f"{place} {code.co_name}")
        traceback = traceback.tb_next
    return found[-MOST_FRAMES:]


def title_of(kind: str, frames: Sequence[str]) -> str:
    """What stands in the list: the kind of the fault and the innermost of our own frames.

    The message is never kept: it may quote a name, a number or a whole row.
    """
    return f"{kind} · {frames[-1]}" if frames else kind


def fingerprint_of(source: str, kind: str, frames: Sequence[str]) -> str:
    """The same for every occurrence of one fault: 32 hexadecimal digits."""
    text = "\n".join([source, kind, *frames])
    return hashlib.sha256(text.encode()).hexdigest()[:32]
