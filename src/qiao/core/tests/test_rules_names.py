"""Names are found by what people type on a keyboard."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.names import (
    full_pinyin,
    initials,
    is_chinese,
    is_pinyin,
    spell,
    spell_all,
    split_name,
    typed_pinyin,
)
from qiao.core.rules.surnames import COMPOUND_SURNAMES, SURNAMES

UNREAD = "兙兡嗧桛烪瓧瓰瓱瓼甅"
"""Units and letters made in Japan: the dictionary has no Chinese reading of them."""
han = st.characters(min_codepoint=0x4E00, max_codepoint=0x9FA5, exclude_characters=UNREAD)
names = st.text(han, min_size=1, max_size=8)


@pytest.mark.parametrize(
    ("name", "letters", "pinyin"),
    [
        ("陈慧敏", "chm", "chenhuimin"),
        ("王伟", "ww", "wangwei"),
        ("单雄信", "sxx", "shanxiongxin"),
        ("曾国藩", "zgf", "zengguofan"),
        ("仇英", "qy", "qiuying"),
        ("解缙", "xj", "xiejin"),
        ("查良镛", "zly", "zhaliangyong"),
        ("任正非", "rzf", "renzhengfei"),
        ("区瑞强", "orq", "ouruiqiang"),
        ("華羅庚", "hlg", "hualuogeng"),
        ("朴树", "ps", "piaoshu"),
        ("翟志刚", "zzg", "zhaizhigang"),
        ("乐嘉", "yj", "yuejia"),
        ("王乐", "wl", "wangle"),
        ("尉迟恭", "ycg", "yuchigong"),
        ("万俟卨", "mqx", "moqixie"),
        ("长孙无忌", "zswj", "zhangsunwuji"),
        ("澹台灭明", "ttmm", "tantaimieming"),
        ("欧阳修", "oyx", "ouyangxiu"),
        ("单于", "sy", "shanyu"),
        ("单", "s", "shan"),
        ("吕布", "lb", "lvbu"),
        ("李晟", "ls", "lisheng"),
        ("李长江", "lcj", "lichangjiang"),
        ("买买提·艾力", "mmtal", "maimaitiaili"),
        ("John Smith", "johnsmith", "johnsmith"),
        ("José", "jose", "jose"),
        ("陈Mary", "cmary", "chenmary"),
        ("ＡＢＣ", "abc", "abc"),
        ("", "", ""),
        ("…", "", ""),
    ],
)
def test_a_person_is_spelled_with_the_reading_of_the_surname(
    name: str, letters: str, pinyin: str
) -> None:
    assert spell(name) == (letters, pinyin)
    assert initials(name) == letters
    assert full_pinyin(name) == pinyin


@pytest.mark.parametrize(
    ("name", "letters", "pinyin"),
    [
        ("重庆银行", "cqyh", "chongqingyinhang"),
        ("招商银行杭州分行", "zsyhhzfh", "zhaoshangyinhanghangzhoufenhang"),
        ("厦门航空", "xmhk", "xiamenhangkong"),
        ("会计事务所", "kjsws", "kuaijishiwusuo"),
        ("单县自来水公司", "sxzlsgs", "shanxianzilaishuigongsi"),
        ("长沙音乐厅", "csyyt", "changshayinyueting"),
        ("A座3号大厦", "az3hds", "azuo3haodasha"),
        ("解放路小学", "jflxx", "jiefangluxiaoxue"),
        ("成都华联(集团)", "cdhljt", "chengduhualianjituan"),
    ],
)
def test_an_organisation_is_spelled_by_known_words(name: str, letters: str, pinyin: str) -> None:
    assert spell(name, is_person=False) == (letters, pinyin)


@given(names, st.booleans())
def test_a_chinese_name_has_a_letter_and_a_syllable_for_every_character(
    name: str, is_person: bool
) -> None:
    letters, pinyin = spell(name, is_person=is_person)
    assert len(letters) == len(name)
    assert pinyin.isascii()
    assert pinyin.islower()
    assert letters[0] == pinyin[0]


@pytest.mark.parametrize("character", UNREAD)
def test_a_character_without_a_chinese_reading_stands_for_itself(character: str) -> None:
    assert spell(f"王{character}") == (f"w{character}", f"wang{character}")


@given(names)
def test_initials_of_the_beginning_begin_the_initials(name: str) -> None:
    assert initials(name + "明明").startswith(initials(name + "明")[:1])
    assert spell_all([name, name]) == [spell(name)] * 2


@given(st.text(max_size=30), st.booleans())
def test_any_text_spells_without_separators_or_capitals(text: str, is_person: bool) -> None:
    for part in spell(text, is_person=is_person):
        assert all(character.isalnum() for character in part)
        assert part == part.casefold() or not part.isascii()


@pytest.mark.parametrize(
    ("typed", "stored"),
    [("Chen Huimin", "chenhuimin"), ("lǚ", "lv"), ("Xi'an", "xian"), ("lü", "lv"), ("CHM", "chm")],
)
def test_typed_letters_take_the_stored_form(typed: str, stored: str) -> None:
    assert typed_pinyin(typed) == stored


@given(
    st.text(st.sampled_from("陈慧敏王伟李娜张强刘洋赵磊周静吴军郑爽孙悦"), min_size=1, max_size=4)
)
def test_full_pinyin_and_all_its_beginnings_read_as_pinyin(name: str) -> None:
    pinyin = full_pinyin(name)
    assert all(is_pinyin(pinyin[:length]) for length in range(1, len(pinyin) + 1))


@pytest.mark.parametrize("text", ["chm", "xyz", "", "vv", "chenvv"])
def test_initials_do_not_read_as_pinyin(text: str) -> None:
    assert not is_pinyin(text)


def test_every_surname_has_the_syllables_it_needs() -> None:
    assert all(is_pinyin(reading) for reading in SURNAMES.values())
    assert all(len(reading.split()) == 2 for reading in COMPOUND_SURNAMES.values())
    assert all(map(is_pinyin, " ".join(COMPOUND_SURNAMES.values()).split()))
    assert all(len(name) == 2 for name in COMPOUND_SURNAMES)


def test_a_name_is_split_after_its_surname() -> None:
    assert split_name("陈慧敏") == ("陈", "慧敏")
    assert split_name("欧阳修") == ("欧阳", "修")
    assert split_name("欧阳") == ("欧", "阳")
    assert split_name("John") == ("", "John")
    assert is_chinese("𠮷")
    assert not is_chinese("A")
