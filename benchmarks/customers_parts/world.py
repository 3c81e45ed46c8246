"""A company of so many customers in a database of its own, built once and kept."""

from pathlib import Path

import psycopg
from measuring.databases import build, url_of

BUILDER = Path(__file__).with_name("build.py")


def ensure(customers: int) -> str:
    """Build the company unless it is there; the name of its database."""
    return build(f"customers_{customers}", BUILDER, str(customers))


def copy(source: str, name: str) -> str:
    """A database like another one, so that the kept world is left alone; its name."""
    with psycopg.connect(url_of("postgres"), autocommit=True) as owner:
        owner.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
        owner.execute(f"CREATE DATABASE {name} TEMPLATE {source} STRATEGY file_copy")
    return name
