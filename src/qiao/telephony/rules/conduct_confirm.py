"""Whoever is rung outside the house, at a telephone of their own, says by a key that they hear.

A mailbox answers as well as a person does. So the telephone that was taken hears what waits, and
caller and person are brought together only by the key; meanwhile the caller hears what they heard.
"""

from typing import Final

from qiao.telephony.rules import asks, switch
from qiao.telephony.rules.calls import Leg
from qiao.telephony.rules.conduct_offers import meet, refuse
from qiao.telephony.rules.conducting import Conduct, drop
from qiao.telephony.rules.confirm_words import confirm_piece

CONFIRM_KEY: Final = "1"  # as Asterisk's FollowMe has it (`takecall`), and most who screen calls
CONFIRM_SECONDS: Final = 20
"""From the answer to the key. The words take some seven seconds: heard twice whole, with time to
find the key in the dark; a mailbox holds up an emergency no longer than that."""
TIMES: Final = 3  # they are said, unless the key ends them
SAID_SECONDS: Final = 2  # a telephone that is put down is told to be so by then


def ask_to_confirm(step: Conduct, leg: Leg) -> None:
    """Their telephone was taken, by somebody or something: say what waits. Whoever takes the call
    up from another controller asks anew."""
    if leg.prompt:
        step.do(switch.StopPlaying(leg.prompt))
    prompt = step.call.next_name("y")
    step.note("asked_to_confirm", offer=leg.offer, playback=prompt)
    sounds = (confirm_piece(leg.confirm).sound,) * TIMES
    step.do(switch.Play(leg.channel, prompt, sounds))
    step.tell(asks.Later(asks.NotConfirmed(prompt), CONFIRM_SECONDS))


def confirm(step: Conduct, leg: Leg, key: str) -> None:
    """They pressed a key: by the right one the call is theirs."""
    if key == CONFIRM_KEY and step.call.phase == "waiting":
        meet(step, leg)


def prompt_ended(step: Conduct, playback: str, *, ok: bool) -> None:
    """What they are asked was said, or was not. Where the switch has no such words, a person would
    wait for them in vain: who is still there a moment later has the call without the key."""
    if not ok and _asked_by(step, playback) is not None:
        step.tell(asks.Later(asks.NotAsked(playback), SAID_SECONDS))


def not_asked(step: Conduct, ask: asks.NotAsked) -> None:
    """The switch could not say it, and they are there still."""
    leg = _asked_by(step, ask.prompt)
    if leg is not None and step.call.phase == "waiting":
        step.note("trouble", order=switch.Play.__name__, outcome=str(switch.Outcome.FAILED))
        meet(step, leg)


def not_confirmed(step: Conduct, ask: asks.NotConfirmed) -> None:
    """No key came: nobody is there, and the next is asked."""
    leg = _asked_by(step, ask.prompt)
    if leg is not None:
        drop(step, leg)
        refuse(step, leg, "unconfirmed")


def _asked_by(step: Conduct, prompt: str) -> Leg | None:
    """Whoever is asked by a prompt, and has not pressed the key."""
    return next(
        (each for each in step.call.open_offers if each.prompt == prompt and not each.bridge), None
    )
