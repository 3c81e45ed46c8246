"""Names as they are searched by keyboard: pinyin without tones, and its first letters.

陈慧敏 gives `chenhuimin` and `chm`. Every character has one reading from pypinyin's dictionary; a
surname has its own (单 is shan, 曾 zeng, 仇 qiu), and in names of organisations known words have
theirs (银行 yinhang, 重庆 chongqing). ü is written `v`, as input methods do. Latin letters and
digits stay, in small letters; all else is dropped.
"""

import json
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, NamedTuple
from unicodedata import combining, normalize

from qiao.core.rules.surnames import COMPOUND_SURNAMES, SURNAMES

_CHARACTERS = {
    "长": "chang",
    "長": "chang",
    "晟": "sheng",
    "隽": "jun",
    "雋": "jun",
    "卜": "bu",
    "都": "du",
    "佛": "fo",
    "曾": "zeng",
    "翟": "zhai",
    "咖": "ka",
    "嗯": "en",
}
"""Readings in given names and trade names where the dictionary puts a rarer one first."""

_PHRASES = {
    "支行": "zhi hang",
    "总行": "zong hang",
    "商行": "shang hang",
    "调度": "diao du",
    "调解": "tiao jie",
    "单县": "shan xian",
    "六合": "lu he",
    "铅山": "yan shan",
    "莘庄": "xin zhuang",
    "台州": "tai zhou",
    "丽水": "li shui",
    "朝阳": "chao yang",
    "校表": "jiao biao",
    "重工": "zhong gong",
    "大夫": "dai fu",
    "乐都": "le du",
    "乡长": "xiang zhang",
    "校长": "xiao zhang",
    "行长": "hang zhang",
    "银行": "yin hang",
    "銀行": "yin hang",
    "重慶": "chong qing",
    "廈門": "xia men",
    "會計": "kuai ji",
    "長沙": "chang sha",
}
"""Words of organisation names, over those of pypinyin's dictionary of phrases."""

_SYLLABLES = frozenset(
    """
    a ai an ang ao ba bai ban bang bao bei ben beng bi bian biao bie bin bing bo bu ca cai can
    cang cao ce cen ceng cha chai chan chang chao che chen cheng chi chong chou chu chuai chuan
    chuang chui chun chuo ci cong cou cu cuan cui cun cuo da dai dan dang dao de dei den deng
    di dian diao die ding diu dong dou du duan dui dun duo e ei en er fa fan fang fei fen feng
    fo fou fu ga gai gan gang gao ge gei gen geng gong gou gu gua guai guan guang gui gun guo
    ha hai han hang hao he hei hen heng hong hou hu hua huai huan huang hui hun huo ji jia jian
    jiang jiao jie jin jing jiong jiu ju juan jue jun ka kai kan kang kao ke ken keng kong kou
    ku kua kuai kuan kuang kui kun kuo la lai lan lang lao le lei leng li lia lian liang liao
    lie lin ling liu long lou lu luan lun luo lv lve ma mai man mang mao mei men meng mi mian
    miao mie min ming miu mo mou mu na nai nan nang nao ne nei nen neng ni nian niang niao nie
    nin ning niu nong nou nu nuan nun nuo nv nve o ou pa pai pan pang pao pei pen peng pi pian
    piao pie pin ping po pou pu qi qia qian qiang qiao qie qin qing qiong qiu qu quan que qun
    ran rang rao re ren reng ri rong rou ru ruan rui run ruo sa sai san sang sao se sen seng
    sha shai shan shang shao she shei shen sheng shi shou shu shua shuai shuan shuang shui shun
    shuo si song sou su suan sui sun suo ta tai tan tang tao te teng ti tian tiao tie ting tong
    tou tu tuan tui tun tuo wa wai wan wang wei wen weng wo wu xi xia xian xiang xiao xie xin
    xing xiong xiu xu xuan xue xun ya yan yang yao ye yi yin ying yo yong you yu yuan yue yun
    za zai zan zang zao ze zei zen zeng zha zhai zhan zhang zhao zhe zhei zhen zheng zhi zhong
    zhou zhu zhua zhuai zhuan zhuang zhui zhun zhuo zi zong zou zu zuan zui zun zuo
    """.split()  # noqa: SIM905 - as a list they fill four hundred lines
)
_STARTS = frozenset(
    syllable[:length] for syllable in _SYLLABLES for length in range(1, len(syllable) + 1)
)


Syllable = tuple[str, str]
"""A syllable and its first letter."""


class Spelling(NamedTuple):
    """How a name is typed: `chm` and `chenhuimin`. Both are empty for a name without letters."""

    initials: str
    pinyin: str


class NameParts(NamedTuple):
    """A Chinese name in two; `surname` is empty for names that are not Chinese."""

    surname: str
    given: str


def load_dictionaries() -> None:
    """Read what spelling needs now instead of with the first name."""
    _table()
    _phrases()


def spell(name: str, *, is_person: bool = True) -> Spelling:
    """Spell a name both ways in one pass.

    Args:
        name: a name as stored; other scripts than Chinese and Latin are kept as letters.
        is_person: a person's name begins with a surname and is read character by character; an
            organisation's is read by known words of two characters.
    """
    syllables = _person(name) if is_person else _organisation(name)
    return Spelling("".join([s[1] for s in syllables]), "".join([s[0] for s in syllables]))


def spell_all(names: list[str], *, is_person: bool = True) -> list[Spelling]:
    """Spell many names, in order; a million take seconds."""
    return [spell(name, is_person=is_person) for name in names]


def initials(name: str, *, is_person: bool = True) -> str:
    """Return the first letter of every syllable: 陈慧敏 gives `chm`; see `spell`."""
    return spell(name, is_person=is_person).initials


def full_pinyin(name: str, *, is_person: bool = True) -> str:
    """Return all syllables without tones or spaces: 陈慧敏 gives `chenhuimin`; see `spell`."""
    return spell(name, is_person=is_person).pinyin


def typed_pinyin(text: str) -> str:
    """Bring typed Latin letters into the stored form: `Lǚ  Xi'an` gives `lvxian`."""
    plain = _toneless(normalize("NFKC", text[:200]).casefold())
    return "".join([character for character in plain if character.isalnum()])


def is_pinyin(text: str) -> bool:
    """Say whether small letters read as syllables, of which the last may be unfinished."""
    reachable = {0}
    for end in range(1, len(text) + 1):
        if any(text[start:end] in _SYLLABLES for start in reachable if end - start <= 6):
            reachable.add(end)
    return bool(text) and any(text[start:] in _STARTS or start == len(text) for start in reachable)


def is_chinese(character: str) -> bool:
    """Say whether a character is a Han ideograph, of the basic block or an extension."""
    code = ord(character)
    return 0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x323AF


def split_name(name: str) -> NameParts:
    """Take a Chinese name of two to four characters apart; others have no surname."""
    if not 2 <= len(name) <= 4 or not all(map(is_chinese, name)):
        return NameParts("", name)
    length = 2 if len(name) > 2 and name[:2] in COMPOUND_SURNAMES else 1
    return NameParts(name[:length], name[length:])


def _person(name: str) -> list[Syllable]:
    syllables = _characters(name)
    if name[:2] in COMPOUND_SURNAMES and len(name) > 2:
        syllables[:2] = _syllables(COMPOUND_SURNAMES[name[:2]])
    elif name[:1] in SURNAMES:
        syllables[:1] = _syllables(SURNAMES[name[0]])
    return syllables


def _characters(name: str) -> list[Syllable]:
    table = _table()
    try:
        return [table[character] for character in name]
    except KeyError:
        return [_reading(character) for character in normalize("NFKC", name)]


def _organisation(name: str) -> list[Syllable]:
    phrases = _phrases()
    name = normalize("NFKC", name)
    syllables: list[Syllable] = []
    place = 0
    while place < len(name):
        word = phrases.get(name[place : place + 2])
        if word is None:
            syllables.append(_reading(name[place]))
            place += 1
        else:
            syllables.extend(word)
            place += 2
    return syllables


def _reading(character: str) -> Syllable:
    """Return the syllable of a character; letters of other scripts stand for themselves."""
    found = _table().get(character)
    if found is not None:
        return found
    plain = _toneless(character.casefold())
    kept = "".join([part for part in plain if part.isalnum()])
    return kept, kept


def _toneless(text: str) -> str:
    if text.isascii():
        return text
    marked = normalize("NFD", text).replace("u\u0308", "v")
    return normalize("NFC", "".join([part for part in marked if not combining(part)]))


@cache
def _table() -> dict[str, Syllable]:
    """Build the reading of every known character, with the ASCII letters and digits."""
    dictionary: dict[str, str] = _load("pinyin_dict.json")
    readings = {
        chr(int(code)): _toneless(tones.partition(",")[0]) for code, tones in dictionary.items()
    }
    readings |= _CHARACTERS
    table = {character: (reading, reading[:1]) for character, reading in readings.items()}
    for character in "abcdefghijklmnopqrstuvwxyz0123456789":
        table[character] = table[character.upper()] = (character, character)
    for character in " \t\n-_.,·•'()&/":
        table[character] = ("", "")
    return table


def _syllables(reading: str) -> tuple[Syllable, ...]:
    return tuple((syllable, syllable[0]) for syllable in reading.split())


@cache
def _phrases() -> dict[str, tuple[Syllable, ...]]:
    """Build the words of two characters that are not read as their characters are alone."""
    table = _table()
    dictionary: dict[str, list[list[str]]] = _load("phrases_dict.json")
    phrases: dict[str, tuple[Syllable, ...]] = {}
    for word, tones in dictionary.items():
        if len(word) == 2:
            syllables = _syllables(" ".join(_toneless(readings[0]) for readings in tones))
            if syllables != tuple(table.get(part) for part in word):
                phrases[word] = syllables
    for word, reading in _PHRASES.items():
        phrases[word] = _syllables(reading)
    return phrases


def _load(file_name: str) -> Any:
    """Load one data file of pypinyin; importing the package would keep all of it in memory."""
    spec = find_spec("pypinyin")
    if spec is None or not spec.submodule_search_locations:
        raise ModuleNotFoundError("pypinyin is needed to spell Chinese names")
    path = Path(next(iter(spec.submodule_search_locations))) / file_name
    return json.loads(path.read_text(encoding="utf-8"))
