"""Jobs of the customers module: looking for customers who are held twice."""

from datetime import datetime

from procrastinate.contrib.django import app

from qiao.core import background
from qiao.core.events import Envelope
from qiao.core.tasks import PATIENT
from qiao.core.transactions import acting
from qiao.customers.events import (
    CustomerChanged,
    CustomerRegistered,
    CustomersCompleted,
    CustomersImported,
    CustomersMerged,
    MergeUndone,
    PartyAdded,
    PhoneAdded,
)
from qiao.customers.operations.duplicate_finding import (
    FIND_TASK,
    check_for_duplicates,
    check_new_customers,
    fold_duplicate_counts,
    go_on_with_duplicate_run,
    search_again,
    start_duplicate_run,
)
from qiao.customers.queries.imports import completed_customers

MOST_AT_ONCE = 2_000
"""A larger import is looked at by a search through all: it reads every index once."""

TELLING = frozenset({"name", "identities", "phones"})


@app.task(name=FIND_TASK, queue=background.QUEUE, retry=PATIENT)
def find_duplicates() -> None:
    """Carry the running search on to its end; after a stop the job comes back and goes on."""
    go_on_with_duplicate_run()


def search_by_night(now: datetime) -> None:
    """Begin a search through all customers, or have one that stopped carried on."""
    with acting(None):
        start_duplicate_run(actor=None, now=now)


def fold_counts(now: datetime) -> None:  # noqa: ARG001 - the form of a periodic job
    """Fold the changes of the counts of waiting pairs into the counts."""
    with acting(None):
        fold_duplicate_counts()


def check_registered(*, event: CustomerRegistered, envelope: Envelope) -> None:
    """A new customer may be held already."""
    check_for_duplicates(customer_ids=[event.customer_id], now=envelope.occurred_at)


def check_imported(*, event: CustomersImported, envelope: Envelope) -> None:
    """So may those of a file; a large one is left to a search through all."""
    if event.count > MOST_AT_ONCE:
        search_again()
        return
    check_new_customers(first_id=event.first_id, last_id=event.last_id, now=envelope.occurred_at)


def check_changed(*, event: CustomerChanged, envelope: Envelope) -> None:
    """A new name or document is new evidence."""
    if TELLING.intersection(event.fields):
        check_for_duplicates(customer_ids=[event.customer_id], now=envelope.occurred_at)


def check_phone(*, event: PhoneAdded, envelope: Envelope) -> None:
    """So is a new number."""
    check_for_duplicates(customer_ids=[event.customer_id], now=envelope.occurred_at)


def check_party(*, event: PartyAdded, envelope: Envelope) -> None:
    """So is a door."""
    check_for_duplicates(customer_ids=[event.customer_id], now=envelope.occurred_at)


def check_merged(*, event: CustomersMerged, envelope: Envelope) -> None:
    """Who stands for two may be a third one too."""
    check_for_duplicates(customer_ids=[event.customer_id], now=envelope.occurred_at)


def check_apart(*, event: MergeUndone, envelope: Envelope) -> None:
    """Both stand for themselves again."""
    ids = [event.customer_id, event.merged_id]
    check_for_duplicates(customer_ids=ids, now=envelope.occurred_at)


def check_completed(*, event: CustomersCompleted, envelope: Envelope) -> None:
    """A file brought new numbers, documents and places to customers who were known."""
    ids = completed_customers(
        import_id=event.import_id, first_row=event.first_row, last_row=event.last_row
    )
    if len(ids) > MOST_AT_ONCE:
        search_again()
        return
    check_for_duplicates(customer_ids=ids, now=envelope.occurred_at)
