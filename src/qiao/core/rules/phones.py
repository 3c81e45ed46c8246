"""Telephone numbers: one stored form, whatever was typed.

The stored form is E.164 (ITU-T), with RFC 3966's `;ext=` for an extension:
`+8657188881234;ext=801`. Service numbers such as 95598, 12345 or 110, which E.164 does not know,
are stored as `+86` and the code: no subscriber number in China is that short, so the forms
cannot clash.

Chinese numbers are read by the ministry's numbering plan (电信网编号计划): mobiles `1[3-9]` and
nine digits, areas `10`, `2x` and three digits from `3xx`, subscribers that start with 2-8,
`400`/`800`. Only what this plan does not know goes to the phonenumbers library, which is twenty
times slower.
"""

from enum import StrEnum
from re import IGNORECASE, Match
from re import compile as pattern
from unicodedata import normalize

import phonenumbers

_LONGEST = 64
_MOBILE = pattern(r"1[3-9][0-9]{9}")
_TOLL_FREE = pattern(r"[48]00[0-9]{7}")
_LANDLINE = pattern(r"(10|2[0-9]|[3-9][0-9]{2})([2-8][0-9]{6,7})")
_LOCAL = pattern(r"[2-8][0-9]{6,7}")
_SERVICE = r"1[12][0-9]|1(?:00|01|23)[0-9]{2}|11[46][0-9]{2,3}|9[56][0-9]{3,4}"
_SHORT = pattern(_SERVICE)
_AREA_SHORT = pattern(rf"(10|2[0-9]|[3-9][0-9]{{2}})({_SERVICE})")
_TALLY = pattern(r"\(?\+?[0-9 \t\-‐-―−()\[\]./·_~]*")
_NOT_DIGIT = pattern(r"[^0-9]")
_INVISIBLE = pattern("[\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
_LABEL = pattern(r"^(?:tel|phone|mobile|电话|電話|手机|手機)\s*[.:]?\s*", IGNORECASE)
_EXTENSION = pattern(
    r"[\s,;\-]*(?:;ext=|转|轉|分机|分機|extension|ext|x|#)[\s.:号號=-]*([0-9]{1,7})\s*$",
    IGNORECASE,
)
_DASHED_EXTENSION = pattern(r"(\(?0[0-9]{2,3}\)?[\s-]*[2-8][0-9]{6,7})\s*-\s*([0-9]{1,6})")
_HARD_BREAK = pattern(r"[,;、|\r\n。]+(?!\s*ext)|或者?|和|及", IGNORECASE)
_SOFT_BREAK = pattern(r"[\s/]+")
_RUN = pattern(
    r"(?:\+|\(\+)?[0-9(]"
    r"(?:[0-9 \t\-‐-―()./]|(?:;ext=|转|轉|分机|分機|ext\.?|x|#)\s*(?=[0-9]))*[0-9]",
    IGNORECASE,
)
_EXTENSION_WORD = {"zh-hans": "转", "zh-hant": "轉"}


class BadPhone(ValueError):  # noqa: N818 - a refusal, not a fault
    """A text that is no telephone number. `reason`: `empty`, `shape` or `unknown`."""

    def __init__(self, text: str, reason: str) -> None:
        super().__init__(f"{text[:_LONGEST]!r} is no telephone number: {reason}")
        self.text = text
        self.reason = reason


class PhoneKind(StrEnum):
    """What a stored number is: whether a short message can reach it, and how it is written."""

    MOBILE = "mobile"
    LANDLINE = "landline"
    SERVICE = "service"
    FOREIGN = "foreign"


def normalise(text: str, *, region: str = "CN", area_code: str = "") -> str:
    """Turn one typed number into the stored form.

    Args:
        text: any usual writing: `+86`, `0086`, a leading 0, brackets, spaces, dashes, dots,
            slashes, full-width digits, an extension after 转, 分机, `ext`, `x`, `#` or a
            second dash.
        region: ISO 3166 code of the organisation, for numbers without a country code.
        area_code: the organisation's Chinese area (`571` or `0571`), for 7 or 8 bare digits.

    Raises:
        BadPhone: with the reason.
    """
    # A million mobiles pass here; every further test costs.
    if len(text) == 11 and region == "CN" and _MOBILE.fullmatch(text):
        return "+86" + text
    if len(text) == 14 and text.startswith("+861") and _MOBILE.fullmatch(text, 3):
        return text
    folded = _fold(text[: 4 * _LONGEST])
    if not folded:
        raise BadPhone(text, "empty")
    if len(folded) > _LONGEST or len(text) > 4 * _LONGEST:
        raise BadPhone(text, "shape")
    body, extension = _split_typed_extension(folded)
    if not _TALLY.fullmatch(body):
        raise BadPhone(text, "shape")
    number = _number_of(body, region, area_code.lstrip("0"))
    if number is None:
        raise BadPhone(text, "unknown")
    return join_extension(number, extension)


def try_normalise(text: str, *, region: str = "CN", area_code: str = "") -> str | None:
    """Like `normalise`, but None for what is no telephone number."""
    try:
        return normalise(text, region=region, area_code=area_code)
    except BadPhone:
        return None


def find_all(text: str, *, region: str = "CN", area_code: str = "") -> tuple[str, ...]:
    """Find every number in a free text, in order, each once.

    `0571-88881234/88881235、13805712264` gives three: a landline hands its area on to the bare
    numbers behind it.
    """
    found: dict[str, None] = {}
    area = area_code
    for piece in _HARD_BREAK.split(_fold(text[:2000])):
        for run in _RUN.finditer(piece):
            for number in _numbers_in_run(run.group(), region, area):
                found[number] = None
                landline = _landline_parts(number)
                area = landline.group(1) if landline else area
    return tuple(found)


def kind_of(e164: str) -> PhoneKind:
    """Tell mobile, landline (400 and 800 too), service code and foreign number apart."""
    number, _ = split_extension(e164)
    if not number.startswith("+86"):
        return PhoneKind.FOREIGN
    national = number[3:]
    if _MOBILE.fullmatch(national):
        return PhoneKind.MOBILE
    if _SHORT.fullmatch(national) or _AREA_SHORT.fullmatch(national):
        return PhoneKind.SERVICE
    return PhoneKind.LANDLINE


def join_extension(number: str, extension: str | None) -> str:
    """The stored form of a number and its extension, empty or None when absent."""
    return f"{number};ext={extension}" if extension else number


def split_extension(e164: str) -> tuple[str, str]:
    """Take a stored number apart into number and extension, the latter empty when absent."""
    number, _, extension = e164.partition(";ext=")
    return number, extension


def display(e164: str, language: str = "zh-hans", *, region: str = "CN") -> str:
    """Write a stored number for reading: `138 0571 2264`, `0571-8888 1234 转 801`, `+1
    415-555-2671`.

    Args:
        e164: the stored form; anything else is returned as it is.
        language: `zh-hans`, `zh-hant` or `en`: the word before the extension.
        region: the reader's region; its own numbers are written without country code.
    """
    number, extension = split_extension(e164)
    if number.startswith("+86"):
        written = _display_chinese(number[3:], abroad=region != "CN")
    else:
        written = _display_foreign(number, region)
    word = _EXTENSION_WORD.get(language, "ext.")
    return f"{written} {word} {extension}" if extension else written


def stored_digits(e164: str) -> str:
    """Return the digits under which a stored number is found, for the search columns.

    Chinese numbers without country code and leading 0 (`13805712264`, `57188881234`, `95598`),
    others with their country code; no extension. `digits_for_search` of any writing of the whole
    number is equal to this, of a part of it a part of this.
    """
    number, _ = split_extension(e164)
    return number[3:] if number.startswith("+86") else number[1:]


def digits_for_search(text: str) -> str:
    """Return the digits to look for in `stored_digits`: whole, tail or middle; empty when none.

    Drops `+86`, `0086`, `86` before a mobile and the leading 0 of seven digits and more; a
    shorter text keeps its 0, since `0571` may be the middle of a mobile. Dropping only widens
    what is found.
    """
    folded = _EXTENSION.sub("", _fold(text[:_LONGEST]))
    digits = _NOT_DIGIT.sub("", folded)
    if folded.startswith(("+", "(+")):
        return digits[2:].lstrip("0") if digits.startswith("86") else digits
    if digits.startswith("0086"):
        return digits[4:].lstrip("0")
    if digits.startswith("00") and len(digits) > 6:
        return digits[2:]
    if digits.startswith("86") and _MOBILE.fullmatch(digits, 2):
        return digits[2:]
    if digits.startswith("0") and len(digits) >= 7:
        return digits[1:]
    return digits


def _fold(text: str) -> str:
    if not text.isascii():
        text = _INVISIBLE.sub("", normalize("NFKC", text))
    return text.strip()


def _split_typed_extension(folded: str) -> tuple[str, str]:
    folded = _LABEL.sub("", folded)
    dashed = _DASHED_EXTENSION.fullmatch(folded)
    if dashed:
        return dashed.group(1), dashed.group(2)
    marked = _EXTENSION.search(folded)
    if marked:
        return folded[: marked.start()], marked.group(1)
    return folded, ""


def _number_of(body: str, region: str, area: str) -> str | None:
    digits = _NOT_DIGIT.sub("", body)
    international = body.startswith(("+", "(+"))
    if not international and digits.startswith("00"):
        international, digits = True, digits[2:]
    if international:
        if digits.startswith("86"):
            return _chinese(digits[2:], "")
        return _foreign("+" + digits, None)
    if region != "CN":
        return _foreign(digits, region)
    return _chinese(digits, area)


def _chinese(digits: str, area: str) -> str | None:
    national = digits.removeprefix("0")
    if digits.startswith("86") and _MOBILE.fullmatch(digits, 2):
        national = digits[2:]
    for shape in (_MOBILE, _TOLL_FREE, _LANDLINE):
        if shape.fullmatch(national):
            return "+86" + national
    # A leading 0 announces an area, without one it is a code or a local number.
    if digits.startswith("0"):
        return "+86" + national if _AREA_SHORT.fullmatch(national) else None
    if _SHORT.fullmatch(digits):
        return "+86" + digits
    if area and _LOCAL.fullmatch(digits):
        return "+86" + area + digits
    return "+86" + digits if _AREA_SHORT.fullmatch(digits) and len(digits) > 7 else None


def _foreign(digits: str, region: str | None) -> str | None:
    try:
        number = phonenumbers.parse(digits, region)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_valid_number(number):
        return None
    return phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164)


def _landline_parts(number: str) -> Match[str] | None:
    national = number.partition(";")[0]
    if not national.startswith("+86") or _MOBILE.fullmatch(national, 3):
        return None
    return _LANDLINE.fullmatch(national, 3)


def _numbers_in_run(run: str, region: str, area: str) -> list[str]:
    """Read a run of digits and separators as the fewest numbers, the longest first."""
    whole = try_normalise(run, region=region, area_code=area)
    if whole:
        return [whole]
    tokens = _SOFT_BREAK.split(run)
    numbers: list[str] = []
    place = 0
    while place < len(tokens):
        for stop in range(min(len(tokens), place + 6), place, -1):
            joined = " ".join(tokens[place:stop])
            number = try_normalise(joined, region=region, area_code=area)
            if number:
                numbers.append(number)
                landline = _landline_parts(number)
                area = landline.group(1) if landline else area
                place = stop
                break
        else:
            place += 1
    return numbers


def _display_chinese(national: str, *, abroad: bool) -> str:
    lead = "+86 " if abroad else ""
    if _MOBILE.fullmatch(national):
        return f"{lead}{national[:3]} {national[3:7]} {national[7:]}"
    if _TOLL_FREE.fullmatch(national):
        return f"{lead}{national[:3]} {national[3:6]} {national[6:]}"
    area = _LANDLINE.fullmatch(national)
    if area:
        subscriber = area.group(2)
        near = f"{subscriber[:-4]} {subscriber[-4:]}"
        return f"+86 {area.group(1)} {near}" if abroad else f"0{area.group(1)}-{near}"
    short = None if _SHORT.fullmatch(national) else _AREA_SHORT.fullmatch(national)
    if short:
        return f"+86 {short[1]} {short[2]}" if abroad else f"0{short[1]}-{short[2]}"
    return lead + national


def _display_foreign(e164: str, region: str) -> str:
    try:
        number = phonenumbers.parse(e164, None)
    except phonenumbers.NumberParseException:
        return e164
    at_home = phonenumbers.region_code_for_number(number) == region
    style = phonenumbers.PhoneNumberFormat
    return phonenumbers.format_number(number, style.NATIONAL if at_home else style.INTERNATIONAL)
