"""What every engine must do, told once: calls as they run, on whatever plays the switch."""

import io
from collections.abc import Awaitable, Callable

import pytest

from qiao.telephony.rules import switch
from qiao.telephony.rules.recordings import length_of
from qiao.telephony.rules.switch import (
    Answer,
    EndBridge,
    HangUp,
    HoldMusic,
    Join,
    Joined,
    KeyPressed,
    Leave,
    Left,
    LineBack,
    LineLost,
    MakeBridge,
    Music,
    Mute,
    Outcome,
    Parted,
    PauseRecording,
    Play,
    PlaybackEnded,
    Ready,
    Record,
    RecordingEnded,
    RingTone,
    Snoop,
    StopPlaying,
    StopRecording,
    Up,
)
from qiao.telephony.tests.performing import CALLER, FIRST, OUTSIDE, SECOND, Performance


async def inbound_answered(play: Performance) -> None:
    play.stage.phone(FIRST)
    caller = await play.caller()
    await play.give(Play(caller, "greeting", ("sound:cc/welcome",)))
    ended = await play.ear.wait(PlaybackEnded, playback="greeting")
    assert ended.ok
    await play.queue(caller)
    await play.ring("agent", FIRST, caller)
    await play.ear.wait(Up, channel="agent")
    await play.talk(caller, "agent")
    play.stage.puts_down(caller)
    await play.ear.wait(Left, channel=caller)
    await play.give(HangUp("agent"))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("talk"))


async def caller_gives_up_while_the_agent_is_rung(play: Performance) -> None:
    play.stage.phone(FIRST, "silent")
    caller = await play.caller()
    await play.queue(caller)
    await play.ring("agent", FIRST, caller)
    play.stage.puts_down(caller)
    await play.ear.wait(Left, channel=caller)
    await play.give(HangUp("agent", elsewhere=True))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("queue"))
    # What was under way when the caller went.
    await play.give(Answer(caller), Outcome.GONE)
    await play.give(HangUp(caller), Outcome.ALREADY)
    await play.give(Join("queue", (caller,)), Outcome.GONE)
    await play.give(MakeBridge("race"))
    await play.give(Join("race", (caller,)), Outcome.GONE)
    await play.give(EndBridge("race"))


async def caller_gives_up_as_the_agent_answers(play: Performance) -> None:
    """All or none: the agent is not put into a bridge alone, and is free again."""
    play.stage.phone(FIRST, "silent")
    caller = await play.caller()
    await play.queue(caller)
    await play.ring("agent", FIRST, caller)
    play.stage.puts_down(caller)
    play.stage.phone(FIRST, "takes now")
    await play.ear.wait(Up, channel="agent")
    await play.give(MakeBridge("talk"))
    await play.give(Music("queue", on=False), Outcome.ALREADY)
    await play.give(Leave("queue", caller), Outcome.ALREADY)
    await play.give(Join("talk", (caller, "agent")), Outcome.GONE)
    await play.give(EndBridge("queue"))
    await play.give(HangUp("agent"))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("talk"))
    assert not [
        each for each in play.ear.heard if isinstance(each, Joined) and each.bridge == "talk"
    ]


async def nobody_answers_and_the_next_does(play: Performance) -> None:
    play.stage.phone(FIRST, "silent")
    play.stage.phone(SECOND)
    caller = await play.caller()
    await play.queue(caller)
    await play.ring("agent", FIRST, caller, 3)
    gone = await play.ear.wait(switch.Gone, channel="agent")
    assert switch.why_unanswered(gone) == "no_answer"
    await play.ring("next", SECOND, caller, 10)
    await play.ear.wait(Up, channel="next")
    await play.talk(caller, "next")
    await play.give(HangUp(caller))
    await play.give(HangUp("next"))
    await play.ear.wait(Left, channel="next")
    await play.give(EndBridge("talk"))


async def blind_transfer(play: Performance) -> None:
    caller = await play.connected()
    play.stage.phone(SECOND)
    await play.give(Leave("talk", caller))
    await play.ear.wait(Parted, channel=caller, bridge="talk")
    await play.queue(caller, "again")
    await play.give(HangUp("agent"))
    await play.give(EndBridge("talk"))
    await play.ring("next", SECOND, caller)
    await play.ear.wait(Up, channel="next")
    await play.talk(caller, "next", bridge="talk", queue="again")
    await play.give(HangUp("next"))
    await play.give(HangUp(caller))
    await play.ear.wait(Left, channel=caller)
    await play.give(EndBridge("talk"))


async def attended_transfer(play: Performance) -> None:
    caller = await play.connected()
    play.stage.phone(SECOND)
    await play.give(Leave("talk", "agent"))
    await play.give(HoldMusic(caller, on=True))
    await play.give(MakeBridge("consult"))
    await play.give(Join("consult", ("agent",)))
    await play.give(RingTone("agent", on=True))
    await play.ring("next", SECOND, "agent")
    await play.ear.wait(Up, channel="next")
    await play.give(RingTone("agent", on=False))
    await play.give(Join("consult", ("next",)))
    await play.ear.wait(Joined, channel="next", bridge="consult")
    await play.give(HoldMusic(caller, on=False))
    await play.give(Join("talk", ("next",)))
    await play.ear.wait(Joined, channel="next", bridge="talk")
    await play.give(HangUp("agent"))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("consult"))
    await play.give(HangUp(caller))
    await play.give(HangUp("next"))
    await play.ear.wait(Left, channel="next")
    await play.give(EndBridge("talk"))


async def held_by_us(play: Performance) -> None:
    caller = await play.connected()
    await play.give(Leave("talk", "agent"))
    await play.ear.wait(Parted, channel="agent", bridge="talk")
    await play.give(HoldMusic(caller, on=True))
    await play.give(HoldMusic(caller, on=False))
    await play.give(Join("talk", ("agent",)))
    await play.ear.wait(Joined, times=2, channel="agent", bridge="talk")
    await play.give(Mute("agent", on=True))
    await play.give(Mute("agent", on=False))
    await play.give(HangUp(caller))
    await play.give(HangUp("agent"))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("talk"))


async def keys_while_a_sound_is_played(play: Performance) -> None:
    caller = await play.caller()
    menu = ("sound:cc/welcome", "sound:cc/menu", "sound:cc/bill")
    await play.give(Play(caller, "menu", menu))
    play.stage.presses(caller, "1")
    await play.ear.wait(KeyPressed, channel=caller, key="1")
    await play.give(StopPlaying("menu"))
    await play.ear.wait(PlaybackEnded, playback="menu")
    await play.give(Play(caller, "bill", ("sound:cc/bill",)))
    play.stage.presses(caller, "10023#")
    await play.ear.wait(KeyPressed, channel=caller, key="#")
    pressed = [each.key for each in play.ear.heard if isinstance(each, KeyPressed)]
    assert "".join(pressed) == "110023#"
    ended = await play.ear.wait(PlaybackEnded, playback="bill")
    assert ended.ok
    await play.give(Play(caller, "missing", ("sound:cc/nosuch",)))
    ended = await play.ear.wait(PlaybackEnded, playback="missing")
    assert not ended.ok
    await play.give(StopPlaying("missing"), Outcome.ALREADY)


async def recorded_with_a_pause(play: Performance) -> None:
    await play.connected()
    await play.give(Record("talk", "talk-1"))
    await play.give(PauseRecording("talk-1", on=True))
    await play.give(PauseRecording("talk-1", on=False))
    await play.give(Record("talk", "talk-1"), Outcome.ALREADY)
    await play.give(StopRecording("talk-1"))
    ended = await play.ear.wait(RecordingEnded, recording="talk-1")
    assert ended.ok
    engine = play.stage.engine
    sound = b"".join([block async for block in engine.fetch_recording("talk-1")])
    assert length_of(io.BytesIO(sound), len(sound)) >= 0
    with pytest.raises(KeyError):
        [block async for block in engine.fetch_recording("nosuch")]
    await engine.drop_recording("talk-1")
    await engine.drop_recording("talk-1")
    with pytest.raises(KeyError):
        [block async for block in engine.fetch_recording("talk-1")]


async def a_supervisor_listens_whispers_and_joins(play: Performance) -> None:
    caller = await play.connected()
    play.stage.phone(SECOND)
    await play.ring("lead", SECOND, caller)
    await play.ear.wait(Up, channel="lead")
    await play.give(Snoop("agent", "ear"))
    await play.ear.wait(Ready, channel="ear")
    await play.give(MakeBridge("listen"))
    await play.give(Join("listen", ("lead", "ear")))
    await play.ear.wait(Joined, channel="ear", bridge="listen")
    await play.give(Snoop("agent", "mouth", whispers=True))
    await play.ear.wait(Ready, channel="mouth")
    await play.give(Join("listen", ("mouth",)))
    await play.give(HangUp("ear"))
    await play.ear.wait(Left, channel="ear")
    await play.give(HangUp("mouth"))
    await play.give(Join("talk", ("lead",)))
    await play.ear.wait(Joined, channel="lead", bridge="talk")
    await play.ear.wait(Parted, channel="lead", bridge="listen")


async def a_lost_line_is_taken_up_again(play: Performance) -> None:
    caller = await play.connected()
    play.stage.loses_line()
    await play.ear.wait(LineLost)
    play.stage.puts_down(caller)  # nobody hears it
    await play.ear.wait(LineBack)
    view = await play.stage.engine.look_around()
    assert [each.channel for each in view.channels] == ["agent"]
    assert [each.bridge for each in view.bridges] == ["talk"]
    assert not [each for each in play.ear.heard if isinstance(each, Left)]
    await play.give(HangUp("agent"))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("talk"))


async def called_out(play: Performance, channel: str, manner: str, seconds: int = 4) -> None:
    """Somebody outside is rung, as a list does it in the recordings."""
    play.stage.phone(OUTSIDE, manner)
    await play.give(switch.Create(channel, OUTSIDE, "campaign", "42"))
    ready = await play.ear.wait(Ready, channel=channel)
    assert (ready.role, ready.about) == ("campaign", "42")
    await play.give(switch.Dial(channel, seconds))


async def why_it_ended(play: Performance, channel: str) -> tuple[int, int, bool]:
    """The cause told before the end, that told with it, and whether it has rung."""
    before = await play.ear.wait(switch.HangsUp, channel=channel)
    gone = await play.ear.wait(switch.Gone, channel=channel)
    rang = [e for e in play.ear.heard if isinstance(e, switch.Rings) and e.channel == channel]
    return before.cause, gone.cause, bool(rang)


async def calling_out_reaches_somebody(play: Performance) -> None:
    await called_out(play, "out", "answers")
    await play.ear.wait(switch.Rings, channel="out")
    await play.ear.wait(Up, channel="out")
    await play.give(Play("out", "arrears", ("sound:cc/bill",)))
    await play.ear.wait(PlaybackEnded, playback="arrears")
    play.stage.presses("out", "1")
    play.stage.phone(FIRST)
    await play.give(switch.Create("agent", FIRST, "agent", "out", CALLER, "out"))
    await play.ear.wait(Ready, channel="agent")
    await play.give(switch.Dial("agent", 20, "out"))
    await play.ear.wait(Up, channel="agent")
    await play.give(MakeBridge("talk"))
    await play.give(Join("talk", ("out", "agent")))
    await play.ear.wait(Joined, channel="agent", bridge="talk")
    play.stage.puts_down("out")
    await play.ear.wait(Left, channel="out")
    await play.give(HangUp("agent"))
    await play.ear.wait(Left, channel="agent")
    await play.give(EndBridge("talk"))


async def calling_out_rings_in_vain(play: Performance) -> None:
    await called_out(play, "out", "silent", seconds=3)
    soft, cause, rang = await why_it_ended(play, "out")
    assert (soft, cause in switch.NO_ANSWER, rang) == (32, True, True)


async def calling_out_finds_them_busy(play: Performance) -> None:
    await called_out(play, "out", "busy")
    assert await why_it_ended(play, "out") == (switch.BUSY, switch.BUSY, False)


async def calling_out_is_declined_or_finds_a_telephone_switched_off(play: Performance) -> None:
    await called_out(play, "first", "declines")
    assert await why_it_ended(play, "first") == (switch.REJECTED, switch.REJECTED, False)
    await called_out(play, "second", "off")
    assert await why_it_ended(play, "second") == (19, 19, False)


Scenario = Callable[[Performance], Awaitable[None]]
SCENARIOS: dict[str, Scenario] = {  # by the recording that plays it
    "01_inbound_answered": inbound_answered,
    "02b_caller_hangs_up_while_agent_rings": caller_gives_up_while_the_agent_is_rung,
    "02c_simultaneous_answer_and_hangup": caller_gives_up_as_the_agent_answers,
    "03_ring_timeout_next_agent": nobody_answers_and_the_next_does,
    "04_blind_transfer_by_app": blind_transfer,
    "05_attended_transfer_by_app": attended_transfer,
    "06b_hold_unhold_by_app": held_by_us,
    "07_dtmf_ivr": keys_while_a_sound_is_played,
    "08_recording": recorded_with_a_pause,
    "09_outbound_answered": calling_out_reaches_somebody,
    "09b_outbound_no_answer": calling_out_rings_in_vain,
    "09c_outbound_busy": calling_out_finds_them_busy,
    "09d_outbound_rejected_unavailable": (
        calling_out_is_declined_or_finds_a_telephone_switched_off
    ),
    "10_supervisor_snoop": a_supervisor_listens_whispers_and_joins,
    "11_ws_reconnect_resync": a_lost_line_is_taken_up_again,
}
