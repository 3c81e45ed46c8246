"""Voice menus as plain data, and what they say."""

import dataclasses
import json
from datetime import date, time
from typing import TYPE_CHECKING, Any

import pytest

from qiao.core.packs.enabled import catalogue
from qiao.core.packs.reading import PackInvalid
from qiao.core.rules.money import Money
from qiao.core.rules.spelt import Spelt
from qiao.telephony.operations.menus import menu_of_pack
from qiao.telephony.rules.menu_checks import faults
from qiao.telephony.rules.menu_data import MenuUnreadable, data_of_menu, menu_from_data
from qiao.telephony.rules.menu_visits import Prompt
from qiao.telephony.rules.menus import (
    KINDS,
    MANY_WAYS,
    MENU_FIELDS,
    MENU_WAYS,
    SAID_FIELDS,
    WAYS,
    Menu,
    Node,
)
from qiao.telephony.rules.speech import fixed_pieces, pieces, value_pieces, words_of
from qiao.telephony.tests.callers import GAS, any_menu

if TYPE_CHECKING:
    from qiao.telephony.rules.menu_values import Value


@pytest.mark.parametrize("seed", range(60))
def test_any_menu_is_the_same_after_it_was_written_and_read(seed: int) -> None:
    menu = any_menu(seed, "9" if seed % 2 else "")
    assert menu_from_data(json.loads(json.dumps(data_of_menu(menu)))) == menu


def test_the_fields_of_a_menu_are_those_that_are_named_once() -> None:
    own = {each.name for each in dataclasses.fields(Menu)}
    assert own - {"key", "nodes", "texts", "index"} == set(MENU_FIELDS)
    with_emergency = dataclasses.replace(GAS, emergency_key="9")
    assert {way.field for way in with_emergency.roots} == set(MENU_WAYS)


@pytest.mark.parametrize("kind", KINDS.values(), ids=KINDS)
def test_every_field_by_which_a_kind_leads_on_or_speaks_is_one_that_is_followed(
    kind: type[Node],
) -> None:
    names = {each.name for each in dataclasses.fields(kind)}
    ways: dict[str, Any] = {name: {"1": "x"} for name in MANY_WAYS if name in names}
    ways |= {name: "x" for name in WAYS if name in names}
    node = kind("k", **ways)
    assert {way.field.partition(".")[0] for way in node.ways} == ways.keys()
    assert {way.to for way in node.ways} <= {"x"}
    assert {name for name in names if name.endswith("prompts")} <= set(SAID_FIELDS)


def test_every_fault_of_form_is_told_by_node_and_field() -> None:
    data = data_of_menu(GAS)
    data["colour"] = "red"
    data["node"][0]["prompts"] = "welcome"
    data["node"][1]["tries"] = True
    data["node"][2]["kind"] = "fly"
    data["node"][-1]["queu"] = "x"
    with pytest.raises(MenuUnreadable) as caught:
        menu_from_data(data)
    told = {(each.node, each.field) for each in caught.value.faults}
    keys = [each["key"] for each in data["node"]]
    assert told == {
        ("", "colour"), (keys[0], "prompts"), (keys[1], "tries"), (keys[2], "kind"),
        (keys[-1], "queu"),
    }  # fmt: skip


def test_the_menus_of_all_packs_have_no_faults() -> None:
    found = [
        menu_of_pack(pack.key, source)
        for pack in catalogue().packs.values()
        for source in pack.menus
    ]
    assert [menu.key for menu in found] == ["water.hotline", "power.hotline", "gas.hotline"]
    assert not any(faults(menu) for menu in found)


def test_a_pack_whose_menu_leads_nowhere_is_refused_with_its_place() -> None:
    (source,) = catalogue().packs["water"].menus
    nodes = [
        each | {"queue": "nobody"} if "queue" in each else each for each in source.data["node"]
    ]
    broken = type(source)(source.key, source.file, source.place, {**source.data, "node": nodes})
    with pytest.raises(PackInvalid, match=r"menus\.toml.*to_person\.queue"):
        menu_of_pack("water", broken)


def test_texts_are_said_piece_by_piece_with_their_values_in_words() -> None:
    bill = Prompt("bill", {"due": Money(12345, "CNY"), "until": date(2026, 12, 15)})
    said = pieces(GAS, [bill], "zh-hans")
    assert said[0].text == "您本期应缴"
    assert "".join(each.text for each in said) == words_of(GAS, [bill], "zh-hans")
    assert words_of(GAS, [bill], "zh-hans") == (
        "您本期应缴一百二十三元四角五分，请于二零二六年十二月十五日前缴清"
    )


def test_all_that_is_said_was_known_before_but_for_words_that_answers_bring() -> None:
    known = fixed_pieces(GAS) | value_pieces("zh-hans") | value_pieces("yue")
    values: dict[str, Value] = {
        "number": Spelt("20261128"),
        "day": date(2026, 2, 28),
        "clock": time(15, 30),
    }
    prompts = [Prompt("left", values), Prompt("promised", values), Prompt("welcome")]
    for language in ("zh-hans", "yue"):
        assert set(pieces(GAS, prompts, language)) <= known


def test_the_same_words_have_one_name_and_others_another() -> None:
    (first,) = pieces(GAS, [Prompt("welcome")], "zh-hans")
    (other,) = pieces(GAS, [Prompt("welcome")], "yue")
    assert first.sound == pieces(GAS, [Prompt("welcome")], "zh-hans")[0].sound
    assert first.sound != other.sound
    assert 0.5 < first.seconds < 3
