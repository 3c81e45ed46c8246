"""Names of rights that several rooms of this module ask for."""

from typing import Final

DIAL: Final = "calls.dial"
"""Call customers from the screen: owed calls, from a customer's page, in lists."""
LISTS: Final = "calls.lists"
"""Make lists of calls, begin, pause and close them."""
LINES: Final = "calls.lines"
"""Say which numbers customers dial, and how their calls are taken."""
MENUS: Final = "calls.menus"
"""Edit voice menus and put them into service."""
WATCH: Final = "calls.watch"
"""Listen to living calls, whisper, join, take them over, move who waits."""
