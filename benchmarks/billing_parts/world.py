"""Bills of a demo company in a database of its own, built once and kept."""

from math import ceil
from pathlib import Path

from measuring.databases import build

BUILDER = Path(__file__).with_name("build.py")
LEAST = 300  # customers
BILLS_EACH = 1.5  # at least


def ensure(bills: int) -> str:
    """Build a company with at least so many bills unless it is there; the name of its database."""
    customers = max(LEAST, ceil(bills / BILLS_EACH))
    return build(f"billing_{customers}", BUILDER, str(customers))


def ensure_due(customers: int) -> str:
    """Build a company whose accounts are all due, none billed yet; the name of its database."""
    customers = max(LEAST, customers)
    return build(f"billing_due_{customers}", BUILDER, str(customers), "due")
