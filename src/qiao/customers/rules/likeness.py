"""How alike two names and two addresses are: the level of agreement, not yet what it is worth.

Levels are told apart where they mean different things: a homophone (陈慧敏, 陈惠敏) is a slip of
the keyboard, one other character (王建国, 王建军) is a brother.
"""

from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from re import compile as pattern

from opencc import OpenCC

from qiao.core.rules import grams, names

_T2S = OpenCC("t2s")
SHORTEST_WITH_SLIP = 3
SHORTEST_FIRM = 4
FEWEST_LETTERS = 2
ALIKE_LETTERS = 0.6
SAME_ROAD = 0.75  # without a building the road alone tells places apart

# What stands where a name should: it says nothing about who it is.
_NO_NAME = pattern(
    "(?:业主|住户|用户|租户|租客|房东|客户|顾客|未知|不详|匿名|测试|无名|办公室|门卫|前台)?[0-9]*"
)
_TITLE = pattern("(.{1,2})(?:先生|女士|小姐|师傅|太太|老师|阿姨|大爷|大妈|经理|总|姐|哥)")
_FAMILIAR = pattern("[小老阿大](.)")
_BORN_OF = pattern(".*(?:之子|之女|之婴|宝宝|大宝|小宝|二宝|[大小]?双)")
_FIRM_FORM = pattern(
    "(?:股份有限公司|有限责任公司|有限公司|责任公司|公司|集团|分公司|营业部|个体工商户|商行|厂)$"
)
_FIRM_PLACE = pattern("^(?:[^市省]{2,3}省)?(?:[^市]{2,3}市)?(?:中国)?")
_BRACKETS = pattern(r"[（(\[【].{0,8}?[)）\]】]")
_DISTRICT = pattern("^.{1,9}?[区县市](?=.{3})")
_NUMBERS = pattern("[0-9]+")
_BUILDING = pattern("([0-9]+) ?(?:幢|栋|棟|号楼|號樓|座)")
_DASHED = pattern("([0-9]+) ?[-–—－](?: ?[0-9]+ ?[-–—－])? ?[0-9]+")
_COUNTED = pattern("[0-9a-z号號幢栋棟楼樓座单單元室房层層弄组組户戶第]+")
_TOKENS = pattern(r"[^\W\d_]+")


class NameLevel(StrEnum):
    """How far two names agree. `NONE`: one of them names nobody."""

    SAME = "name_same"
    VARIANT = "name_variant"
    SOUND = "name_sound"
    ORDER = "name_order"
    GIVEN = "name_given"
    NICK = "name_nick"
    FIRM = "name_firm"
    ONE_APART = "name_one_apart"
    SURNAME = "name_surname"
    DIFFERENT = "name_differs"
    NONE = "name_says_nothing"


class PlaceLevel(StrEnum):
    """How near two addresses are. `ALIKE`: the same door, written differently."""

    SAME = "place_same"
    ALIKE = "place_alike"
    BUILDING = "place_building"
    COMMUNITY = "place_community"
    DIFFERENT = "place_differs"


@dataclass(frozen=True, slots=True)
class Door:
    """An address as it is stored: `text` as people say it."""

    premises_id: int
    region: str
    road: str = ""
    house_number: str = ""
    community: str = ""
    building: str = ""
    text: str = ""


@lru_cache(maxsize=100_000)
def simplified(text: str) -> str:
    """The folded text in simplified characters; ``·``, spaces and brackets' signs are gone."""
    folded = grams.normalise(text)
    return folded if folded.isascii() else str(_T2S.convert(folded))


def compare_people(one: str, other: str) -> NameLevel:
    """The level of two names of persons."""
    first, second = simplified(one), simplified(other)
    if says_nothing(first) or says_nothing(second):
        return NameLevel.NONE
    if first == second:
        same = grams.normalise(one) == grams.normalise(other)
        return NameLevel.SAME if same else NameLevel.VARIANT
    if _sounds_same(first, second):
        return NameLevel.SOUND
    if _other_order(one, other, first, second):
        return NameLevel.ORDER
    return _short_form(first, second) or _remote(first, second)


@lru_cache(maxsize=100_000)
def says_nothing(name: str) -> bool:
    """Whether a folded name stands for nobody in particular: 业主, 王先生, 张丽之子."""
    return bool(_NO_NAME.fullmatch(name) or _TITLE.fullmatch(name) or _BORN_OF.fullmatch(name))


def _sounds_same(first: str, second: str) -> bool:
    """The same pinyin with a character in common, or one of the two in Latin letters."""
    if _pinyin(first) != _pinyin(second):
        return False
    return first.isascii() != second.isascii() or bool(set(first) & set(second))


@lru_cache(maxsize=100_000)
def _pinyin(name: str) -> str:
    return names.full_pinyin(name)


def _other_order(one: str, other: str, first: str, second: str) -> bool:
    """Given name before the surname: 慧敏陈, Huimin Chen."""
    if len(first) == len(second) and not first.isascii():
        return any(second == first[cut:] + first[:cut] for cut in range(1, len(first)))
    return _turned(one, second) or _turned(other, first)


def _turned(written: str, folded: str) -> bool:
    tokens = [grams.normalise(token) for token in _TOKENS.findall(written)]
    if len(tokens) < FEWEST_LETTERS or not all(token.isascii() for token in tokens):
        return False
    letters = _pinyin(folded)
    return any("".join(tokens[cut:] + tokens[:cut]) == letters for cut in range(1, len(tokens)))


def _short_form(first: str, second: str) -> NameLevel | None:
    short, long = sorted((first, second), key=len)
    given = names.split_name(long).given
    if len(short) > 1 and short == given and short != long:
        return NameLevel.GIVEN
    doubled = len(short) == FEWEST_LETTERS and short[0] == short[1]
    familiar = _FAMILIAR.fullmatch(short)
    called = short[0] if doubled else familiar.group(1) if familiar else ""
    if called and len(long) > FEWEST_LETTERS and given.endswith(called):
        return NameLevel.NICK
    return None


def _remote(first: str, second: str) -> NameLevel:
    differing = _differing(first, second)
    if len(first) >= SHORTEST_WITH_SLIP and differing == 1:
        return NameLevel.ONE_APART
    return NameLevel.SURNAME if first[:1] == second[:1] else NameLevel.DIFFERENT


def _differing(first: str, second: str) -> int:
    if len(first) != len(second):
        return max(len(first), len(second))
    return sum(a != b for a, b in zip(first, second, strict=True))


def compare_firms(one: str, other: str) -> NameLevel:
    """The level of two names of organisations; 有限公司 and the city before it do not count."""
    first, second = simplified(one), simplified(other)
    if says_nothing(first) or says_nothing(second):
        return NameLevel.NONE
    if first == second:
        same = grams.normalise(one) == grams.normalise(other)
        return NameLevel.SAME if same else NameLevel.VARIANT
    core, other_core = firm_core(one), firm_core(other)
    if core == other_core:
        return NameLevel.FIRM
    if _pinyin(core) == _pinyin(other_core) and set(core) & set(other_core):
        return NameLevel.SOUND
    short, long = sorted((core, other_core), key=len)
    if len(short) >= SHORTEST_FIRM and long.startswith(short):
        return NameLevel.GIVEN
    return NameLevel.DIFFERENT


@lru_cache(maxsize=100_000)
def firm_core(name: str) -> str:
    """What is left of an organisation's name without its legal form, city and brackets."""
    whole = simplified(name)
    core = simplified(_BRACKETS.sub("", name))
    core = _FIRM_PLACE.sub("", core)
    while len(shorter := _FIRM_FORM.sub("", core)) < len(core) and len(shorter) > 1:
        core = shorter
    return core or whole


def compare_doors(one: Door, other: Door) -> PlaceLevel:
    """How near two addresses are."""
    if one.premises_id == other.premises_id:
        return PlaceLevel.SAME
    if one.region != other.region:
        return PlaceLevel.DIFFERENT
    if _written_alike(one.text, other.text):
        return PlaceLevel.ALIKE
    if one.community and simplified(one.community) == simplified(other.community):
        here, there = _digits(one.building), _digits(other.building)
        return PlaceLevel.BUILDING if here and here == there else PlaceLevel.COMMUNITY
    if one.road and one.house_number:
        same = (one.road, one.house_number) == (other.road, other.house_number)
        return PlaceLevel.BUILDING if same else PlaceLevel.DIFFERENT
    return PlaceLevel.DIFFERENT


def _written_alike(first: str, second: str) -> bool:
    """The same numbers of building and room, and most words: 翠湖花园6幢1203室, 翠湖6-1203."""
    numbers, others = _door_numbers(first), _door_numbers(second)
    if not numbers[1] or numbers != others:
        return False
    letters, more = sorted((_letters(first), _letters(second)), key=len)
    share = ALIKE_LETTERS if numbers[0] else SAME_ROAD
    return len(letters) >= FEWEST_LETTERS and len(letters & more) >= share * len(letters)


@lru_cache(maxsize=100_000)
def _door_numbers(text: str) -> tuple[str, str]:
    """The numbers of building and room; a unit between them may be missing in one writing."""
    numbers = _NUMBERS.findall(text)
    if not numbers:
        return "", ""
    marked = _BUILDING.search(text) or _DASHED.search(text)
    building = marked.group(1) if marked else ""
    return building.lstrip("0"), numbers[-1].lstrip("0")


@lru_cache(maxsize=100_000)
def _letters(text: str) -> frozenset[str]:
    return frozenset(_COUNTED.sub("", _DISTRICT.sub("", simplified(text))))


def _digits(text: str) -> str:
    return "".join(_NUMBERS.findall(text))
