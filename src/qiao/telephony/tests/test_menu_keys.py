"""Keys that are heard everywhere, digits that look like them, and keys typed ahead."""

from dataclasses import replace

import pytest

from qiao.telephony.rules import menus
from qiao.telephony.rules.menu_keys import MOST_KEPT
from qiao.telephony.rules.menu_visits import (
    Answered,
    KeyPressed,
    Say,
    Stop,
    Thing,
    TimerEnded,
    ToQueue,
)
from qiao.telephony.tests.callers import GAS, VALUES, Caller, at


def test_zero_in_an_account_number_is_a_digit() -> None:
    caller = at("account")
    caller.presses("0010020030")
    assert caller.visit.digits == "0010020030"


@pytest.mark.parametrize("end", [KeyPressed("#"), None])
def test_zero_alone_reaches_a_person_where_a_number_is_asked(end: Thing | None) -> None:
    caller = at("account")
    caller.presses("0")
    caller.does(end or TimerEnded(caller.visit.timer))
    assert caller.visit.node == "hours"


def test_an_account_number_that_begins_with_zero_may_be_typed_ahead() -> None:
    caller = at("main")
    caller.presses("10012345#")
    assert (caller.visit.node, caller.visit.digits) == ("account", "0012345")


def test_whoever_waits_for_an_answer_reaches_a_person_at_once() -> None:
    caller = at("bill")
    caller.presses("0")
    assert caller.visit.node == "hours"


def test_the_emergency_key_overtakes_and_what_was_typed_does_not_skip_the_advice() -> None:
    caller = Caller(replace(GAS, start="bill", emergency_key="*"))
    caller.presses("12*")
    assert (caller.visit.node, caller.visit.keys) == ("advice", "")
    assert caller.said()[-1] == "advice"
    caller.listens()
    act = caller.last
    assert isinstance(act, ToQueue)
    assert (act.queue, act.is_emergency, act.skills) == ("emergency", True, ())


def test_an_emergency_is_not_led_away_by_the_key_for_a_person() -> None:
    caller = at("main")
    caller.presses("90")
    assert caller.visit.node == "advice"
    caller.listens()
    act = caller.last
    assert isinstance(act, ToQueue)
    assert (act.queue, act.is_emergency) == ("emergency", True)


def test_the_star_key_for_emergencies_is_heard_within_a_number() -> None:
    caller = Caller(replace(GAS, start="account", emergency_key="*"))
    caller.presses("12*")
    assert caller.visit.node == "advice"


def test_secret_digits_are_masked_in_the_trail_and_for_agents_only() -> None:
    caller = at("card")
    caller.presses("62258#")
    assert caller.visit.trail[0].keys == "•••••#"
    assert caller.visit.collected == {"card": "62258"}
    assert caller.visit.context.collected == {"card": "•••••"}


def test_a_path_is_typed_at_once() -> None:
    caller = Caller()
    caller.presses("21")
    caller.presses("100203#")
    caller.listens(asks=False)
    caller.does(Answered(caller.visit.question, "ok"))
    assert (caller.visit.node, caller.visit.language) == ("bill", "yue")
    begun = [each.id for each in caller.acts if isinstance(each, Say)]
    stopped = [each.id for each in caller.acts if isinstance(each, Stop)]
    assert stopped == begun[:-1], "each prompt is stopped by the next key"


def test_keys_typed_during_a_lookup_wait_for_the_node_that_hears_them() -> None:
    caller = at("bill")
    caller.presses("2")
    assert caller.visit.keys == "2"
    caller.does(Answered(1, "found", VALUES))
    assert caller.visit.node == "leave"
    assert caller.said() == ["wait", "leave"], "the bill and the menu are skipped"


def test_zero_after_other_keys_is_not_lost_where_the_call_would_end() -> None:
    caller = at("bill")
    caller.presses("50")
    assert caller.visit.node == "bill", "it may belong to a number"
    caller.does(Answered(1, "paid"))
    assert [each.node for each in caller.visit.trail] == ["bill", "bye", "hours"]
    assert caller.visit.trail[1].keys == "50"


def test_any_key_while_somebody_is_put_through_only_stops_what_is_said() -> None:
    caller = at("transfer")
    acts = caller.presses("0")
    assert acts[0] == Stop(1)
    assert isinstance(acts[1], ToQueue)
    caller = at("transfer")
    caller.presses("9")
    assert caller.visit.node == "advice"


def test_a_fax_does_not_fill_the_store() -> None:
    caller = at("bill")
    caller.presses("6" * 1000)
    assert len(caller.visit.keys) == MOST_KEPT
    caller.does(Answered(1, "found", VALUES))
    caller.listens(asks=False)
    assert caller.visit.node == "hours"


@pytest.mark.parametrize("key", ["", "12", "E", "０"])
def test_what_is_no_key_is_not_heard(key: str) -> None:
    caller = at("main")
    assert caller.does(KeyPressed(key)) == ()


def test_zero_is_no_digit_of_a_number_that_is_asked_after_something_to_be_heard_whole() -> None:
    first = menus.Say("first", ("welcome",), next="whole")
    whole = menus.Say("whole", ("advice",), next="account", is_whole=True)
    caller = Caller(replace(GAS, start="first", nodes=(*GAS.nodes, first, whole)))
    caller.presses("0")
    assert caller.visit.node == "hours"


def test_a_hash_after_another_key_is_not_that_of_the_full_number() -> None:
    caller = at("account")
    caller.presses("12345678905#")
    assert caller.visit.keys == "5#"


def test_a_hash_typed_ahead_after_a_full_number_belongs_to_it() -> None:
    caller = at("bill")
    caller.presses("11234567890#2")
    caller.does(Answered(1, "found", VALUES))
    assert (caller.visit.node, caller.visit.stage, caller.visit.keys) == ("account", "asking", "2")
    assert caller.visit.trail[-1].keys == "1234567890#"


def test_nothing_is_said_to_whom_has_typed_ahead_neither_what_is_wrong_nor_to_wait() -> None:
    caller = at("bill")
    caller.presses("72")
    caller.does(Answered(1, "found", VALUES))
    assert caller.said() == ["wait", "leave"]
    caller = at("account")
    caller.presses("100203#2")
    caller.does(Answered(caller.visit.question, "ok"))
    assert (caller.said(), caller.visit.node) == (["account"], "bill")
