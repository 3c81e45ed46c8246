"""Telephones in the browser: whether there are any here, whose is rung, what the bar shows."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.conf import settings

from qiao.core import crypto
from qiao.core.actor import Actor
from qiao.telephony.features import SOFTPHONE
from qiao.telephony.models import BrowserPhone, Call
from qiao.telephony.rules.browser_phones import browser_endpoint


def has_browser_phones() -> bool:
    """Whether this installation's switch takes telephones in the browser."""
    return settings.SWITCH == "asterisk" and bool(settings.SWITCH_WSS)


def sealing_context(staff_id: int) -> bytes:
    """What the secret of a telephone is bound to."""
    return crypto.field_context("telephony_browserphone", "secret", staff_id)


def uses_browser(actor: Actor) -> bool:
    """Whether the actor's telephone is the one in the browser: where that is switched off, the
    one on the desk is rung, whatever they chose before."""
    if not has_browser_phones() or not actor.uses(SOFTPHONE):
        return False
    return BrowserPhone.objects.filter(staff_id=actor.person_id, is_used=True).exists()


def telephone_of(actor: Actor) -> str:
    """How the switch names the telephone at which the actor is rung."""
    if uses_browser(actor):
        return browser_endpoint(actor.number)
    return str(settings.TELEPHONE.format(number=actor.number))


def load_softphone(*, actor: Actor, now: datetime, path: str) -> Mapping[str, Any] | None:
    """What the bar shows of the telephone in the browser; nothing where there are none."""
    del now, path
    if not has_browser_phones():
        return None
    return {"who": actor.number, "is_used": uses_browser(actor)}


def call_goes_on(*, call_id: int) -> bool:
    """Whether nothing says that a call has ended. Whoever is consulted may not see the call, and
    hangs up by a no; so one that is not known here goes on too, and nothing is told of any."""
    return not Call.objects.filter(pk=call_id, phase=Call.Phase.ENDED).exists()
