"""Who is next in a list: whoever may be called now is given to one person alone."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

from django.db import connection

from qiao.contact.queries import standings
from qiao.core.actor import Actor
from qiao.core.registry import registry
from qiao.core.rules import phones
from qiao.core.transactions import required
from qiao.customers.queries import held_as, number_to_call
from qiao.staff.queries import organisation
from qiao.telephony.models import CallList, CallListEntry
from qiao.telephony.queries.dialling import MayNot, why_not_to_call
from qiao.telephony.queries.lists import asked_at, last_called_elsewhere, terms_of_list
from qiao.telephony.rights import DIAL
from qiao.telephony.rules.call_lists import is_quiet, may_call_at, within_hours

State = CallListEntry.State
Skip = CallListEntry.Skip
FORGOTTEN: Final = timedelta(minutes=30)  # whoever took somebody, did not call and left
MOST_SKIPPED: Final = 200  # at one press
BREAK: Final = "break"
# Why somebody may not be called, as the list tells it. Their quiet time is none of these: it ends.
_SKIPS: Final[Mapping[str, str]] = {
    "no_number": Skip.NO_PHONE, "service_number": Skip.NO_PHONE, "abroad": Skip.NO_PHONE,
    "do_not_call": Skip.NO_CALLS,
}  # fmt: skip
# Who was promised a time comes first; who is locked is being given to somebody else. Whoever was
# called stays with the one who called until the result is written.
_NEXT: Final = """
UPDATE telephony_calllistentry e
   SET state = 'taken', taken_by_id = %(staff)s, taken_at = %(now)s, call_id = NULL
 WHERE e.id = (
    SELECT n.id FROM telephony_calllistentry n
     WHERE n.call_list_id = %(list)s AND n.next_at <= %(now)s
       AND (n.state = 'waiting'
            OR n.state = 'taken' AND n.call_id IS NULL AND n.taken_at < %(forgotten)s)
     ORDER BY n.is_promised DESC, n.next_at, n.id LIMIT 1 FOR UPDATE OF n SKIP LOCKED)
RETURNING e.id
"""


class ListWorkRefused(Exception):  # noqa: N818 - a refusal, not a fault
    """It cannot be done now. `reason`: ``stopped`` (the list does not run), ``hours``,
    ``elsewhere`` (somebody of another list is at hand), ``break`` (the actor rests, or is about
    to), ``not_yours``, ``calling``, ``result`` (what came of the call must be told first),
    ``code``, ``moment``."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def next_entry(*, list_id: int, actor: Actor, now: datetime) -> CallListEntry | None:
    """Give the actor the next to be called; asked for twice it is the same one. None where nobody
    is to be called now, or where the first `MOST_SKIPPED` may not.

    Whom another list has called meanwhile, and who does not want it any more, is left out with
    the reason; whoever is not to be disturbed comes when that is over. Both hold, whether somebody
    else is found or not.

    Raises `CallList.DoesNotExist`, `ListWorkRefused`, `Forbidden`.
    """
    required()
    found = running_list(list_id, actor, now)
    at_hand = _at_hand(actor, now)
    if at_hand is not None:
        if at_hand.call_list_id != found.pk:
            raise ListWorkRefused("elsewhere")
        return at_hand
    for _ in range(MOST_SKIPPED):
        entry = _taken(found, actor, now)
        if entry is None or _may_be_called(found, entry, now):
            return entry
    return None


def running_list(list_id: int, actor: Actor, now: datetime) -> CallList:
    """A list from which the actor may call now. A progressive one leaves whoever rests, or wishes
    to, in peace. Raises `CallList.DoesNotExist`, `ListWorkRefused`, `Forbidden`."""
    required()
    found = CallList.objects.visible_to(actor).get(pk=list_id)
    actor.require(DIAL, found.organisation_id)
    if found.state != CallList.State.RUNNING:
        raise ListWorkRefused("stopped")
    if not may_call_at(now.astimezone(zone_of(found)), terms_of_list(found)):
        raise ListWorkRefused("hours")
    agent = standings(staff_ids=[actor.person_id]).get(actor.person_id)
    rests = agent is not None and BREAK in (agent.state, agent.wanted)
    if rests and found.mode == CallList.Mode.PROGRESSIVE:
        raise ListWorkRefused("break")
    return found


def leave_entry(entry: CallListEntry, state: str, why: str, now: datetime) -> None:
    """Somebody is at nobody's hand any more."""
    entry.state, entry.why = state, why
    entry.taken_by_id = entry.taken_at = None
    entry.ended_at = now if state in (State.DONE, State.SKIPPED) else None
    entry.save()


def put_back_idle(found: CallList) -> None:
    """A list has stopped: whom nobody has called yet is at nobody's hand any more. Those who are
    being given or told of in this very moment are left to that."""
    idle = CallListEntry.objects.select_for_update(skip_locked=True).filter(
        call_list=found, state=State.TAKEN, call__isnull=True
    )
    CallListEntry.objects.filter(pk__in=[each.pk for each in idle]).update(
        state=State.WAITING, taken_by=None, taken_at=None
    )


def zone_of(found: CallList) -> ZoneInfo:
    """The time zone in which a list calls."""
    return ZoneInfo(organisation(found.organisation_id).timezone)


def _at_hand(actor: Actor, now: datetime) -> CallListEntry | None:
    """Whom the actor has at hand; whoever of a list that has stopped was not called goes back."""
    own = CallListEntry.objects.filter(state=State.TAKEN, taken_by_id=actor.person_id)
    for entry in own.select_for_update(of=("self",)).select_related("call_list").order_by("pk"):
        if entry.call_id is not None or entry.call_list.state == CallList.State.RUNNING:
            return entry
        leave_entry(entry, State.WAITING, entry.why, now)
    return None


def _taken(found: CallList, actor: Actor, now: datetime) -> CallListEntry | None:
    values: dict[str, Any] = {
        "staff": actor.person_id, "list": found.pk, "now": now, "forgotten": now - FORGOTTEN,
    }  # fmt: skip
    with connection.cursor() as cursor:
        cursor.execute(_NEXT, values)
        row = cursor.fetchone()
    if row is None:
        return None
    return CallListEntry.objects.select_related("call_list").get(pk=row[0])


def _may_be_called(found: CallList, entry: CallListEntry, now: datetime) -> bool:
    """Whether somebody is called now; else they are put aside, for good or until it is time."""
    refused = _refused(found, entry, now)
    why = _why_left_out(found, entry, refused, now)
    if why:
        leave_entry(entry, State.SKIPPED, why, now)
    elif refused is not None:
        until = (refused.until or now).astimezone(zone_of(found))
        entry.next_at = within_hours(until, terms_of_list(found))
        leave_entry(entry, State.WAITING, entry.why, now)
    return not why and refused is None


def _refused(found: CallList, entry: CallListEntry, now: datetime) -> MayNot | None:
    """What stands against the call that would be made; a time that was agreed they asked for."""
    number = number_to_call(customer_id=entry.customer_id)
    return why_not_to_call(
        number=phones.try_normalise(number) or "",
        customer_id=entry.customer_id,
        organisation_id=found.organisation_id,
        purpose=found.purpose,
        asked_at=asked_at(entry),
        at=now,
    )


def _why_left_out(
    found: CallList, entry: CallListEntry, refused: MayNot | None, now: datetime
) -> str:
    """Why somebody is not called from this list at all; empty where they are."""
    if refused is not None and refused.reason in _SKIPS:
        return _SKIPS[refused.reason]
    if _stands_twice(entry):
        return Skip.TWICE
    if entry.tries == 0 and not entry.is_promised:
        last = last_called_elsewhere(customer_id=entry.customer_id, list_id=found.pk)
        if is_quiet(last, quiet_days=found.quiet_days, now=now):
            return Skip.QUIET
    source = registry.call_sources().get(found.source)
    if source is not None and entry.ref is not None and not source.still(entry.ref):
        return Skip.GONE
    return ""


def _stands_twice(entry: CallListEntry) -> bool:
    """Whether the list calls the same person under an id that was merged with theirs since: the
    one that is further on stays."""
    others = CallListEntry.objects.filter(
        call_list_id=entry.call_list_id, customer_id__in=held_as(entry.customer_id)
    ).exclude(pk=entry.pk)

    def place(of: CallListEntry) -> tuple[bool, bool, int, int]:
        is_under_way = of.pk != entry.pk and of.state in (State.TAKEN, State.DONE)
        return is_under_way, of.is_promised, of.tries, -of.pk

    return any(place(each) > place(entry) for each in others.exclude(state=State.SKIPPED))
