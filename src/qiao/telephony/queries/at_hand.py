"""The call that rings at somebody's telephone, or that they have: what their screen shows."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.urls import reverse
from django.utils.translation import get_language

from qiao.cases.queries import open_cases_of_customer
from qiao.contact.queries import (
    Offered,
    QueueNow,
    calls_from,
    came_as_emergency,
    queues_now,
    ready_colleagues,
    standing_of,
)
from qiao.core.actor import Actor
from qiao.core.manifest import CameBy
from qiao.core.packs.enabled import catalogue
from qiao.core.prepared import fetch_one
from qiao.core.rows import Reading
from qiao.customers.queries import CustomerLine, PhoneMatch, match_phone, shown_phone
from qiao.staff.queries import names_of, queues_of
from qiao.telephony.models import Call, OwedCall
from qiao.telephony.queries.browser_phones import uses_browser
from qiao.telephony.queries.dialling import calling_now
from qiao.telephony.queries.heard import HeardOf, heard_of
from qiao.telephony.queries.logs import histories
from qiao.telephony.queries.scenes import scene_of
from qiao.telephony.queries.sent import Sent, asked_talk, sent_to
from qiao.telephony.queries.waiting import offer_at
from qiao.telephony.queries.watch_terms import is_seen
from qiao.telephony.rules.calls import WITH_A_PERSON, Leg
from qiao.telephony.rules.calls import Call as Folded
from qiao.telephony.rules.conduct_menu import visit_of

MOST_MATCHES: Final = 5
RECENT: Final = timedelta(days=30)
_WITH_LINE: Final = Reading(Call, where="t.id = %(id)s", beside=("line",))
_TALKING: Final = Reading(
    Call,
    where="t.staff_id = %(staff)s AND t.interaction_id IS NOT NULL"
    " AND t.phase IN ('" + "', '".join(sorted({*WITH_A_PERSON, "dialling"})) + "')",
    order="t.connected_at DESC NULLS FIRST",
)


@dataclass(frozen=True, slots=True)
class Ringing:
    """A call that somebody is asked to take: who it may be, and what to know before saying hello.

    `calls` is how often the number was in touch in 30 days, this call included; `late` how many
    open cases of the likeliest customer are past their promise. `owed` is what was promised, where
    it is a customer who asked to be called back, `heard` what of theirs they heard last.
    """

    call: Call
    offer: Offered
    phone: str
    matches: Sequence[PhoneMatch]
    calls: int
    open_cases: int
    late: int
    line: str
    queue: str
    pressed: tuple[str, ...] = ()
    sent: Sent | None = None
    owed: OwedCall | None = None
    heard: HeardOf | None = None

    @property
    def likeliest(self) -> PhoneMatch | CustomerLine | None:
        """Who it is, as the colleague knows who sent the call on; else who it probably is."""
        if self.sent and self.sent.customer:
            return self.sent.customer
        return self.matches[0] if self.matches else None


def load_pop(*, actor: Actor, now: datetime, path: str) -> Mapping[str, Any]:
    """What stands over a page: the call that rings, or the one that the actor has, while another
    page than the workspace is looked at."""
    ringing = _ringing(actor, now)
    talk = None if ringing else talking_call(actor=actor)
    return {
        "asked": asked_talk(actor=actor) if ringing is None and talk is None else None,
        "ringing": ringing,
        "scene": scene_of(ringing.call) if ringing else None,
        "talk": talk,
        "talk_key": str(talk.pk) if talk else "",
        "talk_url": _talk_url(talk) if talk else "",
        "at_desk": path == reverse("desk:workspace"),
        "on_screen": settings.SWITCH == "played",
        "in_browser": ringing is not None and uses_browser(actor),
    }


def _talk_url(talk: Call) -> str:
    """Where the workspace opens a call that was taken: an emergency with what is said first."""
    is_emergency = came_as_emergency(subject_kind="call", subject_id=talk.pk)
    first = "new=emergency&" if is_emergency else ""
    return f"{reverse('desk:workspace')}?{first}open=contact:{talk.interaction_id}"


def _ringing(actor: Actor, now: datetime) -> Ringing | None:
    offer = offer_at(actor)
    owed = None if offer is None or offer.subject_kind == "call" else _owed(offer.subject_id)
    call = _rung_for(actor, offer) if offer else None
    if offer is None or call is None:
        return None
    folded = histories([call.pk])[call.pk]
    sent = sent_to(actor=actor, row=call, call=folded)
    found = match_phone(actor=actor, e164=call.phone, limit=MOST_MATCHES) if call.phone else []
    cases = []
    known = sent.customer.customer_id if sent and sent.customer else None
    known = known or (found[0].customer_id if found else None)
    if known and actor.can("cases.view"):
        cases = list(open_cases_of_customer(actor=actor, customer_id=known))
    return Ringing(
        call=call,
        offer=offer,
        phone=number_words(call.phone, call.caller, actor),
        matches=found,
        calls=calls_from(actor=actor, phone=call.phone, since=now - RECENT) + 1,
        open_cases=len(cases),
        late=sum(1 for each in cases if each.due_at is not None and each.due_at < now),
        line=call.line.name if call.line else call.dialled,
        queue=queue_name(offer.queue),
        pressed=_pressed(folded),
        sent=sent,
        owed=owed,
        heard=heard_of(actor=actor, call=folded),
    )


def _rung_for(actor: Actor, offer: Offered) -> Call | None:
    """The call that waits, or the one by which somebody is called back."""
    if offer.subject_kind == "call":
        return _WITH_LINE.first(id=offer.subject_id)
    return calling_now(actor=actor)


def _owed(owed_id: int) -> OwedCall | None:
    return OwedCall.objects.filter(pk=owed_id).first()


def _pressed(call: Folded) -> tuple[str, ...]:
    """What the caller pressed in the voice menu, place by place."""
    visit = visit_of(call)
    return tuple(each.keys for each in visit.trail if each.keys) if visit else ()


def number_words(phone: str, caller: str, actor: Actor) -> str:
    """A number as the actor may read it; empty where it is hidden."""
    if not phone:
        return caller if caller.strip("+").isdecimal() else ""
    return shown_phone(actor, phone)


def queue_name(key: str) -> str:
    """A queue in the reader's language."""
    spec = catalogue().queues.get(key)
    return spec.name.in_language(get_language() or "zh-hans") if spec else key


def talking_call(*, actor: Actor) -> Call | None:
    """The call that the actor has or makes, with the contact that goes with it."""
    agent = standing_of(actor)
    if agent is None or agent.state != "busy":
        return None
    return _TALKING.first(staff=actor.person_id)


def load_controls(*, actor: Actor, interaction_id: int, now: datetime) -> Mapping[str, Any] | None:
    """What may be done with the call of a contact, while it lives and the actor has it."""
    row = (
        Call.objects.alive()
        .filter(interaction_id=interaction_id, staff_id=actor.person_id)
        .select_related("line")
        .first()
    )
    if row is None:
        return None
    call = histories([row.pk])[row.pk]
    third = call.leg("consulted")
    watcher = call.leg("watcher")
    people = [leg.staff for leg in (third, watcher) if leg and leg.staff]
    names = names_of(people)
    return {
        "ends": True,
        "row": row,
        "call": call,
        "third": third,
        "third_name": names.get(third.staff or 0, "") if third else "",
        "sent": sent_to(actor=actor, row=row, call=call),
        "waits_in": queue_name(call.queue) if call.phase == "waiting" else "",
        "watcher_name": names.get(watcher.staff or 0, "") if watcher else "",
        "watches": _watches(watcher, row, now),
    }


def ended_call(*, actor: Actor, interaction_id: int) -> Call | None:
    """The call of a contact that is over, which the actor had."""
    own = Call.objects.filter(interaction_id=interaction_id, staff_id=actor.person_id)
    return own.filter(phase=Call.Phase.ENDED).select_related("line").order_by("-id").first()


_CAME_BY: Final = """
SELECT c.queue,
       coalesce((SELECT e.data ->> 'about' FROM telephony_callentry e
                  WHERE e.call_id = c.id AND e.kind = 'queued'
                  ORDER BY e.seq DESC LIMIT 1), '')
  FROM telephony_call c
 WHERE c.interaction_id = %(contact)s
 ORDER BY c.id DESC LIMIT 1
"""


def came_by(*, interaction_id: int) -> CameBy:
    """The queue in which the last call of a contact waited last, and what the place of the voice
    menu from which it came there is about."""
    found = fetch_one(_CAME_BY, {"contact": interaction_id})
    return CameBy(*found) if found else CameBy()


def _watches(watcher: Leg | None, row: Call, now: datetime) -> str:
    """How somebody in charge hears the call, as far as its agent is told; empty for not at all."""
    if watcher is None or not watcher.is_up or watcher.mode is None:
        return ""
    seen = is_seen(watcher.mode, organisation_id=row.organisation_id, now=now)
    return watcher.mode if seen else ""


def load_transfer(*, actor: Actor, now: datetime) -> Mapping[str, Any]:
    """Where a call may be transferred: queues, and colleagues who are ready."""
    standing = queues_now(actor=actor, permission="interactions.view", now=now)
    queues = [
        (queue_name(key), standing.get(key) or QueueNow(key, 0, None, 0, 0))
        for key, spec in queues_of(actor.organisation_id).items()
        if "phone" in spec.channels
    ]
    return {"queues": queues, "colleagues": ready_colleagues(actor=actor, now=now)}
