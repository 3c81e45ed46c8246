"""Identity numbers: resident ID, unified social credit code, Hong Kong ID, passport.

Checks shape and check character, never a list of districts: new ones appear every year. All are
read as people type them (spaces, dashes, brackets, full-width, small letters) and returned in the
one form that is encrypted and indexed.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from re import compile as pattern
from unicodedata import normalize

_SEPARATORS = pattern(r"[\s\-‐-―−_.·()\[\]]+")
_RESIDENT = pattern(r"[1-9][0-9]{16}[0-9X]")
_CREDIT = pattern(r"[0-9A-HJ-NP-RTUW-Y]{2}[0-9]{6}[0-9A-HJ-NP-RTUW-Y]{10}")
_HONG_KONG = pattern(r"([A-Z]{1,2})([0-9]{6})([0-9A])")
_PASSPORT = pattern(r"(?=.*[0-9])[A-Z0-9]{5,15}")
_CREDIT_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"
_RESIDENT_CHECKS = "10X98765432"
# 11-65 provinces, 71 81 82 83 residents of Taiwan, Hong Kong and Macau, 91-99 foreign residents.
_PROVINCES = frozenset(
    {*range(11, 16), *range(21, 24), *range(31, 38), *range(41, 47), *range(50, 55)}
    | {*range(61, 66), 71, 81, 82, 83, *range(91, 100)}
)
_LONGEST_LIFE_YEARS = 150


class IdentityFault(StrEnum):
    """Why a number is refused: a stable identifier for the caller's translation."""

    SHAPE = "shape"
    REGION = "region"
    BIRTH_DATE = "birth-date"
    CHECK_CHARACTER = "check-character"


class BadIdentity(ValueError):  # noqa: N818 - a refusal, not a fault
    """A number that cannot be one of its kind; the message does not hold the number."""

    def __init__(self, kind: str, reason: IdentityFault) -> None:
        super().__init__(f"{kind}: {reason}")
        self.kind = kind
        self.reason = reason


@dataclass(frozen=True, slots=True)
class ResidentId:
    """A resident ID number taken apart.

    `region` is the six-digit code of the place of first registration; `is_male` follows the odd
    sequence number.
    """

    number: str
    region: str
    birth_date: date
    is_male: bool

    def __repr__(self) -> str:
        return "<ResidentId>"


def normal_form(text: str) -> str:
    """Fold width and case and drop separators: the form to encrypt and to index."""
    return _SEPARATORS.sub("", normalize("NFKC", text[:100])).upper()


def read_resident_id(text: str, *, today: date | None = None) -> ResidentId:
    """Read a Chinese resident identity number of 18 characters.

    Source: GB 11643-1999; check character by ISO 7064 MOD 11-2. Numbers of 15 digits are void
    since 2013.

    Args:
        text: as typed.
        today: refuses dates of birth after it or 150 years before; None checks the date alone.

    Raises:
        BadIdentity: with the reason.
    """
    number = normal_form(text)
    if not _RESIDENT.fullmatch(number):
        raise BadIdentity("resident-id", IdentityFault.SHAPE)
    if int(number[:2]) not in _PROVINCES:
        raise BadIdentity("resident-id", IdentityFault.REGION)
    if number[17] != resident_check_character(number[:17]):
        raise BadIdentity("resident-id", IdentityFault.CHECK_CHARACTER)
    birth_date = _birth_date(number[6:14], today)
    return ResidentId(number, number[:6], birth_date, int(number[16]) % 2 == 1)


def resident_check_character(body: str) -> str:
    """Compute ISO 7064 MOD 11-2 over 17 digits."""
    total = sum(int(digit) * pow(2, 17 - place, 11) for place, digit in enumerate(body))
    return _RESIDENT_CHECKS[total % 11]


def read_credit_code(text: str) -> str:
    """Read a unified social credit code and return its form of 18 characters.

    Source: GB 32100-2015; the letters I, O, S, V, Z do not occur.

    Raises:
        BadIdentity: with the reason.
    """
    code = normal_form(text)
    if not _CREDIT.fullmatch(code):
        raise BadIdentity("credit-code", IdentityFault.SHAPE)
    if code[17] != credit_check_character(code[:17]):
        raise BadIdentity("credit-code", IdentityFault.CHECK_CHARACTER)
    return code


def credit_check_character(body: str) -> str:
    """Compute the 18th character of a credit code: weights are the powers of 3 modulo 31."""
    total = sum(
        _CREDIT_ALPHABET.index(character) * pow(3, place, 31)
        for place, character in enumerate(body)
    )
    return _CREDIT_ALPHABET[-total % 31]


def read_hong_kong_id(text: str) -> str:
    """Read a Hong Kong identity card number and return it as `A123456(3)`.

    Source: practice of the Hong Kong Immigration Department; one or two letters, six digits, a
    check character modulo 11.

    Raises:
        BadIdentity: with the reason.
    """
    shape = _HONG_KONG.fullmatch(normal_form(text))
    if shape is None:
        raise BadIdentity("hong-kong-id", IdentityFault.SHAPE)
    letters, digits, check = shape.groups()
    if check != hong_kong_check_character(letters, digits):
        raise BadIdentity("hong-kong-id", IdentityFault.CHECK_CHARACTER)
    return f"{letters}{digits}({check})"


def hong_kong_check_character(letters: str, digits: str) -> str:
    """Compute the character in brackets; a missing first letter counts 36."""
    values = [ord(letter) - 55 for letter in letters] + [int(digit) for digit in digits]
    if len(letters) == 1:
        values.insert(0, 36)
    total = sum(value * weight for value, weight in zip(values, range(9, 1, -1), strict=True))
    return "0123456789A"[-total % 11]


def read_passport(text: str) -> str:
    """Read a passport or travel permit number, loosely: 5 to 15 letters and digits.

    Raises:
        BadIdentity: another shape.
    """
    number = normal_form(text)
    if not _PASSPORT.fullmatch(number):
        raise BadIdentity("passport", IdentityFault.SHAPE)
    return number


def is_resident_id(text: str, *, today: date | None = None) -> bool:
    """Say whether `read_resident_id` accepts the text."""
    return _accepts(lambda: read_resident_id(text, today=today))


def is_credit_code(text: str) -> bool:
    """Say whether `read_credit_code` accepts the text."""
    return _accepts(lambda: read_credit_code(text))


def is_hong_kong_id(text: str) -> bool:
    """Say whether `read_hong_kong_id` accepts the text."""
    return _accepts(lambda: read_hong_kong_id(text))


def is_passport(text: str) -> bool:
    """Say whether `read_passport` accepts the text."""
    return _accepts(lambda: read_passport(text))


def _accepts(read: Callable[[], object]) -> bool:
    try:
        read()
    except BadIdentity:
        return False
    return True


def _birth_date(digits: str, today: date | None) -> date:
    fault = BadIdentity("resident-id", IdentityFault.BIRTH_DATE)
    try:
        born = date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise fault from None
    if born.year < 1800:
        raise fault
    if today is not None and not today.year - _LONGEST_LIFE_YEARS <= born.year:
        raise fault
    if today is not None and born > today:
        raise fault
    return born
