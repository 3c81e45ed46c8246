"""A call that a colleague sent on, or a talk to which they ask somebody: what to know of it."""

from collections.abc import Sequence
from dataclasses import dataclass

from qiao.contact.queries import (
    LinkedCase,
    NotVisible,
    cases_of,
    draft_of,
    get_interaction_for,
    standing_of,
    taken_by,
)
from qiao.core.actor import Actor
from qiao.core.once import once
from qiao.customers.queries import CustomerLine, lines_for
from qiao.staff.queries import names_of
from qiao.telephony.models import Call
from qiao.telephony.queries.logs import histories
from qiao.telephony.rules.calls import WITH_A_PERSON
from qiao.telephony.rules.calls import Call as Folded


@dataclass(frozen=True, slots=True)
class Sent:
    """What whoever gets a call from a colleague is to know: by whom, their words, who the caller
    is, the note so far and the cases of the contact. The last three only where they may see the
    contact."""

    by: str
    words: str
    customer: CustomerLine | None = None
    note: str = ""
    cases: Sequence[LinkedCase] = ()


@dataclass(frozen=True, slots=True)
class Asked:
    """A talk to which a colleague asked the actor: the caller is held, or they talk together."""

    call: Call
    sent: Sent
    is_held: bool


def sent_to(*, actor: Actor, row: Call, call: Folded) -> Sent | None:
    """What came along with a call; None for one that nobody sent on."""
    if call.sent_by is None:
        return None
    by = names_of([call.sent_by]).get(call.sent_by, "")
    try:
        found = get_interaction_for(actor=actor, interaction_id=row.interaction_id or 0)
    except NotVisible:
        return Sent(by, call.sent_words)
    known = found.customer_id or 0
    customer = lines_for(actor=actor, customer_ids=[known]).get(known) if known else None
    note = draft_of(found.pk).note or found.summary
    cases = cases_of(actor=actor, interaction_id=found.pk)
    return Sent(by, call.sent_words, customer, note, cases)


def asked_talk(*, actor: Actor) -> Asked | None:
    """The talk to which a colleague asked the actor, who has no call of their own in it."""
    agent = standing_of(actor)
    if agent is None or agent.state != "busy":
        return None
    key = ("telephony.asked", actor.person_id)
    call_id = once(key, lambda: taken_by(staff_id=actor.person_id, subject_kind="call"))
    row = Call.objects.alive().filter(pk=call_id or 0, phase__in=WITH_A_PERSON).first()
    if row is None or row.staff_id == actor.person_id:
        return None
    call = histories([row.pk])[row.pk]
    third = call.leg("consulted")
    sent = sent_to(actor=actor, row=row, call=call)
    if sent is None or third is None or third.staff != actor.person_id:
        return None
    return Asked(row, sent, call.phase == "consulting")
