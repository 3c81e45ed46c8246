"""How the use of the meters of a route stands to their use before."""

from array import array
from collections.abc import Iterable
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from qiao.core.prepared import fetch_all

NEAR_DAYS: Final = 45  # how new the reading of a neighbour must be to be compared with
MOST: Final = 1_000_000  # ratios that are kept, of about 120 bytes each

_NEIGHBOURS = """
SELECT t.route_id, g.id, x.ratio
  FROM metering_routestop t
  JOIN metering_register g
    ON g.service_point_id = t.service_point_id AND g.kind = 'total' AND g.removed_at IS NULL
 CROSS JOIN LATERAL (
      SELECT (l.v[1] - l.v[2]) * (l.d[2] - l.d[3])
             / nullif((l.v[2] - l.v[3]) * (l.d[1] - l.d[2]), 0) AS ratio, l.d[1] AS day, l.v
        FROM (SELECT array_agg(r.value) AS v, array_agg(r.read_date) AS d
                FROM (SELECT value, read_date FROM metering_reading
                       WHERE register_id = g.id AND superseded_by_id IS NULL
                         AND state IN ('valid', 'final', 'billed') AND method <> 'estimated'
                         AND read_date <= %(day)s::date
                       ORDER BY read_date DESC LIMIT 3) r) l) x
 WHERE t.route_id = ANY(%(routes)s::bigint[]) AND x.day > %(day)s::date - %(near)s::int
   AND x.ratio > 0 AND x.v[1] >= x.v[2] AND x.v[2] > x.v[3]
"""


class _Route(NamedTuple):
    """The ratios of a route, the least first, and whose they are."""

    ratios: list[Decimal]
    registers: "array[int]"

    def place_of(self, register_id: int) -> int:
        """Where the ratio of a register stands; behind all where it has none."""
        try:
            return self.registers.index(register_id)
        except ValueError:
            return len(self.ratios)


class Neighbours:
    """How the meters of routes were last read by a day, each route read once for many batches.

    Known is how the last use of each stands to its use before, by days, of those that were read
    within `NEAR_DAYS`. What is read later is not seen; from `MOST` meters on the routes that were
    asked for first are forgotten.
    """

    def __init__(self) -> None:
        self._routes: dict[tuple[int, date], _Route] = {}
        self._count = 0

    def read(self, route_ids: Iterable[int | None], day: date) -> None:
        """Read the routes that have not been read yet. One statement at most."""
        new = {pk for pk in route_ids if pk is not None and (pk, day) not in self._routes}
        if not new:
            return
        self._forget()
        found: dict[int, list[tuple[Decimal, int]]] = {pk: [] for pk in new}
        values: dict[str, Any] = {"routes": sorted(new), "day": day, "near": NEAR_DAYS}
        for route_id, register_id, ratio in fetch_all(_NEIGHBOURS, values):
            found[route_id].append((ratio, register_id))
        for route_id, pairs in found.items():
            pairs.sort()
            registers = array("q", (register_id for _ratio, register_id in pairs))
            self._routes[route_id, day] = _Route([ratio for ratio, _register in pairs], registers)
            self._count += len(pairs)

    def _forget(self) -> None:
        while self._count > MOST:
            gone = self._routes.pop(next(iter(self._routes)))
            self._count -= len(gone.ratios)

    def others(self, route_id: int | None, register_id: int, day: date) -> list[Decimal]:
        """The ratios of the other meters of the route, the least first."""
        route = self._of(route_id, day)
        own = route.place_of(register_id)
        return route.ratios[:own] + route.ratios[own + 1 :]

    def middle(self, route_id: int | None, register_id: int, day: date) -> tuple[int, Decimal]:
        """How many others there are, and the one in their middle (nought without any)."""
        route = self._of(route_id, day)
        own = route.place_of(register_id)
        count = len(route.ratios) - (own < len(route.ratios))
        if not count:
            return 0, Decimal(0)
        half = count // 2
        return count, route.ratios[half + (half >= own)]

    def _of(self, route_id: int | None, day: date) -> _Route:
        if route_id is None:
            return _NOBODY
        self.read([route_id], day)
        return self._routes[route_id, day]


_NOBODY: Final = _Route([], array("q"))
