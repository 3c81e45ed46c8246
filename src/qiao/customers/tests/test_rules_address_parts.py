"""How the text of an address is taken apart, and when it is not."""

from dataclasses import astuple
from unicodedata import normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.customers.rules.address_parts import parts_of
from qiao.customers.rules.addresses import Address, short


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("滨湖区柳荫路88号翠湖花园6幢2单元1203室",
         ("滨湖区", "柳荫路", "88号", "翠湖花园", "6幢", "2单元", "1203室")),
        ("翠湖花园6号楼1203", ("", "", "", "翠湖花园", "6号楼", "", "1203")),
        ("翠湖花园 6 幢 1203 室", ("", "", "", "翠湖花园", "6幢", "", "1203室")),
        ("翠湖花园12-3-402", ("", "", "", "翠湖花园", "12幢", "3单元", "402室")),
        ("翠湖花园12-402室", ("", "", "", "翠湖花园", "12幢", "", "402室")),
        ("滨湖区幸福小区３栋２单元５０１", ("滨湖区", "", "", "幸福小区", "3栋", "2单元", "501")),
        ("滨湖區柳蔭路88號翠湖花園6號樓1203室",
         ("滨湖區", "柳蔭路", "88號", "翠湖花園", "6號樓", "", "1203室")),
        ("临江市滨湖区教工大道95号兰亭家园A座302室",
         ("临江市滨湖区", "教工大道", "95号", "兰亭家园", "A座", "", "302室")),
        ("江北区一路1号1幢1室", ("江北区", "一路", "1号", "", "1幢", "", "1室")),
    ],
)  # fmt: skip
def test_usual_forms_are_taken_apart(text: str, parts: tuple[str, ...]) -> None:
    found = parts_of(text, region="LJ")
    assert found is not None
    assert astuple(found) == ("LJ", *parts)


@pytest.mark.parametrize(
    "text",
    [
        "", "柳荫路12-402", "江北区一路4号", "0571-8888", "滨湖区柳荫路88号402室",
        "南街新村6幢301室", "城市花园6幢301室", "翠湖花园6幢1203室（出租）", "学府路翠湖花园6幢",
        "Lake Road 8, Building 6", "翠湖花园6幢和7幢",
    ],
)  # fmt: skip
def test_what_is_doubtful_stays_whole(text: str) -> None:
    assert parts_of(text) is None


def test_a_community_that_is_told_beside_decides() -> None:
    found = parts_of("城市花园6幢301室", community="城市花园")
    assert found is not None
    assert short(found.community, found.building, found.room, "") == "城市花园 6-301"
    assert parts_of("翠湖花园二期6幢301室", community="翠湖花园") is None


numbers = st.integers(1, 999)


@given(
    district=st.sampled_from(["", "滨湖区", "临江市江北区", "老城区"]),
    road=st.sampled_from(["柳荫路", "教工大道", "米市街", "一路"]),
    community=st.sampled_from(["", "翠湖花园", "幸福小区", "福临里", "盛世苑"]),
    counts=st.tuples(numbers, numbers, st.integers(0, 9), st.integers(100, 3999)),
    words=st.sampled_from(["幢", "栋", "号楼", "座"]),
)
def test_what_is_written_of_parts_is_read_as_these_parts(
    district: str, road: str, community: str, counts: tuple[int, int, int, int], words: str
) -> None:
    house, building, unit, room = counts
    address = Address(
        "X", district, road, f"{house}号", community, f"{building}{words}",
        f"{unit}单元" if unit else "", f"{room}室",
    )  # fmt: skip
    assert parts_of(address.full_text(), region="X", community=community) == address


@given(
    st.text(st.sampled_from("翠湖花园小区路街号幢单元室楼座12309A- 滨市"), max_size=24)
    | st.text(max_size=40)
)
def test_parts_leave_nothing_out_and_add_nothing(text: str) -> None:
    found = parts_of(text)
    plain = "".join(normalize("NFKC", text).split())
    if found is not None and "-" not in plain:
        assert "".join(astuple(found)) == plain
