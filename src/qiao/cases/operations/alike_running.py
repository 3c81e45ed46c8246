"""What goes on by itself for many reports of one cause: telling, ending, finding bursts.

Each call does one batch in the caller's transaction and says whether there is more: the next one
is a job of its own, so a worker that dies loses one batch at most, and that is done again.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from django.db import connection
from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases.events import ReportsChanged, ReportsEnded
from qiao.cases.features import ALIKE
from qiao.cases.journal import CUSTOMER, ManyJournals, close_apart, lock_many, merged_ids
from qiao.cases.models import (
    AlikeNotice,
    AlikeParent,
    AlikeProposal,
    AlikeReport,
    Case,
    CaseEvent,
)
from qiao.cases.operations.alike import end_reports
from qiao.cases.operations.alike_telling import Told, keep_told, tell_cases
from qiao.cases.queries.alike_bursts import find_bursts
from qiao.cases.rules.alike import GOOD
from qiao.core import events
from qiao.core.features import is_on
from qiao.core.memory import uncollected
from qiao.core.once import settled
from qiao.core.transactions import required
from qiao.staff.queries import chain_to, organisation

BATCH: Final = 500
CHANNEL: Final = "broadcast"
FADES_AFTER: Final = timedelta(hours=2)


@settled()
def go_on(*, notice_id: int, now: datetime) -> bool:
    """Tell the next batch of reports, and end them if the notice says that it is over.

    Returns whether there may be more. Called again for a batch that is done it does the next.
    """
    required()
    notice = AlikeNotice.objects.select_for_update().get(id=notice_id)
    if notice.done_at is not None:
        return False
    # Whoever is joining has an id already: without the parent's row it would be passed over.
    AlikeParent.objects.select_for_update().get(case=notice.parent_id)
    reports = list(
        AlikeReport.objects.filter(
            parent=notice.parent_id, left_at__isnull=True, id__gt=notice.told_up_to
        ).order_by("id")[:BATCH]
    )
    if not reports:
        _finish(notice, now)
        return False
    with uncollected():
        cases = _lock(reports)
        told: Mapping[int, Told] = tell_cases(notice, cases, now) if cases else {}
        if cases:
            _write(notice, cases, told, now)
        keep_told(notice, reports, cases, told)
    return True


def _lock(reports: Sequence[AlikeReport]) -> list[Case]:
    """The reports and what is merged into them: those that stand for themselves first. One that
    was taken out while its row was waited for is a report no more."""
    parent_id = reports[0].parent_id
    found = lock_many([report.case_id for report in reports])
    cases = [case for case in found if case.parent_id == parent_id]
    inside = [pk for case in cases if case.merged_count for pk in merged_ids(case.pk)]
    return [*cases, *lock_many(inside)]


def _write(
    notice: AlikeNotice, cases: Sequence[Case], told: Mapping[int, Told], now: datetime
) -> None:
    ends = notice.kind == AlikeNotice.Kind.BACK
    responded = set(
        CaseEvent.objects.filter(case__in=cases, kind="first_response").values_list(
            "case_id", flat=True
        )
    )
    journal = ManyJournals(cases, actor=None, now=now)
    ended: list[int] = []
    for case in cases:
        if case.closed_at is not None:
            continue
        is_told = told[case.pk][0] in GOOD
        if is_told:
            if case.pk not in responded:
                journal.add(case, "first_response", {})
            said = {"text": notice.text, "channel": CHANNEL, "notice": notice.pk}
            journal.add(case, "answer", said, visibility=CUSTOMER)
        if ends:
            _end(journal, case, answered=is_told, now=now)
            ended.append(case.pk)
    journal.write()
    published: ReportsEnded | ReportsChanged = ReportsChanged(
        notice.parent_id, tuple(case.pk for case in cases)
    )
    if ends:
        published = ReportsEnded(notice.parent_id, tuple(ended))
    events.publish(published, organisation_id=cases[0].organisation_id, actor=None, now=now)


def _end(journal: ManyJournals, case: Case, *, answered: bool, now: datetime) -> None:
    if answered:
        journal.add(case, "work_done", {})
        journal.add(case, "answered", {})
        case.answered_at = now
    close_apart(journal, case, why="parent", at=now)


def _finish(notice: AlikeNotice, now: datetime) -> None:
    notice.done_at = now
    notice.save(update_fields=["done_at"])
    if notice.kind == AlikeNotice.Kind.BACK:
        AlikeParent.objects.filter(case=notice.parent_id).update(
            state=AlikeParent.State.CLOSED, closed_at=now
        )


def follow_parent(
    *, parent_id: int, kind: str, at: datetime, after_id: int, now: datetime
) -> int | None:
    """Let the next batch of reports know what was reached for all of them: ``arrived`` or
    ``work_done``. Returns where to go on, None at the end.

    The end of the parent's case (``closed``) ends its reports with the usual words.
    """
    required()
    if kind == "closed":
        _end_with_case(parent_id, now)
        return None
    reports = list(
        AlikeReport.objects.filter(
            parent=parent_id, left_at__isnull=True, id__gt=after_id
        ).order_by("id")[:BATCH]
    )
    if not reports:
        return None
    cases = [case for case in _lock(reports) if case.closed_at is None]
    done = set(
        CaseEvent.objects.filter(case__in=cases, kind=kind, data__parent=parent_id).values_list(
            "case_id", flat=True
        )
    )
    journal = ManyJournals(cases, actor=None, now=now)
    for case in cases:
        if case.pk not in done:
            journal.add(case, kind, {"parent": parent_id}, at=at)
    journal.write()
    return reports[-1].pk


def _end_with_case(parent_id: int, now: datetime) -> None:
    parent = AlikeParent.objects.select_for_update().filter(case=parent_id).first()
    if parent is None or parent.state != AlikeParent.State.OPEN:
        return
    unit = organisation(Case.objects.values_list("organisation_id", flat=True).get(id=parent_id))
    with override((unit.languages or ["en"])[0]):
        words = _("What you reported has been put right. If it is not so for you, please tell us.")
    end_reports(parent_id=parent_id, text=words, actor=None, now=now)


_SEEN = """
UPDATE cases_alikeproposal SET state = 'faded' WHERE state = 'open' AND seen_at < %s
"""


def _is_used(organisation_id: int, now: datetime) -> bool:
    unit = organisation(organisation_id)
    day = now.astimezone(ZoneInfo(unit.timezone)).date()
    return is_on(ALIKE, organisation_ids=chain_to(unit), day=day)


def note_bursts(*, now: datetime) -> int:
    """Look for bursts of reports and keep them as proposals; those that faded away go.

    Returns how many bursts there are now. What was waved off is not proposed again while it goes
    on, and nothing is proposed where a common cause is open.
    """
    required()
    bursts = [each for each in find_bursts(now=now) if _is_used(each.organisation_id, now)]
    for each in bursts:
        lately = AlikeProposal.objects.filter(
            organisation_id=each.organisation_id,
            kind=each.kind,
            area=each.area,
            state=AlikeProposal.State.DISMISSED,
            seen_at__gt=now - FADES_AFTER,
        )
        if lately.update(seen_at=now):
            continue
        AlikeProposal.objects.update_or_create(
            organisation_id=each.organisation_id,
            kind=each.kind,
            area=each.area,
            state=AlikeProposal.State.OPEN,
            defaults={
                "seen_at": now,
                "count": each.burst.count,
                "minutes": each.burst.minutes,
                "usual_per_hour": each.burst.usual_per_hour,
                "chance": each.burst.chance,
                "case_ids": list(each.case_ids),
            },
            create_defaults={
                "organisation_id": each.organisation_id,
                "kind": each.kind,
                "area": each.area,
                "found_at": now,
                "seen_at": now,
                "count": each.burst.count,
                "minutes": each.burst.minutes,
                "usual_per_hour": each.burst.usual_per_hour,
                "chance": each.burst.chance,
                "case_ids": list(each.case_ids),
            },
        )
    with connection.cursor() as cursor:
        cursor.execute(_SEEN, [now - FADES_AFTER])
    return len(bursts)
