"""A common cause is over: five thousand reports are told and closed, each with its own history.

Measured is what the job does from the supervisor's word to the last report: messages queued,
entries written, clocks folded, rows mirrored, in batches of one transaction each. One in two has
an e-mail address. The floor writes the same rows, bare: as many entries and messages, the same
columns of the same cases, clocks and folded states, under the same indexes and triggers. The
reports have their clocks kept, as every case that was opened here has.
"""

import time
from collections.abc import Iterator

from customers_parts.world import copy
from django.db import connection, transaction
from django.utils import timezone
from measuring.databases import connected_to, say
from measuring.timing import Limits, Result, once

from cases_parts.world import ensure
from qiao.cases.journal import Folded, kept_clocks, recount, write_clocks
from qiao.cases.models import AlikeNotice, Case, ClockRecord
from qiao.cases.operations import (
    Cause,
    end_reports,
    go_on,
    join_reports,
    make_parent,
)
from qiao.cases.rules.clock_rows import state_data
from qiao.staff.queries import actor_by_number

LIMITS = Limits(most={"seconds": 10, "open": 0, "wrong": 0})
ENDED = "cases_ended"
REPORTS = 5_000
LOOKED_AT = 300
ADMINISTRATOR = "9001"
_ADDRESSES = """
INSERT INTO messaging_emailaddress
       (customer_id, address, is_primary, standing, standing_reason, created_at)
SELECT DISTINCT ON (c.customer_id) c.customer_id, 'c' || c.customer_id || '@example.com', true, '',
       '', now()
  FROM cases_case c WHERE c.id = ANY(%s) AND c.customer_id %% 2 = 0
ON CONFLICT DO NOTHING
"""
_FLOOR = (
    "INSERT INTO cases_caseevent (case_id, seq, kind, at, recorded_at, visibility, data)"
    " SELECT c.id, c.event_count + n, 'floor', now(), now(), 'system', '{}'"
    " FROM cases_case c, generate_series(1, 5) n WHERE c.id = ANY(%(ids)s)",
    "UPDATE cases_clockrecord SET state = state || '{\"at\": null}' WHERE case_id = ANY(%(ids)s)",
    "UPDATE cases_caseclock SET stopped_at = now(), state = 'met' WHERE case_id = ANY(%(ids)s)",
    "UPDATE cases_case SET event_count = event_count + 5, closed_at = greatest(now(), opened_at),"
    " closed_date = current_date, phase = 'closed', due_at = NULL, due_promise = '',"
    " level = 'ok', level_changes_at = NULL WHERE id = ANY(%(ids)s)",
)


def measure(cases: int) -> Iterator[Result]:
    """Join the reports to a cause, end it, look at some of them against their histories."""
    copy(ensure(max(cases, 2 * REPORTS)), ENDED)
    with connected_to(ENDED):
        parent_id, ids = _joined()
        floor = _floor(ids)
        with transaction.atomic():
            notice = end_reports(
                parent_id=parent_id,
                text="供水已恢复。如您处仍未恢复，请与我们联系。",
                actor=actor_by_number(ADMINISTRATOR, day=timezone.localdate()),
                now=timezone.now(),
            )
        began = time.monotonic()
        _end(notice)
        seconds = time.monotonic() - began
        say(f"  {len(ids):,} reports told and closed in {seconds:.1f} s")
        yield once(
            "end-reports", seconds, floor, limits=LIMITS, reports=len(ids),
            **_found(parent_id, notice),
        )  # fmt: skip


def _joined() -> tuple[int, list[int]]:
    now, chief = timezone.now(), actor_by_number(ADMINISTRATOR, day=timezone.localdate())
    free = Case.objects.filter(
        closed_at__isnull=True, parent__isnull=True, merged_into__isnull=True, merged_count=0
    ).exclude(subtasks__state="open")  # what is owed on a report keeps its cause from its end
    parent, *ids = free.order_by("id").values_list("id", flat=True)[: REPORTS + 1]
    cause = Cause("supply", "", now, "bench")
    with transaction.atomic(), connection.cursor() as cursor:
        make_parent(case_id=parent, cause=cause, actor=chief, now=now)
        join_reports(parent_id=parent, case_ids=ids, actor=chief, now=now)
        cursor.execute(_ADDRESSES, [ids])
        kept = kept_clocks([parent, *ids])
        write_clocks(
            [Folded(pk, each.state, each.state, stored=False) for pk, each in kept.items()]
        )
    return parent, ids


def _end(notice: AlikeNotice) -> None:
    more = True
    while more:
        with transaction.atomic():
            more = go_on(notice_id=notice.pk, now=timezone.now())


def _found(parent_id: int, notice: AlikeNotice) -> dict[str, int]:
    """How many have their message on its way, are still open, and, of some, disagree with their
    own history."""
    notice.refresh_from_db()
    ended = Case.objects.filter(parent=parent_id)
    some = ClockRecord.objects.filter(case__parent=parent_id).order_by("?")[:LOOKED_AT]
    wrong = sum(record.state != state_data(recount(record.case_id)) for record in some)
    still = ended.filter(closed_at__isnull=True).count()
    return {"told": notice.waiting_count + notice.told_count, "open": still, "wrong": wrong}


def _floor(ids: list[int]) -> float:
    with transaction.atomic(), connection.cursor() as cursor:
        began = time.monotonic()
        for statement in _FLOOR:
            cursor.execute(statement, {"ids": ids})
        seconds = time.monotonic() - began
        transaction.set_rollback(True)
    return seconds
