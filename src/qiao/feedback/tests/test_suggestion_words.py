"""What suggestions are compared by, and what of them everybody may read."""

from collections import Counter
from itertools import combinations

from qiao.feedback.rules.suggestions import (
    LIKE,
    compared_pieces,
    likeness,
    masked,
    shared_words,
)
from qiao.feedback.suggestion_texts import wishes


def test_numbers_of_people_are_covered_in_the_words_for_everybody() -> None:
    text = "翠湖花园 6 幢 1203 室，联系 13800138000 或 a.b@example.com，身份证 11010519491231002X"
    shown = masked(text)
    for hidden in ("13800138000", "1203", "a.b@", "11010519491231002X"):
        assert hidden not in shown
    assert "翠湖花园" in shown
    assert masked("提前 48 小时，三天内恢复") == "提前 48 小时，三天内恢复"


def test_likeness_weighs_rare_pieces_and_shows_the_words_of_both() -> None:
    often = {"短信": 2, "轮椅": 1, "希望": 50}
    assert likeness({"短信"}, {"短信", "轮椅"}, often=often, every=50) == 1.0
    assert likeness({"希望", "轮椅"}, {"希望", "短信"}, often=often, every=50) < 0.02
    assert likeness(set(), {"短信"}, often=often, every=50) == 0.0
    assert likeness({"短信"}, {"短信"}, often={"短信": 2}, every=2) == 1.0
    assert shared_words("停水短信早点发", "希望停水短信提前发")[0] == "停水短信"


def test_words_of_latin_letters_are_compared_whole_and_chinese_by_pairs() -> None:
    assert compared_pieces("停水短信", "The bill in English") == {
        "停水", "水短", "短信", "bill", "english"
    }  # fmt: skip


def test_all_that_say_the_same_in_the_demo_world_are_proposed_and_hardly_any_other() -> None:
    every = wishes()
    root = {each.title: each.same_as or each.title for each in every}
    root["阶梯水价用量希望写在账单正面"] = "账单正面列出各阶梯用量"  # waits to be joined
    pieces = {each.title: compared_pieces(each.title, each.text) for each in every}
    often = Counter(piece for held in pieces.values() for piece in held)
    proposed = Counter(
        root[one] == root[other]
        for one, other in combinations(pieces, 2)
        if likeness(pieces[one], pieces[other], often=often, every=len(every)) >= LIKE
    )
    same = sum(root[one] == root[other] for one, other in combinations(pieces, 2))
    assert proposed[True] == same
    assert proposed[False] <= 2
