"""Walks through a menu: each kind of node by itself."""

import json
from dataclasses import replace

import pytest

from qiao.core.rules.money import Money
from qiao.telephony.rules.menu_values import Value
from qiao.telephony.rules.menu_visits import (
    Answered,
    AskCallback,
    AskOutside,
    CallerGone,
    HangUp,
    Prompt,
    PromptEnded,
    RecordMessage,
    Say,
    Stop,
    Thing,
    Timer,
    TimerEnded,
    ToQueue,
    value_data,
    value_from_data,
)
from qiao.telephony.rules.menus import Message
from qiao.telephony.tests.callers import (
    CALLER,
    DIALLED,
    GAS,
    VALUES,
    Caller,
    at,
)


def answers(outcome: str) -> Caller:
    """A caller at the account number whose questions are all answered so."""
    return at("account", answer=lambda _act: (outcome, VALUES))


# Each kind of node.


def test_what_is_said_is_followed_by_the_next_node() -> None:
    caller = Caller()
    assert caller.last == Say(1, (Prompt("welcome"),), "zh-hans")
    caller.does(PromptEnded(1))
    assert caller.visit.node == "language"


def test_a_key_stops_what_is_said_and_counts_for_the_node_that_hears_it() -> None:
    caller = Caller()
    acts = caller.presses("2")
    assert acts[0] == Stop(1)
    assert (caller.visit.node, caller.visit.language) == ("main", "yue")
    assert caller.last == Say(2, (Prompt("main"),), "yue")


def test_safety_advice_is_heard_whole_whatever_is_pressed() -> None:
    caller = at("advice")
    assert caller.presses("1#5") == ()
    caller.listens()
    assert (caller.visit.end, caller.visit.trail[-1].node) == ("queue", "emergency")


def test_a_wrong_key_is_told_and_asked_again() -> None:
    caller = at("main")
    acts = caller.presses("7")
    assert acts == (Stop(1), Say(2, (Prompt("wrong"), Prompt("main")), "zh-hans"))


def test_silence_counts_from_the_end_of_the_prompt_and_is_told() -> None:
    caller = at("main")
    assert caller.does(PromptEnded(1)) == (Timer(2, 6),)
    assert caller.does(TimerEnded(2)) == (Say(3, (Prompt("silent"), Prompt("main")), "zh-hans"),)


def test_too_many_wrong_and_silent_tries_lead_elsewhere() -> None:
    caller = at("main")
    caller.presses("7")
    caller.is_silent()
    assert caller.visit.node == "main"
    caller.presses("8")
    assert caller.visit.node == "hours"


def test_tries_are_counted_anew_at_each_node() -> None:
    caller = at("main")
    caller.presses("774")
    assert (caller.visit.node, caller.visit.tries) == ("card", 0)
    caller.presses("1#")
    assert (caller.visit.node, caller.visit.tries) == ("card", 1)


def test_digits_end_with_the_hash_key_and_are_checked_outside() -> None:
    caller = at("account")
    acts = caller.presses("100203#")
    asked = acts[0]
    assert isinstance(asked, AskOutside)
    assert (asked.id, asked.kind, asked.name) == (caller.visit.question, "check", "account")
    assert next(iter(asked.arguments.items())) == ("account", "100203")
    caller.does(Answered(caller.visit.question, "ok"))
    assert caller.visit.collected == {"account": "100203"}
    assert caller.visit.node == "bill"


def test_digits_end_with_a_pause_between_keys() -> None:
    caller = at("account")
    assert caller.presses("100203")[-1] == Timer(caller.visit.timer, 4)
    caller.does(TimerEnded(caller.visit.timer))
    assert caller.visit.stage == "asking"


def test_digits_end_when_all_are_there_and_a_hash_that_follows_is_not_a_wrong_key() -> None:
    caller = at("account")
    caller.presses("1234567890")
    caller.does(Answered(caller.visit.question, "ok"))
    before = caller.visit
    caller.presses("#")
    assert caller.visit == replace(before, full_at=None)


def test_the_star_key_begins_the_number_anew() -> None:
    caller = at("account")
    caller.presses("999*100203#")
    assert caller.visit.digits == "100203"


@pytest.mark.parametrize("keys", ["12#", "#"])
def test_a_number_too_short_is_a_wrong_try(keys: str) -> None:
    caller = at("account")
    caller.presses(keys)
    assert (caller.visit.tries, caller.visit.digits) == (1, "")
    assert caller.said()[-2:] == ["wrong", "account"]


def test_a_number_that_the_check_refuses_is_a_wrong_try_and_three_lead_elsewhere() -> None:
    caller = answers("unknown")
    for _ in range(2):
        caller.slowly("100203#")
        caller.listens()
        assert (caller.visit.node, caller.visit.collected) == ("account", {})
    caller.slowly("100203#")
    caller.listens(asks=False)
    caller.does(Answered(caller.visit.question, "unknown"))
    assert caller.visit.node == "hours"


def test_a_check_that_is_not_answered_costs_no_try_but_leads_elsewhere() -> None:
    caller = at("account")
    caller.presses("100203#")
    caller.does(TimerEnded(caller.visit.timer))
    assert caller.visit.node == "hours"


def test_a_lookup_branches_by_its_outcome_and_its_values_are_said() -> None:
    caller = at("bill")
    assert caller.acts[0] == AskOutside(1, "lookup", "bill", {"caller": CALLER})
    assert caller.said() == ["wait"]
    acts = caller.does(Answered(1, "found", VALUES))
    assert acts == (
        Stop(3),
        Say(4, (Prompt("bill", {"due": VALUES["due"], "until": VALUES["until"]}),), "zh-hans"),
    )
    assert caller.visit.values.keys() == {"due", "until"}


def test_a_value_that_did_not_come_or_is_of_another_kind_is_not_said() -> None:
    caller = at("bill")
    caller.does(Answered(1, "found", {"due": 12345, "until": VALUES["until"]}))
    assert (caller.said(), caller.visit.node) == (["wait", "main"], "main")


@pytest.mark.parametrize("thing", [TimerEnded(2), Answered(1, "odd")])
def test_a_lookup_without_a_known_outcome_leads_elsewhere(thing: Thing) -> None:
    caller = at("bill")
    caller.does(thing)
    assert caller.visit.node == "hours"


def test_what_a_lookup_found_is_not_said_of_the_next_account() -> None:
    caller = at("bill")
    caller.does(Answered(1, "found", VALUES))
    caller.presses("1")
    caller.presses("100203#")
    caller.does(Answered(caller.visit.question, "ok"))
    assert (caller.visit.node, caller.visit.values) == ("bill", {})


@pytest.mark.parametrize(
    ("thing", "node"),
    [
        (Answered(1, "open"), "transfer"),
        (Answered(1, "closed"), "callback"),
        (TimerEnded(2), "callback"),
    ],
)
def test_hours_branch_by_the_calendar_and_are_closed_if_it_does_not_answer(
    thing: Thing, node: str
) -> None:
    caller = at("hours")
    assert caller.acts[0] == AskOutside(1, "hours", "service", {})
    caller.does(thing)
    assert caller.visit.node == node


def test_a_queue_asks_for_the_callers_language_and_gets_the_context() -> None:
    caller = Caller()
    caller.slowly("21100203#")
    caller.listens(asks=False)
    caller.does(Answered(caller.visit.question, "ok"))
    caller.presses("0")
    caller.does(Answered(caller.visit.question, "open"))
    caller.does(PromptEnded(caller.visit.saying))
    act = caller.last
    assert isinstance(act, ToQueue)
    assert (act.queue, act.skills) == ("service", (("bills", 2), ("yue", 1)))
    context = act.context
    assert (context.caller, context.dialled, context.language) == (CALLER, DIALLED, "yue")
    assert context.collected == {"account": "100203"}
    assert [each.node for each in context.trail][-3:] == ["bill", "hours", "transfer"]
    assert (caller.visit.stage, caller.visit.end) == ("waiting", "queue")


def test_a_message_is_recorded_and_its_number_is_said() -> None:
    caller = at("leave")
    acts = caller.does(PromptEnded(1))
    assert isinstance(acts[0], RecordMessage)
    assert (acts[0].most_seconds, acts[1]) == (120, Timer(3, 130))
    assert caller.presses("0") == (), "a key ends a recording at the switch"
    caller.listens()
    assert caller.said() == ["leave", "left", "bye"]
    assert caller.last == HangUp()


def test_a_recording_of_which_nothing_is_told_does_not_hold_the_caller_for_ever() -> None:
    caller = at("leave")
    caller.does(PromptEnded(1))
    caller.does(TimerEnded(caller.visit.timer))
    assert caller.visit.node == "bye"


def test_a_message_without_a_next_node_ends_the_walk() -> None:
    nodes = tuple(replace(n, next="") if isinstance(n, Message) else n for n in GAS.nodes)
    caller = Caller(replace(GAS, start="leave", nodes=nodes))
    assert isinstance(caller.does(PromptEnded(1))[-1], RecordMessage)
    assert caller.visit.end == "message"


def test_a_call_back_is_promised_to_the_number_that_calls() -> None:
    caller = at("callback")
    acts = caller.presses("1")
    assert isinstance(acts[1], AskCallback)
    assert acts[1].number == CALLER
    caller.listens()
    assert caller.said()[-2:] == ["promised", "bye"]


def test_a_call_back_is_promised_to_a_number_keyed_in() -> None:
    caller = at("callback")
    caller.slowly("2")
    caller.presses("01088886666#")
    (asked,) = [each for each in caller.acts if isinstance(each, AskCallback)]
    assert asked.number == "01088886666"


def test_a_call_back_that_is_not_promised_leads_elsewhere() -> None:
    caller = at("callback", answer=lambda _act: ("refused", {}))
    caller.presses("1")
    caller.listens()
    assert caller.said() == ["callback", "bye"]


def test_a_caller_whose_number_is_hidden_is_asked_for_one_at_once() -> None:
    caller = at("callback", number="")
    assert caller.said() == ["number"]
    for _ in range(3):
        caller.is_silent()
    assert caller.visit.node == "bye"


def test_hanging_up_comes_after_the_farewell() -> None:
    caller = at("bye")
    assert caller.does(PromptEnded(1)) == (HangUp(),)
    assert caller.visit.end == "hang_up"


def test_a_caller_who_is_gone_ends_the_walk() -> None:
    caller = at("main")
    assert caller.does(CallerGone()) == ()
    assert (caller.visit.stage, caller.visit.end) == ("ended", "gone")


# Storing.


@pytest.mark.parametrize("value", [*VALUES.values(), 12, "words", Money(-1, "JPY")])
def test_a_value_is_stored_with_its_kind(value: Value) -> None:
    assert value_from_data(json.loads(json.dumps(value_data(value)))) == value


def test_a_value_of_no_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="song"):
        value_from_data({"kind": "song", "value": "la"})
