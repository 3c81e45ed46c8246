"""Business numbers: two letters of kind, `yymmdd`, six digits, a check digit: `WK2611210001232`.

The check digit is Damm's (H. M. Damm, 2004: a totally anti-symmetric quasigroup of order 10). Over
the decimal digits it catches every single wrong digit and every swap of two neighbours, the two
slips people make when they copy or dictate; Luhn misses the swap of 0 and 9, and ISO 7064 MOD
11,10 misses a few swaps. Letters enter as two digits each (A = 10 ... Z = 35). One decimal digit
cannot tell 26 letters apart, so `parse` also takes the kinds that exist.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from re import compile as pattern
from string import ascii_uppercase
from unicodedata import normalize

LENGTH = 15
LARGEST_SERIAL = 999_999

DAMM = (
    (0, 3, 1, 7, 5, 9, 8, 6, 4, 2),
    (7, 0, 9, 2, 1, 5, 4, 8, 6, 3),
    (4, 2, 0, 6, 8, 7, 1, 3, 5, 9),
    (1, 7, 5, 0, 9, 8, 3, 4, 2, 6),
    (6, 1, 2, 3, 0, 4, 5, 9, 7, 8),
    (3, 6, 7, 4, 2, 0, 9, 5, 8, 1),
    (5, 8, 6, 9, 7, 2, 0, 1, 3, 4),
    (8, 9, 4, 5, 3, 6, 2, 0, 1, 7),
    (9, 4, 3, 8, 6, 1, 7, 2, 0, 5),
    (2, 5, 8, 1, 4, 3, 6, 7, 9, 0),
)
_DIGITS_OF = {str(digit): (digit,) for digit in range(10)} | {
    letter: divmod(value, 10) for value, letter in enumerate(ascii_uppercase, start=10)
}
_SEPARATORS = pattern(r"[\s\-‐-―−_./]+")
_SHAPE = pattern(r"([A-Z]{2})([0-9]{2})([0-9]{2})([0-9]{2})([0-9]{6})([0-9])")
_KIND = pattern(r"[A-Z]{2}")


class BadNumber(ValueError):  # noqa: N818 - a refusal, not a fault
    """A text that is no business number. `reason`: `shape`, `date`, `check-digit` or `kind`."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:40]!r} is no business number: {reason}")
        self.text = text
        self.reason = reason


@dataclass(frozen=True, slots=True)
class BusinessNumber:
    """A number taken apart. `text` is the one stored form: 15 characters, no separators."""

    text: str
    kind: str
    day: date
    serial: int


def compose(*, kind: str, day: date, serial: int) -> str:
    """Build the number of a kind for the serial-th thing of a day in the organisation's zone.

    Raises:
        ValueError: the kind is not two capital letters, the year not 2000-2099, the serial not
            0..999,999.
    """
    if not _KIND.fullmatch(kind):
        raise ValueError("kind: two capital letters needed")
    if not 2000 <= day.year <= 2099:
        raise ValueError("day: a year from 2000 to 2099 needed")
    if not 0 <= serial <= LARGEST_SERIAL:
        raise ValueError("serial: 0 to 999,999 needed")
    body = f"{kind}{day.year % 100:02d}{day.month:02d}{day.day:02d}{serial:06d}"
    return f"{body}{check_digit(body)}"


def check_digit(body: str) -> int:
    """Compute Damm's digit over capital letters (as two digits) and decimal digits."""
    state = 0
    for character in body:
        for digit in _DIGITS_OF[character]:
            state = DAMM[state][digit]
    return state


def parse(text: str, *, kinds: Collection[str] = ()) -> BusinessNumber:
    """Read a number as people type it: spaces, dashes, small letters and full-width are accepted.

    Args:
        text: what was typed or scanned.
        kinds: the prefixes that exist; empty accepts any two letters.

    Raises:
        BadNumber: with the reason.
    """
    plain = normal_form(text)
    shape = _SHAPE.fullmatch(plain)
    if shape is None:
        raise BadNumber(text, "shape")
    kind, year, month, day, serial, _ = shape.groups()
    if check_digit(plain):
        raise BadNumber(text, "check-digit")
    try:
        on = date(2000 + int(year), int(month), int(day))
    except ValueError:
        raise BadNumber(text, "date") from None
    if kinds and kind not in kinds:
        raise BadNumber(text, "kind")
    return BusinessNumber(text=plain, kind=kind, day=on, serial=int(serial))


def is_valid(text: str, *, kinds: Collection[str] = ()) -> bool:
    """Say whether `parse` would accept the text."""
    try:
        parse(text, kinds=kinds)
    except BadNumber:
        return False
    return True


def normal_form(text: str) -> str:
    """Fold width and case and drop separators, without judging what remains."""
    return _SEPARATORS.sub("", normalize("NFKC", text[:200])).upper()


def display(number: str) -> str:
    """Group a stored number for reading aloud: `WK 261121 000123 2`; others stay as they are."""
    shape = _SHAPE.fullmatch(number)
    if shape is None:
        return number
    return f"{number[:2]} {number[2:8]} {number[8:14]} {number[14]}"
