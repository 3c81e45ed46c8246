"""Words on a case: a note stays inside, an answer is what the customer was told."""

from datetime import datetime

from qiao.cases.events import CaseChanged
from qiao.cases.journal import CUSTOMER, INTERNAL, Journal, lock_case
from qiao.cases.models import Case, CaseLink
from qiao.cases.operations.drafts import drop_draft
from qiao.cases.operations.mentioning import tell_mentioned, tell_reporter
from qiao.cases.queries.mentioning import mentioned_in
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean

TEXT_LENGTH = 4_000
WITHDRAW_SECONDS = 30  # the screen offers ten; the way to the server may be slow


class EmptyText(Exception):  # noqa: N818 - names the finding
    """There is nothing to keep."""


class TooLate(Exception):  # noqa: N818 - names the finding
    """The words are not one's own, or were said too long ago to be taken back."""


def add_note(*, case_id: int, text: str, actor: Actor, now: datetime) -> Case:
    """Keep an internal note; whom it names (``@name number``) is told.

    Raises `Forbidden`, `EmptyText`, `BadText`.
    """
    case = lock_case(case_id, gathers=True)
    actor.require("cases.note", case.organisation_id)
    journal = Journal(case, actor=actor, now=now)
    kept = _text(text)
    people = mentioned_in(kept)
    told = {"mentions": [staff_id for staff_id, _name in people]} if people else {}
    seq = journal.add("note", {"text": kept, **told}, visibility=INTERNAL)
    journal.write()
    tell_mentioned(case=case, seq=seq, people=people, actor=actor, now=now)
    drop_draft(case.pk, actor.person_id, "note")
    _tell(case, "note", actor, now)
    return case


def answer_customer(*, case_id: int, text: str, channel: str, actor: Actor, now: datetime) -> Case:
    """Keep what the customer was told, and by which channel; the first one stops the clock that
    waits for a first response. In an internal case it was a colleague who asked: the words stay
    in the house, and the bell rings for who opened it. Raises `Forbidden`, `EmptyText`, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    said = _text(text)
    journal = Journal(case, actor=actor, now=now)
    if not case.events.filter(kind="first_response").exists():
        journal.add("first_response", {})
    if case.is_internal:
        seq = journal.add("answer", {"text": said, "inside": True}, visibility=INTERNAL)
    else:
        seq = journal.add("answer", {"text": said, "channel": channel}, visibility=CUSTOMER)
    journal.write()
    if case.is_internal:
        tell_reporter(case=case, seq=seq, actor=actor, now=now)
    drop_draft(case.pk, actor.person_id, "answer")
    _tell(case, "answer", actor, now)
    return case


def link_cases(*, case_id: int, other_id: int, kind: str, actor: Actor, now: datetime) -> CaseLink:
    """Say that two cases belong together; saying it again changes nothing. Raises `Forbidden`."""
    locked = {each: lock_case(each) for each in sorted({case_id, other_id})}
    case, other = locked[case_id], locked[other_id]
    for each in (case, other):
        actor.require("cases.work", each.organisation_id)
    link, made = CaseLink.objects.get_or_create(
        case=case,
        other=other,
        defaults={"kind": kind, "linked_by_id": actor.staff_id, "linked_at": now},
    )
    if made:
        if case.about_unit_id is None and other.about_unit_id is not None:
            case, other = other, case  # whom the other is kept from reads this one's history
        journal = Journal(case, actor=actor, now=now)
        journal.add("linked", {"case": other.pk, "number": other.number, "kind": kind})
        journal.write()
    return link


def withdraw(*, case_id: int, seq: int, actor: Actor, now: datetime) -> Case:
    """Take back one's own note or answer within `WITHDRAW_SECONDS`: it stays in the history,
    marked as taken back, and its words are shown no more.

    Raises `TooLate`, also for somebody else's words.
    """
    case = lock_case(case_id)
    said = case.events.filter(seq=seq, kind__in=("note", "answer")).first()
    if said is None or said.actor_id != actor.person_id:
        raise TooLate
    if (now - said.recorded_at).total_seconds() > WITHDRAW_SECONDS:
        raise TooLate
    if not case.events.filter(kind="withdrawn", data__seq=seq).exists():
        journal = Journal(case, actor=actor, now=now)
        journal.add("withdrawn", {"seq": seq, "kind": said.kind}, visibility=INTERNAL)
        journal.write()
        _tell(case, "withdrawn", actor, now)
    return case


def _text(text: str) -> str:
    cleaned = clean(text, field="text", max_length=TEXT_LENGTH)
    if not cleaned:
        raise EmptyText
    return cleaned


def _tell(case: Case, kind: str, actor: Actor, now: datetime) -> None:
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
