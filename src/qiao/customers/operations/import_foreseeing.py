"""What a dry run would have written: people and accounts that the file itself holds twice.

Kept beside the database in a private file of SQLite's, which is gone with its connection: a
million rows would fill memory, and a dry run leaves no trace.
"""

import sqlite3
from collections.abc import Iterator, Sequence
from typing import Final

from qiao.customers.operations.import_matching import Known, folded
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.rules.import_rows import ImportedRow

_SEPARATOR: Final = "\x1f"
_ACCOUNT: Final = "a"
_IDENTITY: Final = "i"
_PHONE: Final = "p"


class Foreseen:
    """The rows of a file so far, as writing them would have changed what is known."""

    def __init__(self) -> None:
        self._ids = 0
        self._file = sqlite3.connect("")
        self._file.execute("PRAGMA journal_mode = OFF")
        self._file.execute(
            "CREATE TABLE held (key TEXT PRIMARY KEY, customer INTEGER, account INTEGER,"
            " name TEXT) WITHOUT ROWID"
        )

    def recall(self, rows: Sequence[ImportedRow], known: Known) -> None:
        """Add to `known` what earlier batches would have written of these rows."""
        keys = list(dict.fromkeys(key for row in rows for key in _keys(row)))
        if not keys:
            return
        marks = ",".join("?" * len(keys))
        found = self._file.execute(
            f"SELECT key, customer, account, name FROM held WHERE key IN ({marks})",  # noqa: S608 - question marks only
            keys,
        )
        for key, customer, account, name in found:
            kind, _, rest = key.partition(_SEPARATOR)
            if kind == _ACCOUNT:
                known.accounts.setdefault(rest, (account, customer, name))
            elif kind == _IDENTITY:
                known.identities.setdefault(bytes.fromhex(rest), customer)
            else:
                phone, _, owner = rest.partition(_SEPARATOR)
                known.phones.setdefault((phone, owner), customer)

    def write(
        self, row: ImportedRow, known: Known, customer: int | None, account: int | None
    ) -> None:
        """Keep what writing the row would add; new people and accounts get ids below zero."""
        name = folded(row.name)
        held: list[tuple[str, int, int | None, str]] = []
        if customer is None:
            customer = self._next()
            held += [(key, customer, None, "") for key in _person_keys(row)]
            for index in blind_indexes(row.id_number) if row.id_number else ():
                known.identities.setdefault(index, customer)
            for phone in row.phones:
                known.phones.setdefault((phone, name), customer)
        if row.account_number and account is None:
            account = self._next()
            known.accounts[row.account_number] = (account, customer, name)
            held.append((_account_key(row), customer, account, name))
        self._file.executemany("INSERT OR IGNORE INTO held VALUES (?, ?, ?, ?)", held)

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _next(self) -> int:
        self._ids -= 1
        return self._ids


def _keys(row: ImportedRow) -> Iterator[str]:
    if row.account_number:
        yield _account_key(row)
    yield from _person_keys(row)


def _account_key(row: ImportedRow) -> str:
    return f"{_ACCOUNT}{_SEPARATOR}{row.account_number}"


def _person_keys(row: ImportedRow) -> Iterator[str]:
    for index in blind_indexes(row.id_number) if row.id_number else ():
        yield f"{_IDENTITY}{_SEPARATOR}{index.hex()}"
    for phone in row.phones:
        yield f"{_PHONE}{_SEPARATOR}{phone}{_SEPARATOR}{folded(row.name)}"
