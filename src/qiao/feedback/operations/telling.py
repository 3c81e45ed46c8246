"""Telling those who complained what came of it, by message where they can be reached."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final

from qiao.cases.operations.public import link_tails
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.feedback.models import Improvement
from qiao.feedback.operations.improvements import (
    TEXT_LENGTH,
    TITLE_LENGTH,
    WORK,
    ImprovementRefused,
    note_told,
)
from qiao.feedback.queries.improvements import (
    complainants_of,
    get_improvement_for,
    told_of,
)
from qiao.messaging.operations import Receiver, Sending, Words, queue_messages

MESSAGE: Final = "message"


@dataclass(frozen=True, slots=True)
class Telling:
    """How many cases' customers get a message, and how many are left to be told by a person."""

    queued: int
    left: int


def tell_by_message(
    *, improvement_id: int, subject: str, text: str, actor: Actor, now: datetime
) -> Telling:
    """Queue a message for every customer who complained and was not told yet.

    A customer with several cases gets one; all of them count as told, with what becomes of it. Who
    cannot be reached, or whom a message did not reach before, is left on the list. Raises
    `BadText`, `NoImprovement`, `ImprovementRefused`.
    """
    row = get_improvement_for(actor=actor, improvement_id=improvement_id, permission=WORK)
    if row.state != Improvement.State.JUDGED:
        raise ImprovementRefused("state")
    title = clean(subject, field="subject", max_length=TITLE_LENGTH, one_line=True, required=True)
    body = clean(text, field="text", max_length=TEXT_LENGTH, required=True)
    everybody = complainants_of(row)
    known = told_of(row, everybody)
    waiting = [each for each in everybody if each.case_id not in known]
    receivers: dict[int, Receiver] = {}
    tails = link_tails([each.case_id for each in waiting], now=now)
    for each in waiting:
        who = each.customer_id
        if who is not None and who not in receivers:
            receivers[who] = Receiver(
                customer_id=who,
                subject_id=each.case_id,
                reference=each.number,
                tail=tails.get(each.case_id, {}),
            )
    if not receivers:
        raise ImprovementRefused("nobody")
    sending = Sending(
        organisation_id=row.organisation_id,
        kind="improvement",
        texts={"": Words(title, body)},
        subject_kind="case",
        key=f"improvement:{row.pk}",
        is_automatic=False,
        is_plain=True,
    )
    queued = queue_messages(
        sending=sending, receivers=list(receivers.values()), actor=actor, now=now
    )
    by_customer = {
        who: message
        for who, receiver in receivers.items()
        for message, reason in [queued.by_subject.get(receiver.subject_id or 0, (0, "unknown"))]
        if reason in ("", "told_already")
    }
    told = {
        each.case_id: by_customer[each.customer_id]
        for each in waiting
        if each.customer_id in by_customer
    }
    if told:
        note_told(
            improvement_id=row.pk,
            case_ids=told,
            channel=MESSAGE,
            messages=told,
            actor=actor,
            now=now,
        )
    return Telling(len(told), len(waiting) - len(told))
