"""What days and hand-overs do to protections: they come onto a list and stay in force."""

from collections import Counter
from collections.abc import Sequence
from datetime import date, datetime

from django.db.models import Q

from qiao.core.events import publish
from qiao.core.transactions import required
from qiao.customers.events import ProtectionsMoved
from qiao.customers.models import Account, AccountParty, Protection, ProtectionStep
from qiao.customers.queries import held_as
from qiao.customers.rules.protection import WORK, Days
from qiao.staff.queries import local_days

BATCH = 1_000


def days_of(protection: Protection) -> Days:
    """The days of a stored protection."""
    return Days(
        is_proven=protection.is_proven,
        prove_by=protection.prove_by,
        review_date=protection.review_date,
        until=protection.until,
        grace_until=protection.grace_until,
        is_ended=protection.ended_at is not None,
    )


def move_protections_on(*, now: datetime, limit: int = BATCH) -> int:
    """Let up to `limit` protections stand as they do today; how many did not before.

    It is today as the clocks of a protection's branch say. What comes onto the list is told by
    one event a branch. Harmless when it runs again: a moved one is no longer due to move.
    """
    required()
    today = local_days(now)
    due = Q(pk__in=[])
    for day in sorted(set(today.values())):
        due |= Q(moves_on__lte=day, organisation__in=[pk for pk in today if today[pk] == day])
    rows = list(
        Protection.objects.select_for_update(no_key=True, skip_locked=True)
        .filter(due)
        .order_by("moves_on", "id")[:limit]
    )
    come = []
    for row in rows:
        day, days, before = today[row.organisation_id], days_of(row), row.stage
        row.stage, row.moves_on = days.stage(day), days.moves_on(day)
        if row.stage in WORK and row.stage != before:
            come.append(row)
    Protection.objects.bulk_update(rows, ["stage", "moves_on"], batch_size=500)
    ProtectionStep.objects.bulk_create(
        ProtectionStep(protection=row, act=ProtectionStep.Act.CAME_DUE, at=now, until=row.until)
        for row in come
    )
    for (branch, stage), count in sorted(
        Counter((r.organisation_id, r.stage) for r in come).items()
    ):
        told = ProtectionsMoved(stage, count, today[branch].isoformat())
        publish(told, organisation_id=branch, actor=None, now=now)
    return len(rows)


def review_who_moved(
    *,
    account: Account,
    leaving: Sequence[AccountParty],
    by_id: int | None,
    day: date,
    now: datetime,
) -> int:
    """Put protections that hang on the account's place onto the list when their customer leaves.

    They do not move along, and they do not end: a person looks, from `day` on. How many.
    """
    required()
    point = account.service_point
    if point is None or not leaving:
        return 0
    ids = {one for party in leaving for one in held_as(party.customer_id)}
    rows = list(
        Protection.objects.select_for_update(no_key=True).filter(
            premises_id=point.premises_id, customer_id__in=ids, ended_at__isnull=True
        )
    )
    for row in rows:
        row.review_date = min(row.review_date, day)
        row.due_date = days_of(row).due_date
        row.moves_on = min(filter(None, (row.moves_on, day)))
    Protection.objects.bulk_update(rows, ["review_date", "due_date", "moves_on"])
    ProtectionStep.objects.bulk_create(
        ProtectionStep(
            protection=row, act=ProtectionStep.Act.MOVED, at=now, by_id=by_id, until=row.until
        )
        for row in rows
    )
    return len(rows)
