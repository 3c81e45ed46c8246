"""The parts of other modules' pages that work orders bring: panels, timeline, search, commands."""

from collections.abc import Sequence

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from qiao.core.actor import Actor
from qiao.core.manifest import Command, Hit, NavItem, Panel, SearchSource, TimelineSource
from qiao.core.wording import from_names
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.queries import find_by_number

VIEW, WORK, ASSIGN = "jobs.view", "jobs.work", "jobs.assign"

NAVIGATION = (
    NavItem("dispatch.board", _("Dispatch"), "route", "dispatch:board", ASSIGN, 40, "g d"),
    NavItem("dispatch.today", _("Jobs"), "checklist", "dispatch:today", WORK, 45, "g j"),
)

OF_CASE = """
SELECT jsonb_agg(jsonb_build_object(
    'id', w.id, 'number', w.number, 'state', w.state, 'hold', w.hold, 'reason', w.reason,
    'team', t.name, 'team_names', t.names, 'technician', s.name,
    'since', w.state_since, 'arrived', w.arrived_at, 'finished', w.finished_at,
    'promised', w.promised_at, 'note', w.note,
    'pictures', (SELECT coalesce(jsonb_agg(jsonb_build_object('id', a.id, 'label', a.label)
                                 ORDER BY a.id), '[]')
                   FROM core_attachment a
                  WHERE a.owner_kind = 'work_order' AND a.owner_id = w.id)
    ) ORDER BY w.id DESC)
  FROM dispatch_workorder w
  JOIN staff_organisation t ON t.id = w.team_id
  LEFT JOIN staff_staff s ON s.id = w.technician_id
 WHERE w.case_id = %(case_id)s AND w.organisation_id = ANY(%(organisation_ids)s)
"""
OF_CUSTOMER = """
SELECT jsonb_agg(x.line ORDER BY x.due_at NULLS LAST, x.id) FROM (
SELECT w.id, c.due_at, jsonb_build_object(
    'id', w.id, 'number', w.number, 'state', w.state, 'title', c.title, 'due', c.due_at,
    'level', c.level, 'created', w.created_at, 'technician', s.name, 'team', t.name,
    'team_names', t.names) AS line
  FROM cases_case c
  JOIN dispatch_workorder w ON w.case_id = c.id AND w.finished_at IS NULL
  JOIN staff_organisation t ON t.id = w.team_id
  LEFT JOIN staff_staff s ON s.id = w.technician_id
 WHERE c.customer_id = ANY(%(customer_ids)s::bigint[]) AND c.closed_at IS NULL
   AND (w.organisation_id + 0) = ANY(%(organisation_ids)s)
 ORDER BY c.due_at NULLS LAST, w.id LIMIT 8) x
"""
PANELS = (
    Panel(
        key="dispatch.case",
        title=_("Work order"),
        template="dispatch/panels/case.html",
        sql=OF_CASE,
        permission=VIEW,
        places=frozenset({"case"}),
        order=30,
    ),
    Panel(
        key="dispatch.open",
        title=_("Crews on the way"),
        template="dispatch/panels/open.html",
        sql=OF_CUSTOMER,
        permission=VIEW,
        places=frozenset({"aside", "customer", "customer.service"}),
        order=45,
    ),
)

TIMELINE = (
    TimelineSource(
        key="dispatch",
        sql="""
SELECT w.finished_at, 'work_order', w.id, '', c.title, w.note, s.name, w.state, w.number
  FROM cases_case c
  JOIN dispatch_workorder w ON w.case_id = c.id AND w.state = 'done'
  LEFT JOIN staff_staff s ON s.id = w.technician_id
 WHERE c.customer_id = ANY(%(customer_ids)s::bigint[])
   AND (w.organisation_id + 0) = ANY(%(organisation_ids)s) AND w.finished_at < %(before)s
 ORDER BY w.finished_at DESC, w.id DESC LIMIT %(limit)s
""",
        permission=VIEW,
        url_name="dispatch:detail",
        icon="tool",
        words=dict(WorkOrder.State.choices),
    ),
)


def search_hits(*, actor: Actor, text: str, limit: int) -> Sequence[Hit]:
    """Work orders by number."""
    return [
        Hit(
            kind="work_order",
            title=order.case.title,
            detail=f"{order.number} · {from_names(order.team.names, order.team.name)}",
            url=reverse("dispatch:detail", args=[order.pk]),
            icon="tool",
            tag=str(WorkOrder.State(order.state).label),
        )
        for order in find_by_number(actor=actor, text=text, limit=limit)
    ]


SEARCH = (
    SearchSource(
        key="dispatch",
        label=_("Work orders"),
        prefix="",
        permission=VIEW,
        search=search_hits,
        order=50,
    ),
)

COMMANDS = (
    Command("dispatch.board", _("Board of work orders"), "route", "dispatch:board", ASSIGN, "G D"),
    Command("dispatch.today", _("My jobs today"), "checklist", "dispatch:today", WORK, "G J"),
)
