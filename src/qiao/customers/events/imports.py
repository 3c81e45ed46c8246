"""What is told of files that are taken in."""

from dataclasses import dataclass

from qiao.core.events import event_type


@event_type("customers.customers_imported", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersImported:
    """Many customers were taken in at once: ids `first_id` to `last_id`."""

    first_id: int
    last_id: int
    count: int


@event_type("customers.customers_completed", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersCompleted:
    """`count` rows of an import, from first to last, added to customers known before."""

    import_id: int
    first_row: int
    last_row: int
    count: int


@event_type("customers.values_noted", topics=("customers",))
@dataclass(frozen=True, slots=True)
class ValuesNoted:
    """`count` values by month were noted or corrected out of a file of the system `source`."""

    source: str
    count: int


@event_type("customers.customers_taken_back", topics=("customers",))
@dataclass(frozen=True, slots=True)
class CustomersTakenBack:
    """Rows of an import from first to last were undone: `removed` are gone, `kept` stay."""

    import_id: int
    first_row: int
    last_row: int
    removed: int
    kept: int
