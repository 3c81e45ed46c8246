"""What is told of accounts, who stands for them, their places and meters."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("customers.account_opened", topics=("customers",))
@dataclass(frozen=True, slots=True)
class AccountOpened:
    """An account was opened."""

    account_id: int
    service: str


@event_type("customers.party_added", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PartyAdded:
    """A customer took a part in an account."""

    party_id: int
    account_id: int
    customer_id: int
    role: str


@event_type("customers.party_ended", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PartyEnded:
    """A customer's part in an account ends."""

    party_id: int
    account_id: int
    customer_id: int
    role: str


@event_type("customers.account_handed_over", topics=("customers",))
@dataclass(frozen=True, slots=True)
class AccountHandedOver:
    """Somebody moved out of or into an account."""

    move_id: int
    account_id: int


@event_type("customers.move_undone", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MoveUndone:
    """A hand-over was taken back."""

    move_id: int
    account_id: int


@event_type("customers.account_corrected", topics=("customers",))
@dataclass(frozen=True, slots=True)
class AccountCorrected:
    """Two people put fields of an account right."""

    account_id: int
    fields: tuple[str, ...]


@event_type("customers.premises_corrected", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PremisesCorrected:
    """Two people put parts of an address right."""

    premises_id: int
    fields: tuple[str, ...]


@event_type("customers.meter_exchanged", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MeterExchanged:
    """Another meter hangs at a service point."""

    service_point_id: int
    installation_id: int


@event_type("customers.meter_exchange_undone", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MeterExchangeUndone:
    """The meter before hangs at the service point again."""

    service_point_id: int
