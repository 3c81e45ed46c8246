"""An invented city: its people, firms, streets and homes, drawn by a seed.

Surnames come about as often as in mainland China, given names from characters in common use.
Places, firms and numbers are invented.
"""

import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from random import Random
from re import findall

LANDLINE_AREA = "571"
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text(encoding="utf-8"))
_LISTS: dict[str, tuple[str, ...]] = {key: tuple(text.split()) for key, text in _WORDS.items()}
_FEMALE, _MALE = ("".join(_LISTS[key]) for key in ("female", "male"))
_shares = findall(r"([^\s0-9.]+)([0-9.]+)", _WORDS["surnames"])
_surnames: tuple[str, ...] = tuple(surname for surname, _ in _shares)
_cumulative = tuple(accumulate(float(share) for _, share in _shares))


@dataclass(frozen=True, slots=True)
class Home:
    """A place that takes water. `use` as in an account's; coordinates are WGS-84 degrees."""

    area: str
    district: str
    road: str
    house_number: str
    community: str
    building: str
    unit: str
    room: str
    latitude: float
    longitude: float


def person_name(rng: Random, *, is_female: bool, surname: str = "") -> str:
    """A name; `surname` makes it one of a family."""
    family = surname or rng.choices(_surnames, cum_weights=_cumulative)[0]
    pool = _FEMALE if is_female else _MALE
    draw = rng.random()
    if draw < 0.13:
        return family + pool[int(rng.random() * len(pool))]
    first = pool[int(rng.random() * len(pool))]
    return family + first + (first if draw < 0.16 else pool[int(rng.random() * len(pool))])


def surname_of(name: str) -> str:
    """The family name of a drawn name."""
    return name[:2] if name[:2] in _surnames else name[0]


def mobile(rng: Random) -> str:
    """Eleven digits."""
    return f"{rng.choice(_LISTS['mobiles'])}{int(rng.random() * 10**8):08d}"


def landline(rng: Random) -> str:
    """Area and eight digits, without the leading 0."""
    return f"{LANDLINE_AREA}8{int(rng.random() * 10**7):07d}"


def firm_name(rng: Random, *, district: str, kind: str) -> str:
    """The name of a firm; `kind`: school, hospital, public, factory, shop or office."""
    short = district.removesuffix("区")
    if kind == "school":
        return f"{short}第{rng.choice(_LISTS['ordinals'])}{rng.choice(_LISTS['schools'])}"
    if kind == "hospital":
        return f"{short}{rng.choice(_LISTS['hospitals'])}"
    if kind == "public":
        return f"{district}{rng.choice(_LISTS['public'])}"
    town = rng.choice(("", "", "老街", short)) if kind == "shop" else "临江"
    kinds = {"factory": "factories", "shop": "shops"}.get(kind, "offices")
    return f"{town}{rng.choice(_LISTS['firms'])}{rng.choice(_LISTS[kinds])}"


class District:
    """A district that fills with homes and firms. `centre`: latitude and longitude, WGS-84."""

    def __init__(self, rng: Random, *, area: str, name: str, centre: tuple[float, float]) -> None:
        self.area = area
        self.name = name
        self._rng = rng
        self._centre = centre
        self._last_number: dict[str, int] = {}
        self._homes = self._all_homes()

    def home(self) -> Home:
        """The next home: door by door, community by community, without end."""
        return next(self._homes)

    def business_place(self) -> Home:
        """A shop front, a factory ground, an office: a house number of its own."""
        road = self._road()
        number = self._last_number[road] = self._last_number.get(road, 400) + 2
        return Home(self.area, self.name, road, f"{number}号", "", "", "", "", *self._spot(0.025))

    def _road(self) -> str:
        return self._rng.choice(_LISTS["roads"]) + self._rng.choice(_LISTS["road_kinds"])

    def _spot(
        self, spread: float, around: tuple[float, float] | None = None
    ) -> tuple[float, float]:
        latitude, longitude = around or self._centre
        gauss = self._rng.gauss
        return round(latitude + gauss(0, spread), 6), round(longitude + gauss(0, spread), 6)

    def _all_homes(self) -> Iterator[Home]:
        # Communities are named without repetition while names last, then by building phase.
        names = [
            f"{word}{kind}" for word in _LISTS["communities"] for kind in _LISTS["community_kinds"]
        ]
        self._rng.shuffle(names)
        phase = 0
        while True:
            suffix = f"{_LISTS['ordinals'][phase - 1]}期" if phase else ""
            for name in names:
                yield from self._community(f"{name}{suffix}")
            phase += 1

    def _community(self, name: str) -> Iterator[Home]:
        rng = self._rng
        road, number, middle = self._road(), f"{rng.randrange(2, 400)}号", self._spot(0.025)
        is_old = rng.random() < 0.4
        floors = rng.choice((6, 6, 7)) if is_old else rng.choice((11, 17, 18, 26))
        units = rng.choice((2, 3)) if is_old else 1
        doors = 2 if is_old else 4
        for building in range(1, rng.randrange(5, 16)):
            spot = self._spot(0.001, middle)
            for unit in range(1, units + 1):
                stair = f"{unit}单元" if units > 1 else ""
                for door in range(floors * doors):
                    room = f"{door // doors + 1}{door % doors + 1:02d}室"
                    yield Home(
                        self.area,
                        self.name,
                        road,
                        number,
                        name,
                        f"{building}幢",
                        stair,
                        room,
                        *spot,
                    )
