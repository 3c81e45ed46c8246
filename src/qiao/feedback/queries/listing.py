"""The list of follow-ups by keyset: open ones by due time, finished ones by their end."""

from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time, timedelta
from typing import Final

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Coalesce

from qiao.core.actor import Actor
from qiao.feedback.models import FollowUp, FollowUpQuerySet
from qiao.feedback.queries.following import RELATED
from qiao.feedback.queries.paging import page_of
from qiao.feedback.queries.ratings import POOR
from qiao.staff.queries import subtree_of

PAGE: Final = 30
ONE_DAY: Final = timedelta(days=1)
FAR: Final = datetime.fromisoformat("9999-12-31T00:00:00+00:00")


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show. `view` is ``mine``, ``open``, ``done`` or ``poor`` (ratings); days are those
    of the unit, `until` is exclusive.

    `ratings` means “one of these answers”; `unit_id` stands for the unit and all below it.
    """

    view: str = "mine"
    ratings: tuple[str, ...] = ()
    person_id: int | None = None
    resolved: str = ""
    since: date | None = None
    until: date | None = None
    unit_id: int | None = None


@dataclass(frozen=True, slots=True)
class Page:
    """Rows, and the cursor of the next page; empty at the end."""

    rows: list[FollowUp]
    after: str


def list_follow_ups(*, actor: Actor, filters: Filters, after: str = "") -> Page:
    """A page of follow-ups that the actor may see.

    A cursor that was tampered with reads as the first page.
    """
    seen = FollowUp.objects.annotate(unit=F("organisation_id") + 0).filter(
        unit__in=actor.organisations("followups.view")
    )  # not by an index of units: the rows are read in the order of the list
    seen = seen.select_related(*RELATED, "confirmed_by")
    if filters.unit_id is not None:
        seen = seen.filter(unit__in=subtree_of(filters.unit_id))
    if filters.person_id is not None:
        seen = seen.filter(assigned_to_id=filters.person_id)
    if filters.view == "poor":
        poor = _done(seen, replace(filters, ratings=(), resolved="")).filter(POOR)
        return _page(poor, "finished_at", after, newest_first=True)
    if filters.view == "done" or filters.ratings:
        return _page(_done(seen, filters), "finished_at", after, newest_first=True)
    opened = seen.open()
    if filters.view != "open":
        opened = opened.filter(assigned_to_id=actor.staff_id)
    return _page(opened.annotate(sort_at=Coalesce(F("due_at"), FAR)), "sort_at", after)


def _done(rows: FollowUpQuerySet, filters: Filters) -> FollowUpQuerySet:
    rows = rows.filter(state__in=("reached", "unreached"))
    if filters.ratings:
        said = Q(rating__in=filters.ratings, state="reached")
        rows = rows.filter(said | Q(state="unreached") if "unreached" in filters.ratings else said)
    if filters.resolved:
        rows = rows.filter(resolved=filters.resolved == "yes")
    if filters.since:
        rows = rows.filter(
            finished_date__gte=filters.since, finished_at__gte=_about(filters.since)
        )
    if filters.until:
        late = _about(filters.until) + 2 * ONE_DAY
        rows = rows.filter(finished_date__lt=filters.until, finished_at__lt=late)
    return rows


def _about(day: date) -> datetime:
    """A moment before the day begins anywhere: lets an index on moments find days."""
    return datetime.combine(day, time.min, UTC) - ONE_DAY


def _page(rows: "QuerySet[FollowUp]", key: str, after: str, *, newest_first: bool = False) -> Page:
    found, following = page_of(rows, key=key, size=PAGE, after=after, newest_first=newest_first)
    return Page(found, following)
