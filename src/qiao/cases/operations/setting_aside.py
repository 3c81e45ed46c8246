"""Setting cases aside for a while (snooze), and marking them to be read again.

A snoozed case leaves the lists of a person or a team; its clocks run on, and a case that runs late
comes back by itself. Every coming and going is an entry of the case's history.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.events import CaseChanged
from qiao.cases.journal import INTERNAL, CaseClosedAlready, Journal, lock_case, lock_many
from qiao.cases.models import Case, CaseSnooze, CaseUnread
from qiao.core import events
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

REASON_LENGTH: Final = 300
BATCH: Final = 200
CUSTOMER_SAID: Final = ("chased", "received")


class NotSnoozable(Exception):  # noqa: N818 - names the finding
    """The moment of return has passed, or neither a moment nor an answer is waited for."""


class NotSnoozed(Exception):  # noqa: N818 - names the finding
    """The case is not set aside for that person or team."""


def snooze(
    *,
    case_id: int,
    until: datetime | None,
    until_answer: bool,
    for_team: bool,
    reason: str,
    actor: Actor,
    now: datetime,
) -> CaseSnooze:
    """Take an open case out of one's own lists, or out of those of its team, until `until` or
    until the customer says something, whichever comes first. Again: the new terms count.

    Raises `Forbidden`, `CaseClosedAlready`, `NotSnoozable`, `BadText`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if case.closed_at is not None:
        raise CaseClosedAlready(case.number)
    if (until is None and not until_answer) or (until is not None and until <= now):
        raise NotSnoozable(case.number)
    if for_team and case.team_id not in actor.team_ids:
        actor.require("cases.assign", case.organisation_id)
    words = clean(reason, field="reason", max_length=REASON_LENGTH)
    holder: dict[str, Any] = (
        {"team_id": case.team_id} if for_team else {"staff_id": actor.person_id}
    )
    kept, _made = CaseSnooze.objects.update_or_create(
        case=case,
        ended_at=None,
        **holder,
        defaults={
            "until": until,
            "until_answer": until_answer,
            "reason": words,
            "snoozed_by_id": actor.person_id,
            "snoozed_at": now,
            "returned_at": None,
            "returned_why": "",
        },
    )
    data = {
        "until": until.isoformat() if until else "",
        "until_answer": until_answer,
        "for_team": for_team,
        "reason": words,
    }
    _write(case, "snoozed", data, actor, now)
    return kept


def unsnooze(*, case_id: int, actor: Actor, now: datetime) -> Case:
    """Bring a case back into one's lists before its time, also where one's team set it aside.

    Raises `Forbidden`, `NotSnoozed`.
    """
    case = lock_case(case_id)
    actor.require("cases.work", case.organisation_id)
    if not _of(case_id, actor).filter(returned_at__isnull=True).update(ended_at=now):
        raise NotSnoozed(case.number)
    return _write(case, "unsnoozed", {"why": CaseSnooze.Why.PERSON.value}, actor, now)


def take_up_again(*, case_id: int, actor: Actor, now: datetime) -> int:
    """Say that one has seen a case that came back; it stands on top no longer."""
    required()
    back = _of(case_id, actor).filter(returned_at__isnull=False)
    return int(back.update(ended_at=now))


def _of(case_id: int, actor: Actor) -> Any:
    """What is set aside of a case for a person or any of the person's teams."""
    mine = CaseSnooze.objects.filter(case_id=case_id, ended_at__isnull=True)
    own = mine.filter(staff_id=actor.person_id)
    return own | mine.filter(team_id__in=actor.team_ids)


_DUE = """
SELECT z.id, z.case_id,
       CASE WHEN z.until <= %(now)s THEN 'time' WHEN c.level = 'late' THEN 'late'
            ELSE 'customer' END
  FROM cases_casesnooze z JOIN cases_case c ON c.id = z.case_id
 WHERE z.returned_at IS NULL AND z.ended_at IS NULL
   AND (z.until <= %(now)s OR (c.level = 'late' AND c.due_at > z.snoozed_at)
        OR c.closed_at IS NOT NULL OR c.merged_into_id IS NOT NULL
        OR (z.until_answer AND EXISTS (
            SELECT 1 FROM cases_caseevent e
             WHERE e.case_id = z.case_id AND e.recorded_at > z.snoozed_at
               AND (e.kind = ANY(%(said)s) OR e.data ? 'from_customer'))))
   AND (%(cases)s::bigint[] IS NULL OR z.case_id = ANY(%(cases)s))
 ORDER BY z.case_id
 LIMIT %(most)s
"""


def return_snoozed(*, now: datetime) -> int:
    """Bring back what waited long enough, whose customer said something, or that ran late since.

    What was closed or merged meanwhile is ended quietly. Takes at most `BATCH`; returns how many.
    """
    required()
    wanted = sorted({case_id for _pk, case_id, _why in _due(now)})
    cases = {case.pk: case for case in lock_many(wanted)}
    found = _due(now, wanted)  # as it stands once nobody else works on these cases
    for pk, case_id, why in found:
        case = cases[case_id]
        if case.closed_at is not None or case.merged_into_id is not None:
            CaseSnooze.objects.filter(pk=pk).update(ended_at=now)
            continue
        CaseSnooze.objects.filter(pk=pk).update(returned_at=now, returned_why=why)
        _write(case, "unsnoozed", {"why": why}, None, now)
    return len(found)


def _due(now: datetime, case_ids: Sequence[int] | None = None) -> list[tuple[int, int, str]]:
    """What is set aside and due to come back, of these cases or of all: its id, its case, why."""
    values: dict[str, Any] = {
        "now": now,
        "said": list(CUSTOMER_SAID),
        "cases": case_ids,
        "most": BATCH,
    }
    with connection.cursor() as cursor:
        cursor.execute(_DUE, values)
        return list(cursor.fetchall())


def mark_unread(*, case_id: int, actor: Actor, now: datetime) -> None:
    """Mark a case to be read again by oneself; nobody else sees the mark."""
    required()
    CaseUnread.objects.update_or_create(
        staff_id=actor.person_id, case_id=case_id, defaults={"marked_at": now}
    )


def mark_read(*, case_id: int, actor: Actor) -> int:
    """Take one's own mark away. Returns whether there was one."""
    required()
    gone, _tables = CaseUnread.objects.filter(staff_id=actor.person_id, case_id=case_id).delete()
    return gone


def _write(
    case: Case, kind: str, data: dict[str, Any], actor: Actor | None, now: datetime
) -> Case:
    journal = Journal(case, actor=actor, now=now)
    journal.add(kind, data, visibility=INTERNAL)
    journal.write()
    events.publish(
        CaseChanged(case.pk, kind), organisation_id=case.organisation_id, actor=actor, now=now
    )
    return case
