"""Where a phone was and where a premises lies."""

import pytest

from qiao.metering.rules.places import distance_m, metres_between, to_gcj02


@pytest.mark.parametrize(
    ("wgs84", "gcj02"),
    [
        ((31.1774276, 121.5272106), (31.17530398364597, 121.531541859215)),
        ((39.911954, 116.377817), (39.91334545536069, 116.38404722455657)),
        ((22.543847, 113.912316), (22.540796131694766, 113.9171764808363)),
    ],
)
def test_points_shift_as_published(wgs84: tuple[float, float], gcj02: tuple[float, float]) -> None:
    assert to_gcj02(*wgs84) == pytest.approx(gcj02, abs=1e-6)
    assert 100 < metres_between(wgs84, gcj02) < 800
    assert distance_m(wgs84, gcj02, datum="gcj02") == 0


def test_outside_china_nothing_shifts() -> None:
    assert to_gcj02(48.8566, 2.3522) == (48.8566, 2.3522)


def test_a_degree_of_latitude_is_111_km() -> None:
    assert metres_between((30.0, 120.0), (31.0, 120.0)) == pytest.approx(111_195, rel=0.001)
    assert metres_between((60.0, 120.0), (60.0, 121.0)) == pytest.approx(55_597, rel=0.005)


def test_without_a_place_there_is_no_distance() -> None:
    assert distance_m(None, (30.0, 120.0), datum="wgs84") is None
    assert distance_m((30.0, 120.0), None, datum="") is None
    assert distance_m((30.0, 120.0), (30.0, 120.001), datum="wgs84") == 96
