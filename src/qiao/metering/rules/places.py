"""How far two places lie apart, and the shift of Chinese maps."""

from math import asin, cos, pi, radians, sin, sqrt
from typing import Final

EARTH_M: Final = 6_371_008.8  # mean radius
# The ellipsoid of Krasovsky, on which the shift of GCJ-02 is reckoned.
_AXIS: Final = 6_378_245.0
_ECCENTRICITY_SQUARED: Final = 0.006_693_421_622_965_943
_CHINA: Final = ((0.8293, 55.8271), (72.004, 137.8347))  # latitudes, longitudes with the shift


def metres_between(one: tuple[float, float], two: tuple[float, float]) -> float:
    """Metres between two points (latitude, longitude in degrees, of one datum), by the haversine
    formula; exact to half a percent."""
    (lat_a, lon_a), (lat_b, lon_b) = (tuple(map(radians, each)) for each in (one, two))
    half = sin((lat_b - lat_a) / 2) ** 2 + cos(lat_a) * cos(lat_b) * sin((lon_b - lon_a) / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def to_gcj02(latitude: float, longitude: float) -> tuple[float, float]:
    """A WGS-84 point as Chinese maps have it (GCJ-02); outside China it is the same.

    The shift is 100 to 700 m: a distance to coordinates of such a map is reckoned after it. The
    published approximation (eviltransform), within a metre or so.
    """
    (south, north), (west, east) = _CHINA
    if not (south <= latitude <= north and west <= longitude <= east):
        return latitude, longitude
    north_m, east_m = _shift(latitude - 35.0, longitude - 105.0)
    angle = latitude / 180.0 * pi
    magic = 1 - _ECCENTRICITY_SQUARED * sin(angle) ** 2
    root = sqrt(magic)
    north_d = north_m * 180.0 / ((_AXIS * (1 - _ECCENTRICITY_SQUARED)) / (magic * root) * pi)
    east_d = east_m * 180.0 / (_AXIS / root * cos(angle) * pi)
    return latitude + north_d, longitude + east_d


def _shift(y: float, x: float) -> tuple[float, float]:
    waves = (20.0 * sin(6.0 * x * pi) + 20.0 * sin(2.0 * x * pi)) * 2.0 / 3.0
    north = -100.0 + 2.0 * x + 3.0 * y + 0.2 * y * y + 0.1 * x * y + 0.2 * sqrt(abs(x)) + waves
    north += (20.0 * sin(y * pi) + 40.0 * sin(y / 3.0 * pi)) * 2.0 / 3.0
    north += (160.0 * sin(y / 12.0 * pi) + 320.0 * sin(y * pi / 30.0)) * 2.0 / 3.0
    east = 300.0 + x + 2.0 * y + 0.1 * x * x + 0.1 * x * y + 0.1 * sqrt(abs(x)) + waves
    east += (20.0 * sin(x * pi) + 40.0 * sin(x / 3.0 * pi)) * 2.0 / 3.0
    east += (150.0 * sin(x / 12.0 * pi) + 300.0 * sin(x / 30.0 * pi)) * 2.0 / 3.0
    return north, east


def distance_m(
    phone: tuple[float, float] | None, place: tuple[float, float] | None, *, datum: str
) -> int | None:
    """Whole metres from where the phone was (WGS-84) to a place of the `datum` (``wgs84`` or
    ``gcj02``); None where either is not known."""
    if phone is None or place is None:
        return None
    seen = to_gcj02(*phone) if datum == "gcj02" else phone
    return round(metres_between(seen, place))
