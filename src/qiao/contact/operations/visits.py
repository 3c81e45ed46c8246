"""Contacts count for the tier of the customer: who comes of their own accord is noted below."""

from datetime import datetime

from qiao.contact.models import Interaction
from qiao.core.idempotency import claim
from qiao.customers.operations import NewFact, note_facts, note_facts_from, withdraw_facts

SOURCE, KIND = "contact", "visit"

_CLOSED = """
SELECT i.customer_id, 1, i.started_at, i.closed_at, i.id::text
  FROM contact_interaction i
 WHERE i.state = 'closed' AND i.direction = 'in' AND i.customer_id IS NOT NULL
"""


def count_visit(interaction: Interaction, *, now: datetime) -> None:
    """Note a closed contact of a known customer; take back what it no longer is."""
    ref = str(interaction.pk)
    counts = (
        interaction.state == Interaction.State.CLOSED
        and interaction.direction == Interaction.Direction.IN
    )
    if counts and interaction.customer_id is not None:
        fact = NewFact(interaction.customer_id, KIND, interaction.started_at, SOURCE, ref)
        note_facts(facts=[fact], now=now)
    else:
        withdraw_facts(source=SOURCE, kind=KIND, refs=[ref], now=now)


def note_visits() -> int:
    """Note all contacts that are not noted yet, as known since they were closed; how many."""
    return note_facts_from(source=SOURCE, kind=KIND, select=_CLOSED)


def note_known_visits() -> None:
    """The same once for all, for contacts of before; from then on closing notes them."""
    if claim(scope="contact.install", key="visit_facts"):
        note_visits()
