"""Closed lists of keys that several sections of a pack use."""

from typing import Final

GROUPS: Final = (
    "enquiry",
    "request",
    "fault",
    "complaint",
    "suggestion",
    "follow_up",
    "internal",
)
PRIORITIES: Final = ("urgent", "high", "normal", "low")
