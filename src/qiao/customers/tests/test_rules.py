"""What a searcher means, how addresses are written, and the ends of prefixes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.addresses import Address, short
from qiao.customers.rules.columns import address_columns, name_columns
from qiao.customers.rules.searching import Arm, address_terms, after, near, read

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=40)


@given(texts, texts)
def test_all_that_begins_with_a_prefix_lies_below_its_end(prefix: str, rest: str) -> None:
    end = after(prefix)
    if prefix.strip(chr(0x10FFFF)):
        assert prefix <= prefix + rest < end
        assert not end.startswith(prefix)


@given(st.text(max_size=200))
def test_every_text_can_be_asked(text: str) -> None:
    for ask in (read(text), near(text)):
        assert set(ask.arms) <= set(Arm)


@pytest.mark.parametrize(
    ("text", "arms"),
    [
        ("陈", {Arm.NAME_START}),
        ("慧敏", {Arm.NAME_PART, Arm.ADDRESS}),
        ("chm", {Arm.INITIALS, Arm.NAME_PART}),
        ("13805712264", {Arm.PHONE, Arm.ACCOUNT}),
        ("2264", {Arm.PHONE_TAIL, Arm.ACCOUNT}),
        ("12", set()),
        ("", set()),
        ("KH2611220000249", {Arm.NUMBER, Arm.IDENTITY}),
    ],
)
def test_a_text_is_understood(text: str, arms: set[Arm]) -> None:
    assert set(read(text).arms) == arms


@pytest.mark.parametrize(
    ("text", "likes"),
    [
        ("翠湖花园6-1203", ["%翠湖花园%6%1203%"]),
        ("柳荫路 88 号", ["%柳荫路%", "%88号%"]),
        ("6 幢 1203 室", ["%6幢%", "%1203室%"]),
        ("Ｎｏ.8，Long Road", ["%no%8%", "%long%", "%road%"]),
    ],
)
def test_an_address_is_cut_into_what_the_stored_one_must_hold(text: str, likes: list[str]) -> None:
    assert address_terms(text).likes == likes


@given(texts)
def test_a_stored_text_is_always_findable_by_itself(text: str) -> None:
    columns = name_columns(text, is_person=True)
    assert columns.name_search or not text.strip()
    asked = address_terms(text)
    assert set(asked.grams) <= set(address_columns(text).grams)


def test_an_address_is_written_as_people_say_it() -> None:
    address = Address("LJ-BH", "滨湖区", "柳荫路", "88号", "翠湖花园", "6幢", "2单元", "1203室")
    assert address.full_text() == "滨湖区柳荫路88号翠湖花园6幢2单元1203室"
    assert Address("X", road="Long Road", house_number="8").full_text() == "Long Road 8"
    assert short("翠湖花园", "6幢", "1203室", "x") == "翠湖花园 6-1203"
    assert short("", "", "", "滨湖区柳荫路88号") == "滨湖区柳荫路88号"
