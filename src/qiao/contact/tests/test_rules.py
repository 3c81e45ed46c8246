"""Proposals out of a note, and scripts in blocks."""

from hypothesis import given
from hypothesis import strategies as st

from qiao.contact.rules.proposals import Reason, propose
from qiao.contact.rules.scripts import blocks

REASONS = (
    Reason("leak", ("漏水", "水管漏", "leak")),
    Reason("quality", ("水黄", "水质", "异味")),
    Reason("bill", ("账单", "水费")),
)


def test_the_words_of_a_note_speak_for_a_matter_and_are_named() -> None:
    found = propose("早上水黄，有异味，问下月水费", REASONS)
    assert found is not None
    assert found.key == "quality"
    assert found.because == ("异味", "水黄")


def test_a_longer_word_swallows_its_parts() -> None:
    found = propose("厨房水管漏水", (Reason("a", ("漏水", "水管漏水")),))
    assert found is not None
    assert found.because == ("水管漏水",)


def test_two_characters_turned_round_or_parted_speak_less_than_the_word_itself() -> None:
    reasons = (Reason("quality", ("黄水",)), Reason("bill", ("账单",)))
    for note, piece in (("早上水黄", "水黄"), ("水是黄的", "水是黄"), ("放出黄色水", "黄色水")):
        found = propose(note, reasons)
        assert found is not None
        assert (found.key, found.because) == ("quality", (piece,))
    exact = propose("水黄，问账单", reasons)
    assert exact is not None
    assert exact.key == "bill"


def test_no_word_no_proposal() -> None:
    assert propose("你好", REASONS) is None


def test_capital_letters_do_not_matter() -> None:
    found = propose("LEAK in the street", REASONS)
    assert found is not None
    assert found.key == "leak"


@given(st.text(max_size=300))
def test_a_proposal_only_names_words_that_stand_in_the_text(text: str) -> None:
    found = propose(text, REASONS)
    assert found is None or all(word in text.casefold() for word in found.because)


def test_a_script_comes_apart_into_headings_points_steps_and_paragraphs() -> None:
    found = blocks("# 口径\n\n先说原因。\n再说依据。\n\n1. 天数\n2、读数\n\n- 一\n- 二\n")
    assert [(b.kind, b.lines) for b in found] == [
        ("heading", ("口径",)),
        ("text", ("先说原因。", "再说依据。")),
        ("steps", ("天数", "读数")),
        ("points", ("一", "二")),
    ]


@given(st.text(max_size=300))
def test_no_word_of_a_script_is_lost(source: str) -> None:
    shown = "".join(line for block in blocks(source) for line in block.lines)
    for character in source:
        if character.isalpha():
            assert character in shown
