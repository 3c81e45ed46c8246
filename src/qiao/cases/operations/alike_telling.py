"""Customers of many reports are told at once, and what became of each telling is kept."""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from django.db import connection
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from qiao.cases.events import ReportsChanged
from qiao.cases.models import AlikeNotice, AlikeReport, AlikeTold, Case
from qiao.cases.operations.public import link_tails
from qiao.cases.operations.replying import note_messages
from qiao.cases.rules.alike import GOOD, QUEUED, count_of, told_by
from qiao.core import events
from qiao.core.transactions import required
from qiao.messaging.operations import Receiver, Sending, Words, queue_messages, reach
from qiao.messaging.queries import MessageState, message_states
from qiao.staff.queries import organisation

Told = tuple[str, int | None]
"""What became of telling a case (`AlikeTold.told`), and the message that tells its customer."""


def tell_cases(notice: AlikeNotice, cases: Sequence[Case], now: datetime) -> dict[int, Told]:
    """Queue the notice for the customers of these cases; what became of each."""
    asked = [(case.pk, case.customer_id) for case in cases if case.customer_id is not None]
    unit = organisation(cases[0].organisation_id)
    channels = ("email", "letter") if notice.letters else ("email",)
    found = reach(
        asked,
        purpose="service",
        organisation_id=unit.pk,
        day=timezone.localdate(now),
        letters=notice.letters,
    )
    told: dict[int, Told] = dict.fromkeys((case.pk for case in cases), ("no_customer", None))
    for case_id, known in found.items():
        refused = [known.refusal(channel) for channel in channels]
        told[case_id] = (QUEUED if "" in refused else refused[0], None)
    wanted = [case for case in cases if told[case.pk][0] == QUEUED]
    tails = link_tails([case.pk for case in wanted], now=now)
    receivers = [
        Receiver(
            customer_id=case.customer_id,
            subject_id=case.pk,
            reference=case.number,
            tail=tails.get(case.pk, {}),
        )
        for case in wanted
    ]
    if receivers:
        queued = queue_messages(
            sending=Sending(
                organisation_id=unit.pk,
                kind="broadcast",
                texts={"": Words(_title(notice, unit), notice.text)},
                subject_kind="case",
                channels=channels,
                key=f"cases.alike:{notice.pk}",
                is_plain=True,
            ),
            receivers=receivers,
            actor=None,
            now=now,
        )
        told |= _became(receivers, queued.by_subject)
    return told


def _became(
    receivers: Sequence[Receiver], by_subject: Mapping[int, tuple[int, str]]
) -> dict[int, Told]:
    """What became of each: who is told under another of their reports shares its message."""
    about = [receiver.subject_id for receiver in receivers if receiver.subject_id is not None]
    found = {case_id: by_subject.get(case_id, (None, "told_already")) for case_id in about}
    shared = [pk for pk, reason in found.values() if pk is not None and reason == "told_already"]
    states = message_states(shared)
    told: dict[int, Told] = {}
    for case_id, (pk, reason) in found.items():
        state = states.get(pk) if pk is not None and reason == "told_already" else None
        told[case_id] = (told_by(state.state) if state else reason or QUEUED, pk)
    return told


def _title(notice: AlikeNotice, unit: object) -> str:
    languages = getattr(unit, "languages", None) or ["en"]
    with override(languages[0]):
        if notice.kind == AlikeNotice.Kind.BACK:
            return _("What you reported is over")
        return _("News of what you reported")


_KEEP: Final = """
WITH said AS (
    SELECT * FROM unnest(%(reports)s::bigint[], %(cases)s::bigint[], %(words)s::text[],
                         %(messages)s::bigint[]) AS s (report_id, case_id, told, message_id)
), kept AS (
    INSERT INTO cases_aliketold (notice_id, report_id, case_id, told, message_id)
    SELECT %(notice)s, report_id, case_id, told, message_id FROM said
)
UPDATE cases_alikereport r SET told = said.told FROM said
 WHERE r.id = said.report_id AND r.case_id = said.case_id
"""


def keep_told(
    notice: AlikeNotice,
    reports: Sequence[AlikeReport],
    cases: Sequence[Case],
    told: Mapping[int, Told],
) -> None:
    """Keep what became of telling a batch: by case, by report, and counted by notice."""
    own = {report.case_id: report.pk for report in reports}
    stands_for = {case.pk: case.merged_into_id for case in cases}
    rows = []
    for case in cases:
        report: int | None = case.pk
        while report is not None and report not in own:
            report = stands_for.get(report)
        if report is not None:
            rows.append((own[report], case.pk, *told[case.pk]))
    if rows:
        about, ids, words, messages = map(list, zip(*rows, strict=True))
        values = {"reports": about, "cases": ids, "words": words, "messages": messages}
        with connection.cursor() as cursor:
            cursor.execute(_KEEP, values | {"notice": notice.pk})
    counted = Counter(count_of(word) for _report, _case, word, _message in rows)
    AlikeNotice.objects.filter(id=notice.pk).update(
        told_up_to=reports[-1].pk, **{name: F(name) + n for name, n in counted.items()}
    )


_CHANGED: Final = """
WITH said AS (
    SELECT * FROM unnest(%(messages)s::bigint[], %(words)s::text[]) AS s (message_id, told)
), old AS (
    SELECT t.id, t.told AS was, s.told FROM cases_aliketold t JOIN said s USING (message_id)
     WHERE t.told <> s.told ORDER BY t.id FOR UPDATE OF t
), new AS (
    UPDATE cases_aliketold t SET told = old.told FROM old WHERE t.id = old.id
    RETURNING t.notice_id, t.report_id, t.case_id, old.was, t.told
), latest AS (
    UPDATE cases_alikereport r SET told = new.told FROM new
     WHERE r.id = new.report_id AND r.case_id = new.case_id
       AND NOT EXISTS (SELECT FROM cases_aliketold x
                        WHERE x.report_id = r.id AND x.notice_id > new.notice_id)
)
SELECT new.notice_id, n.parent_id, new.case_id, new.was, new.told
  FROM new JOIN cases_alikenotice n ON n.id = new.notice_id
"""


def note_told(*, states: Sequence[MessageState], now: datetime) -> None:
    """Keep what became of messages that told reports: they are told, or are to be called.

    What failed stands in the history of its cases too. Harmless when it is done again.
    """
    required()
    ids = [state.message_id for state in states]
    rows = AlikeTold.objects.filter(message_id__in=ids)
    about = list(rows.order_by("id").values_list("notice_id", "case_id", "message_id"))
    # As `go_on` locks: notices, cases, then what is kept of them.
    notices = AlikeNotice.objects.filter(id__in={notice for notice, _case, _message in about})
    list(notices.select_for_update().order_by("id"))
    by_id = {state.message_id: state for state in states}
    failed = [
        (case_id, by_id[message_id])
        for _notice, case_id, message_id in about
        if message_id and told_by(by_id[message_id].state) not in GOOD
    ]
    if failed:
        case_ids, whys = zip(*failed, strict=True)
        note_messages(case_ids=case_ids, states=whys, is_sent=False, now=now)
    with connection.cursor() as cursor:
        words = [told_by(state.state) for state in states]
        cursor.execute(_CHANGED, {"messages": ids, "words": words})
        changed = cursor.fetchall()
    _count(changed)
    _tell_pages(changed, now)


def _count(changed: Sequence[tuple[int, int, int, str, str]]) -> None:
    moved: dict[int, Counter[str]] = defaultdict(Counter)
    for notice_id, _parent, _case, was, word in changed:
        moved[notice_id][count_of(was)] -= 1
        moved[notice_id][count_of(word)] += 1
    for notice_id, counted in sorted(moved.items()):
        AlikeNotice.objects.filter(id=notice_id).update(
            **{name: F(name) + n for name, n in counted.items()}
        )


def _tell_pages(changed: Sequence[tuple[int, int, int, str, str]], now: datetime) -> None:
    by_parent: dict[int, set[int]] = defaultdict(set)
    for _notice, parent_id, case_id, _was, _word in changed:
        by_parent[parent_id].add(case_id)
    units = dict(Case.objects.filter(id__in=by_parent).values_list("id", "organisation_id"))
    for parent_id, case_ids in by_parent.items():
        events.publish(
            ReportsChanged(parent_id, tuple(sorted(case_ids))),
            organisation_id=units[parent_id],
            actor=None,
            now=now,
        )
