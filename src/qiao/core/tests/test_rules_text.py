"""Text that passes the door can be stored, printed and found again."""

from unicodedata import category, normalize

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.core.rules.text import BadText, TextFault, clean

anything = st.text(st.characters(), max_size=60)
surrogates_too = st.text(
    st.one_of(
        st.characters(exclude_categories=()), st.sampled_from("\0\r\n\t\ud800\u202a陈e\u0301")
    ),
    max_size=30,
)


@given(surrogates_too, st.integers(0, 40))
def test_what_passes_is_storable_and_passes_again_unchanged(text: str, limit: int) -> None:
    try:
        stored = clean(text, max_length=limit)
    except BadText:
        return
    assert len(stored) <= limit
    stored.encode()
    assert stored == normalize("NFC", stored) == stored.strip()
    assert all(category(c) != "Cc" or c in "\n\t" for c in stored)
    assert clean(stored, max_length=limit) == stored


@given(st.text(st.sampled_from("陈慧敏 abc。,路8号"), max_size=30))
def test_ordinary_text_only_loses_its_outer_spaces(text: str) -> None:
    assert clean(text, max_length=30) == text.strip()


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a\0b", TextFault.NUL),
        ("a\ud800b", TextFault.SURROGATE),
        ("a\x07b", TextFault.CONTROL),
        ("a\x85b", TextFault.CONTROL),
        ("a" * 21, TextFault.TOO_LONG),
        ("x" * 10_000_000, TextFault.TOO_LONG),
        (7, TextFault.NOT_TEXT),
        (None, TextFault.NOT_TEXT),
    ],
)
def test_a_refusal_names_the_field_and_the_reason(text: str, reason: TextFault) -> None:
    with pytest.raises(BadText) as refusal:
        clean(text, max_length=20, field="note")
    assert refusal.value.field == "note"
    assert refusal.value.reason is reason
    assert str(refusal.value).startswith("note: ")
    assert "20" in str(refusal.value) or reason is not TextFault.TOO_LONG


def test_the_stored_form_is_composed_with_plain_line_ends() -> None:
    assert clean("e\u0301\r\nb\rc\td ", max_length=20) == "é\nb\nc\td"
    assert clean("\u202a138\u200b0571\u202c\ufeff", max_length=20) == "1380571"
    assert clean("👩\u200d🔧", max_length=3) == "👩\u200d🔧"


def test_length_is_counted_after_composing() -> None:
    assert clean("e\u0301" * 20, max_length=20) == "é" * 20
    with pytest.raises(BadText):
        clean("e\u0301" * 21, max_length=20)


def test_one_line_and_required_are_asked_for() -> None:
    assert clean("a\tb", max_length=9, one_line=True) == "a b"
    assert clean("  ", max_length=9) == ""
    with pytest.raises(BadText, match="one line"):
        clean("a\nb", max_length=9, one_line=True)
    with pytest.raises(BadText, match="empty"):
        clean(" \u200b ", max_length=9, required=True)
