"""The parts of an address out of its text: 滨湖区柳荫路88号翠湖花园6幢2单元1203室.

Only the usual forms are taken apart, and only where nothing is left over: the parts written one
after another are the text again. 翠湖花园12-3-402 counts as 12幢3单元402室. Where anything is in
doubt there are no parts; the whole text stands in any case.
"""

from re import Match
from re import compile as pattern
from typing import Final
from unicodedata import normalize

from qiao.customers.rules.addresses import PARTS, Address

_HAN: Final = "[\u4e00-\u9fff]"
_COUNT: Final = "(?:[A-Za-z]?[0-9]{1,4}|[A-Za-z])"
# 小区, 社区 and 园区 are no districts; a province and a city may stand before one.
_DISTRICT: Final = (
    f"(?P<district>(?:{_HAN}{{2,8}}?(?:省|自治区))?(?:{_HAN}{{2,6}}?市)?"
    f"(?:{_HAN}{{1,6}}?(?:(?<![小社园])区|县))?(?:{_HAN}{{1,6}}?(?:街道|镇|乡))?)"
)
_ROAD: Final = (
    f"(?:(?P<road>{_HAN}{{1,10}}?[路街道巷弄])(?P<house_number>[0-9]{{1,5}}(?:-[0-9]{{1,3}})?号))?"
)
_COMMUNITY: Final = f"(?P<community>{_HAN}{{2,16}})?"
_BUILDING: Final = f"(?P<building>{_COUNT}(?:号楼|[幢栋座]))"
_UNIT: Final = f"(?P<unit>{_COUNT}单元)?"
_ROOM: Final = "(?P<room>[0-9]{1,4}[A-Za-z]?(?:室|号房)|[0-9]{3,4})?"
_DASHED: Final = "(?P<b>[0-9]{1,3})-(?:(?P<u>[0-9]{1,2})-)?(?P<r>[0-9]{3,4})室?"
_WHOLE: Final = pattern(f"{_DISTRICT}{_ROAD}{_COMMUNITY}(?:{_BUILDING}{_UNIT}{_ROOM}|{_DASHED})")
# Traditional counting words are read as the others, and kept as they stand.
_READ_AS: Final = str.maketrans("區縣鎮鄉號樓棟單園", "区县镇乡号楼栋单园")
# A name that was cut in two, and what a road or a district without a number leaves.
_NO_NAME: Final = frozenset(
    [
        "花园",
        "家园",
        "小区",
        "社区",
        "新村",
        "公寓",
        "大厦",
        "广场",
        "山庄",
        "花苑",
        "新城",
        "名邸",
        "大院",
        "宿舍",
    ]
)
_DOUBTFUL: Final = pattern("[路街道巷弄省市县镇乡]|(?<![小社园])区")


def parts_of(text: str, *, region: str = "", community: str = "") -> Address | None:
    """The parts that a text is put together from; None where that is not certain.

    `community` is what is told beside it, if anything: it has to be the one in the text.
    """
    plain = "".join(normalize("NFKC", text).split())
    found = _WHOLE.fullmatch(plain.translate(_READ_AS))
    if found is None:
        return None
    parts = {name: _slice(plain, found, name) for name in PARTS}
    if found["b"]:
        parts["building"], parts["room"] = f"{found['b']}幢", f"{found['r']}室"
        parts["unit"] = f"{found['u']}单元" if found["u"] else ""
    if not _is_certain(parts, found, "".join(normalize("NFKC", community).split())):
        return None
    return Address(region, **parts)


def _slice(plain: str, found: Match[str], name: str) -> str:
    start, end = found.span(name)
    return plain[start:end] if start >= 0 else ""


def _is_certain(parts: dict[str, str], found: Match[str], told: str) -> bool:
    community = found["community"] or ""
    if told:
        return parts["community"] == told
    if found["b"] and not community:
        return False  # 柳荫路12-402: a house of the road, or one of a community
    return community not in _NO_NAME and not _DOUBTFUL.search(community)
