"""A draft tried on the screen goes as a caller would."""

from dataclasses import replace
from datetime import UTC, date, datetime, time
from decimal import Decimal
from random import Random

import pytest

from qiao.core.rules.money import Money
from qiao.core.rules.months import Month
from qiao.core.rules.spelt import Spelt
from qiao.telephony.rules.menu_checks import faults
from qiao.telephony.rules.menu_trial import Terms, Trial, hinders, play, speaking
from qiao.telephony.rules.menus import Say
from qiao.telephony.rules.speech import heard_at, words_of
from qiao.telephony.tests.callers import BILLS, GAS, any_menu

TERMS = Terms(
    at=datetime(2026, 11, 28, 4, tzinfo=UTC),
    caller="13800000000",
    dialled="95598",
    open_calendars=frozenset({"service"}),
    examples={
        "money": Money(12345, "CNY"), "date": date(2026, 12, 15), "time": time(15, 30),
        "digits": Spelt("20261128"), "count": 3, "text": "x", "month": Month(2026, 3),
        "number": Decimal("23.5"),
    },
)  # fmt: skip


def tried(*moves: str, terms: Terms = TERMS) -> Trial:
    return play(GAS, moves, terms)


def kinds(trial: Trial) -> list[str]:
    return [each.kind for each in trial.lines]


def test_keys_lead_where_a_caller_would_come_and_words_are_told() -> None:
    trial = tried("1")
    assert (trial.visit.node, trial.waits) == ("main", "keys")
    assert "查询请按1" in heard_at(GAS, trial.visit)
    assert kinds(trial) == ["said", "said", "key", "said"]


def test_who_presses_nothing_comes_to_people() -> None:
    trial = tried(*["silence"] * 9)
    assert trial.lines[-1].kind == "queue"
    assert trial.waits == "over"


def test_at_night_nobody_is_promised_a_person() -> None:
    night = replace(TERMS, open_calendars=frozenset())
    assert tried("0", terms=night).visit.node == "callback"
    assert tried("0").visit.end == "queue"


def test_a_question_waits_for_an_example_answer() -> None:
    trial = tried(*"11123456#")
    assert (trial.waits, trial.question and trial.question.name) == ("answer", "account")
    trial = tried(*"11123456#", "answer:ok")
    assert trial.question is not None
    assert trial.question.name == "bill"
    trial = tried(*"11123456#", "answer:ok", "answer:found")
    said = next(e for e in trial.lines if e.step == "say_bill")
    assert "一百二十三元四角五分" in words_of(GAS, said.prompts, "zh-hans")
    refused = tried(*"11123456#", "answer:unknown")
    assert (refused.visit.node, refused.visit.tries) == ("account", 1)
    assert tried(*"11123456#", "no_answer").visit.end == "queue"


def test_a_question_that_a_key_left_behind_is_not_answered_any_more() -> None:
    trial = tried(*"1", "1", *"123456#", "9", "answer:ok")
    assert trial.visit.end == "queue"
    assert "answered" not in kinds(trial)


def test_a_message_and_a_call_back_are_kept_with_examples() -> None:
    assert tried("1", "2").waits == "message"
    kept = tried("1", "2", "kept")
    assert kept.visit.end == "hang_up"
    assert any("编号" in words_of(GAS, e.prompts, "zh-hans") for e in kept.lines)
    assert tried("1", "3", "1").waits == "callback"
    assert tried("1", "3", "1", "refused").visit.node == "bye"
    hidden = tried("1", "3", terms=replace(TERMS, caller=""))
    assert hidden.visit.is_number


def test_moves_that_do_not_fit_change_nothing() -> None:
    assert tried("kept", "answer:x", "promised", "x", "12").visit == tried().visit


@pytest.mark.parametrize("seed", range(60))
def test_any_menu_can_be_walked_by_any_moves_and_comes_to_rest(seed: int) -> None:
    chance = Random(seed)
    menu = any_menu(seed, "9" if seed % 2 else "")
    assert hinders(faults(menu)) == ()
    moves = ["silence", "kept", "promised", "refused", "no_answer", "answer:ok", *"0123456789*#"]
    trial = play(menu, chance.choices(moves, k=40), TERMS)
    assert trial.waits in ("keys", "answer", "message", "callback", "over")
    assert trial.visit.stage != "entering"


def test_a_menu_that_goes_round_for_ever_is_not_walked() -> None:
    round_about = replace(
        GAS, nodes=(Say("welcome", ("welcome",), next="again"),
                    Say("again", ("bye",), next="welcome"), *GAS.nodes[1:])
    )  # fmt: skip
    assert {each.code for each in hinders(faults(round_about))} == {"endless"}


def test_words_that_are_missing_are_told_as_missing() -> None:
    menu = replace(GAS, texts={**GAS.texts, "main": {"zh-hans": "", "yue": "粤"}})
    menu = speaking(menu, "yue", "(none)")
    assert menu.languages == ("yue", "zh-hans")
    trial = play(menu, ["1"], TERMS)
    assert heard_at(menu, trial.visit) == "(none)"
    assert trial.visit.language == "zh-hans"  # key 1 chose it


def test_a_list_is_read_out_in_a_trial_with_its_example_and_moved_in_by_keys() -> None:
    terms = replace(TERMS, lists={"bills": BILLS})
    asks = tried("1", "5", terms=terms)
    assert asks.question
    assert (asks.waits, asks.question.kind) == ("answer", "list")
    trial = tried("1", "5", "answer:ok", terms=terms)
    said = [words_of(GAS, e.prompts, "zh-hans") for e in trial.lines if e.step == "bills"]
    assert said[-3:] == [
        "二零二六年十月账单， 金额五十二元三角，未缴",
        "二零二六年九月账单， 金额五十二元三角一分，已缴清",
        "继续请按1",
    ]
    assert (trial.waits, heard_at(GAS, trial.visit)) == ("keys", "继续请按1")
    further = tried("1", "5", "answer:ok", "1", "silence", terms=terms)
    assert (further.visit.node, further.waits) == ("bye", "over")
    assert tried("1", "5", "answer:ok", "8", terms=terms).visit.node == "main"
    assert tried("1", "5", "answer:none", terms=terms).visit.node == "bye"
    assert tried("1", "5", "answer:ok").visit.end == "queue"  # nobody gave an example
