"""What is told of a customer: held, changed, merged, erased; and of their numbers."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("customers.customer_registered", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomerRegistered:
    """A customer is held for the first time."""

    customer_id: int


@event_type("customers.customer_changed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomerChanged:
    """Master data changed; `fields` names which."""

    customer_id: int
    fields: tuple[str, ...]


@event_type("customers.customers_merged", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersMerged:
    """`merged_id` turned out to be the same customer as `customer_id`."""

    customer_id: int
    merged_id: int


@event_type("customers.merge_undone", topics=("customers",))
@dataclass(frozen=True, slots=True)
class MergeUndone:
    """`merged_id` stands for itself again."""

    customer_id: int
    merged_id: int


@event_type("customers.person_erased", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PersonErased:
    """A person was erased in all modules; `erasure_id` is the record of it."""

    customer_id: int
    erasure_id: int


@event_type("customers.phone_added", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PhoneAdded:
    """A number now leads to a customer."""

    customer_id: int
    phone_id: int


@event_type("customers.phone_retired", topics=("customers",))
@dataclass(frozen=True, slots=True)
class PhoneRetired:
    """A number no longer leads to a customer; `former_id` is the `FormerPhone` that it became."""

    customer_id: int
    former_id: int
