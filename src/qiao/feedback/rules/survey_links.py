"""Personal links of a survey, and the day on which the next wave is due."""

import calendar
import hashlib
from datetime import date
from typing import Final

SIGNS: Final = "0123456789abcdefghjkmnpqrstvwxyz"
"""Crockford's base 32: no sign looks like another, for whoever types it from a letter."""
TOKEN_BITS: Final = 80
LENGTH: Final = 16
GROUP: Final = 4
_ALIKE: Final = str.maketrans("oil", "011")


def token_from(number: int) -> str:
    """A token in four groups of four signs from a number of `TOKEN_BITS` bits."""
    signs = []
    for _place in range(LENGTH):
        number, rest = divmod(number, len(SIGNS))
        signs.append(SIGNS[rest])
    whole = "".join(signs)
    return "-".join(whole[at : at + GROUP] for at in range(0, LENGTH, GROUP))


def hash_of(token: str) -> str:
    """What is kept of a token: hyphens, capitals and signs that look alike make no difference."""
    plain = token.lower().replace("-", "").translate(_ALIKE)
    return hashlib.sha256(plain.encode()).hexdigest()


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day where it has fewer."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))
