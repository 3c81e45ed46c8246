"""The worlds that are measured: a database of its own for each size, built once and kept."""

import os
import sys
import time
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

import psycopg
from measuring import databases
from measuring.databases import administration, exists, run, say, url_of

SPINE = Path(__file__).parents[1] / "spine.py"
NOW = datetime(2026, 11, 20, 2, 30, tzinfo=UTC)  # Friday morning, 10:30 in the world's time zone
OPEN_SHARE = 0.05
CONTACTS_PER_CUSTOMER = 5


@dataclass(frozen=True, slots=True)
class Size:
    """How large a world is; `customers` names it."""

    customers: int
    cases: int
    interactions: int
    open_cases: int

    @property
    def database(self) -> str:
        """The name of its database."""
        return f"spine_{self.customers}_{self.cases}"


def full(customers: int) -> Size:
    """As many cases as customers, five contacts each."""
    return Size(
        customers, customers, CONTACTS_PER_CUSTOMER * customers, round(customers * OPEN_SHARE)
    )


def with_closed(closed: int, size: Size) -> Size:
    """The same world after all closed cases but so many were taken away."""
    return replace(size, cases=closed + size.open_cases)


def environment_of(size: Size) -> dict[str, str]:
    """The environment in which a process of ours works on that world."""
    return databases.environment_of(size.database)


def ensure(size: Size) -> None:
    """Build the world unless it is there.

    Raises:
        RuntimeError: it cannot be built; what went wrong was said.
    """
    environment = databases.create(size.database)
    owner = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"], "QIAO_NO_POOL": "1"}
    words = [f"--size={','.join(str(part) for part in astuple(size))}"]
    run([sys.executable, str(SPINE), "--build", *words], owner)


def ensure_few(few: Size, full: Size) -> None:
    """Copy the full world and take closed cases away until `few` is left, unless it is there.

    Everything else stays as it is, open cases and the size of other tables included: what a list
    reads more of in the full world, it reads because of closed cases.
    """
    with administration() as owner:
        if exists(owner, few.database):
            databases.create(few.database)
            return
        owner.execute(f"DROP DATABASE IF EXISTS {few.database}_draft")
        owner.execute(
            f"CREATE DATABASE {few.database}_draft TEMPLATE {full.database} STRATEGY file_copy"
        )
    url = url_of(f"{few.database}_draft")
    with psycopg.connect(url, autocommit=True) as owner:
        owner.execute("SET session_replication_role = replica")  # neither counts nor references
        owner.execute(
            "DELETE FROM cases_case WHERE closed_at IS NOT NULL AND id NOT IN ("
            " SELECT id FROM cases_case WHERE closed_at IS NOT NULL"
            " ORDER BY md5(id::text) LIMIT %s)",
            [few.cases - few.open_cases],
        )
        owner.execute("VACUUM (FULL, ANALYZE) cases_case")
        owner.execute("VACUUM (ANALYZE)")
    with administration() as owner:
        owner.execute(f"ALTER DATABASE {few.database}_draft RENAME TO {few.database}")


def build(size: Size) -> None:
    """Build in this process, which is the owner of the tables."""
    from qiao.core.demo import build_world

    began = time.monotonic()
    built = build_world(
        customers=size.customers,
        cases=size.cases,
        interactions=size.interactions,
        pack="water",
        now=NOW,
        open_share=size.open_cases / size.cases,
        progress=say,
    )
    if built:
        say(f"{size.database}: built in {time.monotonic() - began:.0f} s")
        vacuum()


def vacuum() -> None:
    """Set hint bits and visibility, as a database that has run for a while has them."""
    with psycopg.connect(os.environ["DATABASE_URL"], autocommit=True) as owner:
        owner.execute("VACUUM (ANALYZE)")
