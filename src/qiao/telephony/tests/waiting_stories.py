"""What befalls callers who wait for a person, and those who kept their place and are called back:
told once for each engine, as `stories` are."""

from typing import Final

from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.rules.menu_visits import Prompt
from qiao.telephony.rules.menus import Callback, HangUp, Menu, Queue, Say
from qiao.telephony.rules.speech import pieces
from qiao.telephony.tests.live_desk import QUEUE, LiveDesk
from qiao.telephony.tests.performing import FIRST, OUTSIDE, SECOND
from qiao.telephony.tests.stories import OWN, RUNG, agent_ends

TEXTS: Final = {
    "place": "you are number {place}",
    "may": "press one and we call you back",
    "offer": "press one for the number that calls",
    "number": "key in a number",
    "promised": "we call you back",
    "advice": "go outside first",
}
MENU: Final = Menu(
    "waits", start="person", person="person",
    nodes=(
        Queue("person", queue=QUEUE, waiting_prompts=("place", "may"), waiting_after_seconds=1,
              waiting_every_seconds=1, callback="callback"),
        Callback("callback", ("offer",), number_prompts=("number",), otherwise="person",
                 next="promised"),
        HangUp("promised", ("promised",)),
        Say("advice", ("advice",), next="urgent", is_whole=True),
        Queue("urgent", queue="urgent", is_emergency=True),
    ),
    texts={key: {"en": text} for key, text in TEXTS.items()},
    languages=("en",),
    emergency_key="9",
    emergency="advice",
)  # fmt: skip
SOUNDS: Final = tuple(
    each.sound for each in pieces(MENU, [Prompt(key, {"place": 1}) for key in TEXTS], "en")
)
"""All that the menu says in these stories."""
CAME: Final = ["arrived", "answered", "menu_began", "queued"]
TAKEN: Final = ["dialled_out", "rings", "lifted"]


def kinds(desk: LiveDesk) -> list[str]:
    """What happened, without the steps of the walk."""
    return [each for each in desk.kinds() if each != "menu_moved"]


async def waits(desk: LiveDesk) -> None:
    """A caller who hears music in the queue, and will hear their place."""
    desk.terms = Terms(QUEUE, is_recorded=False, menu=MENU, menu_version=1)
    desk.stage.dials()
    await desk.kept("queued")
    await desk.done(switch.Music, on=True)


async def is_told(desk: LiveDesk, times: int = 1) -> None:
    """Their place is being said to them."""
    await desk.done(switch.Play, times)


async def hears_music(desk: LiveDesk) -> None:
    """The caller stands in the bridge of who waits."""
    await desk.quiet()
    view = await desk.stage.engine.look_around()
    holding = next(each for each in view.bridges if each.bridge == desk.call.holding)
    assert desk.call.caller_channel in holding.channels


async def talk_together(desk: LiveDesk) -> None:
    """Both hear each other, and nobody else is there."""
    await desk.quiet()
    view = await desk.stage.engine.look_around()
    assert [each.bridge for each in view.bridges] == [desk.call.talk]
    assert set(view.bridges[0].channels) == set(desk.call.legs)


async def told_their_place_again_and_again(desk: LiveDesk) -> None:
    await waits(desk)
    for times in (1, 2):
        await is_told(desk, times)
        await desk.told(switch.PlaybackEnded, times, ok=True)
        await desk.done(switch.Join, times + 1)
        await hears_music(desk)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert kinds(desk) == [*CAME, "ended"]
    given = [type(each).__name__ for each, _outcome in desk.given]
    told = ["Leave", "Play", "Join", "Music"]
    assert given[:12] == ["Answer", "MakeBridge", "Join", "Music", *told, *told]


async def gives_up_while_told_their_place(desk: LiveDesk) -> None:
    await waits(desk)
    await is_told(desk)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert kinds(desk) == [*CAME, "ended"]


async def taken_while_told_their_place(desk: LiveDesk) -> None:
    """What is said ends as soon as somebody is there."""
    desk.stage.phone(FIRST, "silent")
    await waits(desk)
    desk.offer()
    await desk.kept("rings")
    await is_told(desk)
    desk.stage.phone(FIRST, "takes now")
    await desk.kept("connected")
    await talk_together(desk)
    assert len([each for each, _outcome in desk.given if isinstance(each, switch.Play)]) == 1
    await agent_ends(desk)
    assert kinds(desk) == [*CAME, *RUNG, "picked_up", "connected", "ended"]


async def taken_while_they_hear_music(desk: LiveDesk) -> None:
    """Nothing of the queue is said any more once both talk."""
    desk.stage.phone(FIRST)
    await waits(desk)
    await is_told(desk)
    await desk.done(switch.Join, 2)
    desk.offer()
    await desk.kept("connected")
    played = len([each for each, _outcome in desk.given if isinstance(each, switch.Play)])
    await desk.passes(1.5)
    await talk_together(desk)
    assert played == len([each for each, _o in desk.given if isinstance(each, switch.Play)])
    await agent_ends(desk)
    assert kinds(desk) == [*CAME, *RUNG, "picked_up", "connected", "ended"]


async def nobody_takes_it_and_they_are_told_on(desk: LiveDesk) -> None:
    """Who is rung meanwhile and does not answer changes nothing of what the caller hears."""
    desk.stage.phone(FIRST, "silent")
    await waits(desk)
    desk.offer(seconds=2)
    await desk.kept("refused", why="no_answer")
    before = len([each for each, _outcome in desk.given if isinstance(each, switch.Play)])
    await is_told(desk, before + 1)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert kinds(desk) == [*CAME, *RUNG, "refused", "ended"]


async def asks_to_be_called_back(desk: LiveDesk) -> None:
    """Out of the music by a key; the number that calls, by another; whoever was rung is not
    any more."""
    desk.stage.phone(FIRST, "silent")
    await waits(desk)
    desk.offer()
    await desk.kept("rings")
    caller = desk.call.caller_channel
    desk.stage.presses(caller, "1")
    await desk.kept("left_queue")
    assert desk.call.keeps_place
    await is_told(desk)
    desk.stage.presses(caller, "1")
    await desk.kept("ended", why="menu")
    assert kinds(desk) == [*CAME, *RUNG, "refused", "left_queue", "ended"]
    assert asks.Refused(1, 1, "withdrawn") in desk.words
    assert asks.WaitsNoMore("menu") in desk.words
    assert any(isinstance(each, asks.WantsCallback) for each in desk.words)


async def asks_to_be_called_back_while_told_their_place(desk: LiveDesk) -> None:
    """A key ends what is said."""
    await waits(desk)
    await is_told(desk)
    caller = desk.call.caller_channel
    desk.stage.presses(caller, "1")
    await desk.kept("left_queue")
    await desk.told(switch.KeyPressed, key="1")
    desk.stage.presses(caller, "1")
    await desk.kept("ended", why="menu")
    assert kinds(desk) == [*CAME, "left_queue", "ended"]
    assert any(isinstance(each, asks.WantsCallback) for each in desk.words)


async def changes_their_mind_and_is_taken(desk: LiveDesk) -> None:
    """Back in the queue by the key for a person, and to an agent."""
    desk.stage.phone(FIRST)
    await waits(desk)
    since = desk.call.queued_at
    desk.stage.presses(desk.call.caller_channel, "1")
    await desk.kept("left_queue")
    desk.stage.presses(desk.call.caller_channel, "0")
    await desk.kept("queued", times=2)
    assert desk.call.queued_at == since
    await hears_music(desk)
    desk.offer()
    await desk.kept("connected")
    await talk_together(desk)
    await agent_ends(desk)
    assert kinds(desk) == [
        *CAME, "left_queue", "queued", *RUNG, "picked_up", "connected", "ended",
    ]  # fmt: skip


async def presses_the_emergency_key_while_waiting(desk: LiveDesk) -> None:
    """The advice is heard to its end, then they wait as an emergency."""
    desk.stage.phone(FIRST, "silent")
    desk.stage.phone(SECOND)
    await waits(desk)
    desk.offer()
    await desk.kept("rings")
    desk.stage.presses(desk.call.caller_channel, "9")
    await desk.kept("queued", queue="urgent")
    assert asks.Refused(1, 1, "withdrawn") in desk.words
    assert asks.Waits("urgent", (), is_emergency=True) in desk.words
    await hears_music(desk)
    desk.offer(SECOND, staff=2)
    await desk.kept("connected")
    await talk_together(desk)
    await agent_ends(desk)
    assert kinds(desk) == [
        *CAME, *RUNG, "refused", "left_queue", "queued", *RUNG, "picked_up", "connected",
        "ended",
    ]  # fmt: skip


async def waits_on_after_a_lost_line(desk: LiveDesk) -> None:
    """What was being said is over when the switch is heard again: music, and the place anew."""
    await waits(desk)
    await is_told(desk)
    desk.stage.loses_line()
    await desk.told(switch.LineBack)
    await hears_music(desk)
    await is_told(desk, 2)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert kinds(desk) == [*CAME, "ended"]


async def asks_to_be_called_back_after_a_lost_line(desk: LiveDesk) -> None:
    """A key counts once, whatever the switch was asked to tell before and after."""
    await waits(desk)
    desk.stage.loses_line()
    await desk.told(switch.LineBack)
    caller = desk.call.caller_channel
    desk.stage.presses(caller, "1")
    await desk.kept("left_queue")
    await desk.passes(1.0)
    assert desk.call.phase == "menu"
    desk.stage.presses(caller, "1")
    await desk.kept("ended", why="menu")
    assert kinds(desk) == [*CAME, "left_queue", "ended"]


async def sent_on_and_told_their_place_again(desk: LiveDesk) -> None:
    """Whom an agent sends to a queue hears what all hear who wait, and has the same keys."""
    desk.stage.phone(FIRST)
    await waits(desk)
    desk.offer()
    await desk.kept("connected")
    await desk.passes(1.5)  # what was to be said meanwhile is said no more
    await desk.quiet()
    before = len([each for each, _outcome in desk.given if isinstance(each, switch.Play)])
    desk.ask(asks.TransferTo("repairs"))
    await desk.kept("queued", why="transfer")
    await is_told(desk, before + 1)
    said = [each for each, _outcome in desk.given if isinstance(each, switch.Play)]
    await desk.told(switch.PlaybackEnded, playback=said[-1].playback)
    await hears_music(desk)
    await is_told(desk, before + 2)
    desk.stage.presses(desk.call.caller_channel, "1")
    await desk.kept("left_queue")
    await is_told(desk, before + 3)
    desk.stage.presses(desk.call.caller_channel, "1")
    await desk.kept("ended", why="menu")
    assert any(isinstance(each, asks.WantsCallback) for each in desk.words)
    assert kinds(desk) == [
        *CAME, *RUNG, "picked_up", "connected", "party_left", "queued", "left_queue", "ended",
    ]  # fmt: skip


async def sent_on_to_somebody_who_does_not_answer(desk: LiveDesk) -> None:
    """They wait on in the queue; the emergency key leads to where it always does."""
    desk.stage.phone(FIRST)
    desk.stage.phone(SECOND, "silent")
    await waits(desk)
    desk.offer()
    await desk.kept("connected")
    await desk.quiet()
    before = len([each for each, _outcome in desk.given if isinstance(each, switch.Play)])
    desk.ask(asks.TransferTo(QUEUE, staff=2))
    desk.offer(SECOND, staff=2, seconds=2)
    await desk.kept("refused", why="no_answer")
    await is_told(desk, before + 1)
    desk.stage.presses(desk.call.caller_channel, "9")
    await desk.kept("queued", queue="urgent")
    assert asks.Waits("urgent", (), is_emergency=True) in desk.words
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")


async def called_back_in_their_turn(desk: LiveDesk) -> None:
    desk.stage.phone(OWN)
    desk.stage.phone(OUTSIDE)
    desk.call_back(OWN, OUTSIDE)
    await desk.kept("lifted")
    assert desk.words == [asks.Taken(1, 1)]
    await desk.kept("reached")
    await talk_together(desk)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="caller")
    assert desk.kinds() == [*TAKEN, "rings_out", "reached", "ended"]
    assert desk.words == [asks.Taken(1, 1), asks.Reached(1), asks.Released(1)]


async def called_back_in_vain(desk: LiveDesk) -> None:
    desk.stage.phone(OWN)
    desk.stage.phone(OUTSIDE, "silent")
    desk.call_back(OWN, OUTSIDE, seconds=3)
    await desk.kept("ended", why="no_answer")
    assert desk.kinds() == [*TAKEN, "rings_out", "ended"]
    assert desk.words == [asks.Taken(1, 1), asks.Released(1)]


async def nobody_calls_back(desk: LiveDesk, why: str) -> None:
    await desk.kept("ended", why="own_phone")
    await desk.quiet()
    assert [each for each in desk.kinds() if each != "rings"] == ["dialled_out", "ended"]
    assert desk.words == [asks.Refused(1, 1, why)]
    made = [each for each, _outcome in desk.given if isinstance(each, switch.Create)]
    assert [each.endpoint for each in made] == [OWN]


async def a_call_back_that_is_not_taken(desk: LiveDesk) -> None:
    """Their telephone rings out: the customer hears nothing of it."""
    desk.stage.phone(OWN, "silent")
    desk.call_back(OWN, OUTSIDE, own_seconds=2)
    await nobody_calls_back(desk, "no_answer")


async def a_call_back_that_is_declined_on_the_screen(desk: LiveDesk) -> None:
    desk.stage.phone(OWN, "silent")
    desk.call_back(OWN, OUTSIDE)
    await desk.told(switch.Rings)
    desk.ask(asks.Decline(1))
    await nobody_calls_back(desk, "rejected")


async def a_call_back_that_is_declined_at_the_telephone(desk: LiveDesk) -> None:
    """The end is told before its cause, so that it counts as not answered."""
    desk.stage.phone(OWN, "declines")
    desk.call_back(OWN, OUTSIDE)
    await nobody_calls_back(desk, "no_answer")


async def a_call_back_that_is_withdrawn(desk: LiveDesk) -> None:
    desk.stage.phone(OWN, "silent")
    desk.call_back(OWN, OUTSIDE)
    await desk.told(switch.Rings)
    desk.ask(asks.Withdraw(1))
    await nobody_calls_back(desk, "withdrawn")


STORIES: Final = (
    told_their_place_again_and_again,
    gives_up_while_told_their_place,
    taken_while_told_their_place,
    taken_while_they_hear_music,
    nobody_takes_it_and_they_are_told_on,
    asks_to_be_called_back,
    asks_to_be_called_back_while_told_their_place,
    changes_their_mind_and_is_taken,
    presses_the_emergency_key_while_waiting,
    waits_on_after_a_lost_line,
    asks_to_be_called_back_after_a_lost_line,
    sent_on_and_told_their_place_again,
    sent_on_to_somebody_who_does_not_answer,
    called_back_in_their_turn,
    called_back_in_vain,
    a_call_back_that_is_not_taken,
    a_call_back_that_is_declined_on_the_screen,
    a_call_back_that_is_declined_at_the_telephone,
    a_call_back_that_is_withdrawn,
)
