"""Commands are found by label and by sound."""

from hypothesis import given
from hypothesis import strategies as st

from qiao.desk.rules.commands import findable, match

OFFERED = [
    findable("outage", ["停气信息", "停氣信息", "Gas outages"]),
    findable("open", ["新建工单", "新增工單", "New case"]),
    findable("list", ["我的工单", "我的工單", "My cases"]),
]


def test_initials_full_pinyin_parts_and_english_find_a_command() -> None:
    for typed in ("tfxx", "tqxx", "tingqi", "停气", "信息", "gas", "OUTAGE"):
        expected = [] if typed == "tfxx" else ["outage"]
        assert match(typed, OFFERED, limit=5) == expected


def test_a_label_from_its_start_comes_before_a_part() -> None:
    assert match("新建", OFFERED, limit=5) == ["open"]
    assert match("工单", OFFERED, limit=5) == ["open", "list"]


def test_one_letter_finds_no_spelling() -> None:
    assert match("x", [findable("open", ["新建工单"])], limit=5) == []


def test_an_empty_text_offers_the_first() -> None:
    assert match(" ", OFFERED, limit=2) == ["outage", "open"]


@given(st.text(max_size=40), st.integers(0, 5))
def test_a_match_never_offers_more_than_asked_nor_anything_twice(text: str, limit: int) -> None:
    found = match(text, OFFERED, limit=limit)
    assert len(found) <= limit
    assert len(found) == len(set(found))
