"""Names of rights that several rooms of this module ask for."""

from typing import Final

MENUS: Final = "calls.menus"
"""Edit voice menus and put them into service."""
WATCH: Final = "calls.watch"
"""Listen to living calls, whisper, join, take them over, move who waits."""
