"""Customers whom a typed text may mean."""

from collections.abc import Sequence

from qiao.core.actor import Actor
from qiao.customers.queries import CustomerHit, find_customers, find_near

MOST_HITS = 8


def find_customers_near(*, actor: Actor, text: str) -> tuple[Sequence[CustomerHit], bool]:
    """Customers that a text may mean, and whether they only come near because none does."""
    if not text:
        return [], False
    found = find_customers(actor=actor, text=text, limit=MOST_HITS)
    if found:
        return found, False
    return find_near(actor=actor, text=text, limit=MOST_HITS), True
