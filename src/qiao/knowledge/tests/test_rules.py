"""Placeholders, safe Markdown, and what is found by typing."""

from re import search
from string import ascii_lowercase
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.knowledge.rules.finding import searchable, terms
from qiao.knowledge.rules.placeholders import KEYS, UnknownPlaces, check, fill, marks, places
from qiao.knowledge.rules.rendering import excerpt, to_html
from qiao.knowledge.rules.seeds import read_article

if TYPE_CHECKING:
    from qiao.core.packs.reading import PackProblem

NAMES = {key: f"name of {key}" for key in KEYS}


def test_a_place_without_a_value_is_marked_and_never_silently_empty() -> None:
    filled = fill("{customer.title}，{due} 前答复", {"customer.title": "陈女士"}, NAMES)
    assert filled.text == "陈女士，⟦name of due⟧ 前答复"
    assert filled.missing == ("due",)
    assert marks(filled.text) == ("⟦name of due⟧",)


@given(st.text(), st.dictionaries(st.sampled_from(KEYS), st.text(max_size=9)))
def test_filling_leaves_no_known_place_and_touches_nothing_else(
    text: str, values: dict[str, str]
) -> None:
    filled = fill(f"{text}{{due}}", values, NAMES)
    assert "{due}" not in filled.text or "{due}" in values.get("due", "")
    assert set(filled.missing).isdisjoint(key for key, value in values.items() if value)


def test_a_place_that_nothing_fills_is_named() -> None:
    with pytest.raises(UnknownPlaces) as refused:
        check("{customer.name} {customer.shoe}")
    assert refused.value.places == ("customer.shoe",)
    assert places("{due} {due}") == ("due",)


@given(st.text(alphabet=st.sampled_from("<>\"'/=ab:&![]()*`# \n" + ascii_lowercase[:6])))
def test_whatever_is_written_gives_no_script_handler_or_picture(source: str) -> None:
    html = to_html(f"{source}\n<script>alert(1)</script> <img src=x onerror=alert(1)>")
    assert "<script" not in html
    assert "<img" not in html
    assert not search(r"<[a-z]+[^>]*\son", html)


@pytest.mark.parametrize(
    "url", ["javascript:alert(1)", "data:text/html,x", "//evil", "vbscript:x"]
)
def test_odd_links_stay_text(url: str) -> None:
    assert "<a" not in to_html(f"[x]({url})")


def test_links_out_of_the_product_open_apart_and_tell_nothing() -> None:
    assert 'rel="noopener noreferrer"' in to_html("[x](https://example.org)")
    assert "target" not in to_html("[x](/knowledge/)")


def test_the_words_to_say_are_the_first_quotation_else_the_first_paragraph() -> None:
    assert excerpt("# T\n\nsome\n\n> say **this**\n> and that") == "say this\nand that"
    assert excerpt("# T\n\nfirst\n\nsecond") == "first"


def test_titles_are_found_by_words_pinyin_and_initials() -> None:
    found = searchable({"zh-Hans": "水管冻住怎么办", "en": "Frozen pipes"}, {"en": "Use no flame"})
    assert "|sgdzzmb|" in found.spellings
    assert "|frozenpipes|" in found.title_search
    (term,) = terms("sgdz")
    assert term.spelling in found.spellings
    (term,) = terms("冻住")
    assert set(term.grams) <= set(found.grams)


@given(st.text(min_size=2, max_size=30), st.integers(0, 28), st.integers(2, 8))
def test_every_fragment_of_a_text_is_found_by_its_grams(text: str, start: int, size: int) -> None:
    fragment = text[start : start + size]
    found = searchable({"en": text}, {})
    for term in terms(fragment.replace(" ", "")):
        if term.text in found.search_text.replace("|", ""):
            assert set(term.grams) <= set(found.grams) or term.text not in found.search_text


def test_an_article_of_a_pack_names_its_faults() -> None:
    problems: list[PackProblem] = []
    head = '+++\ntitle = "T"\ncategory = "bills"\ncolour = "red"\n+++\n\nbody\n'
    files = {"en": head, "zh-Hans": "no front matter"}
    article = read_article("x", files, problems)
    told = "\n".join(map(str, problems))
    assert article is not None
    assert "articles/x.en.md: colour: unknown key" in told
    assert "articles/x.zh-Hans.md: : expected TOML" in told
    assert "articles/x.zh-Hant.md: : missing" in told
