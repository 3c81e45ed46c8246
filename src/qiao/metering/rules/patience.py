"""How long to wait before the next attempt to reach somebody."""

from typing import Final

FIRST_SECONDS: Final = 0.5
LONGEST_SECONDS: Final = 60.0


def pause(failures: int, chance: float) -> float:
    """Seconds after so many failures in a row: twice as long each time, and not all at the same
    moment; `chance` lies between 0 and 1."""
    whole = min(LONGEST_SECONDS, FIRST_SECONDS * 2.0 ** min(failures, 20))
    return whole * (0.5 + chance / 2)
