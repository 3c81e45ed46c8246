"""OBIS codes (IEC 62056-6-1): what a value of a meter means here, and in which unit it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any, Final

from qiao.metering.rules.registers import TOTAL

READING: Final = "reading"
USE: Final = "use"
METER: Final = "meter"
CLOCK: Final = "clock"
MEANINGS: Final = (READING, USE, METER, CLOCK)
_CURRENT: Final = 255  # of the last part: not one of past periods
_CODE: Final = re.compile(r"\d{1,3}-\d{1,3}:\d{1,3}\.\d{1,3}\.\d{1,3}(\.\d{1,3})?")
# By the unit as a meter names it (Blue Book, 4.3.2) and ours: by which power of ten it is more.
_POWERS: Final[Mapping[tuple[int, str], int]] = {
    (30, "kWh"): -3,  # Wh
    (13, "m³"): 0,
    (14, "m³"): 0,  # corrected to normal conditions
    (19, "m³"): -3,  # l
    (25, "GJ"): -9,  # J
}
_MOST_SCALER: Final = 9
UNITS: Final[Mapping[str, int]] = {"Wh": 30, "m³": 13, "l": 19, "J": 25}
"""Units as meters name them, by how they are written in data."""
UNIT_OF: Final[Mapping[str, int]] = {"kWh": 30, "m³": 13, "GJ": 25}
"""The unit as a meter names it that suits one of ours."""


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a code means: what stands on a register, the use of an interval, the meter's number, or
    its clock. `unit` is that of the register, `decimals` how many it shows.

    `scaled` are the scaler and the unit of values whose frame says neither, as a meter names them.
    """

    code: str
    means: str
    kind: str = TOTAL
    period: str = ""
    unit: str = ""
    decimals: int | None = None
    scaled: tuple[int, int] | None = None


def code_of(data: bytes) -> str:
    """The code of six bytes, such as ``1-0:1.8.0``; with its last part where that names a past
    period."""
    a, b, c, d, e, f = data
    code = f"{a}-{b}:{c}.{d}.{e}"
    return code if f == _CURRENT else f"{code}.{f}"


def is_code(text: str) -> bool:
    """Whether this is a code as it is written here."""
    return _CODE.fullmatch(text) is not None and all(
        int(part) <= _CURRENT for part in re.findall(r"\d+", text)
    )


def in_unit(value: Decimal, scaled: Any, unit: str) -> Decimal | None:
    """A value in the unit of a register, exact; `scaled` are its scaler and unit as the meter says
    them. None where they are not said, or the one cannot be turned into the other."""
    if not isinstance(scaled, list) or len(scaled) != 2:
        return None
    scaler, told = scaled
    if not isinstance(scaler, int) or not isinstance(told, int) or abs(scaler) > _MOST_SCALER:
        return None
    power = _POWERS.get((told, unit))
    return None if power is None else value.scaleb(scaler + power)
