"""What of a batch of imported rows is held already: looked up once for the whole batch."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection

from qiao.core.rules.columns import RowFault
from qiao.core.rules.phones import join_extension
from qiao.customers.queries.identities import blind_indexes
from qiao.customers.rules.columns import folded
from qiao.customers.rules.import_rows import ImportedRow


@dataclass(slots=True)
class Known:
    """People and accounts that a batch may mean; those that it creates are added on the way."""

    accounts: dict[str, tuple[int, int | None, str]] = field(default_factory=dict)
    identities: dict[bytes, int] = field(default_factory=dict)
    phones: dict[tuple[str, str], int] = field(default_factory=dict)
    premises: dict[tuple[str, str], int] = field(default_factory=dict)
    points: dict[tuple[int, str], int] = field(default_factory=dict)

    def people(self) -> set[int]:
        """All customers whom rows may mean."""
        owners = {owner for _, owner, _ in self.accounts.values() if owner is not None}
        return {*self.identities.values(), *self.phones.values(), *owners}


def look_up(rows: Sequence[ImportedRow]) -> Known:
    """Accounts by number with their present owner, people by identity or by name and telephone,
    and the places that rows name."""
    known = Known()
    with connection.cursor() as cursor:
        for number, account, owner, name in _rows(
            cursor, _ACCOUNTS, [r.account_number for r in rows]
        ):
            known.accounts[number] = (account, owner, name or "")
        indexes = [index for r in rows if r.id_number for index in blind_indexes(r.id_number)]
        for index, customer in _rows(cursor, _IDENTITIES, indexes):
            known.identities[bytes(index)] = customer
        numbers = [phone for r in rows for phone in r.phones]
        for number, extension, name, customer in _rows(cursor, _PHONES, numbers):
            known.phones.setdefault((join_extension(number, extension), name), customer)
        places = [folded(r.address) for r in rows if r.address]
        for search, region, pk in _rows(cursor, _PREMISES, places):
            known.premises[(search, region)] = pk
        for premises, service, pk in _rows(cursor, _POINTS, list(known.premises.values())):
            known.points.setdefault((premises, service), pk)
    return known


def match(row: ImportedRow, known: Known) -> tuple[int | None, int | None]:
    """The customer and the account that a row means, None for what is new.

    Adds a fault to the row when its account number is somebody else's.
    """
    customer = _customer(row, known)
    held = known.accounts.get(row.account_number) if row.account_number else None
    if held is None:
        return customer, None
    account, owner, name = held
    if owner is not None and owner != customer and name != folded(row.name):
        row.faults.append(
            RowFault("account_number", "taken", row.account_number, "an account of this customer")
        )
    return owner or customer, account


def _customer(row: ImportedRow, known: Known) -> int | None:
    for index in blind_indexes(row.id_number) if row.id_number else ():
        if index in known.identities:
            return known.identities[index]
    name = folded(row.name)
    for phone in row.phones:
        if (phone, name) in known.phones:
            return known.phones[(phone, name)]
    return None


def _rows(cursor: Any, sql: str, values: Sequence[Any]) -> list[tuple[Any, ...]]:
    wanted = [value for value in dict.fromkeys(values) if value]
    if not wanted:
        return []
    cursor.execute(sql, [wanted])
    return list(cursor.fetchall())


_ACCOUNTS = """
SELECT a.number, a.id, customers_survivor(t.customer_id), c.name_search
  FROM customers_account a
  LEFT JOIN customers_accountparty t
    ON t.account_id = a.id AND t.role = 'owner' AND upper_inf(t.period)
  LEFT JOIN customers_customer c ON c.id = customers_survivor(t.customer_id)
 WHERE a.number = ANY(%s)
"""
_IDENTITIES = """
SELECT i.blind_index, customers_survivor(i.customer_id) FROM customers_customeridentity i
 WHERE i.kind IN ('id_card', 'credit_code') AND i.blind_index = ANY(%s)
"""
# The oldest customer of that name and number stands for the others.
_PHONES = """
SELECT p.number, p.extension, c.name_search, customers_survivor(c.id)
  FROM customers_customerphone p JOIN customers_customer c ON c.id = p.customer_id
 WHERE p.number = ANY(%s) ORDER BY c.id
"""
_PREMISES = "SELECT search, region, id FROM customers_premises WHERE search = ANY(%s)"
_POINTS = """
SELECT premises_id, service, id FROM customers_servicepoint
 WHERE premises_id = ANY(%s) AND status = 'active' ORDER BY id
"""
