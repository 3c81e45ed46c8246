"""A company of so many customers in a database of its own, built once and kept."""

import sys
from pathlib import Path

import psycopg
from measuring.databases import create, run, url_of

BUILDER = Path(__file__).with_name("build.py")


def ensure(customers: int) -> str:
    """Build the company unless it is there; the name of its database."""
    name = f"customers_{customers}"
    environment = create(name)
    owner = environment | {"DATABASE_URL": environment["DATABASE_OWNER_URL"], "QIAO_NO_POOL": "1"}
    run([sys.executable, str(BUILDER), str(customers)], owner)
    return name


def copy(source: str, name: str) -> str:
    """A database like another one, so that the kept world is left alone; its name."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
    return name
