"""A caller is greeted: once, and whole.

A greeting that nobody listened to, because its controller was killed or its line was lost, is in
doubt: it may be said still, or have been heard to its end. Stopping it tells which. What was cut
is said anew from its start; what was over is not said again, and where the switch does not tell,
nobody is kept for it.
"""

from qiao.telephony.rules import switch
from qiao.telephony.rules.conduct_menu import begin_menu
from qiao.telephony.rules.conducting import Conduct, Terms, queue
from qiao.telephony.rules.switch import Order, Outcome


def greet(step: Conduct, terms: Terms) -> None:
    """The caller hears us: they are greeted, if the line has a greeting."""
    if terms.greeting:
        step.do(switch.Play(step.call.caller_channel, step.call.greeting, terms.greeting))
    else:
        greeted(step, terms)


def greeted(step: Conduct, terms: Terms) -> None:
    """Whoever was greeted comes to the menu of the line, or waits for a person at once."""
    if terms.menu is None:
        queue(step, terms.queue)
    else:
        begin_menu(step, terms.menu, terms.menu_version)


def greeting_ended(step: Conduct, playback: str, terms: Terms) -> None:
    """A playback has ended. While the greeting is in doubt that says nothing: it may be we who
    stopped it."""
    call = step.call
    is_it = call.phase == "greeted" and playback == call.greeting
    if is_it and not call.is_greeting_in_doubt:
        greeted(step, terms)


def doubt_greeting(step: Conduct) -> None:
    """Nobody listened while the caller was being greeted: stop what is said, if anything is."""
    if not step.call.is_greeting_in_doubt:
        step.note("greeting_doubted")
    step.do(switch.StopPlaying(step.call.greeting))


def greeting_stopped(
    step: Conduct, order: switch.StopPlaying, result: Outcome, terms: Terms
) -> bool:
    """What stopping the greeting tells of it; False where something else was stopped."""
    call = step.call
    is_it = call.phase == "greeted" and order.playback == call.greeting
    if not is_it or not call.is_greeting_in_doubt:
        return False
    if result is Outcome.FAILED:
        _trouble(step, order, result)
    if result is Outcome.DONE and terms.greeting:
        step.note("greeted_anew", playback=call.next_name("greeting"))
        greet(step, terms)
    else:
        greeted(step, terms)
    return True


def greeting_not_said(step: Conduct, order: switch.Play, result: Outcome, terms: Terms) -> bool:
    """The switch could not say it: nobody is kept for that. False for another playback."""
    call = step.call
    is_it = call.phase == "greeted" and order.playback == call.greeting
    if not is_it or call.is_greeting_in_doubt or result is not Outcome.FAILED:
        return False
    _trouble(step, order, result)
    step.do(switch.StopPlaying(order.playback))  # should only its answer be lost
    greeted(step, terms)
    return True


def _trouble(step: Conduct, order: Order, result: Outcome) -> None:
    step.note("trouble", order=type(order).__name__, outcome=str(result))
