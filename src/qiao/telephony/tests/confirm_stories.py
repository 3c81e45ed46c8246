"""What befalls whoever is rung outside the house, and says by a key that they are there: told once
for each engine, as `stories` are."""

from typing import Final

from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.confirm_words import confirm_piece
from qiao.telephony.tests.live_desk import LiveDesk
from qiao.telephony.tests.performing import FIRST, OUTSIDE
from qiao.telephony.tests.stories import QUEUED, RUNG, agent_ends
from qiao.telephony.tests.waiting_stories import (
    CAME,
    hears_music,
    is_told,
    kinds,
    talk_together,
    waits,
)

ASKED: Final = [*RUNG, "asked_to_confirm"]
TAKEN: Final = ["picked_up", "connected"]
QUICKLY: Final = 0.1  # of the time that they have for the key


async def is_asked(desk: LiveDesk, endpoint: str = OUTSIDE) -> str:
    """Somebody waits, and a telephone outside was taken; its channel."""
    desk.stage.phone(endpoint)
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer(endpoint, confirm="en")
    offered = await desk.kept("offered")
    await desk.kept("asked_to_confirm")
    await desk.done(switch.Play)
    return str(offered.data["channel"])


async def confirmed_by_a_key(desk: LiveDesk, endpoint: str = OUTSIDE) -> None:
    """The caller hears music until the key was pressed; other keys do nothing."""
    channel = await is_asked(desk, endpoint)
    await hears_music(desk)
    desk.stage.presses(channel, "7")
    await desk.told(switch.KeyPressed, key="7")
    assert desk.call.phase == "waiting"
    desk.stage.presses(channel, "1")
    await desk.kept("connected")
    await talk_together(desk)
    said = (confirm_piece("en").sound,)
    assert [e.sounds[:1] for e, _o in desk.given if isinstance(e, switch.Play)] == [said]
    await agent_ends(desk)
    assert desk.kinds() == [*QUEUED, *ASKED, *TAKEN, "ended"]


async def confirmed_on_a_recorded_call(desk: LiveDesk) -> None:
    """As above, where the key is pressed as soon as it is asked for."""
    await is_asked(desk, FIRST)
    await desk.kept("connected")
    await desk.quiet()
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="caller")
    assert desk.kinds() == [*QUEUED, *ASKED, *TAKEN, "ended"]


async def a_mailbox_answers_and_the_next_is_rung(desk: LiveDesk) -> None:
    """Nobody presses the key: it was not taken, and the caller has heard nothing of it."""
    desk.pace = QUICKLY
    await is_asked(desk)
    await desk.kept("refused", why="unconfirmed")
    assert asks.Refused(1, 1, "unconfirmed") in desk.words
    await hears_music(desk)
    desk.stage.phone(FIRST)
    desk.offer(FIRST, staff=2)
    await desk.kept("connected")
    await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [*QUEUED, *ASKED, "refused", *RUNG, *TAKEN, "ended"]


async def puts_down_instead_of_the_key(desk: LiveDesk) -> None:
    channel = await is_asked(desk)
    desk.stage.puts_down(channel)
    await desk.kept("refused", why="no_answer")
    await hears_music(desk)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert desk.kinds() == [*QUEUED, *ASKED, "refused", "ended"]


async def the_caller_gives_up_while_the_key_is_asked_for(desk: LiveDesk) -> None:
    await is_asked(desk)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert asks.Refused(1, 1, "caller_gone") in desk.words
    assert desk.kinds() == [*QUEUED, *ASKED, "ended"]


async def asked_anew_after_a_lost_line(desk: LiveDesk) -> None:
    """Whether they pressed meanwhile nobody knows."""
    channel = await is_asked(desk)
    desk.stage.loses_line()
    await desk.told(switch.LineBack)
    await desk.kept("asked_to_confirm", times=2)
    await desk.done(switch.Play, times=2)
    desk.stage.presses(channel, "1")
    await desk.kept("connected")
    await talk_together(desk)
    await agent_ends(desk)
    assert desk.kinds() == [*QUEUED, *ASKED, "asked_to_confirm", *TAKEN, "ended"]


async def told_their_place_while_the_key_is_asked_for(desk: LiveDesk) -> None:
    """What the caller hears goes on, and ends when the key is pressed."""
    desk.stage.phone(OUTSIDE)
    await waits(desk)
    desk.offer(OUTSIDE, confirm="en")
    offered = await desk.kept("offered")
    await desk.kept("asked_to_confirm")
    await is_told(desk, 2)  # the person outside, and the caller
    desk.stage.presses(offered.data["channel"], "1")
    await desk.kept("connected")
    await talk_together(desk)
    await agent_ends(desk)
    assert kinds(desk) == [*CAME, *ASKED, *TAKEN, "ended"]


STORIES: Final = (
    confirmed_by_a_key,
    a_mailbox_answers_and_the_next_is_rung,
    puts_down_instead_of_the_key,
    the_caller_gives_up_while_the_key_is_asked_for,
    asked_anew_after_a_lost_line,
    told_their_place_while_the_key_is_asked_for,
)
