"""Drafts of voice menus taken apart: steps added, renamed, moved, taken out; their outline."""

from typing import Any

import pytest

from qiao.telephony.rules.menu_changes import menu_changes
from qiao.telephony.rules.menu_checks import faults
from qiao.telephony.rules.menu_data import data_of_menu, menu_from_data
from qiao.telephony.rules.menu_edit import (
    MENU,
    BadKey,
    KeyTaken,
    NoSuchStep,
    added,
    moved,
    part_of,
    removed,
    replaced,
    said_at,
    tidied,
)
from qiao.telephony.rules.menu_outline import leads_to, outline
from qiao.telephony.rules.menus import KINDS, Choose, HangUp, Menu, Queue, Say
from qiao.telephony.tests.callers import GAS, any_menu


def data() -> dict[str, Any]:
    return data_of_menu(GAS)


def step(of: dict[str, Any], key: str) -> dict[str, Any]:
    return dict(part_of(of, key).values)


def test_a_step_put_back_as_it_was_changes_nothing() -> None:
    for key in (MENU, *(node.key for node in GAS.nodes)):
        part = part_of(data(), key)
        assert replaced(data(), key, part.values, part.texts) == (data(), key)


def test_a_renamed_step_is_followed_wherever_the_menu_leads_there() -> None:
    before = data()
    after, key = replaced(before, "main", step(before, "main") | {"key": "主菜单"}, {})
    assert key == "主菜单"
    assert faults(menu_from_data(after)) == ()
    assert "main" not in menu_from_data(after).index
    first, _key = replaced(before, "welcome", step(before, "welcome") | {"key": "hello"}, {})
    assert first["start"] == "hello"
    assert before == data()  # what was given is left as it was


@pytest.mark.parametrize(("key", "refusal"), [("bye", KeyTaken), ("a b", BadKey), ("", BadKey)])
def test_a_key_that_is_taken_or_is_none_is_refused(key: str, refusal: type[Exception]) -> None:
    with pytest.raises(refusal):
        replaced(data(), "main", step(data(), "main") | {"key": key}, {})


def test_a_way_may_lead_to_a_step_that_is_made_then() -> None:
    main = step(data(), "main")
    main["keys"] = main["keys"] | {"7": "+message"}
    after, _key = replaced(data(), "main", main, {})
    menu = menu_from_data(after)
    node = menu.index["main"]
    assert isinstance(node, Choose)
    made = node.keys["7"]
    assert type(menu.index[made]) is KINDS["message"]
    told = {(each.code, each.node, each.detail["language"]) for each in faults(menu)}
    assert told == {("untranslated", made, "zh-hans"), ("untranslated", made, "yue")}


@pytest.mark.parametrize("kind", KINDS)
def test_every_kind_of_step_can_be_added_and_read_again(kind: str) -> None:
    after, key = added(data(), kind, after="main")
    keys = [node.key for node in menu_from_data(after).nodes]
    assert keys[keys.index("main") + 1] == key
    assert any(each.code == "unreachable" for each in faults(menu_from_data(after)))
    again, other = added(after, kind)
    assert other != key
    assert [node.key for node in menu_from_data(again).nodes][-1] == other


def test_a_way_to_a_kind_of_step_that_there_is_not_is_a_fault_like_others() -> None:
    after, _key = replaced(data(), "bye", step(data(), "main") | {"key": "bye"}, {})
    after, _key = replaced(after, "main", step(after, "main") | {"otherwise": "+nonsense"}, {})
    told = [(e.node, e.field) for e in faults(menu_from_data(after)) if e.code == "no_node"]
    assert ("main", "otherwise") in told


def test_a_step_that_is_taken_out_leaves_its_ways_as_faults() -> None:
    found = {
        (e.code, e.node, e.field) for e in faults(menu_from_data(removed(data(), "callback")))
    }
    assert found >= {("no_node", "main", "keys.3"), ("no_node", "hours", "closed")}
    with pytest.raises(NoSuchStep):
        removed(data(), "nowhere")


def test_a_step_is_moved_within_its_list_and_not_beyond() -> None:
    keys = [node["key"] for node in moved(data(), "language", -1)["node"]]
    assert keys[:2] == ["language", "welcome"]
    assert moved(data(), "welcome", -5) == data()
    assert [n["key"] for n in moved(data(), "emergency", 3)["node"]] == [
        node.key for node in GAS.nodes
    ]


def test_words_are_shared_and_those_that_nothing_says_are_left_out_when_published() -> None:
    before = data()
    assert said_at(before, "wrong") == [MENU]
    goodbye = step(before, "bye") | {"prompts": []}
    after, _key = replaced(before, "bye", goodbye, {"bye": {"zh-hans": "x"}})
    assert after["texts"]["bye"] == {"zh-hans": "x", "yue": "再见"}
    assert "bye" not in tidied(after)["texts"]
    assert tidied(data()) == data()


def test_whoever_saw_other_words_has_another_stamp() -> None:
    before = data()
    after, _key = replaced(before, "main", step(before, "main"), {"main": {"yue": "other"}})
    assert part_of(before, "main").stamp != part_of(after, "main").stamp
    assert part_of(before, "bye").stamp == part_of(after, "bye").stamp


@pytest.mark.parametrize("seed", range(40))
def test_every_step_stands_once_and_every_way_is_told(seed: int) -> None:
    menu = any_menu(seed, "9" if seed % 2 else "")
    drawn = outline(menu)
    stands = [line.step for line in drawn.lines if not line.is_reference]
    assert sorted([*stands, *drawn.loose]) == sorted(menu.index)
    told = {(line.above, line.way) for line in drawn.lines if line.way and line.above}
    reached = set(stands)
    assert told == {(n.key, way.field) for n in menu.nodes for way in n.ways if n.key in reached}
    assert all(line.depth >= 0 for line in drawn.lines)


def test_a_step_where_ways_meet_stands_behind_them_and_not_within_one() -> None:
    texts = {"t": {"zh-hans": "words"}}
    menu = Menu(
        "m", "ask", "person",
        (
            Choose("ask", ("t",), keys={"1": "a", "2": "b"}, otherwise="both"),
            Say("a", ("t",), next="both"),
            Say("b", ("t",), next="gone"),
            Queue("both", queue="q"),
            Queue("person", queue="q"),
            HangUp("loose"),
        ),
        texts,
    )  # fmt: skip
    lines = [(each.depth, each.way, each.step) for each in outline(menu).lines]
    assert lines == [
        (0, "start", "ask"),
        (1, "keys.1", "a"),
        (1, "next", "both"),
        (1, "keys.2", "b"),
        (1, "next", "gone"),
        (1, "otherwise", "both"),
        (0, "", "both"),
        (0, "person", "person"),
    ]
    assert outline(menu).loose == ("loose",)
    assert [(node.key if node else "", way.field) for node, way in leads_to(menu, "both")] == [
        ("ask", "otherwise"), ("a", "next"),
    ]  # fmt: skip


def test_differences_are_told_by_step_field_and_language() -> None:
    main = step(data(), "main")
    main["keys"] = {**main["keys"], "1": "leave", "7": "+say"}
    after, _key = replaced(data(), "main", main, {"main": {"yue": "other"}})
    after = removed(after, "card")
    found = {(e.what, e.step, e.text, e.field) for e in menu_changes(data(), after)}
    assert found == {
        ("changed", "main", "", "keys.1"),
        ("changed", "main", "", "keys.7"),
        ("changed", "", "main", "yue"),
        ("added", "say", "", ""),
        ("removed", "card", "", ""),
    }
    assert menu_changes(data(), data()) == ()
