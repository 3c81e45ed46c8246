"""The one way in which a work order moves: locked, checked by the verbs, written, told."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from qiao.core import events
from qiao.core.actor import Actor, Forbidden
from qiao.core.idempotency import claim
from qiao.core.transactions import required
from qiao.dispatch.events import WorkOrderStateChanged
from qiao.dispatch.models import WorkOrder, WorkOrderEvent
from qiao.dispatch.rules.states import FINISHED, WAITING, next_state

LATEST_REPORT: Final = timedelta(hours=48)  # a phone without a network for longer is not believed


class NotYours(Exception):  # noqa: N818 - names the finding
    """The work order is in somebody else's hands; `name` says whose, empty for nobody's."""

    def __init__(self, name: str = "") -> None:
        super().__init__(f"the work order belongs to {name or 'nobody'}")
        self.name = name


@dataclass(frozen=True, slots=True)
class Report:
    """How a step came to us from the spot.

    `key` makes a repeated sending harmless. `happened_at` is the phone's own time, believed when
    it lies between the order's last step and now, at most two days back. Position in WGS-84
    degrees, `accuracy_m` in metres; None where the phone gave none.
    """

    key: str = ""
    happened_at: datetime | None = None
    latitude: float | None = None
    longitude: float | None = None
    accuracy_m: int | None = None


NOTHING: Final = Report()


def lock_order(work_order_id: int) -> WorkOrder:
    """The work order, locked for this transaction. Raises `WorkOrder.DoesNotExist`."""
    required()
    orders = WorkOrder.objects.select_for_update(of=("self",))
    return orders.select_related("case", "technician", "team").get(id=work_order_id)


def is_repeat(order: WorkOrder, report: Report) -> bool:
    """Whether this very report has taken effect before; claims it otherwise."""
    return bool(report.key) and not claim(scope=f"work_order:{order.pk}", key=report.key)


def require_worker(order: WorkOrder, actor: Actor) -> None:
    """Raises `Forbidden` or `NotYours` unless the actor has the order, or dispatches it."""
    if actor.can_in("jobs.assign", order.organisation_id):
        return
    if not may_work(order, actor):
        raise Forbidden("jobs.work")
    if order.technician_id != actor.staff_id or actor.staff_id is None:
        raise NotYours(order.technician.name if order.technician else "")


def may_work(order: WorkOrder, actor: Actor) -> bool:
    """Whether the actor works in the order's unit or in the team that it was sent to."""
    here = actor.can_in("jobs.work", order.organisation_id)
    return here or (actor.can("jobs.work") and order.team_id in actor.team_ids)


def move(
    order: WorkOrder,
    verb: str,
    *,
    actor: Actor | None,
    now: datetime,
    report: Report = NOTHING,
    data: Mapping[str, Any] | None = None,
) -> WorkOrder:
    """Take `verb`: state, history row and event. The caller has set the other fields.

    Raises `WrongState`; nothing has been written then.
    """
    before, at = order.state, happened(order, report, now)
    order.state = next_state(before, verb)
    order.state_since = at
    if order.state in FINISHED:
        order.finished_at = max(at, order.created_at)
    if order.state in WAITING:
        order.technician = None
    if order.state != "suspended":
        order.hold = ""
    order.event_seq += 1
    order.version += 1
    order.save()
    _record(order, verb, actor, now, report, data, at=at)
    told = WorkOrderStateChanged(
        work_order_id=order.pk,
        case_id=order.case_id,
        team_id=order.team_id,
        technician_id=order.technician_id,
        verb=verb,
        before=before,
        state=order.state,
    )
    events.publish(told, organisation_id=order.organisation_id, actor=actor, now=now)
    return order


def _record(
    order: WorkOrder,
    kind: str,
    actor: Actor | None,
    now: datetime,
    report: Report,
    data: Mapping[str, Any] | None,
    *,
    at: datetime,
) -> None:
    WorkOrderEvent.objects.create(
        work_order=order,
        seq=order.event_seq,
        kind=kind,
        state=order.state,
        at=at,
        recorded_at=now,
        actor_id=actor.staff_id if actor else None,
        latitude=report.latitude,
        longitude=report.longitude,
        accuracy_m=report.accuracy_m,
        data=dict(data or {}),
    )


def record_creation(order: WorkOrder, *, now: datetime, data: Mapping[str, Any]) -> None:
    """Write the first row of an order's history."""
    order.event_seq = 1
    order.save(update_fields=["event_seq"])
    _record(order, "create", None, now, NOTHING, data, at=now)


def happened(order: WorkOrder, report: Report, now: datetime) -> datetime:
    """When a step of the order was taken: the phone's time where it can be believed, else now."""
    said = report.happened_at
    if said is None or said > now or said < now - LATEST_REPORT:
        return now
    last = order.events.order_by("-seq").values_list("at", flat=True).first()
    return max(said, last) if last is not None else said
