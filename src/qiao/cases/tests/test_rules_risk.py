"""Which words and counts are signs of risk, and which are not."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.cases.rules.risk import (
    Circumstances,
    RiskRule,
    Said,
    assess,
    find_phrases,
    fold,
    level_of,
)
from qiao.core.packs import SHIPPED

GOV = RiskRule(
    "gov", "words", "high", ("12345", "媒体", "記者", "petition"), ("12345转来",), ("gov",)
)
COMPLAINT = Circumstances("complaint")


def shipped() -> list[RiskRule]:
    """The rules of the water pack, as the file has them."""
    data = tomllib.loads(Path(SHIPPED, "water", "risk_rules.toml").read_text(encoding="utf-8"))
    return [
        RiskRule(
            r["key"],
            r["kind"],
            r["level"],
            tuple(r.get("words", ())),
            tuple(r.get("unless", ())),
            tuple(r.get("not_channels", ())),
            r.get("count", 0),
            r.get("days", 0),
            r.get("same", ""),
        )
        for r in data["rule"]
    ]


def keys(text: str, facts: Circumstances = COMPLAINT) -> set[str]:
    """The shipped rules that hold for a text."""
    return {found.rule.key for found in assess(shipped(), [Said(1, text)], facts)}


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("再不解决我就打12345", {"gov_hotline"}),
        ("再不解決我就打１２３４５", {"gov_hotline"}),
        ("没人处理我要找记者", {"media"}),
        ("不解决就发抖音曝光你们", {"media"}),
        ("我要上访，也会请律师", {"petition", "court"}),
        ("明天去消协，水费不缴水费了", {"consumers", "refuses_to_pay"}),
        ("wo yao zhao jizhe", {"media"}),
        ("I will talk to a Journalist and my lawyer", {"media", "court"}),
        ("如果不行，不然我就起诉", {"court"}),
        # harmless, denied, or part of something else
        ("此件由12345转来，请核实", set()),
        ("12345 转办 工单", set()),
        ("我不会找媒体的，只想解决问题", set()),
        ("客户表示不打算起诉", set()),
        ("I am not going to the press, I do not need a lawyer", set()),
        ("电话 139123456789", set()),
        ("账号 9123450", set()),
        ("住户是某律师事务所用水，多媒体教室停水", set()),
        ("水压低，晚上没水", set()),
    ],
)
def test_what_customers_say_is_weighed_as_a_person_would(text: str, found: set[str]) -> None:
    assert keys(text) == found


def test_a_threat_that_follows_a_denied_deed_is_a_threat() -> None:
    assert keys("你们不会处理就找媒体") == {"media"}


def test_a_request_that_came_through_the_hotline_is_no_threat_with_it() -> None:
    assert keys("12345", Circumstances("complaint", "gov_hotline")) == set()


def test_the_phrase_is_told_as_it_was_written_with_what_stands_around() -> None:
    phrase = next(find_phrases(GOV, Said(3, "再不来我就打１２３４５投诉")))
    assert (phrase.seq, phrase.text, phrase.before, phrase.after) == (
        3, "１２３４５", "再不来我就打", "投诉",
    )  # fmt: skip


def test_counts_weigh_in_complaints_only() -> None:
    rules = [RiskRule("third", "repeat", "high", count=3, days=90, same="account")]
    repeats = {("account", 90): 3}
    assert assess(rules, [], Circumstances("complaint", repeats=repeats))
    assert not assess(rules, [], Circumstances("complaint", repeats={("account", 90): 2}))
    assert not assess(rules, [], Circumstances("fault", repeats=repeats))


def test_one_grave_sign_or_two_lighter_ones_make_it_high() -> None:
    assert level_of([]) == ""
    assert level_of(["watch"]) == "watch"
    assert level_of(["watch", "watch"]) == "high"
    assert level_of(["high"]) == "high"


@given(st.text(max_size=200))
def test_folding_keeps_every_character_in_its_place(text: str) -> None:
    assert len(fold(text)) == len(text)
    assert fold(fold(text)) == fold(text)


@given(
    st.text(alphabet="水压低，。 \n12aA", max_size=40),
    st.text(alphabet="水压低，。\n", max_size=40),
)
def test_a_word_after_other_words_is_found_where_it_stands(before: str, after: str) -> None:
    text = f"{before}，媒体{after}"
    phrases = list(find_phrases(GOV, Said(1, text)))
    assert [phrase.text for phrase in phrases] == ["媒体"]
    assert phrases[0].before + "媒体" in text
    assert "媒体" + phrases[0].after in text


@given(
    st.lists(
        st.sampled_from(["12345", "媒体", "好的", "记者", "，", "petition", " "]), max_size=12
    )
)
def test_phrases_never_overlap_and_are_the_text_itself(parts: list[str]) -> None:
    text = "".join(parts)
    at = 0
    for phrase in find_phrases(GOV, Said(1, text)):
        found = text.index(phrase.text, at)
        assert found >= at
        at = found + len(phrase.text)


@given(st.text(max_size=120), st.text(max_size=120))
def test_more_words_never_take_a_sign_away(text: str, more: str) -> None:
    one = {f.rule.key for f in assess(shipped(), [Said(1, text)], COMPLAINT)}
    both = {f.rule.key for f in assess(shipped(), [Said(1, text), Said(2, more)], COMPLAINT)}
    assert one <= both
