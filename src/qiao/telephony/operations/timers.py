"""What calls want to be asked later, in the order in which it is due."""

import heapq
from datetime import datetime, timedelta
from itertools import count

from qiao.telephony.rules.asks import Ask, Later


class Timers:
    """The timers of a controller. They are its own: whoever takes calls up sets theirs anew."""

    def __init__(self) -> None:
        self._due: list[tuple[datetime, int, int, Ask]] = []
        self._numbers = count()

    def put(self, call_id: int, later: Later, now: datetime) -> None:
        """Something is to be asked of a call."""
        due = now + timedelta(seconds=later.seconds)
        heapq.heappush(self._due, (due, next(self._numbers), call_id, later.ask))

    def due(self, now: datetime) -> tuple[int, Ask] | None:
        """The first that has run out, as call and ask; it stays until it is taken away."""
        if not self._due or self._due[0][0] > now:
            return None
        _at, _number, call_id, ask = self._due[0]
        return call_id, ask

    def pop(self) -> None:
        """Take the first away: it has been asked."""
        heapq.heappop(self._due)

    def move(self, by: timedelta) -> None:
        """The clock was set: all run on for as long as they would have."""
        self._due = [(at + by, number, call_id, ask) for at, number, call_id, ask in self._due]

    def clear(self) -> None:
        """Forget all of them."""
        self._due.clear()
