"""The floor: final rows of one database, copied table by table into an equal one."""

import time
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import psycopg
from measuring.databases import say, url_of

Connection = psycopg.Connection[Any]


def written(made: str, bare: str, tables: Iterable[str], folder: Path) -> dict[str, list[str]]:
    """Write the rows that one database has beyond the other to files; by table, the statements
    that bring them into it."""
    found = {}
    with psycopg.connect(url_of(made)) as source, psycopg.connect(url_of(bare)) as known:
        for table in tables:
            columns = columns_of(source, table)
            first = known.execute(f"SELECT coalesce(max(id), 0) FROM {table}").fetchone()
            assert first is not None
            write(
                source, folder / table,
                f"SELECT {columns} FROM {table} WHERE id > {first[0]} ORDER BY id",
            )  # fmt: skip
            found[table] = [f"COPY {table} ({columns}) FROM STDIN"]
    return found


def changed(
    made: str, tables: Iterable[tuple[str, str, tuple[str, ...], str]], folder: Path
) -> dict[str, list[str]]:
    """The same for columns of rows that were there: of each table its key, what is changed, and
    of which rows."""
    found = {}
    with psycopg.connect(url_of(made)) as source:
        for table, key, names, which in tables:
            columns = ", ".join((key, *names))
            write(source, folder / table, f"SELECT {columns} FROM {table} WHERE {which}")
            sets = ", ".join(f"{name} = w.{name}" for name in names)
            before, after = (", ".join(f"{side}.{n}" for n in names) for side in "tw")
            found[table] = [
                f"CREATE TEMP TABLE brought AS SELECT {columns} FROM {table} WITH NO DATA",
                "COPY brought FROM STDIN",
                f"UPDATE {table} t SET {sets} FROM brought w WHERE w.{key} = t.{key}"
                f" AND ({before}) IS DISTINCT FROM ({after})",
                "DROP TABLE brought",
            ]
    return found


def copied(statements: Mapping[str, list[str]], bare: str, folder: Path) -> float:
    """Run them in one transaction, since lines come before their bills; the seconds of all, its
    end with what is looked at there included."""
    began = time.monotonic()
    with (
        psycopg.connect(url_of(bare), autocommit=True) as target,
        target.transaction(),
    ):
        for table, own in statements.items():
            begun = time.monotonic()
            for statement in own:
                _run(target, statement, folder / table)
            say(f"  floor {table} {time.monotonic() - begun:.2f} s")
    return time.monotonic() - began


def _run(target: Connection, statement: str, file: Path) -> None:
    if not statement.endswith("FROM STDIN"):
        target.execute(statement)
        return
    with file.open("rb") as source, target.cursor().copy(statement) as rows:
        while block := source.read(1 << 18):
            rows.write(block)


def columns_of(source: Connection, table: str) -> str:
    """The columns of a table that are not generated, in their order."""
    rows = source.execute(
        "SELECT column_name FROM information_schema.columns"
        " WHERE table_name = %s AND is_generated = 'NEVER' ORDER BY ordinal_position",
        [table],
    )
    return ", ".join(f'"{name}"' for (name,) in rows)


def write(source: Connection, file: Path, ask: str) -> None:
    """Write what a question finds to a file."""
    with file.open("wb") as out, source.cursor().copy(f"COPY ({ask}) TO STDOUT") as rows:
        out.writelines(bytes(block) for block in rows)
