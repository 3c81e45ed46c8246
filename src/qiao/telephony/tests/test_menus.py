"""What is wrong with a menu is told all at once, at its place, in words to act on."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from qiao.telephony.rules.menu_checks import WORDS, faults
from qiao.telephony.rules.menu_texts import names_in, split_text
from qiao.telephony.rules.menu_visits import Prompt
from qiao.telephony.rules.menus import (
    KINDS,
    Callback,
    Choose,
    Digits,
    HangUp,
    Hours,
    Language,
    Lookup,
    Menu,
    Message,
    Node,
    Queue,
    Say,
)
from qiao.telephony.rules.speech import fixed_pieces, pieces, words_of
from qiao.telephony.tests.callers import GAS, any_menu

BYE = HangUp("bye")
PERSON = Queue("person", queue="people")


def menu(*nodes: Node, start: str = "a", **more: object) -> Menu:
    made = Menu("m", start, "person", (*nodes, BYE, PERSON), {"t": {"zh-hans": "words"}})
    return replace(made, **more)  # type: ignore[arg-type]


def say(key: str, to: str) -> Say:
    return Say(key, ("t",), next=to)


def choose(key: str, **keys: str) -> Choose:
    return Choose(key, ("t",), keys={each[1:]: to for each, to in keys.items()}, otherwise="bye")


def found(made: Menu) -> set[tuple[str, str, str]]:
    return {(each.code, each.node, each.field) for each in faults(made)}


def test_a_sound_menu_has_no_faults() -> None:
    assert faults(GAS) == ()
    assert faults(menu(say("a", "bye"))) == ()


def test_the_menu_for_trials_has_every_kind_of_node() -> None:
    assert {type(node) for node in GAS.nodes} == set(KINDS.values())


@given(seed=st.integers(0, 2**32), emergency_key=st.sampled_from(["", "9", "*"]))
def test_menus_by_chance_have_no_faults(seed: int, emergency_key: str) -> None:
    assert faults(any_menu(seed, emergency_key)) == ()


def test_a_target_that_is_not_there_is_told_with_its_field() -> None:
    made = menu(choose("a", k1="b", k2="bye"), start="a", person="nobody")
    assert found(made) >= {("no_node", "a", "keys.1"), ("no_node", "", "person")}
    (fault,) = [each for each in faults(made) if each.node == "a"]
    assert fault.message == "the menu has no node 'b': choose one that it has, or add it"


def test_a_node_that_nobody_reaches_is_told() -> None:
    made = menu(say("a", "bye"), say("b", "bye"))
    assert found(made) == {("unreachable", "b", "key")}


def test_saying_in_a_circle_is_told_once() -> None:
    made = menu(choose("a", k1="b"), say("b", "c"), say("c", "b"))
    assert ("endless", "b", "next") in found(made)
    assert [each.code for each in faults(made)].count("endless") == 1
    (fault,) = [each for each in faults(made) if each.code == "endless"]
    assert "b, c" in fault.message


def test_silent_callers_who_are_sent_back_to_the_beginning_for_ever_are_told() -> None:
    again = replace(choose("a", k1="bye"), otherwise="b")
    assert found(menu(again, say("b", "a"))) == {("endless", "a", "otherwise")}


def test_a_circle_with_a_key_in_it_is_no_fault() -> None:
    assert faults(menu(choose("a", k1="b"), say("b", "a"))) == ()


def test_a_place_without_any_way_out_is_told() -> None:
    made = menu(choose("a", k1="b", k2="bye"), say("b", "c"), replace(choose("c", k1="b"),
                otherwise="b"))  # fmt: skip
    assert found(made) >= {("no_way_out", "b", "key"), ("no_way_out", "c", "key")}


def test_the_key_for_a_person_must_lead_to_a_queue_without_further_keys() -> None:
    made = menu(choose("a", k1="person"), person="bye")
    assert found(made) == {("no_queue", "", "person")}


def test_missing_prompts_texts_translations_and_values_are_told() -> None:
    texts = {"t": {"zh-hans": "words", "en": ""}, "v": {"zh-hans": "{due}", "en": "{due}"}}
    made = menu(
        Say("a", next="b"), Say("b", ("u",), next="c"), Say("c", ("t",), next="d"),
        Say("d", ("v",), next="bye"), texts=texts, languages=("zh-hans", "en"),
    )  # fmt: skip
    assert found(made) == {
        ("no_prompt", "a", "prompts"),
        ("unknown_prompt", "b", "prompts"),
        ("untranslated", "c", "prompts"),
        ("unknown_value", "d", "prompts"),
    }


@pytest.mark.parametrize("text", ["Press 1 {due", "due}", "{{due}}", "{due}{", "}{"])
def test_a_brace_that_encloses_no_name_is_told(text: str) -> None:
    lookup = Lookup("a", name="bill", otherwise="b", values={"due": "count"})
    made = menu(lookup, Say("b", ("t",), next="bye"), texts={"t": {"zh-hans": text}})
    assert found(made) == {("stray_brace", "b", "prompts")}
    assert found(replace(made, texts={"t": {"zh-hans": "1 {due} 2{due}"}})) == set()


@given(text=st.text(alphabet="ab {}\n\u8bf7", max_size=20))
def test_whatever_text_a_menu_in_service_has_it_is_said_and_read_alike(text: str) -> None:
    made = menu(texts={"t": {"en": text}}, languages=("en",))
    prompt = Prompt("t", dict.fromkeys(names_in(text), 7))
    parts = split_text(text)
    said = pieces(made, [prompt], "en")
    wanted = ["seven" if place % 2 else part.strip() for place, part in enumerate(parts)]
    assert [each.text for each in said] == [each for each in wanted if each]
    parts[1::2] = ["seven"] * len(parts[1::2])
    assert words_of(made, [prompt], "en") == "".join(parts)
    assert {each for each in said if each.text != "seven"} <= fixed_pieces(made)


def test_a_secret_that_would_be_said_aloud_is_told() -> None:
    card = Digits("a", ("t",), name="card", next="b", otherwise="bye", is_secret=True)
    texts = {"t": {"zh-hans": "words"}, "v": {"zh-hans": "{card}"}}
    made = menu(card, Say("b", ("v",), next="bye"), texts=texts)
    assert found(made) == {("says_secret", "b", "prompts")}


def test_a_way_that_leads_nowhere_is_told() -> None:
    assert found(menu(say("a", ""))) >= {("no_target", "a", "next")}


def test_keys_that_are_none_and_keys_that_are_heard_everywhere_are_told() -> None:
    node = Choose("a", ("t",), keys={"0": "bye", "9": "bye", "12": "bye", "x": "bye"},
                  otherwise="bye")  # fmt: skip
    made = menu(node, emergency_key="9", emergency="person")
    assert found(made) == {
        ("person_key", "a", "keys.0"),
        ("emergency_key", "a", "keys.9"),
        ("not_a_key", "a", "keys.12"),
        ("not_a_key", "a", "keys.x"),
    }
    assert found(menu(Choose("a", ("t",), otherwise="bye"))) == {("no_key", "a", "keys")}


def test_a_choice_may_name_the_emergency_key_where_it_leads_anyway() -> None:
    made = menu(choose("a", k9="person"), emergency_key="9", emergency="person")
    assert faults(made) == ()


@pytest.mark.parametrize("key", ["0", "#", "99", "x"])
def test_an_emergency_key_that_could_not_be_heard_is_told(key: str) -> None:
    made = menu(say("a", "bye"), emergency_key=key, emergency="person")
    assert ("bad_emergency_key", "", "emergency_key") in found(made)


def test_limits_out_of_range_are_told() -> None:
    made = menu(
        Choose("a", ("t",), keys={"1": "b"}, otherwise="bye", tries=0, silence_seconds=61),
        Digits("b", ("t",), name="n", next="c", otherwise="bye", least=8, most=7),
        Message("c", ("t",), most_seconds=601),
    )
    assert found(made) == {
        ("limit", "a", "tries"),
        ("limit", "a", "silence_seconds"),
        ("least_over_most", "b", "least"),
        ("limit", "c", "most_seconds"),
    }


def test_a_number_of_one_digit_cannot_be_told_from_an_emergency() -> None:
    node = Digits("a", ("t",), name="n", next="bye", otherwise="bye")
    made = menu(node, emergency_key="9", emergency="person")
    assert found(made) == {("alone", "a", "least")}
    assert faults(replace(made, emergency_key="*")) == ()


def test_names_languages_and_values_that_nobody_knows_are_told() -> None:
    made = menu(
        Digits("a", ("t",), next="b", otherwise="bye"),
        Lookup("b", arguments=("account", "caller"), otherwise="c", values={"v": "song"}),  # type: ignore[dict-item]
        Hours("c", open="d", closed="bye"),
        Language("d", language="en", next="e"),
        Queue("e"),
        languages=("zh-hans", "la"),
        texts={"t": {"zh-hans": "words", "la": "verba"}},
    )
    assert found(made) == {
        ("no_name", "a", "name"),
        ("no_name", "b", "name"),
        ("unknown_argument", "b", "arguments"),
        ("unknown_kind", "b", "values.v"),
        ("no_name", "c", "calendar"),
        ("unknown_language", "d", "language"),
        ("no_name", "e", "queue"),
        ("unknown_language", "", "languages"),
    }


def test_two_nodes_with_one_key_are_told() -> None:
    made = menu(say("a", "bye"), say("a", "person"))
    assert ("duplicate_node", "a", "key") in found(made)


def test_a_call_back_needs_its_two_keys() -> None:
    node = Callback("a", ("t",), number_prompts=("t",), otherwise="bye")
    made = menu(node, emergency_key="1", emergency="person")
    assert found(made) == {("emergency_key", "a", "prompts")}


def test_every_fault_reads_as_a_sentence() -> None:
    worst = menu(
        Say("a", next="x"), Say("a", ("u", "t"), next="b"), Choose("b", otherwise="b", tries=0),
        person="bye", emergency_key="#", emergency="y", languages=("la",),
    )  # fmt: skip
    said = [each.message for each in faults(worst)]
    assert all(said)
    assert len({each.code for each in faults(worst)}) > 8
    assert {each.code for each in faults(worst)} <= WORDS.keys()
