"""Every part of a text is found by what is stored for it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.grams import TAIL, Lookup, grams, normalise, plan, term_grams

texts = st.text(st.sampled_from("陈慧敏翠湖花园柳荫路88号AbＣ -，。1２"), max_size=20)


@given(texts, st.data())
def test_any_part_of_a_text_is_among_its_candidates(text: str, data: st.DataObject) -> None:
    folded = normalise(text)
    start = data.draw(st.integers(0, len(folded)))
    term = folded[start : data.draw(st.integers(start, len(folded)))]
    assert set(term_grams(term)) <= set(grams(text))
    if len(term) != 1:
        assert set(term_grams(term, singles=False)) <= set(grams(text, singles=False))


@given(texts, texts)
def test_a_term_of_one_or_two_characters_needs_no_recheck(text: str, term: str) -> None:
    folded = normalise(term)[:2]
    if folded:
        found = set(term_grams(folded)) <= set(grams(text))
        assert found == (folded in normalise(text))


@given(st.text(max_size=40))
def test_the_fold_of_a_fold_is_itself(text: str) -> None:
    folded = normalise(text)
    assert normalise(folded) == folded
    assert TAIL not in folded
    assert not any(character.isspace() for character in folded)


@given(texts)
def test_width_case_and_punctuation_do_not_matter(text: str) -> None:
    wide = "".join(chr(ord(c) + 0xFEE0) if 33 <= ord(c) <= 126 else c for c in text)
    assert normalise(wide) == normalise(text) == normalise(text.upper())
    assert normalise("（" + "-".join(text) + "）") == normalise(text)


def test_arrays_are_short_and_readable() -> None:
    assert grams("陈慧敏") == sorted(["陈慧", "慧敏", "陈", "慧", "敏"])
    assert grams("柳荫路8号", singles=False) == sorted(["柳荫", "荫路", "路8", "8号", "号$"])
    assert grams("陈", singles=False) == ["陈$"]
    assert grams("--") == term_grams("--") == []
    assert normalise("Ａ座 3-2 室") == "a座32室"


@pytest.mark.parametrize(
    ("term", "lookups"),
    [
        ("陈", "prefix gram"),
        ("慧敏", "gram"),
        (" 慧 敏 ", "gram"),
        ("陈慧敏", "trigram"),
        ("欧阳慧敏", "trigram"),
        ("翠湖花园", "trigram"),
        ("柳荫路88号", "trigram"),
        ("3幢", "gram"),
        ("c", "initials"),
        ("chm", "initials trigram"),
        ("CHM", "initials trigram"),
        ("chenhuimin", "pinyin initials trigram"),
        ("chen huim", "pinyin initials trigram"),
        ("ma", "pinyin initials gram"),
        ("wx", "initials gram"),
        ("13805712264", "phone account"),
        ("１３８０５７１２２６４", "phone account"),
        ("+86 138 0571 2264", "phone account"),
        ("138-0571-2264", "phone account"),
        ("0571-88881234", "phone account phone-middle"),
        ("057188881234", "phone account phone-middle"),
        ("95598", "phone phone-tail phone-middle account"),
        ("2264", "phone-tail phone-middle account"),
        ("5712", "phone-tail phone-middle account"),
        ("138 0571", "phone-middle phone-tail account"),
        ("264", "phone-tail phone-middle"),
        ("64", "phone-tail"),
        ("10028834561", "account phone-middle"),
        ("330102199003071234", "identity account"),
        ("33010219900307123X", "identity account"),
        ("WK2611210001232", "number"),
        ("WK261121", "number account trigram"),
        ("chen@example.com", "email"),
        ("a3", "gram"),
        ("b12栋", "trigram"),
        ("", ""),
        ("  -- ", ""),
    ],
)
def test_a_typed_term_gets_the_lookups_that_suit_it(term: str, lookups: str) -> None:
    assert " ".join(plan(term)) == lookups


@given(st.text(max_size=200))
def test_every_term_with_letters_or_digits_has_a_plan(term: str) -> None:
    lookups = plan(term)
    assert len(set(lookups)) == len(lookups)
    assert bool(lookups) == bool(normalise(term[:100].strip()))
    assert all(isinstance(lookup, Lookup) for lookup in lookups)
