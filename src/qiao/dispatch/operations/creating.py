"""Work orders come and go with the case: made when it waits for a crew, cancelled when it left."""

from datetime import datetime
from typing import Any, Final

from django.db import connection

from qiao.cases.queries import waits_at
from qiao.core import events
from qiao.core.numbering import next_number
from qiao.core.packs.enabled import catalogue
from qiao.core.transactions import required
from qiao.dispatch.events import WorkOrderCreated
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations.recording import lock_order, move, record_creation
from qiao.dispatch.queries.orders import DUTY
from qiao.dispatch.queries.people import is_technician_of, technicians_of
from qiao.dispatch.queries.sheets import sheet_for
from qiao.dispatch.rules.sheets import sheet_data
from qiao.dispatch.rules.states import WAITING
from qiao.staff.queries import chain_of, local_days, teams_for

PREFIX: Final = "WO"


def create_work_order(*, case: Any, entered_seq: int, now: datetime) -> WorkOrder | None:
    """Make the work order for a visit of `case` to a step that waits for a crew.

    Answers the one that exists when called again for the same visit, and None when the case has
    moved on meanwhile. A case that is already with a technician of the crew is assigned to him.
    """
    required()
    existing = WorkOrder.objects.filter(case=case, entered_seq=entered_seq).first()
    if existing is not None:
        return existing
    if not waits_at(case_id=case.pk, duty=DUTY, entered_seq=entered_seq):
        return None
    premises = case.premises
    order = WorkOrder.objects.create(
        number=next_number(prefix=PREFIX, day=case.opened_date),
        organisation_id=case.organisation_id,
        case=case,
        entered_seq=entered_seq,
        team_id=_team_for(case),
        place=case.place or (premises.full_text if premises else ""),
        latitude=premises.latitude if premises else None,
        longitude=premises.longitude if premises else None,
        datum=premises.datum if premises else "",
        sheet=sheet_data(sheet_for(case.case_type.key)),
        due_at=case.due_at,
        created_at=now,
        state_since=now,
    )
    record_creation(order, now=now, data={"team": order.team_id})
    created = WorkOrderCreated(order.pk, case.pk, order.team_id)
    events.publish(created, organisation_id=order.organisation_id, actor=None, now=now)
    return _hand_to_assignee(order, now)


def _hand_to_assignee(order: WorkOrder, now: datetime) -> WorkOrder:
    """Assign the order to the person who has the case, if that is a technician of its team."""
    person = order.case.assignee_id
    if person is None or person == order.technician_id:
        return order
    day = local_days(now)[order.organisation_id]
    if not is_technician_of(staff_id=person, team_id=order.team_id, day=day):
        return order
    order.technician_id = person
    return move(order, "assign", actor=None, now=now, data={"to": person})


def follow_case(*, order: WorkOrder, now: datetime) -> WorkOrder:
    """Let an order that nobody works on go where its case went: to its crew and person."""
    if order.state not in (*WAITING, "assigned"):
        return order
    team, day = order.case.team_id, local_days(now)[order.organisation_id]
    if team != order.team_id and technicians_of(team_id=team, day=day):
        before, order.team_id = order.team_id, team
        order.technician_id = None
        move(order, "unassign", actor=None, now=now, data={"team": team, "team_before": before})
    return _hand_to_assignee(order, now)


def follow_cases_order(*, case_id: int, now: datetime) -> None:
    """`follow_case` for the open orders of a case."""
    for order_id in _open_orders(case_id):
        follow_case(order=lock_order(order_id), now=now)


def follow_deadline(*, case_id: int) -> None:
    """Let the open orders of a case know when it is due now."""
    required()
    with connection.cursor() as cursor:
        cursor.execute(
            "UPDATE dispatch_workorder o SET due_at = c.due_at FROM cases_case c"
            " WHERE c.id = %(case)s AND o.case_id = c.id AND o.finished_at IS NULL"
            "   AND o.due_at IS DISTINCT FROM c.due_at",
            {"case": case_id},
        )


def cancel_work_orders(*, case_id: int, before_seq: int | None, reason: str, now: datetime) -> int:
    """Cancel the open orders of a case that left their step. Returns how many.

    `before_seq` spares orders of the present step; None cancels all.
    """
    required()
    count = 0
    for order_id in _open_orders(case_id):
        order = lock_order(order_id)
        if not order.is_open or (before_seq is not None and order.entered_seq >= before_seq):
            continue
        order.reason = reason
        move(order, "cancel", actor=None, now=now, data={"reason": reason})
        count += 1
    return count


def _open_orders(case_id: int) -> list[int]:
    return list(WorkOrder.objects.open().filter(case_id=case_id).values_list("id", flat=True))


def _team_for(case: Any) -> int:
    """The case's team if it takes such work, else the nearest that does, else the case's team."""
    definition = catalogue().case_types.get(case.case_type.key)
    duty = definition.duty if definition else ""
    if case.team.kind == "team" and (not duty or duty in case.team.skills):
        return int(case.team_id)
    chain = chain_of(case.organisation_id)
    teams = teams_for(duty=duty, area=case.area) if duty else []
    nearest = sorted(teams, key=lambda team: team.branch_id not in chain)
    return nearest[0].team_id if nearest else int(case.team_id)
