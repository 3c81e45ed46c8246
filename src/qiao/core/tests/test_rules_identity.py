"""Identity numbers are checked by their check characters, not by lists of districts."""

from datetime import date

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from qiao.core.rules.identity import (
    BadIdentity,
    IdentityFault,
    credit_check_character,
    hong_kong_check_character,
    is_credit_code,
    is_hong_kong_id,
    is_passport,
    is_resident_id,
    normal_form,
    read_credit_code,
    read_hong_kong_id,
    read_passport,
    read_resident_id,
    resident_check_character,
)

TODAY = date(2026, 11, 22)
ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"


@st.composite
def resident_ids(draw: st.DrawFn) -> str:
    region = draw(st.from_regex(r"(?:11|33|44|51|65|81)[0-9]{4}", fullmatch=True))
    born = draw(st.dates(date(1900, 1, 1), TODAY))
    body = f"{region}{born:%Y%m%d}{draw(st.integers(0, 999)):03d}"
    return body + resident_check_character(body)


credit_codes = st.from_regex(rf"9[1-3][0-9]{{6}}[{ALPHABET}]{{9}}", fullmatch=True).map(
    lambda body: body + credit_check_character(body)
)
hong_kong_ids = st.tuples(
    st.from_regex(r"[A-Z]{1,2}", fullmatch=True), st.from_regex(r"[0-9]{6}", fullmatch=True)
).map(lambda parts: f"{parts[0]}{parts[1]}({hong_kong_check_character(*parts)})")


@given(resident_ids())
def test_a_resident_id_tells_birth_and_sex(number: str) -> None:
    person = read_resident_id(number, today=TODAY)
    assert person.number == number
    assert f"{person.birth_date:%Y%m%d}" == number[6:14]
    assert person.is_male == (int(number[16]) % 2 == 1)
    assert number not in repr(person)


@given(resident_ids(), st.integers(0, 16), st.integers(1, 9))
def test_every_single_wrong_digit_of_a_resident_id_is_caught(
    number: str, place: int, shift: int
) -> None:
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_resident_id(number[:place] + wrong + number[place + 1 :])


@given(resident_ids(), st.integers(0, 15))
def test_every_swap_of_neighbours_in_a_resident_id_is_caught(number: str, place: int) -> None:
    assume(number[place] != number[place + 1])
    swapped = number[:place] + number[place + 1] + number[place] + number[place + 2 :]
    assert not is_resident_id(swapped)


@given(credit_codes, st.integers(0, 16), st.integers(1, 30))
def test_every_single_wrong_character_of_a_credit_code_is_caught(
    code: str, place: int, shift: int
) -> None:
    wrong = ALPHABET[(ALPHABET.index(code[place]) + shift) % 31]
    assert read_credit_code(code.lower()) == code
    assert not is_credit_code(code[:place] + wrong + code[place + 1 :])


@given(hong_kong_ids, st.integers(1, 9))
def test_a_hong_kong_id_is_read_with_and_without_brackets(number: str, shift: int) -> None:
    assert read_hong_kong_id(number) == number
    assert read_hong_kong_id(number.replace("(", " ").replace(")", "").lower()) == number
    place = number.index("(") - 1
    wrong = str((int(number[place]) + shift) % 10)
    assert not is_hong_kong_id(number[:place] + wrong + number[place + 1 :])


@pytest.mark.parametrize(
    "number", ["11010519491231002X", "440524188001010014", "１１０１０５１９４９１２３１００２ｘ"]
)
def test_the_numbers_of_the_standard_are_accepted(number: str) -> None:
    assert is_resident_id(number)


@pytest.mark.parametrize(
    "code", ["91350100M000100Y43", "91110000600037341L", "91330100799655058B"]
)
def test_codes_of_the_standard_and_of_known_companies_are_accepted(code: str) -> None:
    assert is_credit_code(code)


@pytest.mark.parametrize("number", ["A123456(3)", "AB987654(3)", "G123456(A)"])
def test_published_specimens_of_hong_kong_are_accepted(number: str) -> None:
    assert is_hong_kong_id(number)


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("", IdentityFault.SHAPE),
        ("130503670401001", IdentityFault.SHAPE),
        ("11010519491231002Y", IdentityFault.SHAPE),
        ("110105194912310021", IdentityFault.CHECK_CHARACTER),
        ("10010519491231002X", IdentityFault.REGION),
    ],
)
def test_a_refusal_has_a_reason_and_hides_the_number(number: str, reason: IdentityFault) -> None:
    with pytest.raises(BadIdentity) as refusal:
        read_resident_id(number)
    assert refusal.value.reason is reason
    assert not number or number not in str(refusal.value)


@pytest.mark.parametrize("born", ["20270101", "18700101", "19490231", "19491301", "17990101"])
def test_an_impossible_birth_date_is_refused(born: str) -> None:
    body = f"110105{born}002"
    with pytest.raises(BadIdentity, match="birth-date"):
        read_resident_id(body + resident_check_character(body), today=TODAY)


def test_a_new_district_does_not_matter() -> None:
    body = "33999919900307123"
    assert is_resident_id(body + resident_check_character(body), today=TODAY)


def test_passports_are_read_loosely() -> None:
    assert read_passport(" e 1234 5678 ") == "E12345678"
    assert is_passport("H1234567890")
    assert not is_passport("ABCDEFG")
    assert not is_passport("E1")


@given(st.text(max_size=40))
def test_no_text_breaks_a_reader_and_the_normal_form_is_stable(text: str) -> None:
    for accepts in (is_resident_id, is_credit_code, is_hong_kong_id, is_passport):
        assert accepts(text) in (True, False)
    assert normal_form(normal_form(text)) == normal_form(text) or not text.isascii()
