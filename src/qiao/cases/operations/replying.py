"""Answers that are sent: held until they cannot be taken back, then on their way as messages."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.utils import timezone

from qiao.cases.events import CaseChanged
from qiao.cases.journal import CUSTOMER, INTERNAL, Journal, ManyJournals, lock_case, lock_many
from qiao.cases.models import Case, CaseDraft
from qiao.cases.operations.drafts import drop_draft
from qiao.cases.operations.public import link_tails
from qiao.cases.operations.talking import EmptyText, TooLate
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.once import settled
from qiao.core.rules.text import clean
from qiao.core.transactions import required
from qiao.messaging import operations as messages
from qiao.messaging.queries import MessageState

KIND: Final = "reply"
SUBJECT: Final = "case"
BOX: Final = "reply"
TEXT_LENGTH: Final = 8_000
TITLE_LENGTH: Final = 120
UNDO_SECONDS: Final = 10
OUTCOMES: Final = ("message_sent", "message_failed", "notice_sent")
HELD: Final = timedelta(seconds=UNDO_SECONDS + 2)  # the press may be on its way at the end


class NoCustomer(Exception):  # noqa: N818 - names the finding
    """A colleague asked in this case: there is nobody outside to write to."""


@dataclass(frozen=True, slots=True)
class Reply:
    """What is to be sent: by ``email`` or ``letter``. `address` and `name` stand for what the
    customer's file says; they are needed where nobody is identified."""

    channel: str
    title: str
    text: str
    name: str = ""
    address: str = ""
    file_ids: tuple[int, ...] = ()


@settled()
def reply_to_customer(*, case_id: int, reply: Reply, actor: Actor, now: datetime) -> Case:
    """Write to the customer; what was written may be taken back for `UNDO_SECONDS`.

    The clock of the first response stops when it was sent, not before. Raises `Forbidden`,
    `NoCustomer`, `EmptyText`, `BadText`, `messages.Unreachable`, `messages.BadAddress`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.is_internal:
        raise NoCustomer(case.number)
    text = clean(reply.text, field="text", max_length=TEXT_LENGTH)
    title = clean(reply.title, field="title", max_length=TITLE_LENGTH, one_line=True)
    if not text or not title:
        raise EmptyText
    message = messages.queue_message(
        sending=messages.Sending(
            organisation_id=case.organisation_id,
            kind=KIND,
            texts={"": messages.Words(title, text)},
            subject_kind=SUBJECT,
            channels=(reply.channel,),
            reference=case.number,
            is_automatic=False,
            is_plain=True,
            held_until=now + HELD,
        ),
        receiver=messages.Receiver(
            customer_id=case.customer_id,
            subject_id=case.pk,
            name=reply.name,
            address=_address(reply),
            tail=_tail(case, now),
        ),
        actor=actor,
        now=now,
    )
    if reply.file_ids:
        messages.enclose(
            message_id=message.pk, owner_kind=SUBJECT, owner_id=case.pk, file_ids=reply.file_ids
        )
    journal = Journal(case, actor=actor, now=now)
    journal.add(
        KIND,
        {
            "text": text,
            "title": title,
            "channel": reply.channel,
            "message": message.pk,
            "name": message.to_name,
            "enclosed": list(reply.file_ids),
        },
        visibility=CUSTOMER,
    )
    journal.write()
    drop_draft(case.pk, actor.person_id, BOX)
    _tell(case, KIND, actor, now)
    return case


def _tail(case: Case, now: datetime) -> Mapping[str, str]:
    return link_tails([case.pk], now=now).get(case.pk, {})


def known_address(*, case: Case, channel: str, now: datetime) -> str:
    """Where an answer on a channel would go, empty if the customer's file knows no such place."""
    if case.customer_id is None:
        return ""
    found = messages.reach(
        [(0, case.customer_id)],
        purpose="service",
        organisation_id=case.organisation_id,
        day=timezone.localdate(now),
    )
    return found[0].address(channel) if 0 in found else ""


def _address(reply: Reply) -> str:
    if not reply.address:
        return ""
    if reply.channel == "email":
        return messages.read_address(reply.address)
    return clean(reply.address, field="address", max_length=300)


def undo_reply(*, case_id: int, seq: int, actor: Actor, now: datetime) -> Case:
    """Take an answer back before it left: it is not sent, and its words stand in the box again.

    Raises `TooLate`, also for somebody else's words.
    """
    case = lock_case(case_id)
    said = case.events.filter(seq=seq, kind=KIND).first()
    if said is None or said.actor_id != actor.person_id:
        raise TooLate
    try:
        message = messages.cancel_message(
            message_id=int(said.data["message"]), actor=actor, now=now
        )
    except messages.WrongState as refusal:
        raise TooLate from refusal
    journal = Journal(case, actor=actor, now=now)
    journal.add("withdrawn", {"seq": seq, "kind": KIND}, visibility=INTERNAL)
    journal.write()
    CaseDraft.objects.update_or_create(
        case=case,
        staff_id=actor.person_id,
        box=BOX,
        defaults={
            "values": {
                **{key: said.data[key] for key in ("text", "title", "channel", "name")},
                "address": _typed_address(case, said.data["channel"], message.to_address, now),
                "enclosed": said.data.get("enclosed", []),
            },
            "updated_at": now,
        },
    )
    _tell(case, "withdrawn", actor, now)
    return case


def _typed_address(case: Case, channel: str, address: str, now: datetime) -> str:
    """What had to be typed, since the customer's file did not know it."""
    return "" if address == known_address(case=case, channel=channel, now=now) else address


def note_messages(
    *, case_ids: Sequence[int], states: Sequence[MessageState], is_sent: bool, now: datetime
) -> None:
    """Write into the history of cases what became of messages about them: n-th about n-th.

    What stands there already is not written again, but one that failed may be sent later. Notices
    go to thousands and are written together; the first answer that was sent stops the clock that
    waits for a first response.
    """
    required()
    cases = {case.pk: case for case in lock_many(case_ids)}
    known = _noted(cases)
    journal = ManyJournals(cases.values(), actor=None, now=now)
    for case_id, state in zip(case_ids, states, strict=True):
        if (case_id, state.message_id, is_sent) in known:
            continue
        if state.kind == KIND:
            _note_reply(cases[case_id], state, is_sent=is_sent, now=now)
        elif is_sent:
            facts, at = _facts(state), state.sent_at
            journal.add(cases[case_id], "notice_sent", facts, visibility=CUSTOMER, at=at)
        else:
            facts = _facts(state)
            journal.add(cases[case_id], "message_failed", facts, visibility=INTERNAL)
    journal.write()
    for case in cases.values():
        _tell(case, KIND, None, now)


def _note_reply(case: Case, state: MessageState, *, is_sent: bool, now: datetime) -> None:
    journal = Journal(case, actor=None, now=now)
    if is_sent:
        if not case.events.filter(kind="first_response").exists():
            journal.add("first_response", {}, at=state.sent_at)
        journal.add("message_sent", _facts(state), at=state.sent_at)
    else:
        journal.add("message_failed", _facts(state), visibility=INTERNAL)
    journal.write()


_NOTED: Final = """
SELECT case_id, (data->>'message')::bigint, kind <> 'message_failed' FROM cases_caseevent
 WHERE case_id = ANY(%s) AND kind = ANY(%s)
"""


def _noted(case_ids: Iterable[int]) -> set[tuple[int, int, bool]]:
    """Cases and messages of which it stands in the history that they were sent, or were not."""
    with connection.cursor() as cursor:
        cursor.execute(_NOTED, [list(case_ids), list(OUTCOMES)])
        return set(cursor.fetchall())


def _facts(state: MessageState) -> dict[str, Any]:
    return {
        "message": state.message_id,
        "channel": state.channel,
        "kind": state.kind,
        "state": state.state,
        "reason": state.reason,
    }


def _tell(case: Case, kind: str, actor: Actor | None, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
