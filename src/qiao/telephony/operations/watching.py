"""Watching over living calls: listening, whispering, joining, taking over, moving who waits.

A watch is a row from the moment that it is asked for, so that two people never have one call;
the controller, which alone knows how the call stands, ends it. Every way of hearing a customer
is recorded as a disclosure, as every reveal is.
"""

from collections.abc import Collection, Iterable
from datetime import datetime, timedelta
from typing import Final, Literal

from django.db import IntegrityError, connection, transaction
from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext_noop

from qiao.contact.operations import take_directly
from qiao.contact.queries import standings
from qiao.core import disclosure, events
from qiao.core.actor import Actor
from qiao.core.packs.enabled import catalogue
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.staff.queries import names_of
from qiao.telephony.models import Call, CallAsk, CallWatch
from qiao.telephony.operations.asking import RIGHT, leave_ask
from qiao.telephony.operations.contacts import actor_of
from qiao.telephony.queries import telephone_of, watched_call
from qiao.telephony.rules import asks
from qiao.telephony.rules import calls as rules
from qiao.telephony.rules.calls import WITH_A_PERSON, Entry, Mode

LEASE_SECONDS: Final = 60  # three signs of life of the browser may be lost
REASON_LENGTH: Final = 120
LEASE: Final = timedelta(seconds=LEASE_SECONDS)
MODES: Final[tuple[Mode, ...]] = ("listen", "whisper", "talk")
HEARD_AS: Final = {
    "listen": gettext_noop("Listened to a call"),
    "whisper": gettext_noop("Whispered to the agent of a call"),
    "talk": gettext_noop("Joined a call"),
}
"""What a disclosure names; told in the reader's language where it is shown."""
AT_WORK: Final = frozenset({"ready", "reserved", "busy", "wrap_up"})
MOVES: Final = frozenset({asks.Requeue.__name__, asks.Offer.__name__})
MOMENT: Final = timedelta(seconds=10)  # a controller carries a move out much sooner, if one runs
WATCHING: Final = frozenset(each.__name__ for each in (asks.Watch, asks.EndWatch, asks.TakeOver))
ENDS_WATCH: Final = frozenset({"watch_ended", "taken_over", "ended"})
Why = Literal[
    "over", "waits", "own", "watched", "elsewhere", "at_work", "none", "not_heard", "consults",
    "waits_no_more", "there_already", "not_ready", "ending", "moved", "given",
]  # fmt: skip
_Why = CallWatch.Why


class CallRefusal(Exception):  # noqa: N818 - a refusal, not a fault
    """What was asked of a living call does not fit how it, or the person, stands; `name` is of
    whom it is about."""

    def __init__(self, why: Why, name: str = "") -> None:
        super().__init__(why)
        self.why = why
        self.name = name


def watch_call(*, call_id: int, mode: Mode, actor: Actor, now: datetime) -> CallWatch:
    """Hear a call that is talked: listen, whisper to the agent, talk with both; or hear it another
    way than before. The actor's telephone is rung. Asked for twice it is done once.

    Raises `Call.DoesNotExist`, `ValueError` for an unknown mode, `Forbidden`, `CallRefusal`.
    """
    required()
    if mode not in MODES:
        raise ValueError(mode)
    call = _seen(call_id, actor)
    _let_go_of_lost(call, actor, now)
    own = _own(actor)
    if own is not None and own.why:  # asked to end; only then may another begin
        raise CallRefusal("ending")
    if own is not None and own.call_id != call.pk:
        raise CallRefusal("elsewhere")
    if own is not None and own.mode == mode:
        return own
    _may_be_heard(call, actor)
    if mode == "talk":  # whoever talks may be left alone with the caller
        actor.require(RIGHT, actor.organisation_id)
    if own is None:
        watch = _begin(call, mode, actor, now)
    else:
        watch, own.mode = own, mode
        own.save(update_fields=["mode"])
    disclosure.record(
        kind="reveal",
        subject="telephony.call",
        subject_id=call.pk,
        fields=(HEARD_AS[mode],),
        organisation_id=call.organisation_id,
        actor=actor,
        now=now,
        reason=names_of([call.staff_id or 0]).get(call.staff_id or 0, ""),
    )
    endpoint = telephone_of(actor)
    leave_ask(call.pk, asks.Watch(actor.person_id, endpoint, mode), actor, now)
    _tell(watch)
    return watch


def end_watch(*, actor: Actor, now: datetime) -> CallWatch | None:
    """Listen no longer; None for somebody who did not."""
    required()
    watch = _own(actor)
    if watch is not None:
        watch.why = _Why.STOPPED
        watch.save(update_fields=["why"])
        leave_ask(watch.call_id, asks.EndWatch(actor.person_id), actor, now)
    return watch


def take_over_call(*, actor: Actor, now: datetime) -> CallWatch:
    """Take the call that the actor hears from its agent. Raises `Forbidden`, `CallRefusal`."""
    required()
    actor.require(RIGHT, actor.organisation_id)
    watch = _own(actor)
    if watch is None:
        raise CallRefusal("none")
    call = Call.objects.get(pk=watch.call_id)
    if call.phase not in WITH_A_PERSON:
        raise CallRefusal("over")
    if watch.heard_at is None:
        raise CallRefusal("not_heard")
    if call.phase == Call.Phase.CONSULTING:
        raise CallRefusal("consults")
    leave_ask(call.pk, asks.TakeOver(actor.person_id), actor, now)
    return watch


def move_waiting_call(*, call_id: int, queue: str, actor: Actor, now: datetime) -> CallAsk:
    """Let a caller who waits wait in another queue, at their place by the time they have waited.
    Where two people move a caller at one moment, the second is refused.

    Raises `Call.DoesNotExist`, `KeyError` for what is no queue for calls, `CallRefusal`.
    """
    required()
    if "phone" not in catalogue().queues[queue].channels:
        raise KeyError(queue)
    _one_mover_at_a_time(actor, now, call_id=call_id)
    call = _that_waits(call_id, actor)
    if call.queue == queue:
        raise CallRefusal("there_already")
    return leave_ask(call.pk, asks.Requeue(queue, actor.person_id), actor, now)


def raise_waiting_call(
    *, call_id: int, reason: str, actor: Actor, now: datetime, on: bool = True
) -> CallAsk:
    """Put a caller who waits before all who are no emergency, with the reason that the call's log
    keeps; or (not `on`) back to their place. Those who were raised go by arrival.

    Raises `Call.DoesNotExist`, `CallRefusal`, `BadText` for a raise without a reason.
    """
    required()
    call = _that_waits(call_id, actor)
    why = clean(reason, field="reason", max_length=REASON_LENGTH, one_line=True, required=on)
    return leave_ask(call.pk, asks.Raise(actor.person_id, why, on), actor, now)


def give_waiting_call(*, call_id: int, staff_id: int, actor: Actor, now: datetime) -> CallAsk:
    """Ring somebody who is ready with a call that waits, whoever else it rings at. Where two
    people move a caller, or give somebody a call, at one moment, the second is refused.

    Raises `Call.DoesNotExist`, `CallRefusal`.
    """
    required()
    _one_mover_at_a_time(actor, now, call_id=call_id, staff_id=staff_id)
    call = _that_waits(call_id, actor)
    agent = standings(staff_ids=[staff_id]).get(staff_id)
    if agent is None or not agent.is_free(now):
        raise CallRefusal("not_ready", names_of([staff_id]).get(staff_id, ""))
    return leave_ask(call.pk, asks.Offer(0, staff_id, "", 0), actor, now)


def renew_watches(*, people: Collection[int], now: datetime) -> None:
    """The browsers of these people are still there."""
    required()
    own = CallWatch.objects.filter(staff_id__in=people, ended_at__isnull=True)
    own.update(lease_until=now + LEASE)


def renew_all_watches(*, now: datetime) -> None:
    """All who watch have a whole lease to be heard of: the clock was set."""
    required()
    CallWatch.objects.filter(ended_at__isnull=True).update(lease_until=now + LEASE)


def lost_watches(*, now: datetime) -> list[tuple[int, int]]:
    """Watches whose people are not heard of any more, as (call, staff); they are about to end."""
    required()
    lost = CallWatch.objects.filter(ended_at__isnull=True, lease_until__lte=now)
    found = list(lost.order_by("id").values_list("call_id", "staff_id"))
    if found:
        lost.filter(why="").update(why=_Why.LOST)
    return found


def follow_watch(*, call_id: int, entries: Iterable[Entry], now: datetime) -> None:
    """What a call's log says of whoever watches it."""
    for entry in entries:
        if entry.kind == "watching_up":
            _open(call_id).update(heard_at=now)
            _tell(_open(call_id).first())
        elif entry.kind in ENDS_WATCH:
            _close(call_id, _why_of(entry), now)


def settle_watch(*, call_id: int, call: rules.Call | None, now: datetime) -> None:
    """End the watch of somebody who does not watch: the call had gone when they asked, or
    somebody else hears it."""
    watcher = call.leg("watcher") if call else None
    watch = _open(call_id).first()
    if watch is not None and (watcher is None or watcher.staff != watch.staff_id):
        _close(call_id, _Why.GONE, now)


def settle_watches_but(*, call_ids: Collection[int], now: datetime) -> None:
    """End those of calls that do not live any more: a controller was gone when they ended."""
    stale = CallWatch.objects.filter(ended_at__isnull=True).exclude(call_id__in=call_ids)
    for call_id in stale.values_list("call_id", flat=True):
        _close(call_id, _Why.OVER, now)


def has_taken_over(*, staff_id: int, now: datetime) -> None:
    """Somebody has a call that nobody offered them."""
    actor = actor_of(staff_id, now)
    endpoint = telephone_of(actor)
    take_directly(actor=actor, endpoint=endpoint, now=now)


def _seen(call_id: int, actor: Actor) -> Call:
    call = watched_call(actor=actor, call_id=call_id)
    if call is None:
        raise Call.DoesNotExist(f"call {call_id}")
    return call


def _that_waits(call_id: int, actor: Actor) -> Call:
    call = _seen(call_id, actor)
    if call.phase != Call.Phase.WAITING:
        raise CallRefusal("over" if call.phase == Call.Phase.ENDED else "waits_no_more")
    return call


def _one_mover_at_a_time(actor: Actor, now: datetime, *, call_id: int, staff_id: int = 0) -> None:
    """What a colleague has just asked of this caller, or of this person, is about to be carried
    out: whoever comes second is told, rather than undoing it unseen."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtext('telephony_move'))")
    others = CallAsk.objects.filter(
        Q(call_id=call_id) | Q(kind=asks.Offer.__name__, data__staff=staff_id),
        done_at__isnull=True,
        kind__in=MOVES,
        asked_at__gt=now - MOMENT,
    ).exclude(asked_by_id=actor.staff_id)
    other = others.first()
    if other is not None:
        name = names_of([other.asked_by_id or 0]).get(other.asked_by_id or 0, "")
        raise CallRefusal("moved" if other.call_id == call_id else "given", name)


def _own(actor: Actor) -> CallWatch | None:
    mine = CallWatch.objects.select_for_update().filter(staff_id=actor.person_id)
    return mine.filter(ended_at__isnull=True).first()


def _open(call_id: int) -> "QuerySet[CallWatch]":
    return CallWatch.objects.filter(call_id=call_id, ended_at__isnull=True)


def _let_go_of_lost(call: Call, actor: Actor, now: datetime) -> None:
    """Where no controller runs, watches of people who have gone stand before nobody."""
    lost = CallWatch.objects.filter(ended_at__isnull=True, lease_until__lte=now - LEASE)
    (lost.filter(call=call) | lost.filter(staff_id=actor.person_id)).update(
        ended_at=F("lease_until"), why=_Why.LOST
    )


def _may_be_heard(call: Call, actor: Actor) -> None:
    if call.phase == Call.Phase.ENDED:
        raise CallRefusal("over")
    if call.phase not in WITH_A_PERSON:
        raise CallRefusal("waits")
    if call.staff_id == actor.person_id:
        raise CallRefusal("own")


def _begin(call: Call, mode: str, actor: Actor, now: datetime) -> CallWatch:
    standing = standings(staff_ids=[actor.person_id]).get(actor.person_id)
    if standing is not None and standing.state in AT_WORK:
        raise CallRefusal("at_work")
    try:
        with transaction.atomic():
            return CallWatch.objects.create(
                call=call,
                staff_id=actor.person_id,
                agent_id=call.staff_id,
                mode=mode,
                begun_at=now,
                lease_until=now + LEASE,
            )
    except IntegrityError as error:
        other = _open(call.pk).first()
        if other is None or other.staff_id == actor.person_id:  # pressed in two windows at once
            raise CallRefusal("elsewhere") from error
        raise CallRefusal("watched", names_of([other.staff_id])[other.staff_id]) from error


def _why_of(entry: Entry) -> str:
    match entry.kind:
        case "taken_over":
            return _Why.TAKEN_OVER
        case "ended":
            return _Why.OVER
    return _Why.TRANSFER if entry.data.get("why") == "transfer" else ""


def _close(call_id: int, why: str, now: datetime) -> None:
    watch = _open(call_id).select_for_update().first()
    if watch is None:
        return
    away = _Why.UNANSWERED if watch.heard_at is None else _Why.PUT_DOWN
    watch.why = watch.why or why or away
    watch.ended_at = max(now, watch.begun_at)
    watch.save(update_fields=["why", "ended_at"])
    _tell(watch)


def _tell(watch: CallWatch | None) -> None:
    if watch is not None:
        events.wake_people([f"watch-{watch.staff_id}"], [watch.staff_id])
