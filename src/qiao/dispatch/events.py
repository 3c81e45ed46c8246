"""What becomes known of work orders."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("dispatch.work_order_created", topics=("jobs", "cases"))
@dataclass(frozen=True)
class WorkOrderCreated:
    """A work order was made for a team."""

    work_order_id: int
    case_id: int
    team_id: int


@event_type("dispatch.work_order_state_changed", topics=("jobs", "cases"))
@dataclass(frozen=True)
class WorkOrderStateChanged:
    """A work order went from one state to another, or to another person or team."""

    work_order_id: int
    case_id: int
    team_id: int
    technician_id: int | None
    verb: str
    before: str
    state: str
