"""A mask confirms what a caller says and gives nothing away."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.masks import (
    mask_address,
    mask_bank_card,
    mask_email,
    mask_id_number,
    mask_name,
    mask_phone,
)

names = st.text(st.sampled_from("陈慧敏王伟李娜张强刘洋"), min_size=1, max_size=4)


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+8613805712264", "138 **** 2264"),
        ("138 0571 2264", "138 **** 2264"),
        ("+86 138 0571 2264", "138 **** 2264"),
        ("+8657188881234;ext=801", "0571-**** 1234"),
        ("+865703021234", "0570-**** 1234"),
        ("+864001234567", "400 **** 4567"),
        ("+8695598", "95598"),
        ("+85291234567", "+852 **** 4567"),
        ("+14155552671", "+1 **** 2671"),
        ("garbage 12345678", "***"),
        ("", ""),
    ],
)
def test_phones_show_head_and_tail(number: str, shown: str) -> None:
    assert mask_phone(number) == shown


@given(st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True))
def test_the_middle_of_a_mobile_is_never_shown(mobile: str) -> None:
    assert mask_phone(mobile) == f"{mobile[:3]} **** {mobile[7:]}"


@pytest.mark.parametrize(
    ("name", "shown"),
    [
        ("陈敏", "陈*"),
        ("陈慧敏", "陈*敏"),
        ("欧阳慧敏", "欧阳*敏"),
        ("欧阳修", "欧阳*"),
        ("陈", "*"),
        ("John Smith", "J*** S***"),
        ("买买提·艾力", "买***·艾***"),
        ("  ", ""),
    ],
)
def test_names_show_the_surname_and_the_last_character(name: str, shown: str) -> None:
    assert mask_name(name) == shown


@given(names)
def test_a_masked_name_always_hides_something(name: str) -> None:
    assert "*" in mask_name(name)
    assert mask_name(name) != name
    assert mask_name(mask_name(name)).count("*") >= 1


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("330102199003071234", "3301**********1234"),
        ("33010219900307123x", "3301**********123X"),
        ("E12345678", "E1*****78"),
        ("A123456(3)", "A1****63"),
        ("12", "**"),
        ("", ""),
    ],
)
def test_identity_numbers_show_their_ends(number: str, shown: str) -> None:
    assert mask_id_number(number) == shown


@given(st.from_regex(r"[0-9]{5,25}", fullmatch=True))
def test_bank_cards_hide_all_but_eight_digits(number: str) -> None:
    shown = mask_bank_card(number)
    assert number not in shown
    assert sum(character.isdigit() for character in shown) <= 8
    if len(number) >= 12:
        assert shown == f"{number[:4]} **** **** {number[-4:]}"


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("柳荫路 88 号翠湖花园 6 幢 1203", "柳荫路 88 号 ***"),
        ("滨湖区柳荫路88号翠湖花园6幢1203室", "滨湖区柳荫路88号 ***"),
        ("浙江省杭州市西湖区文三路 478 号 3 号楼 501", "浙江省杭州市西湖区文三路 478 号 ***"),
        ("文三路３９８号", "文三路398号 ***"),
        ("柳荫路翠湖花园 6 幢 1203", "柳荫路 ***"),
        ("柳荫路3号楼501", "柳荫路 ***"),
        ("下沙2号大街8号3幢", "下沙2号大街8号 ***"),
        ("龙坞镇上城埭村12组5号", "龙坞镇 ***"),
        ("翠湖花园6幢1203室(柳荫路口)", "***"),
        ("6幢1203室", "***"),
        ("12 Liuyin Road, Building 6, Room 1203", "Liuyin Road, ***"),
        ("", ""),
    ],
)
def test_addresses_keep_the_road_and_hide_the_door(address: str, shown: str) -> None:
    assert mask_address(address) == shown


@given(
    st.sampled_from(["柳荫路", "滨湖区环湖路", "文三路", "解放大道", "石板巷"]),
    st.sampled_from(["", " ", "翠湖花园", "滨江小区 "]),
    st.integers(100, 199),
    st.sampled_from(["幢", "栋", "号楼", "座"]),
    st.integers(2000, 2999),
    st.booleans(),
)
def test_building_and_room_never_show(
    road: str, estate: str, building: int, kind: str, room: int, has_house: bool
) -> None:
    house = "88号" if has_house else ""
    shown = mask_address(f"{road}{house}{estate}{building}{kind}{room}室")
    assert str(building) not in shown
    assert str(room) not in shown
    assert shown.startswith(road + house)


@given(st.text(max_size=60))
def test_no_text_breaks_a_mask_or_passes_it_whole(text: str) -> None:
    for mask in (mask_address, mask_name, mask_email, mask_id_number):
        shown = mask(text)
        assert "*" in shown or not shown.strip() or not any(map(str.isalnum, text))
    mask_bank_card(text)
    mask_phone(text)


@pytest.mark.parametrize(
    ("address", "shown"),
    [
        ("chen@example.com", "c***@example.com"),
        ("c@example.com", "***@example.com"),
        ("no address", "***"),
        ("", ""),
    ],
)
def test_e_mail_shows_its_domain(address: str, shown: str) -> None:
    assert mask_email(address) == shown
