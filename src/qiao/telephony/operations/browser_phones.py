"""Telephones in the browser are made, handed to their people, and chosen."""

import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.conf import settings

from qiao.contact.operations import sign_on
from qiao.contact.queries import standing_of
from qiao.core import crypto
from qiao.core.actor import Actor
from qiao.core.transactions import required
from qiao.telephony.models import BrowserPhone
from qiao.telephony.queries.browser_phones import (
    has_browser_phones,
    sealing_context,
    telephone_of,
)
from qiao.telephony.rules.browser_phones import browser_user, domain_of

RIGHT: Final = "interactions.work"
SECRET_BYTES: Final = 24


class NoBrowserPhone(Exception):  # noqa: N818 - a refusal, not a fault
    """There is none: `reason` is ``none_here`` (no switch takes any), ``not_at_switch`` (the
    person came after the switch's files were written), or ``at_desk`` (the person chose the
    telephone on the desk meanwhile)."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class HandedLine:
    """What a browser signs on with. Goes to its own person alone, into no page and no log."""

    address: str
    uri: str
    user: str
    secret: str = field(repr=False)
    ice: tuple[str, ...] = ()


def make_secrets(
    *, staff_ids: Iterable[int], now: datetime, renew: bool = False
) -> Mapping[int, str]:
    """The secrets of these people's telephones by staff id, made where there are none.

    With `renew` all are made anew: whoever kept an old one is refused once the switch has read
    its files again. Those of anybody else are thrown away, since the files leave them out.
    """
    required()
    wanted = set(staff_ids)
    BrowserPhone.objects.exclude(staff_id__in=wanted).delete()
    kept = {each.staff_id: each for each in BrowserPhone.objects.select_for_update()}
    ring, found = crypto.default_ring(), {}
    for staff_id in sorted(wanted):
        context, phone = sealing_context(staff_id), kept.get(staff_id)
        if phone is not None and not renew:
            found[staff_id] = ring.decrypt(phone.secret, context=context)
            continue
        found[staff_id] = secrets.token_urlsafe(SECRET_BYTES)
        sealed = ring.encrypt(found[staff_id], context=context)
        BrowserPhone.objects.update_or_create(
            staff_id=staff_id, defaults={"secret": sealed, "made_at": now}
        )
    return found


def hand_line(*, actor: Actor, now: datetime, again: bool = False) -> HandedLine:
    """Give the actor's own browser what it signs on with; from now on this telephone is rung.

    A window that tries `again` by itself changes nothing about who is rung: it may be a forgotten
    one, while its person sits at a telephone elsewhere. Raises `Forbidden`, `NoBrowserPhone`.
    """
    required()
    actor.require(RIGHT, actor.organisation_id)
    phone = _own(actor)
    if again and not phone.is_used:
        raise NoBrowserPhone("at_desk")
    phone.is_used, phone.handed_at = True, now
    phone.save(update_fields=["is_used", "handed_at"])
    _ring_there(actor, now)
    user, address = browser_user(actor.number), settings.SWITCH_WSS
    secret = crypto.default_ring().decrypt(phone.secret, context=sealing_context(actor.person_id))
    uri = f"sip:{user}@{domain_of(address)}"
    return HandedLine(address, uri, user, secret, tuple(settings.STUN))


def use_desk_phone(*, actor: Actor, now: datetime) -> None:
    """Ring the telephone on the desk again. Raises `Forbidden`, `NoBrowserPhone`."""
    required()
    actor.require(RIGHT, actor.organisation_id)
    phone = _own(actor)
    phone.is_used = False
    phone.save(update_fields=["is_used"])
    _ring_there(actor, now)


def _own(actor: Actor) -> BrowserPhone:
    if not has_browser_phones():
        raise NoBrowserPhone("none_here")
    phone = BrowserPhone.objects.select_for_update().filter(staff_id=actor.person_id).first()
    if phone is None:
        raise NoBrowserPhone("not_at_switch")
    return phone


def _ring_there(actor: Actor, now: datetime) -> None:
    """Whoever is signed on is rung at the new telephone from the next call on."""
    agent, endpoint = standing_of(actor), telephone_of(actor)
    if agent is not None and agent.state != "off" and agent.endpoint != endpoint:
        sign_on(actor=actor, endpoint=endpoint, now=now)
