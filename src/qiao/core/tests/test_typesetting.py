"""What is set on paper is text, whatever stands in it."""

import io
from pathlib import Path

import pytest
from pypdf import PdfReader

from qiao.core import typesetting
from qiao.core.typesetting import NoFont, breakable, draw_pages, look_of, typeset


def test_what_looks_like_code_is_set_as_text(tmp_path: Path) -> None:
    page = tmp_path / "page.typ"
    page.write_text("#let d = json(bytes(sys.inputs.data))\n#d.name #sys.inputs.plain")
    given = {"data": {"name": "#panic(1) *a*"}, "plain": "#b"}
    text = PdfReader(io.BytesIO(typeset(page, given))).pages[0].extract_text()
    assert "#panic(1) *a*" in text
    assert "#b" in text
    assert len(typeset(page, given, tagged=False)) < len(typeset(page, given))
    (drawn,) = draw_pages(page, given, ppi=36)
    assert drawn.startswith(b"\x89PNG")


def test_long_words_may_break_and_others_are_left_alone() -> None:
    assert breakable("A" * 50).split("\u200b") == ["A" * 24, "A" * 24, "A" * 2]
    assert breakable("翠湖花园" * 20) == "翠湖花园" * 20
    assert breakable("12 Lake Road") == "12 Lake Road"


def test_a_machine_without_chinese_fonts_says_so(monkeypatch: pytest.MonkeyPatch) -> None:
    assert look_of("zh-Hant").region == "TW"
    monkeypatch.setattr(typesetting, "families", lambda: frozenset({"Noto Sans"}))
    with pytest.raises(NoFont):
        look_of("en")
