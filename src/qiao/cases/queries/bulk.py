"""Runs of changes of many cases, for who asked for them; and the ids that a list holds."""

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count
from django.http import Http404

from qiao.cases.models import BulkItem, BulkRun
from qiao.cases.queries.filters import Filters
from qiao.cases.queries.listing import CasePageOfRows, list_cases
from qiao.core.actor import Actor

PAGE = 500


@dataclass(frozen=True, slots=True)
class BulkLine:
    """A case of a run, and what is foreseen or became of it."""

    case_id: int
    number: str
    title: str
    state: str
    problem: str


@dataclass(frozen=True, slots=True)
class BulkShown:
    """A run with its counts by state of its cases, and the first lines, problems on top."""

    run_id: int
    kind: str
    state: str
    counts: Counter[str]
    lines: list[BulkLine]
    is_undo: bool
    is_undone: bool

    @property
    def total(self) -> int:
        """How many cases it is about."""
        return self.counts.total()

    @property
    def through(self) -> int:
        """How many of them are looked at or changed already."""
        left = "new" if self.state == BulkRun.State.FORESEEING else "waiting"
        return self.total - self.counts[left]

    @property
    def is_over(self) -> bool:
        """Whether nothing of it is left to be done."""
        return self.state in (BulkRun.State.DONE, BulkRun.State.CANCELLED)


def bulk_run_for(*, actor: Actor, run_id: int, shown: int) -> BulkShown:
    """A run of the actor's own. Raises `Http404`."""
    run = BulkRun.objects.filter(pk=run_id, staff_id=actor.person_id).first()
    if run is None:
        raise Http404(f"run {run_id}")
    counted = run.items.values_list("state").annotate(n=Count("id"))
    failed = (BulkItem.State.FAILED, BulkItem.State.REFUSED)
    told = ("case_id", "case__number", "case__title", "state", "problem")
    lines = list(run.items.filter(state__in=failed).order_by("id").values_list(*told)[:shown])
    rest = run.items.exclude(state__in=failed).order_by("id").values_list(*told)
    lines += list(rest[: shown - len(lines)])
    return BulkShown(
        run_id=run.pk,
        kind=run.kind,
        state=run.state,
        counts=Counter(dict(counted)),
        lines=[BulkLine(*line) for line in lines],
        is_undo=run.undo_of_id is not None,
        is_undone=BulkRun.objects.filter(undo_of=run).exists(),
    )


def listed_ids(
    *, actor: Actor, now: datetime, view: str, filters: Filters, limit: int
) -> list[int]:
    """The ids of a list's cases in its natural order, at most `limit`."""
    ids: list[int] = []
    page: CasePageOfRows | None = None
    while len(ids) < limit:
        cursor = page.following if page else None
        page = list_cases(
            actor=actor, now=now, view=view, filters=filters, cursor=cursor, limit=PAGE
        )
        ids += [row.case_id for row in page.rows]
        if page.following is None:
            break
    return ids[:limit]
