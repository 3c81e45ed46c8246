"""Calls from their beginning to their end, conducted by the product's rules, told once for each
engine: what people do and ask, and how the call must have gone by its own log."""

from collections.abc import Awaitable, Callable
from typing import Final

from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.conducting import Terms
from qiao.telephony.rules.menus import Choose, Digits, HangUp, Menu, Queue
from qiao.telephony.tests.live_desk import QUEUE, LiveDesk
from qiao.telephony.tests.performing import FIRST, OUTSIDE, SECOND

QUEUED: Final = ["arrived", "answered", "queued"]
RUNG: Final = ["offered", "rings"]
CONNECTED: Final = [*QUEUED, *RUNG, "picked_up", "connected"]
LIFTED: Final = ["dialled_out", "lifted"]
OWN: Final = "PJSIP/1001"
MENU: Final = Menu(
    "trial", start="menu", person="person",
    nodes=(
        Choose("menu", ("welcome", "choices", "more"), keys={"1": "meter"}, otherwise="person"),
        Digits("meter", ("meter",), name="meter", next="missing", otherwise="person", least=4,
               most=6),
        HangUp("missing", ("missing",)),
        Queue("person", queue=QUEUE),
    ),
    texts={key: {"en": key} for key in ("welcome", "choices", "more", "meter", "missing")},
    languages=("en",),
)  # fmt: skip


async def connected(desk: LiveDesk, endpoint: str = FIRST) -> None:
    """A caller who talks with an agent."""
    desk.stage.phone(endpoint)
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer(endpoint)
    await desk.kept("connected")
    await desk.quiet()


async def agent_ends(desk: LiveDesk) -> None:
    desk.ask(asks.HangUp())
    await desk.kept("ended", why="agent")


async def greeted_connected_and_ended_by_the_caller(desk: LiveDesk) -> None:
    desk.terms = Terms(QUEUE, ("sound:cc/welcome",), is_recorded=False)
    await connected(desk)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="caller")
    assert desk.kinds() == [*CONNECTED, "ended"]
    assert asks.Released(1) in desk.words


async def the_agent_puts_down(desk: LiveDesk) -> None:
    await connected(desk)
    offered = await desk.kept("offered")
    desk.stage.puts_down(offered.data["channel"])
    await desk.kept("ended", why="agent")
    assert desk.kinds() == [*CONNECTED, "ended"]


async def the_caller_gives_up_in_the_queue(desk: LiveDesk) -> None:
    desk.stage.dials()
    await desk.kept("queued")
    await desk.told(switch.Joined)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert desk.kinds() == [*QUEUED, "ended"]


async def the_caller_gives_up_while_somebody_is_rung(desk: LiveDesk) -> None:
    desk.stage.phone(FIRST, "silent")
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer()
    await desk.kept("rings")
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert desk.kinds() == [*QUEUED, *RUNG, "ended"]
    assert asks.Refused(1, 1, "caller_gone") in desk.words


async def the_caller_gives_up_as_the_agent_answers(desk: LiveDesk) -> None:
    """Nothing counts as handled, and nobody is blamed."""
    desk.stage.phone(FIRST, "silent")
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer()
    await desk.kept("rings")
    desk.stage.puts_down(desk.call.caller_channel)
    desk.stage.phone(FIRST, "takes now")
    await desk.kept("ended", why="abandoned")
    assert "connected" not in desk.kinds()
    assert asks.Refused(1, 1, "caller_gone") in desk.words


async def the_next_takes_what_the_first_does_not(desk: LiveDesk) -> None:
    desk.stage.phone(FIRST, "silent")
    desk.stage.phone(SECOND)
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer(seconds=3)
    await desk.kept("refused", why="no_answer")
    desk.offer(SECOND, staff=2)
    await desk.kept("connected")
    await agent_ends(desk)
    assert desk.kinds() == [*QUEUED, *RUNG, "refused", *RUNG, "picked_up", "connected", "ended"]


async def nobody_answers_and_the_call_is_let_go(desk: LiveDesk) -> None:
    desk.stage.phone(FIRST, "silent")
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer(seconds=3)
    await desk.kept("refused", why="no_answer")
    await agent_ends(desk)
    assert desk.kinds() == [*QUEUED, *RUNG, "refused", "ended"]


async def one_is_busy_and_one_is_not_signed_on(desk: LiveDesk) -> None:
    desk.stage.phone(FIRST, "busy")
    desk.stage.dials()
    await desk.kept("queued")
    desk.offer()
    await desk.kept("refused")
    desk.offer("PJSIP/1003", staff=3)
    await desk.kept("refused", why="unreachable")
    await agent_ends(desk)
    assert desk.kinds() == [*QUEUED, "offered", "refused", "offered", "refused", "ended"]


async def sent_on_to_a_queue(desk: LiveDesk) -> None:
    await connected(desk)
    desk.stage.phone(SECOND)
    desk.ask(asks.TransferTo("repairs"))
    desk.offer(SECOND, staff=2)
    await desk.kept("connected", times=2)
    await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [
        *CONNECTED, "party_left", "queued", *RUNG, "picked_up", "connected", "ended",
    ]  # fmt: skip


async def handed_over_after_asking(desk: LiveDesk) -> None:
    await connected(desk)
    desk.stage.phone(SECOND)
    desk.consult(SECOND)
    await desk.kept("consult_answered")
    await desk.quiet()
    desk.ask(asks.HandOver())
    await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [
        *CONNECTED, "consulted", "rings", "consult_answered", "handed_over", "ended",
    ]  # fmt: skip


async def a_third_talks_with_both_and_goes(desk: LiveDesk) -> None:
    await connected(desk)
    desk.stage.phone(SECOND)
    desk.ask(asks.Watch(9, SECOND, "talk"))
    await desk.kept("watching_up")
    await desk.quiet()
    desk.ask(asks.EndWatch(9))
    await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [*CONNECTED, "watched", "watching_up", "watch_ended", "ended"]


async def held_by_a_key_of_the_telephone(desk: LiveDesk) -> None:
    await connected(desk)
    offered = await desk.kept("offered")
    desk.stage.holds(offered.data["channel"])
    await desk.kept("held", by="phone")
    await desk.kept("resumed", by="phone")
    await agent_ends(desk)
    assert desk.kinds() == [*CONNECTED, "held", "resumed", "ended"]


async def held_and_muted_by_us(desk: LiveDesk) -> None:
    await connected(desk)
    for on in (True, False):
        desk.ask(asks.Hold(on))
        await desk.quiet()
    for on in (True, False):
        desk.ask(asks.Mute(on))
        await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [*CONNECTED, "held", "resumed", "muted", "unmuted", "ended"]


async def keys_lead_through_a_menu(desk: LiveDesk) -> None:
    desk.terms = Terms(QUEUE, is_recorded=False, menu=MENU, menu_version=1)
    desk.stage.dials()
    await desk.kept("menu_began")
    desk.stage.presses(desk.call.caller_channel, "1")
    await desk.told(switch.KeyPressed, key="1")
    desk.stage.presses(desk.call.caller_channel, "10023#")
    await desk.kept("ended", why="menu")
    visit = desk.call.visit
    assert visit is not None
    assert visit["collected"] == {"meter": "10023"}
    assert {"menu_moved"} == set(desk.kinds()) - {"arrived", "answered", "menu_began", "ended"}


async def recorded_but_for_a_card(desk: LiveDesk) -> None:
    desk.terms = Terms(QUEUE)
    await connected(desk)
    for on in (True, False):
        desk.ask(asks.PauseRecording(on))
        await desk.quiet()
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="caller")
    await desk.kept("recording_ended", ok=True)
    assert sorted(desk.kinds()) == sorted([
        *CONNECTED, "recording_began", "recording_paused", "recording_resumed", "ended",
        "recording_ended",
    ])  # fmt: skip


async def called_out_and_reached(desk: LiveDesk) -> None:
    desk.stage.phone(OWN)
    desk.stage.phone(OUTSIDE)
    desk.call_out(OWN, OUTSIDE)
    await desk.kept("reached")
    await desk.quiet()
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="caller")
    assert desk.kinds() == [*LIFTED, "rings_out", "reached", "ended"]


async def called_out_reached_and_let_go(desk: LiveDesk) -> None:
    desk.stage.phone(OWN)
    desk.stage.phone(OUTSIDE)
    desk.call_out(OWN, OUTSIDE)
    await desk.kept("reached")
    await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [*LIFTED, "rings_out", "reached", "ended"]


async def called_out(desk: LiveDesk, manner: str, why: str, *, rings: bool = False) -> None:
    desk.stage.phone(OWN)
    desk.stage.phone(OUTSIDE, manner)
    desk.call_out(OWN, OUTSIDE, 3)
    await desk.kept("ended", why=why)
    assert desk.kinds() == [*LIFTED, *(["rings_out"] if rings else []), "ended"]
    await desk.quiet()


async def called_out_in_vain(desk: LiveDesk) -> None:
    await called_out(desk, "silent", "no_answer", rings=True)


async def called_out_to_a_busy_line(desk: LiveDesk) -> None:
    await called_out(desk, "busy", "busy")


async def called_out_declined_and_switched_off(desk: LiveDesk) -> None:
    await called_out(desk, "declines", "rejected")
    await called_out(desk, "off", "unreachable")


async def called_out_three_times(desk: LiveDesk) -> None:
    """Reached and let go by us, in vain, busy."""
    desk.stage.phone(OWN)
    desk.stage.phone(OUTSIDE)
    desk.call_out(OWN, OUTSIDE, 3)
    await desk.kept("reached")
    await agent_ends(desk)
    await desk.quiet()
    await called_out_in_vain(desk)
    await called_out_to_a_busy_line(desk)


async def called_out_from_the_browser(desk: LiveDesk) -> None:
    """The own telephone has a hold key, and keys that nobody asked for: at any moment."""
    own = "PJSIP/1009"
    desk.stage.phone(own)
    desk.stage.phone(OUTSIDE)
    desk.call_out(own, OUTSIDE)
    await desk.kept("reached")
    agent = desk.call.leg("agent")
    assert agent is not None
    desk.stage.presses(agent.channel, "5")
    desk.stage.holds(agent.channel)
    await desk.told(switch.HeldByPhone, on=False)
    await agent_ends(desk)
    assert [each for each in desk.kinds() if each not in ("held", "resumed")] == [
        *LIFTED, "rings_out", "reached", "ended",
    ]  # fmt: skip


async def watched_in_three_ways(desk: LiveDesk) -> None:
    await connected(desk)
    desk.stage.phone(SECOND)
    desk.ask(asks.Watch(9, SECOND, "listen"))
    await desk.kept("ear")
    await desk.told(switch.Ready, role="snoop")
    await desk.quiet()
    desk.ask(asks.Watch(9, SECOND, "whisper"))
    await desk.told(switch.Ready, times=2, role="snoop")
    await desk.quiet()
    desk.ask(asks.Watch(9, SECOND, "talk"))
    await desk.quiet()
    desk.ask(asks.Watch(9, SECOND, "listen"))
    await desk.told(switch.Ready, times=3, role="snoop")
    await desk.quiet()
    await agent_ends(desk)
    assert desk.kinds() == [
        *CONNECTED, "watched", "watching_up", "ear", "watched", "ear", "watched", "watched",
        "ear", "ended",
    ]  # fmt: skip


async def put_down_while_nobody_listened(desk: LiveDesk) -> None:
    """What was missed is found by looking around: the agent is free, and nothing is left."""
    await connected(desk)
    desk.stage.loses_line()
    await desk.told(switch.LineLost)
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.told(switch.LineBack)
    await desk.kept("ended", why="caller")
    assert asks.Released(1) in desk.words


async def goes_on_after_a_lost_line(desk: LiveDesk) -> None:
    """Nobody notices: both still hear each other when the switch is heard again."""
    await connected(desk)
    desk.stage.loses_line()
    await desk.told(switch.LineBack)
    await desk.quiet()
    assert desk.call.phase == "talking"
    view = await desk.stage.engine.look_around()
    talk = next(each for each in view.bridges if each.bridge == desk.call.talk)
    assert set(talk.channels) == set(desk.call.legs)
    await agent_ends(desk)
    assert desk.kinds() == [*CONNECTED, "ended"]


async def greeted_when_the_line_is_lost(desk: LiveDesk) -> None:
    """What was left of the greeting is stopped, and all of it said anew; then they wait."""
    welcome = ("sound:cc/welcome", "sound:cc/menu", "sound:cc/bill")
    desk.terms = Terms(QUEUE, welcome, is_recorded=False)
    desk.stage.dials()
    await desk.done(switch.Play)
    desk.stage.loses_line()
    await desk.told(switch.LineBack)
    again = await desk.kept("greeted_anew")
    await desk.told(switch.PlaybackEnded, playback=again.data["playback"], ok=True)
    await desk.done(switch.Music, on=True)
    await desk.quiet()
    view = await desk.stage.engine.look_around()
    assert desk.call.caller_channel in view.bridges[0].channels
    desk.stage.puts_down(desk.call.caller_channel)
    await desk.kept("ended", why="abandoned")
    assert desk.kinds() == [
        "arrived", "answered", "greeting_doubted", "greeted_anew", "queued", "ended",
    ]  # fmt: skip


Story = Callable[[LiveDesk], Awaitable[None]]
