"""What a dispatcher does: giving an order to a person or to another crew."""

from datetime import datetime

from qiao.core.actor import Actor
from qiao.dispatch.models import WorkOrder
from qiao.dispatch.operations.recording import lock_order, move
from qiao.dispatch.queries.people import technicians_of
from qiao.staff.queries import local_days


class NotInTheTeam(Exception):  # noqa: N818 - names the finding
    """The person does not work in the team, or may not do work orders."""


class NoSuchCrew(Exception):  # noqa: N818 - names the finding
    """The unit is no team that does work orders."""


class NothingChanges(Exception):  # noqa: N818 - names the finding
    """The order is already with that team and person."""


def assign_technician(
    *,
    work_order_id: int,
    staff_id: int | None,
    actor: Actor,
    now: datetime,
    team_id: int | None = None,
    promised_at: datetime | None = None,
) -> WorkOrder:
    """Give the order to a technician of its team or of `team_id`, or to that team's pool (None).

    `promised_at` is the time told to the customer. Raises `WorkOrder.DoesNotExist`, `Forbidden`,
    `NoSuchCrew`, `NotInTheTeam`, `NothingChanges`, `WrongState`.
    """
    order = lock_order(work_order_id)
    actor.require("jobs.assign", order.organisation_id)
    team = team_id or order.team_id
    day = local_days(now)[order.organisation_id]
    people = technicians_of(team_id=team, day=day)
    if team != order.team_id and not people:
        raise NoSuchCrew
    if staff_id is not None and all(person.staff_id != staff_id for person in people):
        raise NotInTheTeam
    if (team, staff_id) == (order.team_id, order.technician_id) and promised_at is None:
        raise NothingChanges
    before = {"before": order.technician_id, "team_before": order.team_id}
    order.team_id, order.technician_id, order.reason = team, staff_id, ""
    if promised_at is not None:
        order.promised_at = promised_at
    verb = "assign" if staff_id is not None else "unassign"
    data = {"to": staff_id, "team": team, **before}
    return move(order, verb, actor=actor, now=now, data=data)
