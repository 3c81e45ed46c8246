"""What a dry run would have written: people and accounts that the file itself holds twice.

Kept beside the database in a private file of SQLite's, which is gone with its connection: a
million rows would fill memory, and a dry run leaves no trace.
"""

import pickle
import sqlite3
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

from qiao.core.uploads import NoRoom
from qiao.customers.operations.import_held import SEPARATOR, Held, Part
from qiao.customers.operations.import_matching import Known
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.rules.columns import folded
from qiao.customers.rules.import_adding import Addition
from qiao.customers.rules.import_rows import ImportedRow

_ACCOUNT: Final = Part.ACCOUNT.value
_IDENTITY: Final = "i"
_PHONE: Final = "p"
_PRIMARY: Final = 0xFF  # the lower byte of a code tells what, the rest where


@contextmanager
def full_disk_told() -> Iterator[None]:
    """Raises `NoRoom` where the disk is full."""
    try:
        yield
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & _PRIMARY not in {sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR}:
            raise
        raise NoRoom(str(error)) from error


def private_file() -> sqlite3.Connection:
    """A file of SQLite's beside the database, gone with its connection."""
    file = sqlite3.connect("")
    file.execute("PRAGMA journal_mode = OFF")
    return file


class Foreseen:
    """The rows of a file so far, as writing them would have changed what is known."""

    def __init__(self) -> None:
        self._ids = 0
        self._file = private_file()
        self._file.execute(
            "CREATE TABLE held (key TEXT PRIMARY KEY, customer INTEGER, account INTEGER,"
            " name TEXT) WITHOUT ROWID"
        )
        self._file.execute("CREATE TABLE state (key TEXT PRIMARY KEY, held BLOB) WITHOUT ROWID")

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
            kind, _, rest = key.partition(SEPARATOR)
            if kind == _ACCOUNT:
                known.accounts.setdefault(rest, (account, customer, name))
            elif kind == _IDENTITY:
                known.identities.setdefault(bytes.fromhex(rest), customer)
            else:
                phone, _, owner = rest.partition(SEPARATOR)
                known.phones.setdefault((phone, owner), customer)

    def write(
        self, row: ImportedRow, known: Known, customer: int | None, account: int | None
    ) -> tuple[int, int | None]:
        """Keep what writing the row would add; new people and accounts get ids below zero.

        The customer and the account whom the row means then.
        """
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
        return customer, account

    def lead(self, row: ImportedRow, additions: Sequence[Addition], customer: int) -> None:
        """Let telephones and identity numbers that a row would add lead to their customer."""
        kinds = {addition.kind for addition in additions}
        keys = [key for key in _person_keys(row) if key[0] == _PHONE and "phone" in kinds]
        if "id_number" in kinds:
            keys += [key for key in _person_keys(row) if key[0] == _IDENTITY]
        self._file.executemany(
            "INSERT OR IGNORE INTO held VALUES (?, ?, NULL, '')", [(key, customer) for key in keys]
        )

    def keep_held(self, held: Held) -> None:
        """Keep what the rows of a batch would have changed of whom is held."""
        self._file.executemany(
            "INSERT OR REPLACE INTO state VALUES (?, ?)",
            [(_key(part, key), pickle.dumps(held.store(part)[key])) for part, key in held.changed],
        )

    def recall_held(self, rows: Sequence[ImportedRow], held: Held) -> None:
        """Put what earlier batches would have changed over what the database holds."""
        known = held.known
        keys = {_key(Part.PERSON, pk) for pk in known.people()}
        keys |= {_key(Part.ACCOUNT, pk) for pk, _, _ in known.accounts.values()}
        for part, key, state in self._states(keys):
            held.store(part)[int(key)] = state
        places = {*held.places, *(account.place for account in held.accounts.values())}
        places |= {held.place_key(row, row.service) for row in rows if row.address}
        for _, key, state in self._states({_key(Part.PLACE, key) for key in places}):
            held.places[key] = state

    def _states(self, keys: Collection[str]) -> Iterator[tuple[Part, str, Any]]:
        marks = ",".join("?" * len(keys))
        found = self._file.execute(
            f"SELECT key, held FROM state WHERE key IN ({marks})",  # noqa: S608 - question marks only
            list(keys),
        )
        for whole, state in found.fetchall():
            part, _, key = whole.partition(SEPARATOR)
            yield Part(part), key, pickle.loads(state)  # noqa: S301 - our own, from a private file

    def close(self) -> None:
        """Let the file go."""
        self._file.close()

    def _next(self) -> int:
        self._ids -= 1
        return self._ids


def _key(kind: str, *parts: object) -> str:
    return SEPARATOR.join((kind, *map(str, parts)))


def _keys(row: ImportedRow) -> Iterator[str]:
    if row.account_number:
        yield _account_key(row)
    yield from _person_keys(row)


def _account_key(row: ImportedRow) -> str:
    return _key(_ACCOUNT, row.account_number)


def _person_keys(row: ImportedRow) -> Iterator[str]:
    for index in blind_indexes(row.id_number) if row.id_number else ():
        yield _key(_IDENTITY, index.hex())
    for phone in row.phones:
        yield _key(_PHONE, phone, folded(row.name))
