"""Masks: what a field shows to someone without the right to see it.

A mask leaves enough to confirm what a caller says and too little to use. It never returns the
whole of what it was given, and does not show how long the hidden part is where length tells
something. The forms are those Chinese service counters use.
"""

from re import Match
from re import compile as pattern
from unicodedata import normalize

from qiao.core.rules.names import is_chinese, split_name
from qiao.core.rules.phones import PhoneKind, display, kind_of, split_extension, try_normalise

HIDDEN = "***"

_STORED_MOBILE = pattern(r"\+861[3-9][0-9]{9}")
_WORD = pattern(r"\w+")
_SEPARATORS = pattern(r"[\s\-‐-―_.()]+")
# A number of a road ends in 号 that is not the start of 号楼, 号院 and the like.
_HOUSE = pattern(
    r"^.*?(?:路|街|道|巷|弄|里|大街|胡同|村|屯)\s*[0-9]+(?:-[0-9]+)?\s*[号號]"
    r"(?!\s*(?:楼|樓|院|门|門|室|铺|鋪|幢|栋|棟|座|房|单元|單元))"
)
_ROAD = pattern(r"^.*?[^\s0-9]{1,12}?(?:大道|大街|胡同|路|街|巷|弄)")
_VILLAGE = pattern(r"^.*?(?:街道|社区|社區|[镇鎮乡鄉村])")
_DISTRICT = pattern(r"^.*?[县縣区區](?!\s*[0-9])")
# What is kept may hold the digits of a road (2号大街) or a final house number, no others.
_TELLING_DIGIT = pattern(
    r"[0-9](?![0-9-]*\s*(?:[号號]\s*$|[号號]?\s*(?:大街|大道|国道|省道|路|街)))"
)
_ENGLISH_ROAD = pattern(
    r"(?i)\b[a-z][a-z' ]*\b(?:road|rd|street|st|avenue|ave|lane|drive|way|boulevard|blvd)\b\.?"
)


def mask_phone(number: str, *, region: str = "CN") -> str:
    """Mask a stored or typed number: `138 **** 2264`, `0571-**** 1234`, `+852 **** 4567`.

    Service numbers such as 95598 are public and shown; extensions are dropped.
    """
    if _STORED_MOBILE.fullmatch(number):  # nearly every number of a list
        return f"{number[3:6]} **** {number[-4:]}"
    if not number.strip():
        return ""
    stored, _ = split_extension(try_normalise(number, region=region) or "")
    if not stored:
        return HIDDEN
    kind = kind_of(stored)
    if kind is PhoneKind.SERVICE:
        return display(stored, region=region)
    if kind is PhoneKind.FOREIGN:
        return _mask_foreign(stored)
    shown = display(stored)
    area, dash, _ = shown.partition("-")
    return f"{area}-**** {shown[-4:]}" if dash else f"{shown[:3]} **** {shown[-4:]}"


def mask_name(name: str) -> str:
    """Mask a person's name: 陈* for 陈敏, 陈*敏 for 陈慧敏, 欧阳*敏, J*** S*** for John Smith."""
    name = name.strip()
    if not name:
        return ""
    if not all(is_chinese(character) for character in name):
        return _WORD.sub(_first_and_stars, name)
    surname, given = split_name(name)
    if not surname:
        surname, given = name[:1], name[1:]
    if not given:
        return "*"
    return f"{surname}*{given[-1]}" if len(given) > 1 else f"{surname}*"


def mask_id_number(number: str) -> str:
    """Mask an identity number: `3301**********1234`; short ones keep a quarter at each end."""
    compact = _compact(number)
    keep = 4 if len(compact) >= 15 else len(compact) // 4
    return _middle(compact, keep, keep)


def mask_bank_card(number: str) -> str:
    """Mask a bank card or account number: `6222 **** **** 1234`, whatever its length."""
    compact = _compact(number)
    if len(compact) < 12:
        return _middle(compact, 0, len(compact) // 4)
    return f"{compact[:4]} **** **** {compact[-4:]}"


def mask_address(address: str) -> str:
    """Mask an address: road and house number stay, building and room go: `柳荫路 88 号 ***`.

    Without a house number the road stays, without a road the village, township or district;
    otherwise nothing does.
    """
    address = normalize("NFKC", address).strip()
    if not address:
        return ""
    for shape in (_HOUSE, _ROAD, _VILLAGE, _DISTRICT):
        kept = shape.match(address)
        if kept and not _TELLING_DIGIT.search(kept.group()):
            return f"{kept.group().rstrip()} {HIDDEN}"
    road = _ENGLISH_ROAD.search(address)
    return f"{road.group().strip()}, {HIDDEN}" if road else HIDDEN


def mask_email(address: str) -> str:
    """Mask an e-mail address: `c***@example.com`; the domain stays."""
    local, at, domain = address.strip().rpartition("@")
    if not at or not local:
        return HIDDEN if address.strip() else ""
    return f"{local[0] if len(local) > 1 else ''}{HIDDEN}@{domain}"


def _mask_foreign(stored: str) -> str:
    shown = display(stored, region="")
    head, _, _ = shown.partition(" ")
    return f"{head if head != stored else '+'} **** {stored[-4:]}"


def _first_and_stars(word: Match[str]) -> str:
    return word.group()[0] + HIDDEN


def _compact(number: str) -> str:
    return _SEPARATORS.sub("", normalize("NFKC", number)).upper()


def _middle(text: str, head: int, tail: int) -> str:
    return text[:head] + "*" * (len(text) - head - tail) + text[len(text) - tail :]
