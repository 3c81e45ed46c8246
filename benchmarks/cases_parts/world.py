"""A desk with so many open cases in a database of its own, built once and kept."""

import sys
from pathlib import Path

from measuring.databases import create, run

BUILDER = Path(__file__).with_name("build.py")


def ensure(cases: int) -> str:
    """Build the desk unless it is there; the name of its database."""
    name = f"cases_{cases}"
    environment = create(name)
    owner = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"], "QIAO_NO_POOL": "1"}
    run([sys.executable, str(BUILDER), str(cases)], owner)
    return name
