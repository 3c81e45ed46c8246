"""What is told of protections; the customer is the one who stands for a merged record."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("customers.protection_claimed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionClaimed:
    """A customer is protected from now on; evidence is still awaited."""

    customer_id: int
    protection_id: int
    kind: str


@event_type("customers.protection_confirmed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionConfirmed:
    """Somebody has seen evidence of a protection, for the first time or again."""

    customer_id: int
    protection_id: int
    kind: str


@event_type("customers.protection_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionEnded:
    """People ended a protection."""

    customer_id: int
    protection_id: int
    kind: str


@event_type("customers.protections_moved", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ProtectionsMoved:
    """On `day` (a date) `count` protections of a branch came to need a person, in this stage."""

    stage: str
    count: int
    day: str
