"""How one customer comes to be held twice: the slips that people make, drawn by a seed.

Also whom a search must not take for one: twins, fathers and sons, couples, namesakes next door.
"""

from collections import defaultdict
from dataclasses import dataclass
from functools import cache
from random import Random

from opencc import OpenCC

from qiao.core.rules import names
from qiao.customers.rules import fiction

# Characters of given names that sound like one of the invented city's.
_ALIKE = (
    "惠蕙靖婧立燕雁方鹃玮纬君均扬永泳洁捷韬铭名萍钢菲恺朋皓羽语萱梓紫骏珺锋枫剑智致雯晖辰添家诚程震冬小筱盛"
    "圣鑫容霖男翔逸瑛钰宜虹宏廷盈露遥琦晗悦芸真勤灵湘研微敏慧静丽艳芳娟伟军洋勇杰涛明平刚飞凯鹏浩宇轩子俊峰建"
    "志文辉晨天嘉成振东晓胜新荣林楠祥毅英玉怡红婷莹璐瑶琪涵月云珍琴玲香妍薇馨"
)
NAME_SLIPS = (
    ("same", 0.52), ("sound", 0.15), ("traditional", 0.12), ("given", 0.05), ("nick", 0.04),
    ("spaced", 0.04), ("turned", 0.04), ("other", 0.04),
)  # fmt: skip
FIRM_SLIPS = (("same", 0.35), ("form", 0.45), ("brackets", 0.20))
PHONE_SLIPS = (
    ("same", 0.55), ("swapped", 0.10), ("mistyped", 0.05), ("changed", 0.20), ("none", 0.10),
)  # fmt: skip
PLACE_SLIPS = (("same", 0.45), ("written", 0.30), ("moved", 0.10), ("none", 0.15))
FIRM_FORM = "有限公司"


@dataclass(frozen=True, slots=True)
class Slips:
    """What happened to each part when the customer was written down for the second time."""

    name: str
    phone: str
    place: str
    keeps_document: bool

    @property
    def is_findable(self) -> bool:
        """What nobody could find is no second record but another customer: two of name, number,
        address and document must have survived, and without the document the name."""
        kept = (
            self.name != "other",
            self.phone in {"same", "swapped", "mistyped"},
            self.place in {"same", "written"},
            self.keeps_document,
        )
        return sum(kept) > 1 and (self.name != "other" or self.keeps_document)


def draw_slips(rng: Random, *, is_firm: bool, has_document: bool) -> Slips:
    """Slips that leave something to find."""
    while True:
        slips = Slips(
            name=_draw(rng, FIRM_SLIPS if is_firm else NAME_SLIPS),
            phone=_draw(rng, PHONE_SLIPS),
            place=_draw(rng, PLACE_SLIPS),
            keeps_document=has_document and rng.random() < 0.4,
        )
        if slips.is_findable:
            return slips


def _draw(rng: Random, shares: tuple[tuple[str, float], ...]) -> str:
    return rng.choices([name for name, _ in shares], [share for _, share in shares])[0]


@cache
def _traditional() -> OpenCC:
    """Read when it is needed: its words take a fifth of a second, which every start would wait."""
    return OpenCC("s2t")


@cache
def _by_sound() -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for character in dict.fromkeys(_ALIKE):
        found[names.full_pinyin(character)].append(character)
    return found


def slip_of_name(rng: Random, name: str, slip: str) -> str:
    """The name as it was written the second time; the same where that slip cannot happen to it."""
    surname, given = names.split_name(name)
    if slip == "traditional":
        return str(_traditional().convert(name))
    if slip == "sound" and given:
        return surname + _homophone(rng, given)
    if slip == "given" and len(given) > 1:
        return given
    if slip == "nick" and given:
        return given[-1] * 2
    if slip == "spaced":
        return f"{surname} {given}"
    if slip == "turned":
        letters = names.full_pinyin(given).capitalize(), names.full_pinyin(surname).capitalize()
        return " ".join(letters)
    if slip == "other":
        return fiction.person_name(rng, is_female=rng.random() < 0.5)
    return name


def _homophone(rng: Random, given: str) -> str:
    places = list(range(len(given)))
    rng.shuffle(places)
    for place in places:
        others = [c for c in _by_sound()[names.full_pinyin(given[place])] if c != given[place]]
        if others:
            return given[:place] + rng.choice(others) + given[place + 1 :]
    return given


def slip_of_firm(rng: Random, name: str, slip: str) -> str:
    """With and without 有限公司, with its long form, with a word in brackets."""
    if slip == "form":
        if name.endswith(FIRM_FORM):
            core = name.removesuffix(FIRM_FORM)
            return rng.choice((core, f"{core}有限责任公司"))
        return f"{name}{FIRM_FORM}"
    if slip == "brackets":
        return f"{name}{rng.choice(('（总店）', '(停用)', '【新】'))}"
    return name


def slip_of_phone(rng: Random, digits: str, slip: str) -> str:
    """The number as it was typed the second time; empty for none."""
    if slip == "none":
        return ""
    if slip == "changed":
        return fiction.mobile(rng)
    if slip == "swapped":
        places = [n for n in range(3, len(digits) - 1) if digits[n] != digits[n + 1]]
        if places:
            n = rng.choice(places)
            return digits[:n] + digits[n + 1] + digits[n] + digits[n + 2 :]
    if slip == "mistyped":
        n = rng.randrange(3, len(digits) - 1)
        other = str((int(digits[n]) + rng.randrange(1, 10)) % 10)
        return digits[:n] + other + digits[n + 1 :]
    return digits


def slip_of_place(rng: Random, parts: dict[str, str]) -> dict[str, str]:
    """The same door, written differently: parts are road, house_number, community, building, unit
    and room; all in one line, with other counting words, or without the road."""
    building, room = (_number(parts[key]) for key in ("building", "room"))
    if not building or not room:
        return parts | {"road": f"{parts['road']} {parts['house_number']}", "house_number": ""}
    way = rng.randrange(3)
    if way == 0:
        line = f"{parts['community']}{building}-{room}"
        return dict.fromkeys(parts, "") | {"road": line}
    if way == 1:
        return parts | {"building": f"{building}栋", "room": room, "house_number": ""}
    return parts | {"road": "", "house_number": "", "building": f"{building}号楼", "unit": ""}


def _number(text: str) -> str:
    return "".join(filter(str.isdecimal, text))


def sibling_of(rng: Random, name: str) -> tuple[str, bool]:
    """A twin's or brother's name: the surname and often the first given character shared; the
    name, and whether it is a woman's."""
    surname, given = names.split_name(name)
    is_female = rng.random() < 0.5
    while True:
        drawn = fiction.person_name(rng, is_female=is_female, surname=surname)
        own = drawn[len(surname) :]
        if len(given) > 1 and len(own) > 1 and rng.random() < 0.7:
            drawn = surname + given[0] + own[-1]
        if names.full_pinyin(drawn) != names.full_pinyin(name):
            return drawn, is_female
