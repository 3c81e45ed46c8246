"""When a webhook that did not arrive is sent again.

The pauses grow from five seconds to eight hours and end after about three days (Standard Webhooks
recommends several days); each is stretched by up to a tenth, so that what failed together does
not come back together.
"""

from datetime import timedelta
from typing import Final

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(seconds=30),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    *(timedelta(hours=8) for _ in range(8)),
)
ATTEMPTS: Final = len(PAUSES) + 1
GIVEN_UP_AFTER: Final = timedelta(days=3)  # of failures alone, then the endpoint is switched off


def pause_after(attempts: int, *, stretch: float) -> timedelta | None:
    """The pause after so many failed attempts; `stretch` in 0 to 1. None: it was the last."""
    if attempts >= ATTEMPTS:
        return None
    return PAUSES[attempts - 1] * (1 + 0.1 * stretch)
