"""One stored form for every way of writing a telephone number."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules import phones
from qiao.core.rules.phones import (
    BadPhone,
    PhoneKind,
    digits_for_search,
    display,
    find_all,
    join_extension,
    kind_of,
    normalise,
    split_extension,
    stored_digits,
    try_normalise,
)

mobiles = st.from_regex(r"1[3-9][0-9]{9}", fullmatch=True)
landlines = st.from_regex(
    r"(?:(?:10|2[0-9])[2-8][0-9]{7}|[3-9][1-9][0-9][2-8][0-9]{6,7})", fullmatch=True
)
services = st.sampled_from(["95598", "12345", "110", "119", "10086", "12315", "95588", "96390"])
chinese = st.one_of(mobiles, landlines, services).map(lambda digits: "+86" + digits)


def wide(text: str) -> str:
    return "".join(chr(ord(c) + 0xFEE0) if c.isdigit() else c for c in text)


@pytest.mark.parametrize(
    ("typed", "stored"),
    [
        ("13805712264", "+8613805712264"),
        ("138 0571 2264", "+8613805712264"),
        ("138-0571-2264", "+8613805712264"),
        ("138.0571.2264", "+8613805712264"),
        ("138/0571/2264", "+8613805712264"),
        ("+86 13805712264", "+8613805712264"),
        ("+86-138-0571-2264", "+8613805712264"),
        ("(+86)13805712264", "+8613805712264"),
        ("008613805712264", "+8613805712264"),
        ("8613805712264", "+8613805712264"),
        ("013805712264", "+8613805712264"),
        ("１３８０５７１２２６４", "+8613805712264"),
        ("\u202a13805712264\u202c", "+8613805712264"),
        ("手机：13805712264", "+8613805712264"),
        ("tel:+8613805712264", "+8613805712264"),
        ("0571-88881234", "+8657188881234"),
        ("(0571)88881234", "+8657188881234"),
        ("（0571）8888 1234", "+8657188881234"),
        ("0571 8888-1234", "+8657188881234"),
        ("+86 (0)571 8888 1234", "+8657188881234"),
        ("+8657188881234", "+8657188881234"),
        ("57188881234", "+8657188881234"),
        ("010-65001234", "+861065001234"),
        ("020 8765 4321", "+862087654321"),
        ("0570-3021234", "+865703021234"),
        ("0571-88881234转801", "+8657188881234;ext=801"),
        ("0571-88881234 轉 801", "+8657188881234;ext=801"),
        ("0571-88881234 分机：801", "+8657188881234;ext=801"),
        ("0571-88881234 ext. 801", "+8657188881234;ext=801"),
        ("0571-88881234x801", "+8657188881234;ext=801"),
        ("0571-88881234#801", "+8657188881234;ext=801"),
        ("0571-88881234-801", "+8657188881234;ext=801"),
        ("+8657188881234;ext=801", "+8657188881234;ext=801"),
        ("400-123-4567", "+864001234567"),
        ("4001234567转2", "+864001234567;ext=2"),
        ("8008101234", "+868008101234"),
        ("95598", "+8695598"),
        ("12345", "+8612345"),
        ("110", "+86110"),
        ("116114", "+86116114"),
        ("0571-12345", "+8657112345"),
        ("+85291234567", "+85291234567"),
        ("00852 9123 4567", "+85291234567"),
        ("+1 415 555 2671", "+14155552671"),
    ],
)
def test_every_usual_writing_gives_the_same_stored_form(typed: str, stored: str) -> None:
    assert normalise(typed) == stored
    assert normalise(stored) == stored


def test_the_region_and_the_area_of_the_organisation_complete_a_number() -> None:
    assert normalise("9123 4567", region="HK") == "+85291234567"
    assert normalise("0912-345-678", region="TW") == "+886912345678"
    assert normalise("+8613805712264", region="HK") == "+8613805712264"
    assert normalise("8888 1234", area_code="0571") == "+8657188881234"
    assert normalise("8888 1234", area_code="571") == "+8657188881234"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("", "empty"),
        ("  ", "empty"),
        ("\u200b", "empty"),
        ("anonymous", "shape"),
        ("13805712264 陈", "shape"),
        ("1" * 500, "shape"),
        ("13805712264" + " " * 500 + "x", "shape"),
        ("1380571226", "unknown"),
        ("138057122641", "unknown"),
        ("88881234", "unknown"),
        ("0571-1888123", "unknown"),
        ("10028834561", "unknown"),
        ("+999123", "unknown"),
        ("+", "unknown"),
    ],
)
def test_what_is_no_number_is_refused_with_its_reason(text: str, reason: str) -> None:
    with pytest.raises(BadPhone) as refusal:
        normalise(text)
    assert refusal.value.reason == reason
    assert try_normalise(text) is None


@given(st.text(max_size=80))
def test_no_text_breaks_the_reader(text: str) -> None:
    try_normalise(text)
    try_normalise(text, region="HK", area_code="571")
    find_all(text)
    display(text)
    digits_for_search(text)


@given(chinese, st.from_regex(r"[0-9]{0,6}", fullmatch=True))
def test_the_stored_form_survives_display_in_every_language(number: str, extension: str) -> None:
    stored = join_extension(number, extension)
    assert split_extension(stored) == (number, extension)
    for language in ("zh-hans", "zh-hant", "en"):
        for region in ("CN", "HK"):
            assert normalise(display(stored, language, region=region)) == stored


@given(chinese)
def test_any_writing_searches_for_the_stored_digits(number: str) -> None:
    for written in (display(number), display(number, region="HK"), number, "00" + number[1:]):
        assert digits_for_search(written) == stored_digits(number)
        assert digits_for_search(wide(written)) == stored_digits(number)


@given(mobiles, st.integers(0, 10), st.integers(1, 11))
def test_any_part_of_a_mobile_finds_it(mobile: str, start: int, length: int) -> None:
    part = mobile[start : start + length]
    assert digits_for_search(part) in stored_digits("+86" + mobile)


@pytest.mark.parametrize(
    ("typed", "digits"),
    [
        ("2264", "2264"),
        ("0571", "0571"),
        ("138 0571", "1380571"),
        ("013805712264", "13805712264"),
        ("+86 138", "138"),
        ("0086138", "138"),
        ("8613805712264", "13805712264"),
        ("0571-8888", "5718888"),
        ("0571-88881234转801", "57188881234"),
        ("+852 9123 4567", "85291234567"),
        ("陈", ""),
    ],
)
def test_typed_digits_become_a_query(typed: str, digits: str) -> None:
    assert digits_for_search(typed) == digits


@pytest.mark.parametrize(
    ("stored", "language", "written"),
    [
        ("+8613805712264", "zh-hans", "138 0571 2264"),
        ("+8657188881234", "zh-hans", "0571-8888 1234"),
        ("+865703021234", "zh-hans", "0570-302 1234"),
        ("+8657188881234;ext=801", "zh-hans", "0571-8888 1234 转 801"),
        ("+8657188881234;ext=801", "zh-hant", "0571-8888 1234 轉 801"),
        ("+8657188881234;ext=801", "en", "0571-8888 1234 ext. 801"),
        ("+864001234567", "en", "400 123 4567"),
        ("+8695598", "en", "95598"),
        ("+8657112345", "en", "0571-12345"),
        ("+14155552671", "en", "+1 415-555-2671"),
        ("unknown", "en", "unknown"),
    ],
)
def test_numbers_are_written_as_people_read_them(stored: str, language: str, written: str) -> None:
    assert display(stored, language) == written


def test_numbers_of_another_country_carry_their_code_and_own_ones_do_not() -> None:
    assert display("+85291234567", region="HK") == "9123 4567"
    assert display("+85291234567") == "+852 9123 4567"
    assert display("+8613805712264", region="HK") == "+86 138 0571 2264"
    assert display("+8657188881234", region="HK") == "+86 571 8888 1234"


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("13805712264 13905712264", ["+8613805712264", "+8613905712264"]),
        ("13805712264/13905712264", ["+8613805712264", "+8613905712264"]),
        ("138-0571-2264、139 0571 2264", ["+8613805712264", "+8613905712264"]),
        (
            "0571-88881234/88881235,13805712264",
            ["+8657188881234", "+8657188881235", "+8613805712264"],
        ),
        (
            "电话：0571-88881234转801；手机13805712264",
            ["+8657188881234;ext=801", "+8613805712264"],
        ),
        ("陈慧敏13805712264或13805712264", ["+8613805712264"]),
        ("户号 10028834561", []),
        ("", []),
    ],
)
def test_several_numbers_are_found_in_one_text(text: str, numbers: list[str]) -> None:
    assert list(find_all(text)) == numbers


def test_kinds_are_told_apart() -> None:
    assert kind_of("+8613805712264") is PhoneKind.MOBILE
    assert kind_of("+8657188881234;ext=1") is PhoneKind.LANDLINE
    assert kind_of("+864001234567") is PhoneKind.LANDLINE
    assert kind_of("+8695598") is PhoneKind.SERVICE
    assert kind_of("+8657112345") is PhoneKind.SERVICE
    assert kind_of("+85291234567") is PhoneKind.FOREIGN


@pytest.mark.parametrize("typed", ["13805712264", "+8613805712264"])
def test_a_plain_mobile_is_told_by_its_shape_alone(
    typed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def unneeded(*_: object, **__: object) -> None:
        raise AssertionError("a million mobiles would take minutes")

    monkeypatch.setattr(phones, "_fold", unneeded)
    monkeypatch.setattr(phones, "_number_of", unneeded)
    assert normalise(typed) == "+8613805712264"
