"""How the use of the meters of a route stands to their use before."""

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any, Final, NamedTuple

from qiao.core.prepared import fetch_all

NEAR_DAYS: Final = 45  # how new the reading of a neighbour must be to be compared with

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


class _Ratio(NamedTuple):
    """A ratio of a register; sorted by it."""

    ratio: Decimal
    register_id: int


class Neighbours:
    """The meters of routes as they were last read by a day; a route is read when it is asked for.

    How the last use of each stands to its use before, by days, of those that were read within
    `NEAR_DAYS`.
    """

    def __init__(self, day: date) -> None:
        self.day = day
        self._routes: dict[int, tuple[list[_Ratio], dict[int, int]]] = {}

    def read(self, route_ids: Collection[int]) -> None:
        """Read the routes that have not been read yet. One statement."""
        new = {pk for pk in route_ids if pk not in self._routes}
        if not new:
            return
        found: dict[int, list[_Ratio]] = {pk: [] for pk in new}
        values: dict[str, Any] = {"routes": sorted(new), "day": self.day, "near": NEAR_DAYS}
        for route_id, register_id, ratio in fetch_all(_NEIGHBOURS, values):
            found[route_id].append(_Ratio(ratio, register_id))
        for route_id, ratios in found.items():
            ratios.sort()
            places = {each.register_id: place for place, each in enumerate(ratios)}
            self._routes[route_id] = (ratios, places)

    def others(self, route_id: int | None, register_id: int) -> list[Decimal]:
        """The ratios of the other meters of a route that was read, the least first."""
        ratios, _places = self._of(route_id)
        return [each.ratio for each in ratios if each.register_id != register_id]

    def middle(self, route_id: int | None, register_id: int) -> tuple[int, Decimal]:
        """How many others there are, and the one in their middle (nought without any)."""
        ratios, places = self._of(route_id)
        own = places.get(register_id, len(ratios))
        count = len(ratios) - (own < len(ratios))
        if not count:
            return 0, Decimal(0)
        half = count // 2
        return count, ratios[half + (half >= own)].ratio

    def _of(self, route_id: int | None) -> tuple[list[_Ratio], dict[int, int]]:
        if route_id is None:
            return [], {}
        self.read([route_id])
        return self._routes[route_id]
