"""Reading work orders, with the right to do so."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import connection
from django.db.models import Case, F, Q, Value, When
from django.http import Http404
from django.utils import timezone

from qiao.cases.queries import Exit, duty_exits, following
from qiao.core.actor import Actor
from qiao.core.models import Attachment
from qiao.core.packs.model import Field
from qiao.dispatch.models import WorkOrder, WorkOrderEvent, WorkOrderQuerySet
from qiao.dispatch.rules.states import WAITING

OWNER_KIND: Final = "work_order"
DUTY: Final = "work_order"  # the name under which processes wait for a crew
LANE_LIMIT: Final = 4
CREW_LIMIT: Final = 60
DAY_LIMIT: Final = 50
SOON: Final = timedelta(hours=1)
BY_DUE: Final = (F("due_at").asc(nulls_last=True), "id")


class NotVisible(Http404):
    """No such work order, or none that the actor may see: outsiders cannot tell the difference."""


def get_work_order_for(
    *, actor: Actor, work_order_id: int, permission: str = "jobs.view"
) -> WorkOrder:
    """The order with its case, customer, team and technician, in one statement.

    Visible to who holds `permission` in its unit, and to the crew that it was sent to. Raises
    `NotVisible`.
    """
    orders = _with_case(WorkOrder.objects.filter(seen_by(actor, permission), id=work_order_id))
    found = next(iter(orders), None)
    if found is None:
        raise NotVisible(f"work order {work_order_id}")
    return found


def seen_by(actor: Actor, permission: str = "jobs.view") -> Q:
    """The orders of the units where the right is held, and those sent to the actor's crews."""
    here = Q(organisation_id__in=actor.organisations(permission))
    crews = actor.team_ids if actor.can(permission) else ()
    return here | Q(team_id__in=crews)


def _with_case(orders: WorkOrderQuerySet) -> WorkOrderQuerySet:
    return orders.select_related(
        "technician",
        "team",
        "organisation",
        "case",
        "case__case_type",
        "case__process",
        "case__customer",
        "case__premises",
        "case__responsible",
    )


def my_orders(*, actor: Actor, limit: int = DAY_LIMIT) -> list[WorkOrder]:
    """The actor's own open orders: what is under way first, then by the case's due time."""
    mine = WorkOrder.objects.open().filter(technician_id=actor.staff_id)
    on_the_way = When(state__in=("arrived", "travelling"), then=Value(0))
    under_way_first = Case(on_the_way, default=Value(1))
    return list(_with_case(mine).order_by(under_way_first, *BY_DUE)[:limit])


def my_order_count(*, actor: Actor) -> int:
    """How many open orders the actor has."""
    return WorkOrder.objects.open().filter(technician_id=actor.staff_id).count()


def pool_orders(*, actor: Actor, limit: int = DAY_LIMIT) -> list[WorkOrder]:
    """What waits in the pools of the actor's teams for somebody to take it, by due time."""
    if not actor.can("jobs.work"):
        return []
    waiting = WorkOrder.objects.open().filter(
        team_id__in=actor.team_ids, technician__isnull=True, state="planned"
    )
    return list(_with_case(waiting).order_by(*BY_DUE)[:limit])


def finished_today(*, actor: Actor, now: datetime) -> list[WorkOrder]:
    """What the actor finished since midnight, in the time zone in force, latest first."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)
    done = WorkOrder.objects.filter(
        technician_id=actor.staff_id, finished_at__gte=midnight, state="done"
    )
    return list(_with_case(done).order_by("-finished_at", "-id"))


@dataclass(frozen=True, slots=True)
class Board:
    """Open orders that the actor may see: how many nobody has, are under way, are late, and are
    due within the hour; how many each crew has, by its id; and those that are shown, by team,
    what nobody has first, then by due time.
    """

    waiting: int
    under_way: int
    late: int
    soon: int
    total: int
    crews: dict[int, int]
    orders: list[WorkOrder]


# One pass over the open orders alone; what lines show is joined for those that are shown.
_BOARD = """
SELECT team_id, count(*), count(*) FILTER (WHERE waits), count(*) FILTER (WHERE under_way),
       count(*) FILTER (WHERE due_at < %(now)s),
       count(*) FILTER (WHERE due_at >= %(now)s AND due_at < %(soon)s),
       array_agg(id ORDER BY place) FILTER (
           WHERE place <= CASE WHEN team_id = %(team)s THEN %(most)s
                               WHEN %(team)s IS NULL THEN %(few)s ELSE 0 END)
  FROM (SELECT *, row_number() OVER (PARTITION BY team_id
                                     ORDER BY waits DESC, due_at NULLS LAST, id) AS place
          FROM (SELECT o.id, o.team_id, o.state = ANY(%(waiting)s) AS waits,
                       o.state IN ('travelling', 'arrived') AS under_way, o.due_at
                  FROM dispatch_workorder o
                 WHERE o.finished_at IS NULL
                   AND (o.organisation_id = ANY(%(units)s) OR o.team_id = ANY(%(crews)s))) m) p
 GROUP BY team_id
"""
# What a line of the board shows, and nothing else: a row of all columns costs ten times as much.
_LINE = {
    "": ("number", "state", "state_since", "reason", "place", "created_at", "finished_at"),
    "technician__": ("name",),
    "team__": ("name", "names"),
    "case__": ("title", "priority", "due_at", "level", "caller_name"),
    "case__case_type__": ("names",),
    "case__customer__": ("name", "tier", "flags"),
}


def board(*, actor: Actor, now: datetime, team_id: int | None = None) -> Board:
    """The counts of every crew, and the first `LANE_LIMIT` orders of each or the first
    `CREW_LIMIT` of `team_id`."""
    with connection.cursor() as cursor:
        cursor.execute(
            _BOARD,
            {
                "waiting": list(WAITING),
                "units": list(actor.organisations("jobs.view")),
                "crews": list(actor.team_ids) if actor.can("jobs.view") else [],
                "now": now,
                "soon": now + SOON,
                "team": team_id,
                "most": CREW_LIMIT,
                "few": LANE_LIMIT,
            },
        )
        rows = cursor.fetchall()
    crews, totals, waiting, under_way, late, soon, shown = (
        zip(*rows, strict=True) if rows else ((),) * 7
    )
    place = {pk: n for n, pk in enumerate(pk for ids in shown for pk in ids or ())}
    lines = WorkOrder.objects.filter(id__in=place).select_related(
        *(beside.removesuffix("__") for beside in _LINE if beside)
    )
    found = lines.only(*(beside + name for beside, names in _LINE.items() for name in names))
    return Board(
        waiting=sum(waiting),
        under_way=sum(under_way),
        late=sum(late),
        soon=sum(soon),
        total=sum(totals),
        crews=dict(zip(crews, totals, strict=True)),
        orders=sorted(found, key=lambda o: (o.team.name, o.team_id, place[o.pk])),
    )


def orders_of_case(*, case_id: int) -> list[WorkOrder]:
    """All orders of a case that the caller may see, newest first."""
    orders = WorkOrder.objects.filter(case_id=case_id).select_related("technician", "team")
    return list(orders.order_by("-id"))


def technicians_on_case(*, case_id: int) -> frozenset[int]:
    """Everybody who finished work for the case."""
    done = WorkOrder.objects.filter(case_id=case_id, state="done", technician__isnull=False)
    return frozenset(done.values_list("technician_id", flat=True))


def pictures_of(order: WorkOrder) -> list[Attachment]:
    """The order's pictures and signature, oldest first."""
    return list(Attachment.objects.filter(owner_kind=OWNER_KIND, owner_id=order.pk).order_by("id"))


def history_of(order: WorkOrder) -> list[WorkOrderEvent]:
    """What happened to the order, oldest first."""
    return list(order.events.select_related("actor").order_by("seq"))


def exit_of(order: WorkOrder, actor: Actor) -> Exit | None:
    """The way by which the case moves on when the order is done, as its process says."""
    exits = duty_exits(case=order.case, duty=DUTY, roles=actor.roles)
    return following(exits)


def note_field(way_out: Exit) -> Field | None:
    """The field of the process that takes the technician's note: the first long text it needs,
    else the first it takes."""
    long = [field for field in way_out.fields if field.kind == "long"]
    needed = [field for field in long if field.key in way_out.required]
    return next(iter(needed or long), None)


def find_by_number(*, actor: Actor, text: str, limit: int) -> list[WorkOrder]:
    """Orders whose number begins with `text`, or ends with it when it is digits alone."""
    typed = text.strip().upper()
    if not typed:
        return []
    narrowed = Q(number__startswith=typed)
    orders = WorkOrder.objects.filter(seen_by(actor)).filter(narrowed)
    return list(orders.select_related("case", "team").order_by("-id")[:limit])
