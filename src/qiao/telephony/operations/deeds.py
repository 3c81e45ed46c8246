"""What is done at telephones on the screen, with the played switch."""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import connection

from qiao.contact.queries import standing_of
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.telephony.models import PhoneDeed
from qiao.telephony.rules.switch import KEYS

DEEDS_HEARD_ON: Final = "qiao_phone_deeds"
NUMBER_LENGTH: Final = 40
MOST_KEYS: Final = 30
Kind = PhoneDeed.Kind


class NoScreenPhone(Exception):  # noqa: N818 - a refusal, not a fault
    """The switch is a real one: its calls are taken and made at real telephones."""


def lift_receiver(*, actor: Actor, now: datetime) -> PhoneDeed:
    """Take the call that rings at the actor's telephone. Raises `NoScreenPhone`."""
    agent = standing_of(actor)
    return _do(Kind.LIFT, agent.endpoint if agent else "", actor, now)


def call_in(*, caller: str, dialled: str, actor: Actor, now: datetime) -> PhoneDeed:
    """Call a line from an outside telephone, as a customer would.

    `caller` is the number shown, empty for a hidden one. Raises `NoScreenPhone`, `BadText`.
    """
    number = clean(caller, field="caller", max_length=NUMBER_LENGTH, one_line=True)
    line = clean(dialled, field="dialled", max_length=NUMBER_LENGTH, one_line=True)
    return _do(Kind.DIAL, number, actor, now, dialled=line)


def press_keys(*, deed_id: int, keys: str, actor: Actor, now: datetime) -> PhoneDeed:
    """Press keys at the telephone that called in with this deed.

    Raises `PhoneDeed.DoesNotExist` for somebody else's, `ValueError` for what is no key,
    `NoScreenPhone`.
    """
    if not keys or len(keys) > MOST_KEYS or set(keys) - set(KEYS):
        raise ValueError(keys)
    dialled = _own(deed_id, actor)
    return _do(Kind.PRESS, dialled.phone, actor, now, channel=dialled.channel, keys=keys)


def put_down(*, deed_id: int, actor: Actor, now: datetime) -> PhoneDeed:
    """Hang up the telephone that called in with this deed. Raises as `press_keys`."""
    dialled = _own(deed_id, actor)
    return _do(Kind.PUT_DOWN, dialled.phone, actor, now, channel=dialled.channel)


def _own(deed_id: int, actor: Actor) -> PhoneDeed:
    return PhoneDeed.objects.get(pk=deed_id, kind=Kind.DIAL, asked_by_id=actor.person_id)


def _do(kind: str, phone: str, actor: Actor, now: datetime, **given: str) -> PhoneDeed:
    required()
    if settings.SWITCH != "played":
        raise NoScreenPhone
    deed = PhoneDeed.objects.create(
        kind=kind, phone=phone, asked_by_id=actor.person_id, asked_at=now, **given
    )
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_notify(%s, %s)", [DEEDS_HEARD_ON, str(deed.pk)])
    return deed


def mark_done(*, deed_id: int, channel: str, now: datetime) -> None:
    """The played switch did it; `channel` is what it made of a call. Keys may be secret: they are
    not kept."""
    PhoneDeed.objects.filter(pk=deed_id).update(done_at=now, channel=channel, keys="")
