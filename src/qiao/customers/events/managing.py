"""What is told of the managers of customers."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("customers.managers_assigned", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ManagersAssigned:
    """A member of staff looks after `customer_count` customers more; of a hand-over, its id."""

    manager_id: int
    customer_count: int
    hand_over_id: int


@event_type("customers.managers_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ManagersEnded:
    """`customer_count` customers have no manager from a day on; of a single one, its id."""

    customer_count: int
    customer_id: int


@event_type("customers.visit_closed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class VisitClosed:
    """The manager of a customer visited them, or left the visit out; `state` says which."""

    visit_id: int
    customer_id: int
    state: str
