"""What a searcher means by a text, and the values each lookup needs.

`qiao.core.rules.grams.plan` says which kinds of term a text may be; here they become arms of one
statement over customers, with ranges instead of LIKE wherever a prefix is meant: a range uses a
plain index of collation ``C`` also in a prepared statement.
"""

from dataclasses import dataclass
from enum import StrEnum
from re import compile as pattern
from typing import Any

from qiao.core.rules import grams, identity, names, phones
from qiao.core.rules.grams import Lookup
from qiao.core.rules.numbers import is_valid, normal_form

FEWEST_DIGITS = 4  # fewer name half the city
SHORTEST_ADDRESS = 2
FEWEST_METER = 6
LONGEST_METER = 20
BARE_METER = 10
_COUNTED = pattern(r"(?<=[0-9])\s+(?=[号號幢栋棟单單室楼樓弄组組座层層])")
_CHUNKS = pattern(r"[\s,;，；、]+")
_TOKENS = pattern(r"[0-9]+[^\W0-9A-Za-z_]*|[A-Za-z]+|[^\W0-9A-Za-z_]+")
_LAST = chr(0x10FFFF)


class Arm(StrEnum):
    """A way of finding customers; its value is also the reason told beside a hit."""

    NAME_START = "name_start"
    NAME_PART = "name_part"
    INITIALS = "initials"
    PINYIN = "pinyin"
    PHONE = "phone"
    PHONE_TAIL = "phone_tail"
    PHONE_MIDDLE = "phone_middle"
    ACCOUNT = "account"
    NUMBER = "number"
    IDENTITY = "identity"
    ADDRESS = "address"
    METER = "meter"


@dataclass(frozen=True, slots=True)
class Ask:
    """The arms to try and the values they share. No arms: the text means nothing.

    `further` arms are tried only when the first ones leave room and found no whole number: they
    read much to add little.
    """

    text: str
    arms: tuple[Arm, ...]
    values: dict[str, Any]
    further: tuple[Arm, ...] = ()


@dataclass(frozen=True, slots=True)
class AddressTerms:
    """Pieces an address must hold: `grams` for the index, `likes` for the order of the pieces."""

    grams: list[str]
    likes: list[str]


_NAME_ARMS = {
    Lookup.PREFIX: (Arm.NAME_START,),
    Lookup.GRAM: (Arm.NAME_PART,),
    Lookup.TRIGRAM: (Arm.NAME_PART,),
    Lookup.PHONE: (Arm.PHONE,),
    Lookup.PHONE_TAIL: (Arm.PHONE_TAIL,),
    Lookup.PHONE_MIDDLE: (Arm.PHONE_MIDDLE,),
    Lookup.ACCOUNT: (Arm.ACCOUNT,),
    Lookup.INITIALS: (Arm.INITIALS,),
    Lookup.PINYIN: (Arm.PINYIN,),
    Lookup.NUMBER: (Arm.NUMBER,),
    Lookup.IDENTITY: (Arm.IDENTITY,),
    Lookup.EMAIL: (),
}


def read(text: str) -> Ask:
    """Understand a typed text. Never raises: what means nothing has no arms."""
    term = text[: grams.LONGEST_TERM].strip()
    folded = grams.normalise(term)
    arms = [arm for lookup in grams.plan(term) for arm in _NAME_ARMS[lookup]]
    digits = phones.digits_for_search(term)
    if len(digits) < FEWEST_DIGITS:
        arms = [arm for arm in arms if arm not in (Arm.PHONE_TAIL, Arm.PHONE_MIDDLE)]
    address = address_terms(term)
    if address.grams and _may_be_address(term, folded):
        arms.append(Arm.ADDRESS)
    if _may_be_identity(term):
        arms.insert(0, Arm.IDENTITY)
    if may_be_meter(term):
        arms.append(Arm.METER)
    values: dict[str, Any] = {
        "name": folded,
        "name_end": after(folded),
        "name_grams": grams.term_grams(term),
        "name_like": f"%{folded}%",
        "letters": names.typed_pinyin(term),
        "letters_end": after(names.typed_pinyin(term)),
        "digits": digits,
        "digits_like": f"%{digits}%",
        "tail": digits[::-1],
        "tail_end": after(digits[::-1]),
        "account": normal_form(term),
        "account_end": after(normal_form(term)),
        "address_grams": address.grams,
        "address_likes": address.likes,
    }
    costly = {Arm.PHONE_MIDDLE} if len(arms) > 1 else set()
    if Arm.NAME_START in arms:
        costly.add(Arm.NAME_PART)
    return Ask(
        term,
        tuple(dict.fromkeys(arm for arm in arms if arm not in costly)),
        values,
        tuple(dict.fromkeys(arm for arm in arms if arm in costly)),
    )


def address_terms(text: str) -> AddressTerms:
    """Cut a typed address into what the stored one must hold.

    ``翠湖花园6-1203`` asks for 翠湖花园, 6 and 1203 in this order; pieces set apart by spaces may
    come in any order.
    """
    pieces: set[str] = set()
    likes: list[str] = []
    for chunk in _CHUNKS.split(_COUNTED.sub("", text[: grams.LONGEST_TERM])):
        found = _TOKENS.findall(chunk)
        tokens = [token for token in map(grams.normalise, found) if token]
        if not tokens:
            continue
        likes.append(f"%{'%'.join(tokens)}%")
        for token in tokens:
            if len(token) >= SHORTEST_ADDRESS:
                pieces.update(grams.term_grams(token, singles=False))
    return AddressTerms(sorted(pieces), likes)


def _may_be_address(term: str, folded: str) -> bool:
    """Chinese of two characters and more; bare digits and letters mean other things."""
    return len(folded) >= SHORTEST_ADDRESS and any(map(names.is_chinese, term))


def _may_be_identity(term: str) -> bool:
    if identity.is_resident_id(term) or identity.is_credit_code(term):
        return True
    return identity.is_passport(term) and not identity.normal_form(term).isdecimal()


def may_be_meter(text: str) -> bool:
    """Whether a text may be the number on a meter's face, or its start: Latin, with digits.

    Eleven digits and more without a letter are telephone, account or identity numbers; a whole
    business number is no meter's.
    """
    term = text.strip()
    number = normal_form(term)
    if not number.isascii() or not FEWEST_METER <= len(number) <= LONGEST_METER:
        return False
    if is_valid(number):
        return False
    return any(c.isdigit() for c in number) and not (number.isdigit() and len(number) > BARE_METER)


def after(prefix: str) -> str:
    """The smallest text, by code points, above all that begin with `prefix`."""
    for place in range(len(prefix) - 1, -1, -1):
        code = ord(prefix[place]) + 1
        if 0xD800 <= code <= 0xDFFF:
            code = 0xE000
        if code <= 0x10FFFF:
            return prefix[:place] + chr(code)
    return _LAST


def near(text: str) -> Ask:
    """What may have been meant when nothing was found: a name that sounds alike, a number with
    the same end, an account with the same start."""
    term = text[: grams.LONGEST_TERM].strip()
    digits = phones.digits_for_search(term)
    values: dict[str, Any] = dict(read(term).values)
    arms: list[Arm] = []
    if any(map(names.is_chinese, term)):
        letters = names.full_pinyin(grams.normalise(term))
        values |= {"letters": letters, "letters_end": after(letters)}
        arms = [Arm.PINYIN]
    elif len(digits) > FEWEST_DIGITS:
        tail = digits[-FEWEST_DIGITS:][::-1]
        account = normal_form(term)[: max(FEWEST_DIGITS, len(digits) - 3)]
        values |= {"tail": tail, "tail_end": after(tail)}
        values |= {"account": account, "account_end": after(account)}
        arms = [Arm.PHONE_TAIL, Arm.ACCOUNT]
    elif len(values["letters"]) > 2:
        letters = str(values["letters"])[:-1]
        values |= {"letters": letters, "letters_end": after(letters)}
        arms = [Arm.PINYIN, Arm.INITIALS]
    return Ask(term, tuple(arms), values)
