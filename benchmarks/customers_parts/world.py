"""A company of so many customers in a database of its own, built once and kept."""

import sys
from pathlib import Path

from measuring.databases import create, run

BUILDER = Path(__file__).with_name("build.py")


def ensure(customers: int) -> str:
    """Build the company unless it is there; the name of its database."""
    name = f"customers_{customers}"
    environment = create(name)
    owner = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"], "QIAO_NO_POOL": "1"}
    run([sys.executable, str(BUILDER), str(customers)], owner)
    return name
