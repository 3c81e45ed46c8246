"""Lists that are kept: made, shared, made official, copied, put in order, dropped, counted."""
# ruff: noqa: S608 - put together from this module's own pieces; all values are bound

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection
from django.db.models import F, Max, Q

from qiao.cases.models import SavedView, ViewPlace
from qiao.cases.queries.saved import LIST, get_view_for, saved_views
from qiao.core.actor import Actor
from qiao.core.rules.text import clean
from qiao.core.transactions import required

NAME_LENGTH: Final = 60
OFFICIAL: Final = "cases.views"
MOST_VIEWS: Final = 200
COUNTED_EVERY: Final = timedelta(seconds=55)
KEPT_DROPPED: Final = timedelta(days=7)


class TooManyViews(Exception):  # noqa: N818 - names the finding
    """Somebody has more views than a person can use."""


@dataclass(frozen=True, slots=True)
class Reach:
    """Who sees a view beside its owner: a team, or a unit and all below it, or nobody."""

    team_id: int | None = None
    unit_id: int | None = None


def save_view(
    *,
    name: str,
    query: str,
    reach: Reach,
    actor: Actor,
    page: str = LIST,
) -> SavedView:
    """Keep a list (or a report) under a name; the same name of one's own again replaces it.

    Raises `BadText`, `TooManyViews`; `Forbidden` for a team that one is not in, and for a unit
    in which one may not set official views.
    """
    required()
    _may_reach(actor, reach)
    mine = SavedView.objects.filter(staff_id=actor.person_id, page=page, dropped_at__isnull=True)
    if mine.count() >= MOST_VIEWS:
        raise TooManyViews(str(actor.person_id))
    last = mine.aggregate(last=Max("position"))["last"] or 0
    view, _made = SavedView.objects.update_or_create(
        staff_id=actor.person_id,
        dropped_at=None,
        page=page,
        name=clean(name, field="name", max_length=NAME_LENGTH, one_line=True),
        defaults={
            "query": query,
            "team_id": reach.team_id,
            "unit_id": reach.unit_id,
            "counted_at": None,
        },
        create_defaults={
            "query": query,
            "team_id": reach.team_id,
            "unit_id": reach.unit_id,
            "position": last + 1,
        },
    )
    return view


def change_view(
    *,
    view_id: int,
    actor: Actor,
    name: str | None = None,
    query: str | None = None,
    reach: Reach | None = None,
) -> SavedView:
    """Rename a view, keep another list under it, or let others see it.

    Raises `SavedView.DoesNotExist` for one that is not the actor's to change, `BadText`,
    `Forbidden`.
    """
    view = _lock(view_id, actor)
    if name is not None:
        view.name = clean(name, field="name", max_length=NAME_LENGTH, one_line=True)
    if query is not None:
        view.query = query
    if reach is not None:
        _may_reach(actor, reach)
        view.team_id, view.unit_id = reach.team_id, reach.unit_id
    view.counted_at = None
    view.save()
    return view


def copy_view(*, view_id: int, name: str, actor: Actor) -> SavedView:
    """A view of one's own that begins as another that one sees.

    Raises `Http404` for one that is out of sight, and as `save_view`.
    """
    required()
    view = get_view_for(actor=actor, view_id=view_id)
    return save_view(name=name, query=view.query, reach=Reach(), actor=actor)


def drop_view(*, view_id: int, actor: Actor, now: datetime) -> SavedView:
    """Drop a view; it can be taken back for a week. Raises `SavedView.DoesNotExist`."""
    view = _lock(view_id, actor)
    view.dropped_at = now
    view.save(update_fields=["dropped_at"])
    return view


def take_back_view(*, view_id: int, actor: Actor) -> SavedView:
    """Bring a dropped view back; where its name was given again, with a number behind it.

    Raises `SavedView.DoesNotExist`.
    """
    required()
    view = SavedView.objects.select_for_update().get(
        pk=view_id, staff_id=actor.person_id, dropped_at__isnull=False
    )
    taken = set(
        SavedView.objects.filter(
            staff_id=actor.person_id, page=view.page, dropped_at__isnull=True
        ).values_list("name", flat=True)
    )
    name, n = view.name, 2
    while name in taken:
        name, n = f"{view.name[: NAME_LENGTH - 4]} {n}", n + 1
    view.name, view.dropped_at, view.counted_at = name, None, None
    view.save()
    return view


def place_views(*, view_ids: Sequence[int], pinned: frozenset[int], actor: Actor) -> None:
    """Keep views in this order beside the built-in ones; those not `pinned` stand there no more.

    Views that the actor does not see are left out.
    """
    required()
    seen = {view.view_id for view in saved_views(actor=actor)}
    rows = [
        ViewPlace(staff_id=actor.person_id, view_id=pk, position=place, pinned=pk in pinned)
        for place, pk in enumerate(dict.fromkeys(view_ids))
        if pk in seen
    ]
    ViewPlace.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["staff", "view"],
        update_fields=["position", "pinned"],
    )


def _may_reach(actor: Actor, reach: Reach) -> None:
    if reach.team_id is not None and reach.team_id not in actor.team_ids:
        actor.require(OFFICIAL, reach.team_id)
    if reach.unit_id is not None:
        actor.require(OFFICIAL, reach.unit_id)


def _lock(view_id: int, actor: Actor) -> SavedView:
    required()
    mine = Q(staff_id=actor.person_id) | Q(unit_id__in=actor.organisations(OFFICIAL))
    return SavedView.objects.select_for_update().get(mine, pk=view_id, dropped_at__isnull=True)


def sweep_views(*, now: datetime) -> int:
    """Remove views that were dropped a week ago. Returns how many."""
    required()
    gone, _tables = SavedView.objects.filter(dropped_at__lt=now - KEPT_DROPPED).delete()
    return gone


def next_to_count(*, now: datetime) -> SavedView | None:
    """The shared view whose counts are oldest, locked; None where all are fresh."""
    required()
    waiting = SavedView.objects.select_for_update(skip_locked=True).filter(
        Q(counted_at__isnull=True) | Q(counted_at__lt=now - COUNTED_EVERY),
        Q(team__isnull=False) | Q(unit__isnull=False),
        page=LIST,
        dropped_at__isnull=True,
    )
    return waiting.order_by(F("counted_at").asc(nulls_first=True)).first()


def keep_count(
    *, view: SavedView, counted: tuple[str, Mapping[str, Any]] | None, now: datetime
) -> None:
    """Keep what `queries.shared_count_statement` counts of a view; nothing for None."""
    required()
    with connection.cursor() as cursor:
        cursor.execute("DELETE FROM cases_viewcount WHERE view_id = %s", [view.pk])
        if counted is not None:
            statement, values = counted
            cursor.execute(
                "INSERT INTO cases_viewcount (view_id, organisation_id, holder, n)"
                f" SELECT %(view_id)s, found.* FROM ({statement}) AS found",
                {**values, "view_id": view.pk},
            )
    SavedView.objects.filter(pk=view.pk).update(counted_at=now)
