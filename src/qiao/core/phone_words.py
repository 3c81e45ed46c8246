"""What a phone adds to everything it sends: its key, its time, where it is."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from django.utils.dateparse import parse_datetime

KEY_LENGTH: Final = 80
_NUMBER: Final = re.compile(r"-?\d{1,7}(\.\d{1,12})?")


@dataclass(frozen=True, slots=True)
class PhoneWords:
    """`key` makes a repeated sending harmless. Position in WGS-84 degrees, `accuracy_m` in metres;
    None where the phone gave none."""

    key: str
    happened_at: datetime | None
    latitude: float | None
    longitude: float | None
    accuracy_m: int | None


def said_by_phone(data: Mapping[str, Any]) -> PhoneWords:
    """The fields ``idempotency_key``, ``happened_at``, ``latitude``, ``longitude`` and
    ``accuracy`` of a form; what cannot be meant is left out."""
    latitude = number_within(data.get("latitude"), 90)
    longitude = number_within(data.get("longitude"), 180)
    placed = latitude is not None and longitude is not None
    accuracy = number_within(data.get("accuracy"), 1_000_000)
    return PhoneWords(
        key=str(data.get("idempotency_key") or "")[:KEY_LENGTH].replace("\0", ""),
        happened_at=_moment(data.get("happened_at")),
        latitude=latitude if placed else None,
        longitude=longitude if placed else None,
        accuracy_m=round(accuracy) if placed and accuracy is not None else None,
    )


def number_within(typed: object, limit: int) -> float | None:
    """A plain decimal number of at most that size, else None."""
    text = str(typed or "")
    if not _NUMBER.fullmatch(text):
        return None
    value = float(text)
    return value if abs(value) <= limit else None


def _moment(typed: object) -> datetime | None:
    try:
        found = parse_datetime(str(typed or ""))
    except ValueError:
        return None
    return found if found is not None and found.tzinfo is not None else None
