"""A list that is read out: entry by entry, in parts, with keys that move in it; and its faults."""

import json
from dataclasses import replace

import pytest

from qiao.telephony.rules import menu_visits as acts
from qiao.telephony.rules.menu_checks import faults
from qiao.telephony.rules.menu_visits import (
    AskOutside,
    KeyPressed,
    PromptCut,
    PromptEnded,
    TimerEnded,
    kept_data,
    visit_data,
    visit_from_data,
)
from qiao.telephony.rules.menu_walk import step
from qiao.telephony.rules.menus import ReadOut
from qiao.telephony.rules.speech import heard_at, words_of
from qiao.telephony.tests.callers import BILLS, GAS, Caller, at

MOST_STEPS = 60


def ok(*_question: object) -> tuple[str, dict[str, int]]:
    return "ok", {"count": 5}


def hears(caller: Caller) -> str:
    """What is being said to the caller."""
    (said,) = [
        each
        for each in caller.acts
        if isinstance(each, acts.Say) and each.id == caller.visit.saying
    ]
    return words_of(caller.menu, said.prompts, said.language)


def goes_on(caller: Caller) -> None:
    """What is said is heard to its end."""
    caller.does(PromptEnded(caller.visit.saying))


def listening() -> Caller:
    """A caller who hears what stands before the first entry."""
    caller = at("bills", answer=ok)
    caller.does(caller.answered())
    return caller


def test_whoever_presses_nothing_hears_every_entry_once_and_goes_on() -> None:
    caller = listening()
    heard = []
    for _step in range(MOST_STEPS):
        if caller.visit.node != "bills":
            break
        if caller.visit.saying:
            heard.append(hears(caller))
            goes_on(caller)
        else:
            caller.does(TimerEnded(caller.visit.timer))
    assert heard == [
        "最近五期账单",
        "二零二六年十月账单， 金额五十二元三角，未缴",
        "二零二六年九月账单， 金额五十二元三角一分，已缴清",
        "继续请按1",
        "二零二六年八月账单， 金额五十二元三角二分，已缴清",
        "二零二六年七月账单， 金额五十二元三角三分，已缴清",
        "继续请按1",
        "二零二六年六月账单， 金额五十二元三角四分，已缴清",
    ]
    assert caller.visit.node == "bye"


@pytest.mark.parametrize(
    ("keys", "heard"),
    [
        ("#", "十月"),
        ("##", "九月"),
        ("1", "十月"),
        ("11", "八月"),
        ("111", "六月"),
        ("##7", "十月"),
        ("7", "十月"),
        ("##*", "九月"),
        ("*", "最近五期账单"),
        ("##1", "八月"),
        ("####7*", "八月"),
    ],
)
def test_keys_move_within_the_list(keys: str, heard: str) -> None:
    caller = listening()
    for key in keys:
        caller.does(KeyPressed(key))
    assert heard in hears(caller)


def test_asked_whether_to_go_on_one_digit_moves_on_and_a_star_says_the_part_again() -> None:
    for key, heard in (("1", "八月"), ("#", "八月"), ("*", "十月"), ("7", "十月")):
        caller = listening()
        for _entry in range(3):
            goes_on(caller)
        assert hears(caller) == "继续请按1"
        caller.does(KeyPressed(key))
        assert heard in hears(caller)


def test_behind_the_last_entry_the_menu_goes_on() -> None:
    for keys in ("1111", "######"):
        caller = listening()
        for key in keys:
            caller.does(KeyPressed(key))
        assert caller.visit.node == "bye"
        assert caller.visit.entries == ()


def test_keys_of_the_step_and_those_heard_everywhere_lead_away_from_amid_the_list() -> None:
    for key, node in (("8", "main"), ("0", "hours")):
        caller = listening()
        caller.does(KeyPressed("#"))
        caller.does(KeyPressed(key))
        assert caller.visit.node == node
        heard = caller.visit.heard
        assert heard
        assert (heard.node, heard.place, heard.count) == ("bills", 1, 5)
        assert heard.entry == BILLS[0]


def test_a_wrong_key_says_so_and_the_entry_again_and_three_lead_to_people() -> None:
    caller = listening()
    caller.does(KeyPressed("#"))
    caller.does(KeyPressed("5"))
    assert hears(caller) == "输入有误 二零二六年十月账单， 金额五十二元三角，未缴"
    caller.does(KeyPressed("5"))
    caller.does(KeyPressed("5"))
    assert caller.visit.node == "hours"


def test_keys_typed_fast_are_all_heard_and_nothing_is_said_between() -> None:
    caller = at("bills", answer=ok)
    caller.presses("##")
    caller.does(caller.answered())
    assert "九月" in hears(caller)


def test_an_answer_without_entries_leads_where_its_outcome_does() -> None:
    for bills, outcome, node in (
        ((), "none", "no_bills"),
        ((), "ok", "hours"),
        ((), "odd", "hours"),
    ):
        caller = at("bills", answer=lambda _act, told=outcome: (told, {}), bills=bills)
        caller.does(caller.answered())
        assert caller.visit.node == node


def test_a_value_that_the_entry_did_not_promise_is_nobodys_to_say() -> None:
    caller = at("bills", answer=ok, bills=({"paid": 7, "other": "secret"}, {"paid": "x"}))
    caller.does(caller.answered())
    assert caller.visit.entries == ({}, {})
    goes_on(caller)
    assert caller.visit.node == "bye"  # nothing can be said of either of the two


def test_what_was_cut_short_is_said_anew() -> None:
    caller = listening()
    for _entry in range(2):
        goes_on(caller)
    before = hears(caller)
    caller.does(PromptCut(caller.visit.saying))
    assert hears(caller) == before


def test_the_log_keeps_no_list_and_whoever_takes_the_call_up_asks_for_it_anew() -> None:
    caller = listening()
    caller.does(KeyPressed("#"))
    kept = json.loads(json.dumps(kept_data(visit_data(caller.visit))))
    assert "5231" not in json.dumps(kept)
    visit = visit_from_data(kept)
    assert visit.entries == ()
    assert heard_at(GAS, visit) == hears(caller)  # of what is being said it is known
    after, then = step(GAS, visit, PromptCut(visit.saying), caller.at)
    (asked,) = [each for each in then if isinstance(each, AskOutside)]
    assert (asked.kind, asked.name, after.stage) == ("list", "bills", "asking")


def test_secret_digits_are_not_in_the_log_neither_while_they_are_typed_nor_later() -> None:
    caller = at("card")
    caller.presses("4821")
    assert caller.visit.digits == "4821"
    assert "4821" not in json.dumps(kept_data(visit_data(caller.visit)))
    caller.does(KeyPressed("#"))
    assert caller.visit.collected == {"card": "4821"}
    assert "4821" not in json.dumps(kept_data(visit_data(caller.visit)))
    other = at("account")
    other.presses("10027744")
    assert kept_data(visit_data(other.visit))["digits"] == "10027744"


def test_a_check_may_know_what_was_keyed_in_before() -> None:
    caller = at("account")
    caller.presses("10027744#")
    asked = caller.last if isinstance(caller.last, AskOutside) else caller.acts[-2]
    assert isinstance(asked, AskOutside)
    assert next(iter(asked.arguments.items())) == ("account", "10027744")
    assert asked.arguments["menu"] == "gas"


def test_faults_of_a_list_are_told_at_their_field() -> None:
    (node,) = [each for each in GAS.nodes if isinstance(each, ReadOut)]

    def told(**changes: object) -> set[tuple[str, str]]:
        nodes = tuple(
            replace(node, **changes) if each is node else each  # type: ignore[arg-type]
            for each in GAS.nodes
        )
        found = faults(replace(GAS, nodes=nodes))
        return {(each.code, each.field) for each in found if each.node == "bills"}

    assert told() == set()
    assert told(keys={"1": "main", "#": "main", "0": "main", "9": "main"}) == {
        ("list_key", "keys.1"), ("list_key", "keys.#"), ("person_key", "keys.0"),
        ("emergency_key", "keys.9"),
    }  # fmt: skip
    assert told(entry_prompts=(), between_prompts=()) == {
        ("no_prompt", "entry_prompts"), ("no_prompt", "between_prompts"),
    }  # fmt: skip
    assert told(name="", part=0, arguments=("nobody",), entry_values={"paid": "colour"}) >= {
        ("no_name", "name"), ("limit", "part"), ("unknown_argument", "arguments"),
        ("unknown_kind", "entry_values.paid"),
    }  # fmt: skip
    assert told(next="bills") >= {("endless", "next")}
    starred = replace(GAS, emergency_key="*")
    assert ("emergency_key", "between_prompts") in {
        (each.code, each.field) for each in faults(starred) if each.node == "bills"
    }
