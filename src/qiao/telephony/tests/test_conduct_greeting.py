"""A greeting is heard once, and whole, whatever becomes of who conducts the call."""

from collections.abc import Iterator

import pytest

from qiao.telephony.rules import conduct, switch
from qiao.telephony.rules.conduct_greeting import doubt_greeting
from qiao.telephony.rules.conducting import Conduct, Terms
from qiao.telephony.rules.switch import Outcome
from qiao.telephony.tests.exchange import QUEUE, Exchange
from qiao.telephony.tests.test_conduct import CALLER, exchange, kinds, phase

WELCOME = "sound:welcome"  # two seconds long
DOUBTED = ["arrived", "answered", "greeting_doubted"]


def played(desk: Exchange) -> list[tuple[float, str]]:
    """Greetings that begin or are stopped, with seconds from now on; fills up as time passes."""
    found: list[tuple[float, str]] = []
    give, start = desk.switch.give, desk.clock.now()

    def at() -> float:
        return round((desk.clock.now() - start).total_seconds(), 1)

    def given(order: switch.Order) -> Outcome:
        if isinstance(order, switch.Play):
            found.append((at(), "begins"))
        if isinstance(order, switch.StopPlaying):
            outcome = give(order)
            if outcome is Outcome.DONE:
                found.append((at(), "is stopped"))
            return outcome
        return give(order)

    desk.switch.give = given  # type: ignore[method-assign]
    return found


@pytest.fixture
def desk() -> Iterator[Exchange]:
    made = exchange(1, greeting=(WELCOME,))
    made.agents[1].state = "not_ready"
    yield made
    assert [each for each in made.log[1] if each.kind == "trouble"] == []


def test_what_was_cut_is_said_anew_from_its_start(desk: Exchange) -> None:
    heard = played(desk)
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(1)
    desk.die()
    desk.clock.run(0.5)
    desk.live_again()
    desk.clock.run(1.9)
    assert (phase(desk), desk.switch.heard_by(caller)) == ("greeted", WELCOME)
    desk.clock.run(0.2)
    assert (phase(desk), desk.switch.heard_by(caller)) == ("waiting", "music")
    assert kinds(desk) == [*DOUBTED, "greeted_anew", "queued"]
    assert heard == [(0.0, "begins"), (1.5, "is stopped"), (1.5, "begins")]


def test_what_was_heard_to_its_end_is_not_said_again(desk: Exchange) -> None:
    heard = played(desk)
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(1)
    desk.die()
    desk.clock.run(5)
    desk.live_again()
    desk.clock.run(0.1)
    assert (phase(desk), desk.switch.heard_by(caller)) == ("waiting", "music")
    assert kinds(desk) == [*DOUBTED, "queued"]
    assert heard == [(0.0, "begins")]


def test_a_second_controller_that_is_killed_as_well_costs_no_more(desk: Exchange) -> None:
    heard = played(desk)
    desk.switch.call(CALLER, "95598")
    desk.clock.run(1)
    for _life in range(3):
        desk.die()
        desk.clock.run(0.5)
        desk.live_again()
        desk.clock.run(1)
    desk.clock.run(2)
    assert phase(desk) == "waiting"
    assert kinds(desk) == [*DOUBTED, "greeted_anew", *["greeting_doubted", "greeted_anew"] * 2,
                           "queued"]  # fmt: skip
    assert [what for _at, what in heard].count("begins") == 4


@pytest.mark.parametrize("seed", range(40))
def test_killed_between_any_two_orders_nobody_is_kept_or_greeted_twice(seed: int) -> None:
    desk = exchange(1, greeting=(WELCOME,), delay=0.3)
    desk.agents[1].state = "not_ready"
    desk.random.seed(seed)
    heard = played(desk)
    desk.switch.call(CALLER, "95598")
    for _life in range(3):
        desk.clock.run(desk.random.random())
        desk.die()
        desk.clock.run(desk.random.random())
        desk.live_again()
    desk.clock.run(10)
    assert phase(desk) == "waiting"
    whole = [at for at, what in heard if what == "begins"]
    cut = [at for at, what in heard if what == "is stopped"]
    assert len(whole) - len(cut) <= 1  # at most one of them came to its end


def test_whoever_has_been_served_meanwhile_hears_no_greeting(desk: Exchange) -> None:
    desk.agents[1].state = "ready"
    heard = played(desk)
    caller = desk.switch.call(CALLER, "95598")
    desk.clock.run(10)
    assert phase(desk) == "talking"
    desk.die()
    desk.live_again()
    desk.clock.run(5)
    assert desk.switch.heard_by(caller) == "talk"
    assert heard == [(0.0, "begins")]


def test_a_late_word_of_the_greeting_that_was_stopped_does_not_end_the_new_one() -> None:
    desk = exchange(1, greeting=(WELCOME,))
    desk.switch.call(CALLER, "95598")
    desk.clock.run(1)
    call, at = desk.calls[1], desk.clock.now()
    terms = Terms(QUEUE, (WELCOME,))
    step = Conduct(call, at)
    doubt_greeting(step)
    first = call.greeting
    late = switch.PlaybackEnded(at, first, ok=True)
    assert conduct.heard(step.call, late, terms).entries == []
    again = conduct.outcome(step.call, switch.StopPlaying(first), Outcome.DONE, at, terms).call
    assert conduct.heard(again, late, terms).entries == []
    ended = switch.PlaybackEnded(at, again.greeting, ok=True)
    assert [each.kind for each in conduct.heard(again, ended, terms).entries] == ["queued"]


def test_a_greeting_that_cannot_be_said_keeps_nobody() -> None:
    desk = exchange(1, greeting=(WELCOME,))
    desk.switch.call(CALLER, "95598")
    desk.clock.run(1)
    call, terms = desk.calls[1], Terms(QUEUE, (WELCOME,))
    order = switch.Play(call.caller_channel, call.greeting, (WELCOME,))
    step = conduct.outcome(call, order, Outcome.FAILED, desk.clock.now(), terms)
    assert [each.kind for each in step.entries] == ["trouble", "queued"]
