"""Bills of a demo company in a database of its own, built once and kept."""

import sys
from pathlib import Path

from measuring.databases import create, run

BUILDER = Path(__file__).with_name("build.py")
LEAST = 300  # customers
BILLS_EACH = 2  # at least


def ensure(bills: int) -> str:
    """Build a company with at least so many bills unless it is there; the name of its database."""
    customers = max(LEAST, bills // BILLS_EACH)
    return _built(f"billing_{customers}", str(customers))


def ensure_due(customers: int) -> str:
    """Build a company whose accounts are all due, none billed yet; the name of its database."""
    customers = max(LEAST, customers)
    return _built(f"billing_due_{customers}", str(customers), "due")


def _built(name: str, *words: str) -> str:
    environment = create(name)
    owner = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"], "QIAO_NO_POOL": "1"}
    run([sys.executable, str(BUILDER), *words], owner)
    return name
