"""Every recording through the whole way of a call: the double says again what the switch said, the
engine translates, the product's rules decide, and their orders go back to the double.

A recording whose calls the rules do not conduct says here why, and is told as skipped.
"""

import asyncio
import contextlib
import os
from collections import Counter
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest
from django.conf import settings
from django.utils import timezone

from qiao.telephony.engines.clock import LoopClock
from qiao.telephony.engines.sim import SimEngine
from qiao.telephony.tests import confirm_stories, stories, waiting_stories
from qiao.telephony.tests.ari_double import script
from qiao.telephony.tests.following import FollowingDouble, as_created
from qiao.telephony.tests.live_desk import LiveDesk
from qiao.telephony.tests.performing import OUTSIDE, Stage
from qiao.telephony.tests.real_stage import address, real_stage
from qiao.telephony.tests.stories import OWN, Story
from qiao.telephony.tests.test_ari_replay import playing
from qiao.telephony.tests.test_contract import RecordedStage, SimStage

LONG = 40.0  # seconds


@dataclass(frozen=True)
class Replay:
    """How a recording is conducted.

    `until`: the note at which the recorder begins to try things of its own.
    `never`: calls of the recorder that the rules have no reason for.
    `beyond`: orders of the rules that the recorder did not give. `imagined`: telephones that the
    rules ring and the recording has none of. `is_originated`: see `following.as_created`.
    `presses`: keys pressed by whom the rules say something that the recorder did not.
    """

    story: Story
    until: str = "cleanup"
    never: tuple[str, ...] = ()
    beyond: Mapping[str, int] = field(default_factory=dict)
    imagined: frozenset[str] = frozenset()
    is_originated: bool = False
    presses: str = ""


AGENT_LATER: Final = (
    r".*/play/arrears .*", r"POST /channels/create 200 a-.*", r".* /channels/a-.*",
    r".* /bridges/b-.*",
)  # fmt: skip
"""The recorder played a word and rang an agent then; ours is at the telephone before."""
ON_OUR_WAY: Final = {"MakeBridge": 1, "Join": 1, "RingTone": 1, "EndBridge": 1}
"""Whoever calls out hears it ringing, in a bridge of their own, until the other side answers."""
REACHED: Final = {**ON_OUR_WAY, "Join": 2, "RingTone": 2}
OURS: Final = frozenset({OWN})

REPLAYS: Final[Mapping[str, Replay]] = {
    "01_inbound_answered": Replay(stories.greeted_connected_and_ended_by_the_caller),
    "01b_inbound_answered_originate": Replay(stories.the_agent_puts_down, is_originated=True),
    "02_caller_hangs_up_in_queue": Replay(stories.the_caller_gives_up_in_the_queue),
    "02b_caller_hangs_up_while_agent_rings": Replay(
        stories.the_caller_gives_up_while_somebody_is_rung,
        until="commands that lose the race",
    ),
    "02c_simultaneous_answer_and_hangup": Replay(stories.the_caller_gives_up_as_the_agent_answers),
    "03_ring_timeout_next_agent": Replay(stories.the_next_takes_what_the_first_does_not),
    "03b_ring_timeout_originate": Replay(
        stories.nobody_answers_and_the_call_is_let_go, is_originated=True
    ),
    "03c_agent_rejects_and_unregistered": Replay(stories.one_is_busy_and_one_is_not_signed_on),
    "04_blind_transfer_by_app": Replay(stories.sent_on_to_a_queue),
    "05_attended_transfer_by_app": Replay(stories.handed_over_after_asking),
    "05b_conference_three_way": Replay(stories.a_third_talks_with_both_and_goes),
    "06_hold_unhold_by_phone": Replay(stories.held_by_a_key_of_the_telephone),
    "06b_hold_unhold_by_app": Replay(stories.held_and_muted_by_us),
    "07_dtmf_ivr": Replay(
        stories.keys_lead_through_a_menu,
        never=(r".* /playbacks/ivr3 .*", r".*/play/ivr[45] .*"),
        beyond={"StopPlaying": 1},  # a digit ends what is said; the recorder let it speak
    ),
    "08_recording": Replay(
        stories.recorded_but_for_a_card,
        # The recorder stopped and began once more; the rules record until the call is over.
        never=(r".*/stop 204", r".*/record 409 .*", r".*/record 201 .*-2"),
    ),
    "09_outbound_answered": Replay(
        stories.called_out_and_reached, never=AGENT_LATER, imagined=OURS, beyond=REACHED
    ),
    "09b_outbound_no_answer": Replay(stories.called_out_in_vain, imagined=OURS, beyond=ON_OUR_WAY),
    "09c_outbound_busy": Replay(
        stories.called_out_to_a_busy_line, imagined=OURS, beyond=ON_OUR_WAY
    ),
    "09d_outbound_rejected_unavailable": Replay(
        stories.called_out_declined_and_switched_off,
        imagined=OURS,
        beyond=dict.fromkeys(ON_OUR_WAY, 2),
    ),
    "09e_outbound_originate_form": Replay(
        stories.called_out_three_times,
        imagined=OURS,
        beyond={"MakeBridge": 3, "Join": 4, "RingTone": 4, "EndBridge": 3},
        is_originated=True,
    ),
    "10_supervisor_snoop": Replay(
        stories.watched_in_three_ways,
        # The recorder took the supervisor back before there was an ear; the rules do so after.
        never=(r"POST /bridges/mon1/addChannel 204 a-1002-\w+",),
        beyond={"MakeBridge": 2, "Join": 1, "HangUp": 2},  # an ear that was let go, once more
    ),
    "11_ws_reconnect_resync": Replay(
        stories.put_down_while_nobody_listened,
        beyond={"HangUp": 1, "EndBridge": 1},  # let go by the call, and as what belongs to none
    ),
    "13_race_dial_before_StasisStart_409": Replay(
        stories.called_out_reached_and_let_go,
        # The rules dial what has arrived, so the race cannot be lost: both dials come too soon.
        never=(r".*/dial .*", *AGENT_LATER),
        imagined=OURS,
        beyond={**REACHED, "Dial": 1, "HangUp": 1},
    ),
    "14_subscribeAll_01_inbound_answered": Replay(
        stories.greeted_connected_and_ended_by_the_caller
    ),
    "14_subscribeAll_02_caller_hangs_up_in_queue": Replay(
        stories.the_caller_gives_up_in_the_queue
    ),
    "15_webrtc_jssip_agent": Replay(
        stories.called_out_from_the_browser,
        never=(r".*/play/p1 .*",),
        imagined=frozenset({OUTSIDE}),
        beyond=REACHED,
    ),
}
NOT_CONDUCTED: Final[Mapping[str, str]] = {
    "04b_blind_transfer_by_phone_REFER": (
        "a telephone transfers by itself: the files of `./qiao telephony config` forbid it"
    ),
    "04c_blind_transfer_REFER_ari_only": (
        "a telephone asks the controller to transfer: the rules transfer by what the desk asks"
    ),
    "05c_attended_transfer_by_phone_REFER_Replaces": (
        "a telephone transfers by itself: the files of `./qiao telephony config` forbid it"
    ),
    "12_second_ws_same_app": "no call in it: see test_controller_replaced",
    "14_subscribeAll_05c_attended_transfer_by_phone_REFER_Replaces": (
        "a telephone transfers by itself: the files of `./qiao telephony config` forbid it"
    ),
}


@contextlib.asynccontextmanager
async def a_desk(stage: Stage) -> AsyncIterator[LiveDesk]:
    """Somebody conducts the calls of a stage, from now until here."""
    desk = LiveDesk(stage)
    parts = [asyncio.create_task(each) for each in (desk.listen(), desk.work())]
    try:
        yield desk
        await desk.quiet()
        for each in parts:
            if each.done():
                each.result()
    finally:
        for each in parts:
            each.cancel()
        await asyncio.gather(*parts, return_exceptions=True)


async def on_recording(path: Path, replay: Replay) -> FollowingDouble:
    rows = script(path, replay.until)
    double = FollowingDouble(
        as_created(rows) if replay.is_originated else rows,
        never=replay.never, imagined=replay.imagined, presses=replay.presses,
    )  # fmt: skip
    async with playing(double) as engine, a_desk(RecordedStage(engine)) as desk:
        await replay.story(desk)
        for _ in range(100):
            if double.is_over:
                break
            await asyncio.sleep(0.02)
    return double


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a recording; one that is skipped where there are none."""
    if "recording" in metafunc.fixturenames:
        found = sorted((Path(settings.QIAO_SHARED) / "data" / "ari-traces").glob("*.jsonl"))
        metafunc.parametrize("recording", found or [None], ids=lambda each: each and each.stem)


def test_a_recorded_call_is_conducted_to_its_end(recording: Path | None) -> None:
    if recording is None:
        pytest.skip("the recordings of QIAO_SHARED are not here")
    if recording.stem in NOT_CONDUCTED:
        pytest.skip(NOT_CONDUCTED[recording.stem])
    replay = REPLAYS[recording.stem]
    double = asyncio.run(asyncio.wait_for(on_recording(recording, replay), LONG))
    assert double.missed == []
    assert double.beyond == Counter(replay.beyond)
    assert double.is_over


KEY_ASKED_FOR: Final = Replay(
    confirm_stories.confirmed_on_a_recorded_call,
    never=(r".*/play/.*",),  # the recorder greeted its caller
    beyond={"Play": 1, "StopPlaying": 1},
    presses="1",
)
"""Somebody outside the house is asked for a key: no recording has that, but all around it."""


def test_a_key_is_asked_for_in_a_recorded_call() -> None:
    path = Path(settings.QIAO_SHARED) / "data" / "ari-traces" / "01_inbound_answered.jsonl"
    if not path.is_file():
        pytest.skip("the recordings of QIAO_SHARED are not here")
    double = asyncio.run(asyncio.wait_for(on_recording(path, KEY_ASKED_FOR), LONG))
    assert double.missed == []
    assert double.beyond == Counter(KEY_ASKED_FOR.beyond)
    assert double.is_over


STORIES: Final = tuple(
    dict.fromkeys([
        *(each.story for each in REPLAYS.values()), stories.goes_on_after_a_lost_line,
        stories.greeted_when_the_line_is_lost,
        *waiting_stories.STORIES, *confirm_stories.STORIES,
    ])
)  # fmt: skip


@pytest.fixture(params=STORIES, ids=lambda each: each.__name__)
def story(request: pytest.FixtureRequest) -> Story:
    found: Story = request.param
    return found


def test_the_same_calls_go_the_same_on_the_played_switch(story: Story) -> None:
    async def on_simulator() -> None:
        engine = SimEngine(LoopClock(timezone.now))
        engine.switch.sound_seconds = lambda _sound: 0.2
        await engine.start()
        async with a_desk(SimStage(engine)) as desk:
            await story(desk)
        view = await engine.look_around()
        assert (view.channels, view.bridges) == ((), ())

    asyncio.run(asyncio.wait_for(on_simulator(), LONG))


@pytest.mark.skipif("ARI_URL" not in os.environ, reason="ARI_URL names no real Asterisk")
def test_the_same_calls_go_the_same_on_a_real_asterisk(story: Story) -> None:
    async def on_real_switch() -> None:
        async with real_stage(address()) as stage:
            async with a_desk(stage) as desk:
                await story(desk)
            for _ in range(20):  # those who were let go are on their way
                view = await stage.engine.look_around()
                if not view.channels and not view.bridges:
                    break
                await asyncio.sleep(0.1)
            assert (view.channels, view.bridges) == ((), ())

    asyncio.run(asyncio.wait_for(on_real_switch(), LONG))
